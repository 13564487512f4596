// The tags of internet gateways: that of the default VPC has none.
import { taggedBesides } from '../core/one-an-account.ts'
import type { Taggable } from '../core/taggable.ts'
import { ownGateways } from './find.ts'
import { INTERNET_GATEWAY } from './resource.ts'

export const internetGatewayTags: Taggable = taggedBesides(INTERNET_GATEWAY, ownGateways.tags)
