// An elastic address: a reservation of one address out of the operator's network, owned by the account.
import type { Address, DomainType } from '@aws-sdk/client-ec2'
import { VM_STATE } from '../../opennebula/states.ts'
import { textOf, vectors } from '../../opennebula/xml/attributes.ts'
import type { Context } from '../core/context.ts'
import type { Network, Nic, Vm } from '../core/documents.ts'
import { lesseeOf, onlyAddress } from '../core/reservations.ts'
import { decodeTags } from '../core/stored-tags.ts'
import { tagItems } from '../core/tags.ts'
import { INSTANCE } from '../instances/resource.ts'
import { sealedId } from '../instances/view.ts'
import {
  interfaceId,
  isElastic,
  ownIn,
  type ownOf,
  placeOfNic,
  shownSecondaryAddresses,
} from '../network-interfaces/view.ts'
import { allocationId, associationId, type Place, placeOfInterface } from './resource.ts'
import { type AddressAim, type AddressRecord, addressRecords, readAim } from './states.ts'

/** An address that the account has reserved. */
export interface Reserved {
  readonly network: Network
  readonly ip: string
  readonly record: AddressRecord
  /** The VM that has leased it, for one of its NICs. */
  readonly lessee: number | undefined
  /** Noted on the reservation, so that every location sees it from the moment it was accepted. */
  readonly aim: AddressAim | undefined
  /** The interface with an address of its own that it is associated with, wherever that is. */
  readonly at: OwnInterface | undefined
}

type OwnInterface = NonNullable<ReturnType<typeof ownOf>>

/** Where an address is, or will be in a moment: at an interface, which is in a VM or in none. */
export type Association =
  | { readonly vm: Vm; readonly nic: Nic; readonly own?: OwnInterface | undefined }
  | { readonly vm?: undefined; readonly nic?: undefined; readonly own: OwnInterface }

/** A network as an address of the pool `parent`; undefined where it is something else, or many addresses. */
export function reservedFrom(
  parent: number | undefined,
  network: Network,
  interfaces: ReadonlyMap<string, OwnInterface> = new Map(),
): Reserved | undefined {
  const range = onlyAddress(network)
  if (parent === undefined || network.PARENT_NETWORK_ID !== parent || !range) return undefined
  const kept = addressRecords.read(network.TEMPLATE) ?? {}
  const aim = readAim(textOf(network.TEMPLATE, 'EC2_GOAL'))
  return { network, ip: range.IP, record: kept, lessee: lesseeOf(range), aim, at: interfaces.get(kept.interface ?? '') }
}

/**
 * The addresses of the pool `parent` among networks of an account.
 * @param parent any where it is `any`
 */
export function addressesIn(
  parent: number | 'any' | undefined,
  networks: readonly Network[],
  context: Pick<Context, 'account'>,
): Reserved[] {
  const interfaces = new Map(Array.from(ownIn(networks, context).values(), own => [own.id, own]))
  return networks.flatMap(
    network => reservedFrom(parent === 'any' ? network.PARENT_NETWORK_ID : parent, network, interfaces) ?? [],
  )
}

/** Whether an address is on its way to somewhere, or is to be there. */
const isComing = (aim: AddressAim | undefined): boolean => aim?.wanted === 'attach' || aim?.wanted === 'follow'

/** Whether the address belongs to an instance or an interface, for all that a caller has to know. */
export const isAssociated = ({ aim, lessee, at }: Reserved): boolean =>
  aim === undefined ? lessee !== undefined || at !== undefined : isComing(aim)

/** The VMs that it takes to know where these addresses are. */
export const vmsConcerned = (addresses: readonly Reserved[]): number[] => [
  ...new Set(addresses.flatMap(address => vmOf(address) ?? [])),
]

/** The VM that an address belongs to, for all that a caller has to know. */
export const vmOf = ({ aim, lessee, at }: Reserved): number | undefined =>
  aim?.wanted === 'attach' ? aim.vm : at ? at.lessee : lessee

/** Where an address belongs, for all that a caller has to know. */
export const placeOf = (address: Reserved): Place | undefined =>
  address.at && address.aim?.wanted !== 'attach' ? placeOfInterface(address.at.network.ID) : vmOf(address)

/** The alias by which a VM has the address of a reservation. */
export const aliasOf = (vm: Vm | undefined, network: number) =>
  vm?.TEMPLATE.NIC_ALIAS.find(({ NETWORK_ID }) => NETWORK_ID === network)

/** What is to be kept of an address that is associated with no interface; undefined where that is kept already. */
export const leadingNowhere = ({ record: { domain, ...leads } }: Reserved): string | undefined =>
  Object.values(leads).some(each => each !== undefined) ? addressRecords.write({ domain }) : undefined

/** Where an address is; an instance that has ended has none. */
export function associationOf(
  { network, aim, lessee, at }: Reserved,
  vms: ReadonlyMap<number, Vm>,
): Association | undefined {
  if (aim?.wanted === 'attach') return associationWith(vms.get(aim.vm), aim.nic)
  if (aim && !isComing(aim)) return undefined
  if (at) return associationAt(at, vms)
  const vm = lessee === undefined ? undefined : vms.get(lessee)
  return associationWith(vm, aliasOf(vm, network.ID)?.PARENT_ID)
}

/** With an interface, in the VM that has it. */
export function associationAt(own: OwnInterface, vms: ReadonlyMap<number, Vm>): Association {
  const vm = own.lessee === undefined ? undefined : vms.get(own.lessee)
  const nic = vm?.TEMPLATE.NIC.find(({ NETWORK_ID }) => NETWORK_ID === own.network.ID)
  const found = associationWith(vm, nic?.NIC_ID)
  return found ? { ...found, own } : { own }
}

export function associationWith(vm: Vm | undefined, nicId: number | undefined) {
  if (!vm || vm.STATE === VM_STATE.DONE) return undefined
  const nic = vm.TEMPLATE.NIC.find(({ NIC_ID }) => NIC_ID === nicId)
  return nic && { vm, nic }
}

/** The ids of what a VM has of elastic addresses. */
export const associationsOf = (vm: Vm) =>
  vm.TEMPLATE.NIC_ALIAS.filter(isElastic).map(({ NETWORK_ID = -1, PARENT_ID }) => {
    const nic = vm.TEMPLATE.NIC.find(({ NIC_ID }) => NIC_ID === PARENT_ID)
    return {
      AllocationId: allocationId(NETWORK_ID),
      AssociationId: associationId(NETWORK_ID, nic ? placeOfNic(vm, nic) : vm.ID),
    }
  })

export const domainOf = ({ record: { domain = 'vpc' } }: Reserved): DomainType => domain

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Address.html */
export function toAddress(address: Reserved, association: Association | undefined, context: Context): Address {
  const { network } = address
  return {
    ...toPublicAddress(address.ip, association, context),
    AllocationId: allocationId(network.ID),
    Domain: domainOf(address),
    Tags: tagItems(decodeTags(network.TEMPLATE)),
    ...(association && {
      ...interfaceWith(association),
      AssociationId: associationId(network.ID, placeOf(address) ?? 0),
      NetworkInterfaceOwnerId: context.account.id,
      PrivateIpAddress: privateAddress(address, association, context),
    }),
  }
}

const interfaceWith = ({ vm, nic, own }: Association) => ({
  NetworkInterfaceId: vm ? interfaceId(vm.ID, nic) : own.id,
})

/** The private address that an address leads to. One that is not the interface's any more is none. */
function privateAddress({ record }: Reserved, { vm, nic, own }: Association, { now }: Context): string | undefined {
  if (!vm) return record.private ?? own.ip
  const { private: ip } = record
  return ip !== undefined && shownSecondaryAddresses(nic, vm, { now }).includes(ip) ? ip : nic.IP
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
    ...(association?.vm && { InstanceId: mint.idOf(INSTANCE, sealedId(association.vm)) }),
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
