// The tags of VPCs: those that the account made have some. The default one is the operator's.
import { untagged } from '../core/one-an-account.ts'
import type { Taggable } from '../core/taggable.ts'
import { ownVpcs } from './find.ts'
import { isDefaultVpc, VPC } from './resource.ts'

export const vpcTags: Taggable = {
  ...ownVpcs.tags,
  change: (ids, change, context) =>
    ids.some(id => isDefaultVpc(id, context))
      ? untagged(VPC).change(
          ids.filter(id => isDefaultVpc(id, context)),
          change,
          context,
        )
      : ownVpcs.tags.change(ids, change, context),
}
