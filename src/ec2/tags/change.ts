// CreateTags and DeleteTags: for every resource that can have tags.
import type { CreateTagsRequest, DeleteTagsRequest, Tag } from '@aws-sdk/client-ec2'
import { excerpt } from '../../lib/excerpt.ts'
import { missing } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext } from '../core/context.ts'
import { toEc2Error } from '../core/failures.ts'
import { isIdOf, type Resource } from '../core/resource.ts'
import type { ResourceTable, TagCall, TagChange, Taggable } from '../core/taggable.ts'
import { checkKey, type Tags, tagsFrom, tagsLock } from '../core/tags.ts'

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTags.html */
export const createTags =
  (resources: ResourceTable) =>
  async ({ Resources, Tags: list }: CreateTagsRequest, context: ChangeContext): Promise<undefined> => {
    const added = tagsFrom(list)
    if (added.size === 0) throw missing('Tag')
    await changeTags(partsOf(Resources, resources), tags => new Map([...tags, ...added]), context)
  }

/**
 * A tag without a value is deleted whatever its value; one with a value, empty or not, only if it has that value.
 * Without any tags, all go.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteTags.html
 */
export const deleteTags =
  (resources: ResourceTable) =>
  async ({ Resources, Tags: list }: DeleteTagsRequest, context: ChangeContext): Promise<undefined> => {
    for (const { Key = '' } of list ?? []) checkKey(Key)
    await changeTags(partsOf(Resources, resources), tags => without(tags, list), context)
  }

function without(tags: Tags, list: readonly Tag[] | undefined): Tags {
  if (!list?.length) return new Map()
  const goes = (key: string, value: string) =>
    list.some(({ Key, Value }) => Key === key && (Value === undefined || Value === value))
  return new Map([...tags].filter(([key, value]) => !goes(key, value)))
}

/**
 * Changes the tags of resources of any kinds: all of them, or none when one of them cannot be.
 * @throws Ec2Error the NotFound of its kind for what ends in this moment
 */
function changeTags(parts: readonly Part[], change: TagChange, context: ChangeContext): Promise<void> {
  const locks = parts.flatMap(({ tags, members }) => [...members.map(tagsLock), ...(tags.lock ? [tags.lock] : [])])
  return context.hold(locks, async () => {
    const planned: (TagCall & { readonly resource: Resource })[] = []
    for (const { resource, tags, members } of parts) {
      const calls = await tags.change(members, change, context)
      planned.push(...calls.map(each => ({ ...each, resource })))
    }
    const outcomes = await context.commit().multicall(planned.map(({ call }) => call))
    for (const [index, { error }] of outcomes.entries()) {
      if (error !== undefined) throw toEc2Error(error, planned[index])
    }
  })
}

/** Resources of one kind, and how they carry their tags. */
interface Part {
  readonly resource: Resource
  readonly tags: Taggable
  readonly members: readonly string[]
}

/** @throws Ec2Error InvalidID for what is no id of a resource that can have tags */
function partsOf(ids: readonly string[] = [], resources: ResourceTable): Part[] {
  const byRow = Map.groupBy(new Set(ids), id => resources.find(({ resource }) => isIdOf(resource, id)))
  return Array.from(byRow, ([row, members]) => {
    if (!row?.tags) throw new Ec2Error('InvalidID', `The ID '${excerpt(members[0] ?? '')}' is not valid`)
    return { resource: row.resource, tags: row.tags, members }
  })
}
