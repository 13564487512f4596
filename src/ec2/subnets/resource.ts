// Subnets as resources: their ids, and what is said of them.
import { codesOf, phrase, type Resource } from '../core/resource.ts'

export const SUBNET = {
  kind: 'subnet',
  prefix: 'subnet',
  type: 'subnet',
  ...codesOf('InvalidSubnetID'),
  missing: phrase('subnet ID', 'subnet IDs'),
} as const satisfies Resource
