// A set of DHCP options as DescribeDhcpOptions says it.
import type { DhcpOptions } from '@aws-sdk/client-ec2'
import type { Context } from '../core/context.ts'
import { tagItems } from '../core/tags.ts'
import type { DhcpView } from './find.ts'
import { toConfigurations } from './options.ts'

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DhcpOptions.html */
export const toDhcpOptions = ({ id, options, tags }: DhcpView, { account }: Context): DhcpOptions => ({
  DhcpOptionsId: id,
  OwnerId: account.id,
  DhcpConfigurations: toConfigurations(options),
  Tags: tagItems(tags),
})
