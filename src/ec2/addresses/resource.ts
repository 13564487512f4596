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

/** In front of the number of an interface where an association is with that, and not with a VM. */
const INTERFACE_MARK = 2 ** 31

/** Where an address is, as a number: that of a VM, or of an interface with an address of its own, whose it is wherever that is. */
export type Place = number

export const placeOfInterface = (network: number): Place => INTERFACE_MARK + network

/** The VM of a place; undefined for an interface. */
export const vmOfPlace = (place: Place): number | undefined => (place < INTERFACE_MARK ? place : undefined)

/** The id of an address's association: by the number of its reservation, and where it is. */
export const associationId = (network: number, place: Place): string => pairId(ASSOCIATION, network, place)

export const allocationId = (network: number): string => numericId(ADDRESS, network)

/** @returns InvalidAddress.NotFound */
export const noAddress = (ip: string) => new Ec2Error('InvalidAddress.NotFound', `Address '${excerpt(ip)}' not found.`)

/** What econe allocated is held by oneadmin, and led to its instance by scripts on the front-end: nothing a user may change. */
export const stillHeld = (ip: string) =>
  impossible(
    `The address '${ip}' was allocated by the cloud's former EC2 server. Only the cloud's operator can change or release it.`,
  )
