// DeleteTags: for every resource that can have tags.
import type { DeleteTagsRequest, Tag } from '@aws-sdk/client-ec2'
import type { ChangeContext } from '../core/context.ts'
import type { ResourceTable } from '../core/taggable.ts'
import { checkKey, type Tags } from '../core/tags.ts'
import { changeTags, partsOf } from './change.ts'

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
