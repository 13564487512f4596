// Security groups as resources: their ids, and what is said of them.
import { phrase, type Resource } from '../core/resource.ts'

export const SECURITY_GROUP = {
  kind: 'securityGroup',
  prefix: 'sg',
  type: 'security-group',
  notFound: 'InvalidGroup.NotFound',
  malformed: 'InvalidGroupId.Malformed',
  missing: phrase('security group', 'security groups'),
} as const satisfies Resource
