// VPCs as resources: their ids, what is said of them, their lock, and the ids of what each has one of.
import { Ec2Error } from '../../protocol/errors.ts'
import type { Context } from '../core/context.ts'
import { canonicalId } from '../core/ids.ts'
import { ofAccount } from '../core/one-an-account.ts'
import { codesOf, phrase, type Resource } from '../core/resource.ts'

export const VPC = {
  kind: 'vpc',
  prefix: 'vpc',
  type: 'vpc',
  documents: 2001,
  ...codesOf('InvalidVpcID'),
  missing: phrase('vpc ID', 'vpc IDs'),
} as const satisfies Resource

/** That a block of addresses is a VPC's: no request names one. */
export const CIDR_ASSOCIATION = { prefix: 'vpc-cidr-assoc' } as const

/**
 * The lock under which things come into a VPC: whoever makes a subnet, a group, a route table or a gateway in it holds it, and
 * so does whoever deletes it. What is in a VPC changes and goes without it.
 */
export const vpcLock = (id: string): string => `vpc:${canonicalId(id)}`

/** Whether an id is that of the account's default VPC, however it is written. */
export const isDefaultVpc = (id: string, context: Pick<Context, 'account'>): boolean =>
  canonicalId(id) === ofAccount(VPC, context)

/** @throws Ec2Error OperationNotPermitted for the default VPC: it is shown to every account, and nowhere kept */
export function checkOwnVpc(id: string, context: Pick<Context, 'account'>): void {
  if (!isDefaultVpc(id, context)) return
  throw new Ec2Error(
    'OperationNotPermitted',
    `The default vpc '${canonicalId(id)}' is the same for every account, and cannot be changed.`,
  )
}

/**
 * The id of what a VPC has one of, such as its network ACL: it has the digits of the VPC's. For the default VPC that is the
 * number of the account's user (one-an-account.ts).
 */
export const ofVpc = ({ prefix }: Pick<Resource, 'prefix'>, vpc: string): string =>
  prefix + vpc.slice(VPC.prefix.length)

/** The VPC that has a thing of this id, if `ofVpc` made it: of any id the one to look for. */
export const vpcWith = ({ prefix }: Pick<Resource, 'prefix'>, id: string): string =>
  VPC.prefix + canonicalId(id).slice(prefix.length)
