// Network ACLs as resources: their ids, and what is said of them.
import { phrase, type Resource } from '../core/resource.ts'

export const NETWORK_ACL = {
  kind: 'networkAcl',
  prefix: 'acl',
  type: 'network-acl',
  notFound: 'InvalidNetworkAclID.NotFound',
  malformed: 'InvalidNetworkAclId.Malformed',
  missing: phrase('networkAcl ID', 'networkAcl IDs'),
} as const satisfies Resource

/** That an ACL is a subnet's. */
export const NETWORK_ACL_ASSOCIATION = { prefix: 'aclassoc' } as const
