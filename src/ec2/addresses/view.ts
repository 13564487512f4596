// An elastic address: a reservation of one address out of the operator's network, owned by the account.
import type { Address, DomainType } from '@aws-sdk/client-ec2'
import type { WriteCall } from '../../opennebula/calls/common.ts'
import { VM_STATE } from '../../opennebula/states.ts'
import { textOf, vectors } from '../../opennebula/xml/attributes.ts'
import { accountId } from '../core/account.ts'
import type { Context } from '../core/context.ts'
import type { Network, Nic, Vm } from '../core/documents.ts'
import { oneOf } from '../core/fields.ts'
import { type RecordOf, record, stored } from '../core/record.ts'
import { lesseeOf, onlyAddress, RELEASED } from '../core/reservations.ts'
import { decodeTags } from '../core/stored-tags.ts'
import { tagItems } from '../core/tags.ts'
import { merge } from '../core/writes.ts'
import { INSTANCE } from '../instances/resource.ts'
import { sealedId } from '../instances/view.ts'
import { interfaceId, isElastic } from '../network-interfaces/view.ts'
import { allocationId, associationId } from './resource.ts'

const addressFields = {
  /** `standard` where the caller did not ask for one: only such an address may be released by its IP. */
  domain: oneOf('standard', 'vpc'),
}

/** What of an address only EC2 knows: the reservation's attribute `EC2_ADDRESS`. */
export type AddressRecord = RecordOf<typeof addressFields>
export const addressRecords = stored('vn', 'EC2_ADDRESS', record(addressFields))

/** What is to become of an address. */
export type AddressAim =
  | { readonly wanted: 'attach'; readonly vm: number; readonly nic: number }
  | { readonly wanted: 'free' | 'release' }

/** An address for which OpenNebula could not bring that about at once. */
export type AddressTask = AddressAim & {
  readonly kind: 'address'
  /** The reservation. */
  readonly number: number
}

/**
 * Notes on a VM that an address comes or goes. Where to is noted on the reservation alone: this is no more than the reason
 * to look there, and means nothing after a while.
 */
export const noteMove = (vm: number, { now }: Pick<Context, 'now'>): WriteCall =>
  merge('vm', vm, { EC2_ADDRESS_MOVED: Math.floor(now() / 1000) })

/** An address that the account has reserved. */
export interface Reserved {
  readonly network: Network
  readonly ip: string
  /** The VM that has leased it, for one of its NICs. */
  readonly lessee: number | undefined
  /** Noted on the reservation, so that every location sees it from the moment it was accepted. */
  readonly aim: AddressAim | undefined
}

/** Where an address is, or will be in a moment. */
export interface Association {
  readonly vm: Vm
  readonly nic: Nic
}

/** The value of a reservation's `EC2_GOAL`: `attach 15 0` (VM and NIC), `free` or `release`. */
export const writeAim = (aim: AddressAim): string =>
  aim.wanted === 'attach' ? `attach ${aim.vm} ${aim.nic}` : aim.wanted

function readAim(text = ''): AddressAim | undefined {
  if (text === 'free' || text === RELEASED) return { wanted: text }
  const [, vm, nic] = /^attach (\d{1,10}) (\d{1,10})$/.exec(text) ?? []
  return vm === undefined ? undefined : { wanted: 'attach', vm: Number(vm), nic: Number(nic) }
}

/** A network as an address of the pool `parent`; undefined where it is something else, or many addresses. */
export function reservedFrom(parent: number | undefined, network: Network): Reserved | undefined {
  const range = onlyAddress(network)
  if (parent === undefined || network.PARENT_NETWORK_ID !== parent || !range) return undefined
  const aim = readAim(textOf(network.TEMPLATE, 'EC2_GOAL'))
  return { network, ip: range.IP, lessee: lesseeOf(range), aim }
}

/** Whether the address belongs to an instance, for all that a caller has to know. */
export const isAssociated = ({ aim, lessee }: Reserved): boolean =>
  aim === undefined ? lessee !== undefined : aim.wanted === 'attach'

/** The VMs that it takes to know where these addresses are. */
export const vmsConcerned = (addresses: readonly Reserved[]): number[] => [
  ...new Set(addresses.flatMap(({ lessee, aim }) => (aim?.wanted === 'attach' ? aim.vm : (lessee ?? [])))),
]

/** The VM that an address belongs to, for all that a caller has to know. */
export const vmOf = ({ aim, lessee }: Reserved) => (aim?.wanted === 'attach' ? aim.vm : lessee)

/** The alias by which a VM has the address of a reservation. */
export const aliasOf = (vm: Vm | undefined, network: number) =>
  vm?.TEMPLATE.NIC_ALIAS.find(({ NETWORK_ID }) => NETWORK_ID === network)

/** Where an address is; an instance that has ended has none. */
export function associationOf({ network, aim, lessee }: Reserved, vms: ReadonlyMap<number, Vm>) {
  if (aim?.wanted === 'attach') return associationWith(vms.get(aim.vm), aim.nic)
  const vm = aim || lessee === undefined ? undefined : vms.get(lessee)
  return associationWith(vm, aliasOf(vm, network.ID)?.PARENT_ID)
}

export function associationWith(vm: Vm | undefined, nicId: number | undefined): Association | undefined {
  if (!vm || vm.STATE === VM_STATE.DONE) return undefined
  const nic = vm.TEMPLATE.NIC.find(({ NIC_ID }) => NIC_ID === nicId)
  return nic && { vm, nic }
}

/** The ids of what a VM has of elastic addresses. */
export const associationsOf = ({ ID, TEMPLATE }: Vm) =>
  TEMPLATE.NIC_ALIAS.filter(isElastic).map(({ NETWORK_ID = -1 }) => ({
    AllocationId: allocationId(NETWORK_ID),
    AssociationId: associationId(NETWORK_ID, ID),
  }))

export const domainOf = ({ network }: Reserved): DomainType => addressRecords.read(network.TEMPLATE)?.domain ?? 'vpc'

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Address.html */
export function toAddress(address: Reserved, association: Association | undefined, context: Context): Address {
  const { network } = address
  return {
    ...toPublicAddress(address.ip, association, context),
    AllocationId: allocationId(network.ID),
    Domain: domainOf(address),
    Tags: tagItems(decodeTags(network.TEMPLATE)),
    ...(association && {
      AssociationId: associationId(network.ID, association.vm.ID),
      NetworkInterfaceId: interfaceId(association.vm.ID, association.nic),
      NetworkInterfaceOwnerId: accountId(association.vm.UID),
      PrivateIpAddress: association.nic.IP,
    }),
  }
}

/** What there is to say of an address without a reservation, as econe had them. */
export function toPublicAddress(
  PublicIp: string,
  association: Association | undefined,
  { mint, settings }: Context,
): Address {
  return {
    PublicIp,
    Domain: 'standard',
    PublicIpv4Pool: 'amazon',
    NetworkBorderGroup: settings.region,
    ...(association && { InstanceId: mint.idOf(INSTANCE, sealedId(association.vm)) }),
  }
}

/** An address that econe allocated: held by oneadmin in the operator's network, which says whose it is. */
export interface HeldByEcone {
  readonly ip: string
  /** The VM that econe's scripts let it lead to. */
  readonly vm: number | undefined
}

/**
 * The addresses that econe gave to a user: `EC2_ADDRESSES=[IP="203.0.113.7",UID="2",VMID="15"]` on the network.
 * @see https://github.com/OpenNebula/one/blob/release-5.12.9/src/cloud/ec2/lib/elastic_ip.rb
 */
export function heldByEcone(pool: Network | undefined, uid: number): HeldByEcone[] {
  return (pool ? vectors(pool.TEMPLATE, 'EC2_ADDRESSES') : [])
    .filter(({ IP, UID }) => IP !== undefined && UID === String(uid))
    .map(({ IP = '', VMID = '' }) => ({ ip: IP, vm: /^\d{1,10}$/.test(VMID) ? Number(VMID) : undefined }))
}
