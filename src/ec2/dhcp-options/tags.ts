// The tags of sets of DHCP options: the one that every account has carries none.
import { taggedBesides } from '../core/one-an-account.ts'
import type { Taggable } from '../core/taggable.ts'
import { ownDhcpOptions } from './find.ts'
import { DHCP_OPTIONS } from './resource.ts'

export const dhcpOptionsTags: Taggable = taggedBesides(DHCP_OPTIONS, ownDhcpOptions.tags)
