// The launch journal: a launch is written down before its first call, and what is left of it is found and put right.
import type { WriteCall } from '../../../opennebula/calls/common.ts'
import { textOf } from '../../../opennebula/xml/attributes.ts'
import type { ChangeContext, Context } from '../../core/context.ts'
import type { OneReader, OneWriter, Vm } from '../../core/documents.ts'
import { LATE_WITHIN, type Pending, type Progress, requestEndsBy, type TaskKind, type Tools } from '../../core/tasks.ts'
import { deletionsOf, isNobodys } from '../../disk-images/deletion.ts'
import type { LaunchedFrom } from '../record.ts'
import { INSTANCE, noteWanted, stateLock } from '../resource.ts'
import type { StateTask } from '../state-task.ts'
import type { WantedNote } from '../states.ts'
import { sealedId } from '../view.ts'

/**
 * A launch, written down before its first call.
 *
 * Its calls may take effect though the connection broke, or the object that made them is gone, and even after a repeat
 * of the request has made the same instances again. So it stays until nothing can come of it any more, and what there is
 * besides the instances that the caller was told of goes.
 */
export interface LaunchTask {
  readonly kind: 'launch'
  readonly reservation: string
  /** What runs it: the lock by this name is held meanwhile. */
  readonly request: string
  /** Whether the same request may come again, and go on where this one ended. */
  readonly repeatable: boolean
  /** MinCount */
  readonly least: number
  readonly instances: readonly { readonly id: string; readonly volumes: readonly string[] }[]
  /** The version of a launch template that it goes by: what `$Latest` was when it began. */
  readonly template?: LaunchedFrom | undefined
  /** The id of the placement group that it is to be in. */
  readonly placement?: string | undefined
  /** The instances that are the caller's, with the numbers of their VMs; absent until that is decided. */
  readonly committed?: Committed
  /** Until when calls of it may take effect; milliseconds since 1970. */
  readonly until?: number
}

/** VMs by the ids of their instances. */
export type Committed = ReadonlyMap<string, number>

/** A launch of which instances are the caller's: what a repeat of its request is answered from. */
export interface Launched {
  readonly reservation: string
  readonly committed: Committed
}

/** By so much OpenNebula's clock may differ from ours; milliseconds. */
const SKEW = 10 * 60 * 1000

/**
 * Decides which instances of a launch are the caller's.
 * @param certain whether all of its calls were answered, so that nothing more can come of them
 */
const decide = (launch: LaunchTask, committed: Committed, certain: boolean, now: number): LaunchTask => ({
  ...launch,
  committed,
  until: certain ? now : now + LATE_WITHIN,
})

/** Whether nothing of a decided launch is left to be done. */
const isComplete = ({ instances, committed }: LaunchTask, certain: boolean): boolean =>
  certain && instances.every(({ id }) => committed?.has(id))

export const launchTasks: TaskKind<LaunchTask> = {
  kind: 'launch',
  id: ({ reservation }) => reservation,
  locks: ({ committed, request }) => (committed ? [...committed.keys()].map(stateLock) : [request]),
  restsUntil: launch => (launch.committed ? undefined : requestEndsBy(launch)),
  reconcile,
  fail: (launch, request, now) =>
    launch.request === request && !launch.committed ? decide(launch, new Map(), false, now) : undefined,
  giveUp: launches => launches.flatMap(({ committed }) => [...(committed ?? none).values()].map(keep)),
  // Its ids are those of instances that go: the token begins a new launch
  frees: ({ repeatable, committed, request }) => (repeatable && committed?.size === 0 ? request : undefined),
}

/** A launch as RunInstances knows it. */
export type Launch = Pick<LaunchTask, 'reservation' | 'least' | 'instances' | 'template' | 'placement'>

const taskOf = (launch: Launch, { request: { name, repeatable } }: ChangeContext): LaunchTask => ({
  ...launch,
  kind: 'launch',
  request: name,
  repeatable,
})

/** Writes a launch down before its first call: should the request come to no end, what is left of it is found. */
export const writeLaunchDown = (launch: Launch, context: ChangeContext): Promise<void> =>
  context.tasks.begin([taskOf(launch, context)])

/**
 * Says which instances of a launch are the caller's. What else there is of it goes, at once if possible.
 * @param shown whether all of them are seen to be
 */
export async function commitLaunch(
  launch: Launch,
  committed: Committed,
  shown: boolean,
  context: ChangeContext,
): Promise<void> {
  const { tasks, resumed, now } = context
  const memo: Launched = { reservation: launch.reservation, committed }
  context.remember(memo)
  const certain = shown && !resumed
  const decided = decide(taskOf(launch, context), committed, certain, now())
  if (isComplete(decided, certain)) return tasks.end([decided])
  await tasks.begin([decided])
  await tasks.reconcile()
}

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
    const id = mint.idOf(INSTANCE, sealedId(vm))
    if (wanted.has(id)) found.set(id, [vm, ...(found.get(id) ?? [])])
  }
  return found
}

/** Looks what there is of launches, decides those that nobody will, and names what has to go. */
async function reconcile(launches: readonly Pending<LaunchTask>[], tools: Tools): Promise<Progress> {
  const ids = launches.flatMap(({ instances }) => instances.map(({ id }) => id))
  const vms = await vmsOf(ids, Math.min(...launches.map(({ since }) => since)), tools)
  const now = tools.now()
  const decided = launches.map(launch => (launch.committed ? launch : decideAlone(launch, vms, now)))
  const orphans = decided.flatMap(launch => orphansOf(launch, vms))
  // Their calls may not have been answered: what there is of them is known by the names that it was given
  const volumes = await deletionsOf(decided.flatMap(volumesOfLost), ({ NAME }) => NAME, tools.one)
  const open = new Set(await stillHidden(decided, vms, tools.one))
  for (const launch of decided) if ((launch.until ?? now) > now) open.add(launch)
  return { finished: decided.filter(launch => !open.has(launch)), begun: [...open, ...orphans, ...volumes] }
}

/** Shows the instances that are committed, where the request could not. @returns the launches of which some are hidden yet */
async function stillHidden(
  launches: readonly LaunchTask[],
  vms: ReadonlyMap<string, Vm[]>,
  one: OneWriter,
): Promise<LaunchTask[]> {
  const hidden = launches.flatMap(launch =>
    Array.from(launch.committed ?? none, ([id, number]) => ({ launch, vm: vms.get(id)?.find(vm => vm.ID === number) })),
  )
  const shown = hidden.flatMap(({ launch, vm }) => (vm && isUndecided(vm) ? { launch, vm } : []))
  const outcomes = await one.multicall(shown.map(({ vm }) => keep(vm.ID)))
  return shown.flatMap(({ launch }, index) => {
    const error = outcomes[index]?.error
    return error === undefined || isNobodys(error) ? [] : launch
  })
}

/** The note that a VM of a launch is planned with: what nobody decides to keep is never seen, whenever it comes about. */
export const UNDECIDED: WantedNote = 'discard'

const isUndecided = (vm: Vm) => textOf(vm.USER_TEMPLATE, 'EC2_GOAL') === UNDECIDED

/** Makes a VM an instance of the account for all to see. */
export const keep = (number: number): WriteCall => noteWanted(number, '')

/**
 * A request that can still be repeated keeps enough instances: the repeat finds them. Those of one that cannot be are
 * nobody's, and so are too few.
 */
function decideAlone(launch: LaunchTask, vms: ReadonlyMap<string, Vm[]>, now: number): LaunchTask {
  const found = oldestOf(vms, launch.instances)
  return decide(launch, launch.repeatable && found.size >= launch.least ? found : new Map(), false, now)
}

/** The instances that there are: of several VMs with one id the oldest is the instance. */
export const oldestOf = (vms: ReadonlyMap<string, Vm[]>, instances: readonly { readonly id: string }[]) =>
  new Map(instances.flatMap(({ id }) => (vms.get(id) ?? []).slice(0, 1).map(({ ID }) => [id, ID] as const)))

const none: Committed = new Map()

/** VMs that are nobody's: of instances that are not committed, and twins of those that are. */
const orphansOf = ({ instances, committed = none }: LaunchTask, vms: ReadonlyMap<string, Vm[]>): StateTask[] =>
  instances.flatMap(({ id }) =>
    (vms.get(id) ?? [])
      .filter(vm => vm.ID !== committed.get(id))
      .map((vm): StateTask => ({ kind: 'vm', id, number: vm.ID, wanted: 'discard' })),
  )

const volumesOfLost = ({ instances, committed = none }: LaunchTask): string[] =>
  instances.filter(({ id }) => !committed.has(id)).flatMap(({ volumes }) => volumes)
