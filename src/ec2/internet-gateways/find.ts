// Internet gateways: the one that the default VPC has, and those that the account made, with the VPC that each is attached to.
import { limits } from '../../limits.ts'
import type { Context } from '../core/context.ts'
import type { Document } from '../core/documents.ts'
import { among } from '../core/find.ts'
import { items } from '../core/items.ts'
import { ofAccount } from '../core/one-an-account.ts'
import { record } from '../core/record.ts'
import type { Tags } from '../core/tags.ts'
import { vpcAssociations } from '../vpc-associations/find.ts'
import { VPC_ASSOCIATIONS } from '../vpc-associations/resource.ts'
import { ofVpc, VPC, vpcWith } from '../vpcs/resource.ts'
import type { VpcView } from '../vpcs/view.ts'
import { INTERNET_GATEWAY } from './resource.ts'

/** Those that the account made. Which VPC one is attached to is said of the VPC. */
export const ownGateways = items({
  resource: INTERNET_GATEWAY,
  fields: record({}),
  most: limits.internetGateways,
})

/** A gateway. */
export interface GatewayView {
  readonly id: string
  /** The id of the VPC that it is attached to. */
  readonly vpc: string | undefined
  readonly tags: Tags
}

/** What has to be read to see all gateways, for `readTogether`. */
export const gatewayQuestion = { gateways: [ownGateways.pool], associations: [vpcAssociations.pool] } as const

/** What came of it. */
export interface GatewayDocuments {
  readonly gateways: readonly Document[]
  readonly associations: readonly Document[]
}

/** All gateways of the caller in what `gatewayQuestion` asked for: that of the default VPC, then its own. */
export function gatewaysIn({ gateways, associations }: GatewayDocuments, context: Context): GatewayView[] {
  const vpcs = new Map(
    vpcAssociations.in(associations, context).map(({ id, fields }) => [fields.gateway, vpcWith(VPC_ASSOCIATIONS, id)]),
  )
  return [
    { id: ofAccount(INTERNET_GATEWAY, context), vpc: ofAccount(VPC, context), tags: new Map() },
    ...ownGateways.in(gateways, context).map(({ id, tags }) => ({ id, vpc: vpcs.get(id), tags })),
  ]
}

/** The gateway of this id among these. @throws Ec2Error InvalidInternetGatewayID.NotFound, InvalidInternetGatewayId.Malformed */
export const gatewayAmong = (id: string, gateways: readonly GatewayView[]): GatewayView =>
  among(INTERNET_GATEWAY, id, gateways)

/** The id of the gateway that is attached to a VPC. */
export const gatewayOf = ({ id, isDefault, associations }: VpcView): string | undefined =>
  isDefault ? ofVpc(INTERNET_GATEWAY, id) : associations.fields.gateway

/** Internet gateways as what their VPC is not deleted with. */
export const gatewayContent = {
  calls: () => [ownGateways.pool, vpcAssociations.pool],
  vpcsOf: (documents: readonly Document[], context: Context): string[] =>
    gatewaysIn({ gateways: documents, associations: documents }, context).flatMap(({ vpc }) => vpc ?? []),
}
