// Sets of DHCP options: the one that the account has, and those that it made.
import { limits } from '../../limits.ts'
import type { TemplateVector } from '../../opennebula/xml/template.ts'
import type { Context } from '../core/context.ts'
import type { Document } from '../core/documents.ts'
import { among } from '../core/find.ts'
import { items } from '../core/items.ts'
import { ofAccount } from '../core/one-an-account.ts'
import { record } from '../core/record.ts'
import type { Tags } from '../core/tags.ts'
import { associationsOf, vpcAssociations } from '../vpc-associations/find.ts'
import { type DhcpOption, type OptionName, optionList, PROVIDED } from './options.ts'
import { DHCP_OPTIONS } from './resource.ts'

/** Those that the account made. Which VPCs have one is said of the VPCs. */
export const ownDhcpOptions = items({
  resource: DHCP_OPTIONS,
  fields: record({ options: optionList }, 'options'),
  most: limits.dhcpOptions,
})

/** A set of DHCP options. */
export interface DhcpView {
  readonly id: string
  readonly options: readonly DhcpOption[]
  readonly tags: Tags
}

/** The set that every VPC begins with: guests are told what is said of the network that they are in. */
const accountSet = (context: Context): DhcpView => ({
  id: ofAccount(DHCP_OPTIONS, context),
  options: [
    { key: 'domain-name', values: [context.settings.dnsDomain] },
    { key: 'domain-name-servers', values: [PROVIDED] },
  ],
  tags: new Map(),
})

/** All sets of the account in documents of its own: the one that it has, then those that it made. */
export const dhcpOptionsIn = (documents: readonly Document[], context: Context): DhcpView[] => [
  accountSet(context),
  ...ownDhcpOptions.in(documents, context).map(({ id, fields, tags }) => ({ id, options: fields.options, tags })),
]

/** The set of this id among these. @throws Ec2Error InvalidDhcpOptionID.NotFound, InvalidDhcpOptionsId.Malformed */
export const dhcpOptionsAmong = (id: string, sets: readonly DhcpView[]): DhcpView => among(DHCP_OPTIONS, id, sets)

/** What has to be read to know what guests are told, for `readTogether`. */
export const guestQuestion = { associations: [vpcAssociations.pool], options: [ownDhcpOptions.pool] } as const

/** What came of it. */
export interface GuestDocuments {
  readonly associations: readonly Document[]
  readonly options: readonly Document[]
}

/**
 * What an interface in a VPC says of names, in place of what its network does: OpenNebula puts it into the guest's context as
 * `ETHn_DNS` and `ETHn_SEARCH_DOMAIN`. Nothing where the VPC has the set of the account, or none.
 */
export function namesForGuests(vpc: string, found: GuestDocuments, context: Context): TemplateVector {
  const { dhcpOptions } = associationsOf(vpc, vpcAssociations.in(found.associations, context)).fields
  const set = ownDhcpOptions.in(found.options, context).find(({ id }) => id === dhcpOptions)
  const valuesOf = (name: OptionName) => set?.fields.options.find(({ key }) => key === name)?.values ?? []
  const servers = valuesOf('domain-name-servers').filter(value => value !== PROVIDED)
  const domains = valuesOf('domain-name')
  return {
    ...(servers.length > 0 && { DNS: servers.join(' ') }),
    ...(domains.length > 0 && { SEARCH_DOMAIN: domains.join(' ') }),
  }
}
