// An interface with an address of its own, as OpenNebula has it: a reservation of one address, and what is kept on it.
import { limits } from '../../limits.ts'
import { NETWORK_STATE } from '../../opennebula/states.ts'
import { textOf } from '../../opennebula/xml/attributes.ts'
import type { Context } from '../core/context.ts'
import type { Network, Nic } from '../core/documents.ts'
import { description, flag, id, list, seconds, text, whole } from '../core/fields.ts'
import { isMinted } from '../core/ids.ts'
import { type RecordOf, record, stored } from '../core/record.ts'
import { lesseeOf, onlyAddress, RELEASED } from '../core/reservations.ts'
import { isIdOf } from '../core/resource.ts'
import { decodeTags } from '../core/stored-tags.ts'
import type { Tags } from '../core/tags.ts'
import { isOwn } from '../core/trust.ts'
import { SECURITY_GROUP } from '../security-groups/resource.ts'
import { SUBNET } from '../subnets/resource.ts'
import { VPC } from '../vpcs/resource.ts'
import { ATTACHMENT, MOST_INDEX, NETWORK_INTERFACE } from './resource.ts'

const attachmentRecord = record(
  {
    id: id(ATTACHMENT),
    /** OpenNebula number of the VM. */
    vm: whole(0, 2 ** 31 - 1),
    index: whole(0, MOST_INDEX),
    since: seconds,
    /** DeleteOnTermination */
    ends: flag,
  },
  'id',
  'vm',
  'index',
  'since',
)

/** Where an interface was attached last. It counts while that VM has it, or is about to. */
export type AttachmentRecord = NonNullable<ReturnType<typeof attachmentRecord>>

const interfaceFields = {
  vpc: id(VPC),
  /** Absent where it follows from the network that the address is out of. */
  subnet: id(SUBNET),
  zone: text(64),
  description,
  /** True where absent. */
  sourceDestCheck: flag,
  groups: list(
    record(
      { number: whole(0, 2 ** 31 - 1), id: id(SECURITY_GROUP), name: text(limits.securityGroupName.most) },
      'number',
      'id',
    ),
    limits.securityGroupsOfInterface.most,
  ),
  attachment: attachmentRecord,
}

/** What of an interface with an address of its own only EC2 knows: the reservation's attribute `EC2_INTERFACE`. */
export type InterfaceRecord = RecordOf<typeof interfaceFields, 'vpc' | 'groups'>
export const interfaceRecords = stored('vn', 'EC2_INTERFACE', record(interfaceFields, 'vpc', 'groups'))

/** What is to become of where an interface is, for every location to see: the reservation's attribute `EC2_GOAL`. */
export type InterfaceGoal = 'attach' | 'detach'

/** An elastic address that is associated with an interface. */
export interface AddressOf {
  /** OpenNebula number of its reservation. */
  readonly number: number
  readonly ip: string
  /** The secondary private address that it leads to; the primary one where absent. */
  readonly private: string | undefined
}

/** An interface with an address of its own: a reservation of the account's, whatever instance it is attached to. */
export interface OwnInterface {
  readonly id: string
  readonly network: Network
  readonly ip: string
  readonly mac: string | undefined
  readonly record: InterfaceRecord
  readonly tags: Tags
  /** The VM that has leased the address. */
  readonly lessee: number | undefined
  readonly goal: InterfaceGoal | undefined
  /** The elastic addresses that are associated with it. */
  readonly addresses: readonly AddressOf[]
}

/** By the numbers of their networks. */
export type OwnInterfaces = ReadonlyMap<number, OwnInterface>

const isInterfaceName = (name: string | undefined): name is string =>
  name !== undefined && isIdOf(NETWORK_INTERFACE, name) && isMinted(name)

/** A network as an interface; undefined where it is something else, another's, or going. */
export function viewOwn(
  network: Network,
  context: Pick<Context, 'account'>,
  addresses: readonly AddressOf[] = [],
): OwnInterface | undefined {
  const { NAME, PARENT_NETWORK_ID: parent, STATE, TEMPLATE } = network
  const range = onlyAddress(network)
  if (!range || parent === undefined || !isInterfaceName(NAME) || !isOwn(network, context)) return undefined
  const kept = interfaceRecords.read(TEMPLATE)
  const goal = textOf(TEMPLATE, 'EC2_GOAL')
  // Without a record it is yet to be made
  if (!kept || goal === RELEASED || STATE === NETWORK_STATE.LOCK_DELETE) return undefined
  return {
    ...{ id: NAME, network, ip: range.IP, mac: range.MAC, record: kept, addresses },
    tags: decodeTags(TEMPLATE),
    lessee: lesseeOf(range),
    goal: goal === 'attach' || goal === 'detach' ? goal : undefined,
  }
}

/** Whether a NIC is on a network that is one interface: its name alone says so, as the names of groups do. */
export const isOwnNic = ({ NETWORK, PARENT_NETWORK_ID }: Nic): boolean =>
  PARENT_NETWORK_ID !== undefined && isInterfaceName(NETWORK)
