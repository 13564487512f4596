// The tags of VPCs: those that the account made have some. The default one is the operator's.
import { taggedBesides } from '../core/one-an-account.ts'
import type { Taggable } from '../core/taggable.ts'
import { ownVpcs } from './find.ts'
import { VPC } from './resource.ts'

export const vpcTags: Taggable = taggedBesides(VPC, ownVpcs.tags)
