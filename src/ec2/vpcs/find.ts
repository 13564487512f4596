// Where VPCs come from: the default one follows from the networks, the account's own are documents.
import { limits } from '../../limits.ts'
import type { ReadCall, WriteCall } from '../../opennebula/calls/common.ts'
import type { Context } from '../core/context.ts'
import type { Document, Network } from '../core/documents.ts'
import { among } from '../core/find.ts'
import { items } from '../core/items.ts'
import { readTogether } from '../core/multicall.ts'
import { subnetCalls, subnetsIn } from '../subnets/find.ts'
import { vpcAssociations } from '../vpc-associations/find.ts'
import { VPC } from './resource.ts'
import { defaultVpc, type VpcView, viewVpc, vpcRecord } from './view.ts'

/** The VPCs that the account made, as items. */
export const ownVpcs = items({ resource: VPC, fields: vpcRecord, most: limits.vpcs })

/** What has to be read to see all VPCs, for `readTogether`: together with more, where more is asked. */
export const vpcQuestion = (context: Context) => ({
  networks: subnetCalls(context),
  vpcs: [ownVpcs.pool],
  associations: [vpcAssociations.pool],
})

/** What came of it. */
export interface VpcDocuments {
  readonly networks: readonly Network[]
  readonly vpcs: readonly Document[]
  readonly associations: readonly Document[]
}

/** All VPCs of the caller in what `vpcQuestion` asked for: the default one first, then its own, the oldest first. */
export function vpcsIn(found: VpcDocuments, context: Context): readonly [VpcView, ...VpcView[]] {
  const associations = vpcAssociations.in(found.associations, context)
  return [
    defaultVpc(subnetsIn(found.networks, context), context, associations),
    ...ownVpcs.in(found.vpcs, context).map(item => viewVpc(item, associations)),
  ]
}

/** All VPCs of the caller, in one upstream request. */
export const readVpcs = async (context: Context): Promise<readonly [VpcView, ...VpcView[]]> =>
  vpcsIn(await readTogether(context.one, vpcQuestion(context)), context)

/** The VPC of this id among these, however it is written. @throws Ec2Error InvalidVpcID.NotFound, InvalidVpcID.Malformed */
export const vpcAmong = (id: string, vpcs: readonly VpcView[]): VpcView => among(VPC, id, vpcs)

/** The caller's VPC of this id, in one upstream request. @throws Ec2Error InvalidVpcID.NotFound, InvalidVpcID.Malformed */
export const vpcNamed = async (id: string, context: Context): Promise<VpcView> => vpcAmong(id, await readVpcs(context))

/**
 * What a VPC may have in it, and is not deleted with.
 *
 * Members are methods, so that kinds of different objects stand in one list: each is only ever given its own.
 */
export interface VpcContent<T> {
  /** What to read for it, for `readTogether`. */
  calls(context: Context): readonly ReadCall<T>[]
  /** The ids of the VPCs that these are in. */
  vpcsOf(objects: readonly T[], context: Context): readonly string[]
  /** What deletes those of these that go with the VPC of an id. */
  goingWith?(objects: readonly T[], vpc: string, context: Context): readonly WriteCall[]
}
