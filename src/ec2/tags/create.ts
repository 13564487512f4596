// CreateTags: for every resource that can have tags.
import type { CreateTagsRequest } from '@aws-sdk/client-ec2'
import { missing } from '../../protocol/complaints.ts'
import type { ChangeContext } from '../core/context.ts'
import type { ResourceTable } from '../core/taggable.ts'
import { tagsFrom } from '../core/tags.ts'
import { changeTags, partsOf } from './change.ts'

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTags.html */
export const createTags =
  (resources: ResourceTable) =>
  async ({ Resources, Tags: list }: CreateTagsRequest, context: ChangeContext): Promise<undefined> => {
    const added = tagsFrom(list)
    if (added.size === 0) throw missing('Tag')
    await changeTags(partsOf(Resources, resources), tags => new Map([...tags, ...added]), context)
  }
