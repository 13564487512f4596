// Which addresses an account has, and which of them a request names.

import { excerpt } from '../../lib/excerpt.ts'
import { ipNumber } from '../../lib/ip.ts'
import { WHOSE } from '../../opennebula/calls/common.ts'
import type { Outcome } from '../../opennebula/xml/xmlrpc.ts'
import { combination, impossible, invalid, invalidBecause, needsOneOf } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { Context } from '../core/context.ts'
import { type Network, network as networkCall, networkPool, vmSet } from '../core/documents.ts'
import type { Source } from '../core/find.ts'
import { parseId } from '../core/ids.ts'
import { notFound } from '../core/resource.ts'
import { isInstance } from '../instances/view.ts'
import { ADDRESS } from './resource.ts'
import { domainOf, type HeldByEcone, heldByEcone, type Reserved, reservedFrom } from './view.ts'

/** What the account has of addresses. */
export interface Book {
  readonly reserved: readonly Reserved[]
  readonly held: readonly HeldByEcone[]
}

/** An address by its allocation id, or by itself. */
export interface Named {
  readonly AllocationId?: string | undefined
  readonly PublicIp?: string | undefined
}

/** The operator's network of addresses. @throws Ec2Error UnsupportedOperation where there is none */
export function poolOf({ settings }: Context): number {
  if (settings.addressNetwork !== undefined) return settings.addressNetwork
  throw impossible('There are no elastic addresses in this region.')
}

const ownNetworks = networkPool({ whose: WHOSE.OWN })

/** The addresses of the account: those that it has reserved, and those that econe's server held for it. */
export async function readBook(context: Context): Promise<Book> {
  const pool = context.settings.addressNetwork
  if (pool === undefined) return { reserved: [], held: [] }
  const [own, parent] = await context.one.read(ownNetworks, networkCall(pool))
  return bookOf(own, parent, context)
}

/** The same, and these VMs, in one request. */
export async function readBookAndVms(context: Context, numbers: readonly number[]) {
  const [own, parent, found] = await context.one.read(ownNetworks, networkCall(poolOf(context)), vmSet(numbers))
  if (found.error) throw found.error
  const vms = new Map(found.value.filter(vm => isInstance(vm, context)).map(vm => [vm.ID, vm]))
  return { book: bookOf(own, parent, context), vms }
}

type Networks = Outcome<readonly Network[]>

function bookOf(own: Networks, parent: Networks, context: Context): Book {
  if (own.error) throw own.error
  // The pool comes newest first. Whoever may not see the addresses' network has nothing in it
  return {
    reserved: reservedIn(own.value, context).toReversed(),
    held: heldByEcone(parent.value?.[0], context.account.user.id),
  }
}

/** The addresses among networks of the account. One that is being released is gone, as far as anybody is told. */
export const reservedIn = (networks: readonly Network[], { settings }: Context): Reserved[] =>
  networks
    .flatMap(network => reservedFrom(settings.addressNetwork, network) ?? [])
    .filter(({ aim }) => aim?.wanted !== 'release')

/** The reservations of the account, as `find` needs them: for their tags. */
export const addressSource = (context: Context): Source<Network> => ({
  resource: ADDRESS,
  identify: ({ ID, UID }) => ({ ID, UID }),
  byNumber: async numbers => (await Array.fromAsync(reservations(context))).filter(({ ID }) => numbers.includes(ID)),
  all: () => reservations(context),
})

async function* reservations(context: Context): AsyncGenerator<Network> {
  for (const { network } of (await readBook(context)).reserved) yield network
}

/** @throws Ec2Error InvalidParameterValue: an address that was allocated for a VPC goes by its id */
export function checkDomain(address: Reserved, { PublicIp }: Named, message: string): void {
  if (PublicIp !== undefined && domainOf(address) === 'vpc') throw invalidBecause(message)
}

/** @throws Ec2Error MissingParameter, InvalidParameterCombination */
export function checkOneOf(idName: string, id: string | undefined, PublicIp: string | undefined): void {
  if (id === undefined && PublicIp === undefined) throw needsOneOf('public IP', idName)
  if (id !== undefined && PublicIp !== undefined) {
    throw combination(`You may specify public IP or ${idName}, but not both in the same call`)
  }
}

/** The address that a request names. @throws Ec2Error NotFound, Malformed, and for one that is still econe's */
export function pick({ AllocationId, PublicIp = '' }: Named, { reserved, held }: Book): Reserved {
  if (AllocationId !== undefined) return byId(AllocationId, reserved)
  checkIp('publicIp', PublicIp)
  const found = reserved.find(({ ip }) => ip === PublicIp)
  if (found) return found
  throw held.some(({ ip }) => ip === PublicIp) ? stillHeld(PublicIp) : noAddress(PublicIp)
}

export function byId(id: string, reserved: readonly Reserved[]): Reserved {
  const parsed = parseId(ADDRESS, id)
  const found = 'number' in parsed && reserved.find(({ network }) => network.ID === parsed.number)
  if (!found) throw notFound(ADDRESS, id)
  return found
}

/** The number of an address that a request names. @throws Ec2Error InvalidParameterValue for what is none */
export function checkIp(parameter: string, ip: string): number {
  const number = ipNumber(ip)
  if (number === undefined) throw invalid(parameter, ip, 'It is no IPv4 address.')
  return number
}

export const noAddress = (ip: string) => new Ec2Error('InvalidAddress.NotFound', `Address '${excerpt(ip)}' not found.`)

/** What econe allocated is held by oneadmin, and led to its instance by scripts on the front-end: nothing a user may change. */
const stillHeld = (ip: string) =>
  impossible(
    `The address '${ip}' was allocated by the cloud's former EC2 server. Only the cloud's operator can change or release it.`,
  )
