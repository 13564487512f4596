// What may be left of a launch when nobody can say how it went: how that is found, and what of it has to go.
import type { WriteCall } from '../opennebula/calls.ts'
import type { OneReader, OneWriter } from '../opennebula/client.ts'
import type { Vm } from '../opennebula/documents.ts'
import { textOf } from '../opennebula/shape.ts'
import type { Context } from './context.ts'
import { isNobodys } from './creation.ts'
import { deletionOf, type Goal, noteGoal, type Pending, type Progress, type Tools } from './goals.ts'
import { sealedId } from './instance.ts'
import type { GoalNote } from './states.ts'

/**
 * A launch, written down before its first call.
 *
 * Its calls may take effect though the connection broke, or the object that made them is gone, and even after a repeat
 * of the request has made the same instances again. So it is kept until nothing can come of it any more, and what there
 * is besides the instances that the caller was told of goes.
 */
export interface Launch {
  readonly kind: 'launch'
  readonly reservation: string
  /** What runs it: the lock by this name is held meanwhile. */
  readonly request: string
  /** Whether the same request may come again, and go on where this one ended. */
  readonly repeatable: boolean
  /** MinCount */
  readonly least: number
  readonly births: readonly { readonly id: string; readonly volumes: readonly string[] }[]
  /** The instances that are the caller's, with the numbers of their VMs; absent until that is decided. */
  readonly kept?: Kept
  /** Until when calls of it may take effect; milliseconds since 1970. */
  readonly until?: number
}

/** VMs by the ids of their instances. */
export type Kept = ReadonlyMap<string, number>

/** A launch of which instances are the caller's: what a repeat of its request is answered from. */
export interface Launched {
  readonly reservation: string
  readonly kept: Kept
}

/** For so long a repeat of a request may be on its way; milliseconds. */
const REPEATED_WITHIN = 15 * 60 * 1000
/** What has no token is not repeated; but while it runs it needs its time; milliseconds. */
export const RUNS_FOR = 60 * 1000
/** For so long a call whose connection broke may take effect; milliseconds. */
const AFTERMATH = 10 * 60 * 1000
/** By so much OpenNebula's clock may differ from ours; milliseconds. */
const SKEW = 10 * 60 * 1000

/** When a launch whose request never came to an end is to be decided without it. */
export const decidedAt = ({ repeatable, since }: Pending<Launch>): number =>
  since + (repeatable ? REPEATED_WITHIN : RUNS_FOR)

/**
 * Decides what is kept of a launch.
 * @param certain whether all of its calls were answered, so that nothing more can come of them
 */
export const decide = (launch: Launch, kept: Kept, certain: boolean, now: number): Launch => ({
  ...launch,
  kept,
  until: certain ? now : now + AFTERMATH,
})

/** Whether nothing of a decided launch is left to be done. */
export const isComplete = ({ births, kept }: Launch, certain: boolean): boolean =>
  certain && births.every(({ id }) => kept?.has(id))

/**
 * The newest VMs of the account by the ids in question, the oldest of each id first.
 * @param since when the launch began: no VM of it is older
 */
export async function vmsOf(
  ids: Iterable<string>,
  since: number,
  { one, mint }: { readonly one: OneReader; readonly mint: Context['mint'] },
): Promise<Map<string, Vm[]>> {
  const wanted = new Set(ids)
  const found = new Map<string, Vm[]>()
  for await (const vm of one.vmPages()) {
    if (vm.STIME * 1000 < since - SKEW) break
    const id = mint.idOf('instance', sealedId(vm))
    if (wanted.has(id)) found.set(id, [vm, ...(found.get(id) ?? [])])
  }
  return found
}

/** Looks what there is of launches, decides those that nobody will, and names what has to go. */
export async function settleLaunches(launches: readonly Pending<Launch>[], tools: Tools): Promise<Progress> {
  if (launches.length === 0) return { reached: [], added: [] }
  const ids = launches.flatMap(({ births }) => births.map(({ id }) => id))
  const vms = await vmsOf(ids, Math.min(...launches.map(({ since }) => since)), tools)
  const now = tools.now()
  const decided = launches.map(launch => (launch.kept ? launch : decideAlone(launch, vms, now)))
  const strays = decided.flatMap(launch => straysOf(launch, vms))
  // Their calls may not have been answered: what there is of them is known by the names that it was given
  const volumes = await deletionOf(decided.flatMap(volumesOfLost), ({ NAME }) => NAME, tools.one)
  const open = new Set(await stillHidden(decided, vms, tools.one))
  for (const launch of decided) if ((launch.until ?? now) > now) open.add(launch)
  return { reached: decided.filter(launch => !open.has(launch)), added: [...open, ...strays, ...volumes] }
}

/** Shows the instances that are kept, where the request could not. @returns the launches of which some are hidden yet */
async function stillHidden(
  launches: readonly Launch[],
  vms: ReadonlyMap<string, Vm[]>,
  one: OneWriter,
): Promise<Launch[]> {
  const hidden = launches.flatMap(launch =>
    Array.from(launch.kept ?? none, ([id, number]) => ({ launch, vm: vms.get(id)?.find(vm => vm.ID === number) })),
  )
  const shown = hidden.flatMap(({ launch, vm }) => (vm && isUndecided(vm) ? { launch, vm } : []))
  const outcomes = await one.multicall(shown.map(({ vm }) => keep(vm.ID)))
  return shown.flatMap(({ launch }, index) => {
    const error = outcomes[index]?.error
    return error === undefined || isNobodys(error) ? [] : launch
  })
}

/** The goal that a VM of a launch is born with: what nobody decides to keep is never seen, whenever it comes about. */
export const UNDECIDED: GoalNote = 'discard'

const isUndecided = (vm: Vm) => textOf(vm.USER_TEMPLATE, 'EC2_GOAL') === UNDECIDED

/** Makes a VM an instance of the account for all to see. */
export const keep = (number: number): WriteCall => noteGoal(number, '')

/**
 * A request that can still be repeated keeps enough instances: the repeat finds them. Those of one that cannot be are
 * nobody's, and so are too few.
 */
function decideAlone(launch: Launch, vms: ReadonlyMap<string, Vm[]>, now: number): Launch {
  const found = oldestOf(vms, launch.births)
  return decide(launch, launch.repeatable && found.size >= launch.least ? found : new Map(), false, now)
}

/** The instances that there are: of several VMs with one id the oldest is the instance. */
export const oldestOf = (vms: ReadonlyMap<string, Vm[]>, births: readonly { readonly id: string }[]) =>
  new Map(births.flatMap(({ id }) => (vms.get(id) ?? []).slice(0, 1).map(({ ID }) => [id, ID] as const)))

const none: Kept = new Map()

/** VMs that are nobody's: of instances that are not kept, and twins of those that are. */
const straysOf = ({ births, kept = none }: Launch, vms: ReadonlyMap<string, Vm[]>): Goal[] =>
  births.flatMap(({ id }) =>
    (vms.get(id) ?? [])
      .filter(vm => vm.ID !== kept.get(id))
      .map((vm): Goal => ({ kind: 'vm', id, number: vm.ID, goal: 'discard' })),
  )

const volumesOfLost = ({ births, kept = none }: Launch): string[] =>
  births.filter(({ id }) => !kept.has(id)).flatMap(({ volumes }) => volumes)
