// A set of DHCP options as DescribeDhcpOptions says it, and as guests are told of it.
import type { DhcpOptions } from '@aws-sdk/client-ec2'
import type { TemplateVector } from '../../opennebula/xml/template.ts'
import type { Context } from '../core/context.ts'
import { tagItems } from '../core/tags.ts'
import type { DhcpView } from './find.ts'
import { type OptionName, PROVIDED, toConfigurations } from './options.ts'

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DhcpOptions.html */
export const toDhcpOptions = ({ id, options, tags }: DhcpView, { account }: Context): DhcpOptions => ({
  DhcpOptionsId: id,
  OwnerId: account.id,
  DhcpConfigurations: toConfigurations(options),
  Tags: tagItems(tags),
})

/**
 * What an interface of a guest says of names, in place of what its network does: OpenNebula puts it into the guest's context
 * as `ETHn_DNS` and `ETHn_SEARCH_DOMAIN`.
 * @param set undefined for a VPC without options
 */
export function namesOnInterface(set: DhcpView | undefined): TemplateVector {
  const valuesOf = (name: OptionName) => set?.options.find(({ key }) => key === name)?.values ?? []
  const servers = valuesOf('domain-name-servers').filter(value => value !== PROVIDED)
  const domains = valuesOf('domain-name')
  return {
    ...(servers.length > 0 && { DNS: servers.join(' ') }),
    ...(domains.length > 0 && { SEARCH_DOMAIN: domains.join(' ') }),
  }
}
