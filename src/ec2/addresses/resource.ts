// Elastic addresses and their associations as resources: their ids, their lock, and what is said of them.
import { excerpt } from '../../lib/excerpt.ts'
import { impossible } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import { numericId, pairId } from '../core/ids.ts'
import { codesOf, phrase, type Resource } from '../core/resource.ts'

export const ADDRESS = {
  kind: 'address',
  prefix: 'eipalloc',
  type: 'elastic-ip',
  ...codesOf('InvalidAllocationID'),
  missing: phrase('allocation ID', 'allocation IDs'),
} as const satisfies Resource

export const ASSOCIATION = {
  kind: 'association',
  prefix: 'eipassoc',
  ...codesOf('InvalidAssociationID'),
  missing: phrase('association ID', 'association IDs'),
} as const satisfies Resource

/** What changes where addresses are waits for what did before. */
export const ADDRESSES_LOCK = 'addresses'

/** The id of an address's association: by the numbers of its reservation and of the VM. */
export const associationId = (network: number, vm: number): string => pairId(ASSOCIATION, network, vm)

export const allocationId = (network: number): string => numericId(ADDRESS, network)

/** @returns InvalidAddress.NotFound */
export const noAddress = (ip: string) => new Ec2Error('InvalidAddress.NotFound', `Address '${excerpt(ip)}' not found.`)

/** What econe allocated is held by oneadmin, and led to its instance by scripts on the front-end: nothing a user may change. */
export const stillHeld = (ip: string) =>
  impossible(
    `The address '${ip}' was allocated by the cloud's former EC2 server. Only the cloud's operator can change or release it.`,
  )
