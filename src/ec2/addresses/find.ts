// Which addresses an account has, which of them a request names, and which are on their way to an instance.
import { ipNumber } from '../../lib/ip.ts'
import { type ReadCall, WHOSE } from '../../opennebula/calls/common.ts'
import { textOf } from '../../opennebula/xml/attributes.ts'
import type { Outcome } from '../../opennebula/xml/xmlrpc.ts'
import { combination, impossible, invalid, invalidBecause, needsOneOf } from '../../protocol/complaints.ts'
import type { Context } from '../core/context.ts'
import { type Network, type Nic, network as networkCall, networkPool, type Vm } from '../core/documents.ts'
import { answerOf } from '../core/failures.ts'
import { seconds, valid } from '../core/fields.ts'
import type { Source } from '../core/find.ts'
import { mayBeUnderWay } from '../core/hot-plugs.ts'
import { parseId } from '../core/ids.ts'
import { type OwnNetworks, ownNetworks } from '../core/own-networks.ts'
import { notFound } from '../core/resource.ts'
import { ADDRESS, noAddress, stillHeld } from './resource.ts'
import { addressesIn, domainOf, type HeldByEcone, heldByEcone, type Reserved } from './view.ts'

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

const ownPool = networkPool({ whose: WHOSE.OWN })

/** The addresses of the account: those that it has reserved, and those that econe's server held for it. */
export async function readBook(context: Context): Promise<Book> {
  const pool = context.settings.addressNetwork
  if (pool === undefined) return { reserved: [], held: [] }
  const [own, parent] = await context.one.read(ownPool, networkCall(pool))
  return bookOf(own, parent, context)
}

/** The same with the networks that they are among, and whatever else is asked for, in one request. */
export async function readBookBeside<T>(context: Context, ...besides: readonly ReadCall<T>[]) {
  const [own, parent, ...others] = await context.one.read(ownPool, networkCall(poolOf(context)), ...besides)
  return { book: bookOf(own, parent, context), networks: own.value ?? [], others: others.flatMap(answerOf) }
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
export const reservedIn = (networks: readonly Network[], context: Context): Reserved[] =>
  addressesIn(context.settings.addressNetwork, networks, context).filter(({ aim }) => aim?.wanted !== 'release')

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

function isUnderWay({ USER_TEMPLATE }: Vm, { now }: Context): boolean {
  const moved = valid(seconds, Number(textOf(USER_TEMPLATE, 'EC2_ADDRESS_MOVED')))
  return moved !== undefined && mayBeUnderWay(moved, now())
}

/** VMs with the addresses that they are to have. Asks for the account's networks only for one that has a note. */
export const withAddresses =
  (context: Context, networks: OwnNetworks = ownNetworks(context)) =>
  async (vm: Vm): Promise<Vm> =>
    isUnderWay(vm, context) ? arrived(vm, movesIn(await networks(), context)) : vm

/** The account's addresses of which something is to become. */
const movesIn = (networks: readonly Network[], context: Context): Reserved[] =>
  addressesIn(context.settings.addressNetwork, networks, context).filter(({ aim }) => aim !== undefined)

/** The interface of a VM that an address is on its way to. */
function comesTo(vm: Vm, { aim, at }: Reserved): Nic | undefined {
  if (aim?.wanted === 'attach' && aim.vm === vm.ID) return vm.TEMPLATE.NIC.find(each => each.NIC_ID === aim.nic)
  return aim?.wanted === 'follow' ? vm.TEMPLATE.NIC.find(each => each.NETWORK_ID === at?.network.ID) : undefined
}

function arrived(vm: Vm, moves: readonly Reserved[]): Vm {
  const coming = moves.flatMap(move => {
    const nic = comesTo(vm, move)
    return nic ? [{ ...move, nic }] : []
  })
  const moving = new Set(moves.map(({ network }) => network.ID))
  const taken = new Set(coming.flatMap(({ nic, record }) => (record.private === undefined ? nic.NIC_ID : [])))
  const staying = vm.TEMPLATE.NIC_ALIAS.filter(
    ({ NETWORK_ID = -1, PARENT_ID = -1, EXTERNAL }) => !moving.has(NETWORK_ID) && !(EXTERNAL && taken.has(PARENT_ID)),
  )
  const aliases = coming.map(({ network: { ID, PARENT_NETWORK_ID }, ip, nic }) => ({
    ...nic,
    ...{ IP: ip, NETWORK_ID: ID, PARENT: nic.NAME, PARENT_ID: nic.NIC_ID, PARENT_NETWORK_ID, EXTERNAL: true },
  }))
  return { ...vm, TEMPLATE: { ...vm.TEMPLATE, NIC_ALIAS: [...staying, ...aliases] } }
}
