// VPCs as resources: their ids, and what is said of them.
import { codesOf, phrase, type Resource } from '../core/resource.ts'

export const VPC = {
  kind: 'vpc',
  prefix: 'vpc',
  type: 'vpc',
  ...codesOf('InvalidVpcID'),
  missing: phrase('vpc ID', 'vpc IDs'),
} as const satisfies Resource

/** That a block of addresses is a VPC's: no request names one. */
export const CIDR_ASSOCIATION = { prefix: 'vpc-cidr-assoc' } as const
