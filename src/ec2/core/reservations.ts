// Networks of the account's own: most are reservations of one address of another. An elastic address is one out of the
// operator's network of public addresses, a network interface one out of its subnet; a subnet has many, or is no reservation.
//
// OpenNebula gives each address once, and takes a name once per owner. A network's NAME is the id of what it is: it is
// written down as a task first, so that of one whose request came to no end nothing stays.
import { ipNumber, ipText } from '../../lib/ip.ts'
import { remove, WHOSE, type WriteCall } from '../../opennebula/calls/common.ts'
import { reserve } from '../../opennebula/calls/vn.ts'
import { textOf } from '../../opennebula/xml/attributes.ts'
import type { TemplateData } from '../../opennebula/xml/template.ts'
import type { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext } from './context.ts'
import type { Network, OneWriter } from './documents.ts'
import { isBusy, isFinal, isTaken, mayTakeEffect } from './failures.ts'
import { releasesEnd } from './network-states.ts'
import { LATE_WITHIN, type Pending, type Progress, requestEndsBy, type TaskKind, type Tools } from './tasks.ts'
import { merge } from './writes.ts'

export type Range = Network['AR_POOL']['AR'][number]

/** The range of a network that is one address, and nothing else; undefined for one of several. */
export function onlyAddress({ AR_POOL }: Network): (Range & { readonly IP: string }) | undefined {
  const [range, another] = AR_POOL.AR
  return range?.IP === undefined || range.SIZE !== 1 || another ? undefined : { ...range, IP: range.IP }
}

/** Where a wished address is in a network, or the first of several: OpenNebula wants to be told the range as well. */
export interface PlaceInNetwork {
  readonly AR_ID: number
  readonly IP: string
}

/** Where an address is in a network, with as many others behind it; undefined where no range has them. @param size of all */
export function placeOf(ip: string, { AR_POOL }: Network, size = 1): PlaceInNetwork | undefined {
  const number = ipNumber(ip)
  if (number === undefined) return undefined
  const range = AR_POOL.AR.find(({ IP = '', SIZE }) => {
    const first = ipNumber(IP)
    return first !== undefined && number >= first && number + size <= first + SIZE
  })
  return range && { AR_ID: range.AR_ID, IP: ip }
}

/**
 * The free addresses of a network, by what its pool's document says of leases; from the end, for OpenNebula gives out the
 * first ones.
 */
export function* freeAddresses({ AR_POOL }: Network): Generator<string> {
  for (const { IP = '', SIZE, ALLOCATED = '' } of AR_POOL.AR) {
    const first = ipNumber(IP)
    if (first === undefined) continue
    const leased = new Set(
      ALLOCATED.trim()
        .split(' ')
        .filter((_, index) => index % 2 === 0)
        .map(Number),
    )
    for (let index = SIZE - 1; index >= 0; index--) if (!leased.has(index)) yield ipText(first + index)
  }
}

/** In front of a VM's number in the list of leases; other kinds of owners have other marks there. */
const VM_MARK = 2 ** 36

/**
 * The VMs that have leased addresses of a range: a pool's document has leases as pairs of index and marked number.
 * @see https://github.com/OpenNebula/one/blob/master/src/vnm/AddressRange.cc (`allocated`)
 */
const lesseesIn = ({ ALLOCATED = '' }: Range): number[] =>
  ALLOCATED.trim()
    .split(' ')
    .flatMap((number, position) => (position % 2 === 1 ? vmMarked(Number(number)) : []))

const vmMarked = (owner: number) => (owner >= VM_MARK && owner < VM_MARK + 2 ** 31 ? owner - VM_MARK : [])

/** The VM that has leased the only address of a range. */
export const lesseeOf = (range: Range): number | undefined => lesseesIn(range)[0]

/** The VMs that have leased addresses of a network, one for each address; those of ranges with very many leases are not told. */
export const lesseesOf = ({ AR_POOL }: Network): number[] => AR_POOL.AR.flatMap(lesseesIn)

/** The note on a reservation that is nobody's any more: as far as anybody is told it is gone. */
export const RELEASED = 'release'

/** Notes for all to see that a reservation is nobody's any more. */
export const noteReleased = (number: number): WriteCall => merge('vn', number, { EC2_GOAL: RELEASED })

/** A reservation that is to be made. */
export interface Wanted {
  /** Its NAME: the id of what it is. */
  readonly id: string
  /** The network that it is taken out of. */
  readonly parent: number
  /** Any where absent. */
  readonly place?: PlaceInNetwork | undefined
  /** How many addresses; one where absent. */
  readonly size?: number
  /** The lock under which it is put to use. */
  readonly lock: string
  /** What is said where there is no address left, or not the wished one. */
  readonly exhausted: () => Ec2Error
}

/**
 * Makes a reservation, and what `finish` makes of it. Should that fail, the reservation goes.
 * @throws Ec2Error as `exhausted`, and what `finish` throws
 */
export async function reserving<R>(
  { id, parent, place, size = 1, lock, exhausted }: Wanted,
  context: ChangeContext,
  one: OneWriter,
  finish: (number: number) => Promise<R>,
): Promise<R> {
  const make = async () =>
    reserveOne(parent, { SIZE: size, NAME: id, ...place }, one).catch(error => {
      throw isBusy(error) ? exhausted() : error
    })
  return makingNetwork({ id, lock, make }, context, one, finish)
}

/** A network that is to be made, by a call of whatever kind. */
export interface NewNetwork {
  /** Its NAME: the id of what it is. */
  readonly id: string
  /** The lock under which it is put to use. */
  readonly lock: string
  /** Makes it, and gives its number. */
  readonly make: () => Promise<number>
}

/**
 * Makes a network of the account's own, and what `finish` makes of it. Should that fail, the network goes.
 * @throws Ec2Error what `make` and `finish` throw
 */
export async function makingNetwork<R>(
  { id, lock, make }: NewNetwork,
  context: ChangeContext,
  one: OneWriter,
  finish: (number: number) => Promise<R>,
): Promise<R> {
  const { name: request, repeatable } = context.request
  const task: ReservationTask = { kind: 'reservation', id, request, lock, ...(repeatable && { repeatable }) }
  await context.tasks.begin([task])
  let number: number | undefined
  try {
    number = context.resumed ? await numberOf(id, one) : undefined
    number ??= await make()
    const finished = await finish(number)
    await context.tasks.end([task])
    return finished
  } catch (error) {
    // Else what is left of it goes, whenever it comes about, unless the request comes again (`fail`)
    if (number === undefined && isFinal(error) && !context.resumed) await context.tasks.end([task])
    throw error
  }
}

type Reservation = TemplateData & { NAME: string }

/**
 * The number of a new reservation. What the account has released a moment ago is free again in another one: it is asked for once
 * more even where nothing is being released any more, for that may have ended since it was refused.
 */
const reserveOne = (parent: number, wanted: Reservation, one: OneWriter): Promise<number> =>
  reserveNow(parent, wanted, one).catch(async error => {
    if (!isBusy(error)) throw error
    await releasesEnd(parent, one)
    return reserveNow(parent, wanted, one)
  })

const reserveNow = (parent: number, wanted: Reservation, one: OneWriter): Promise<number> =>
  numberMade(reserve(parent, wanted), wanted.NAME, one)

/** The number of a network that a call makes: its name tells it from all others, should the answer be lost. */
export async function numberMade(call: WriteCall, name: string, one: OneWriter): Promise<number> {
  try {
    return await one.call(call)
  } catch (error) {
    const mayBe = isTaken(error) || mayTakeEffect(error)
    const found = mayBe ? await numberOf(name, one) : undefined
    if (found !== undefined) return found
    throw error
  }
}

async function numberOf(name: string, one: OneWriter): Promise<number | undefined> {
  for await (const { ID, NAME } of one.networks({ whose: WHOSE.OWN })) if (NAME === name) return ID
  return undefined
}

/**
 * A reservation that a request is about to ask for, written down before it does; or one that is nobody's, and is given
 * back when it shows, and as soon as OpenNebula does.
 */
export interface ReservationTask {
  readonly kind: 'reservation'
  /** Its name in OpenNebula, which no other has. */
  readonly id: string
  /** What asks for it: the lock by this name is held meanwhile. */
  readonly request: string
  /** The lock under which it is put to use. */
  readonly lock?: string
  /** Whether the request may come again, and go on where it ended. */
  readonly repeatable?: boolean
  /** Whether it is nobody's: its caller was told that there is none, or that it is deleted. */
  readonly lost?: boolean
}

/** One that is given back as soon as it can be, by its name. */
export const lostReservation = (id: string, lock: string, request: string): ReservationTask => ({
  ...{ kind: 'reservation', id, request, lock, lost: true },
})

export const reservationTasks: TaskKind<ReservationTask> = {
  kind: 'reservation',
  id: ({ id }) => id,
  locks: ({ request, lock }) => (lock === undefined ? [request] : [request, lock]),
  restsUntil: task => (task.lost ? undefined : requestEndsBy(task)),
  // A deletion begins anew what there was of a creation
  isAnother: ({ lost }, earlier) => lost !== earlier.lost,
  reconcile,
  fail: (task, request) => (task.request === request && !task.lost ? { ...task, lost: true } : undefined),
  giveUp: async (tasks, { one }) => {
    const names = new Set(tasks.map(({ id }) => id))
    const networks = await Array.fromAsync(one.networks({ whose: WHOSE.OWN }))
    return networks.filter(({ NAME }) => names.has(NAME)).map(({ ID }) => merge('vn', ID, { EC2_GOAL: '' }))
  },
}

/** Gives back what shows of these reservations. One that somebody has found, and uses, is not lost. */
async function reconcile(tasks: readonly Pending<ReservationTask>[], { one, now }: Tools): Promise<Progress> {
  const found = new Map<string, Network>()
  for await (const network of one.networks({ whose: WHOSE.OWN })) found.set(network.NAME, network)
  const shown = tasks.flatMap(task => {
    const network = found.get(task.id)
    return network ? { task, network, isUsed: isUsed(network) } : []
  })
  const unused = shown.filter(each => !each.isUsed)
  // Released for all to see from now on, and deleted as soon as OpenNebula does
  const outcomes = await one.multicall(unused.flatMap(({ network: { ID } }) => [noteReleased(ID), remove('vn', ID)]))
  const removed = unused.filter((_, index) => outcomes[2 * index + 1]?.error === undefined)
  const late = tasks.filter(({ id, since }) => !found.has(id) && now() - since > LATE_WITHIN)
  const used = shown.filter(each => each.isUsed)
  return { finished: [...late, ...[...used, ...removed].map(({ task }) => task)], begun: [] }
}

/** Whether a VM has an address of it, or is about to. */
function isUsed({ TEMPLATE, USED_LEASES }: Network): boolean {
  const goal = textOf(TEMPLATE, 'EC2_GOAL')
  return USED_LEASES > 0 || (goal !== undefined && goal !== '' && goal !== RELEASED)
}
