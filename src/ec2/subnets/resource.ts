// Subnets as resources: their ids, what is said of them, and their lock.
import { canonicalId, isMinted } from '../core/ids.ts'
import { codesOf, isIdOf, phrase, type Resource } from '../core/resource.ts'

export const SUBNET = {
  kind: 'subnet',
  prefix: 'subnet',
  type: 'subnet',
  ...codesOf('InvalidSubnetID'),
  missing: phrase('subnet ID', 'subnet IDs'),
} as const satisfies Resource

/** The lock under which a subnet changes and goes. */
export const subnetLock = (id: string): string => `subnet:${canonicalId(id)}`

/** Whether a text is the id of a subnet that the facade made: its network has it for its NAME. */
export const isSubnetName = (text: string): boolean => isIdOf(SUBNET, text) && isMinted(text)
