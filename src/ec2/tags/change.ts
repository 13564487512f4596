// How tags change: of resources of any kinds at once, each where its kind carries them.
import { excerpt } from '../../lib/excerpt.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext } from '../core/context.ts'
import { toEc2Error } from '../core/failures.ts'
import { isIdOf, type Resource } from '../core/resource.ts'
import { sideBySide } from '../core/side-by-side.ts'
import type { ResourceTable, TagCall, TagChange, Taggable } from '../core/taggable.ts'
import { tagsLock } from '../core/tags.ts'

/**
 * Changes the tags of resources of any kinds: all of them, or none when one of them cannot be.
 * @throws Ec2Error the NotFound of its kind for what ends in this moment
 */
export function changeTags(parts: readonly Part[], change: TagChange, context: ChangeContext): Promise<void> {
  const locks = parts.flatMap(({ tags, members }) => [...members.map(tagsLock), ...(tags.lock ? [tags.lock] : [])])
  return context.hold(locks, async () => {
    const planned = (await sideBySide(context, ...parts.map(part => planning(part, change)))).flat()
    const one = context.commit()
    for (const { first } of planned) await first?.(context)
    const outcomes = await one.multicall(planned.map(({ call }) => call))
    for (const [index, { error }] of outcomes.entries()) {
      if (error !== undefined) throw toEc2Error(error, planned[index])
    }
  })
}

/** What a change takes for the resources of one kind. */
const planning =
  ({ resource, tags, members }: Part, change: TagChange) =>
  async (context: ChangeContext): Promise<readonly (TagCall & { readonly resource: Resource })[]> =>
    (await tags.change(members, change, context)).map(each => ({ ...each, resource }))

/** Resources of one kind, and how they carry their tags. */
interface Part {
  readonly resource: Resource
  readonly tags: Taggable
  readonly members: readonly string[]
}

/** @throws Ec2Error InvalidID for what is no id of a resource that can have tags */
export function partsOf(ids: readonly string[] = [], resources: ResourceTable): Part[] {
  const byRow = Map.groupBy(new Set(ids), id => resources.find(({ resource }) => isIdOf(resource, id)))
  return Array.from(byRow, ([row, members]) => {
    if (!row?.tags) throw new Ec2Error('InvalidID', `The ID '${excerpt(members[0] ?? '')}' is not valid`)
    return { resource: row.resource, tags: row.tags, members }
  })
}
