// What is kept of an address: what only EC2 knows, and what is to become of where the address is.
import { ipNumber } from '../../lib/ip.ts'
import type { WriteCall } from '../../opennebula/calls/common.ts'
import type { Context } from '../core/context.ts'
import { field, id, oneOf } from '../core/fields.ts'
import { type RecordOf, record, stored } from '../core/record.ts'
import { RELEASED } from '../core/reservations.ts'
import { merge } from '../core/writes.ts'
import { NETWORK_INTERFACE } from '../network-interfaces/resource.ts'

const ip = field((value): value is string => typeof value === 'string' && ipNumber(value) !== undefined)

const addressFields = {
  /** `standard` where the caller did not ask for one: only such an address may be released by its IP. */
  domain: oneOf('standard', 'vpc'),
  /** The network interface with an address of its own that it is associated with, whichever instance that is in. */
  interface: id(NETWORK_INTERFACE),
  /** The private address that it leads to, where that is not the primary one of its interface. */
  private: ip,
}

/** What of an address only EC2 knows: the reservation's attribute `EC2_ADDRESS`. */
export type AddressRecord = RecordOf<typeof addressFields>
export const addressRecords = stored('vn', 'EC2_ADDRESS', record(addressFields))

/** What is to become of an address. */
export type AddressAim =
  | { readonly wanted: 'attach'; readonly vm: number; readonly nic: number }
  /** To where the interface is that it is associated with. */
  | { readonly wanted: 'follow' }
  | { readonly wanted: 'free' | 'release' }

/** An address for which OpenNebula could not bring that about at once. */
export type AddressTask = AddressAim & {
  readonly kind: 'address'
  /** The reservation. */
  readonly number: number
}

/** An address that follows its interface. */
export const follow = (number: number): AddressTask => ({ kind: 'address', number, wanted: 'follow' })

/** The value of a reservation's `EC2_GOAL`: `attach 15 0` (VM and NIC), `follow`, `free` or `release`. */
export const writeAim = (aim: AddressAim): string =>
  aim.wanted === 'attach' ? `attach ${aim.vm} ${aim.nic}` : aim.wanted

export function readAim(text = ''): AddressAim | undefined {
  if (text === 'free' || text === 'follow' || text === RELEASED) return { wanted: text }
  const [, vm, nic] = /^attach (\d{1,10}) (\d{1,10})$/.exec(text) ?? []
  return vm === undefined ? undefined : { wanted: 'attach', vm: Number(vm), nic: Number(nic) }
}

/** Notes on a reservation what is to become of it; undefined takes the note away. */
export const noteAddress = (network: number, aim: AddressAim | undefined): WriteCall =>
  merge('vn', network, { EC2_GOAL: aim ? writeAim(aim) : '' })

/**
 * Notes on a VM that an address comes or goes. Where to is noted on the reservation alone: this is no more than the reason
 * to look there, and means nothing after a while.
 */
export const noteMove = (vm: number, { now }: Pick<Context, 'now'>): WriteCall =>
  merge('vm', vm, { EC2_ADDRESS_MOVED: Math.floor(now() / 1000) })
