// Instances: listing them, and starting, stopping, rebooting and terminating them.

import type {
  InstanceStateChange,
  InstanceStateName,
  RebootInstancesRequest,
  StartInstancesRequest,
  StartInstancesResult,
  StopInstancesRequest,
  StopInstancesResult,
  TerminateInstancesRequest,
  TerminateInstancesResult,
} from '@aws-sdk/client-ec2'
import { type VmAction, vmAction } from '../../opennebula/calls/vm.ts'
import { VM_STATE } from '../../opennebula/states.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import type { Placed } from '../core/describe.ts'
import type { OneWriter, Vm } from '../core/documents.ts'
import { isBusy, isFinal, throwFirst, toEc2Error } from '../core/failures.ts'
import { find, findAndHold, type Source } from '../core/find.ts'
import { INSTANCE, incorrectInstanceState } from './resource.ts'
import { noteWanted, type StateTask, stateLock } from './state-task.ts'
import { isUnknown, shownState, stateItem, stateOf } from './states.ts'
import { type InstanceView, isInstance, sealedId, viewInstance, volumesEndingWith } from './view.ts'

/** VMs a request: small enough for a first byte soon, large enough for 10,000 in a free plan's 50 requests. */
const VMS_PER_PAGE = 250

/** How many of the newest VMs that are DONE are looked at for those that ended within the hour. */
const DONE_LOOKED_AT = 200

/** The instances of the account, as `find` needs them. */
export const instanceSource = (context: Context): Source<Vm> => ({
  resource: INSTANCE,
  identify: sealedId,
  byNumber: async numbers => (await Array.fromAsync(context.one.vms(numbers))).filter(vm => isListed(vm, context)),
  all: () => allVms(context),
})

/** Terminated instances stay visible for an hour, as AWS has it. */
const isListed = (vm: Vm, context: Context) =>
  isInstance(vm, context) &&
  (vm.STATE !== VM_STATE.DONE || vm.ETIME * 1000 > context.now() - context.settings.terminatedFor)

async function* allVms(context: Context): AsyncGenerator<Vm> {
  for await (const [vm] of listVms(context)) yield vm
}

/** The place of an instance in a list that goes on in another request. */
export type InstanceCursor = { readonly done: boolean; readonly before: number; readonly offset: number }

export const isCursor = (value: unknown): value is InstanceCursor =>
  value !== null && typeof value === 'object' && 'before' in value && 'done' in value

/** The VMs that are listed as instances: newest first, then those that ended within the hour. */
export async function* listVms(
  context: Context,
  after?: InstanceCursor,
  { terminated = true }: { readonly terminated?: boolean } = {},
): AsyncGenerator<Placed<Vm, InstanceCursor>> {
  for (const done of [false, true].slice(after?.done ? 1 : 0, terminated ? 2 : 1)) {
    const from = after?.done === done ? after : undefined
    const state = done ? { state: VM_STATE.DONE } : {}
    const pages = context.one.vmPages({ ...state, size: done ? DONE_LOOKED_AT : VMS_PER_PAGE, after: from })
    let looked = 0
    for await (const vm of pages) {
      if (isListed(vm, context) && pages.cursor) yield [vm, { done, ...pages.cursor }]
      if (done && ++looked === DONE_LOOKED_AT) break
    }
  }
}

/** What an action on instances is: from the state each is in to what OpenNebula is told. */
interface Transition {
  /** In these states there is nothing to do: EC2's actions may be repeated. */
  readonly already: readonly InstanceStateName[]
  /** In these states it cannot be done. */
  readonly refused: readonly InstanceStateName[]
  /** What the answer shows for an instance that it is done to. */
  readonly shows: InstanceStateName
  readonly verb: string
  readonly action: VmAction
  /** What is remembered of those that OpenNebula refuses for the moment; absent where such a refusal is the answer. */
  readonly wanted?: 'stop' | 'terminate'
  /** Whether the guest is not asked. */
  readonly hard?: boolean
}

type TransitionToState = Transition & Required<Pick<Transition, 'wanted'>>

const bringsAbout = (transition: Transition): transition is TransitionToState => transition.wanted !== undefined

const transitions = {
  start: {
    already: ['pending', 'running'],
    refused: ['stopping', 'shutting-down', 'terminated'],
    shows: 'pending',
    action: 'resume',
    verb: 'started',
  },
  stop: {
    already: ['stopping', 'stopped'],
    refused: ['shutting-down', 'terminated'],
    shows: 'stopping',
    action: 'poweroff',
    wanted: 'stop',
    verb: 'stopped',
  },
  forceStop: {
    already: ['stopped'],
    refused: ['shutting-down', 'terminated'],
    shows: 'stopping',
    action: 'poweroff-hard',
    wanted: 'stop',
    hard: true,
    verb: 'stopped',
  },
  terminate: {
    already: ['terminated'],
    refused: [],
    shows: 'shutting-down',
    action: 'terminate-hard',
    wanted: 'terminate',
    verb: 'terminated',
  },
} as const satisfies Record<string, Transition>

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StartInstances.html */
export const startInstances = async (
  { InstanceIds }: StartInstancesRequest,
  context: ChangeContext,
): Promise<StartInstancesResult> => ({
  StartingInstances: await transit(InstanceIds, transitions.start, context),
})

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StopInstances.html */
export async function stopInstances(
  { InstanceIds, Force, Hibernate }: StopInstancesRequest,
  context: ChangeContext,
): Promise<StopInstancesResult> {
  if (Hibernate) {
    throw new Ec2Error('UnsupportedHibernationConfiguration', 'The instances are not configured for hibernation.')
  }
  const transition = Force ? transitions.forceStop : transitions.stop
  return { StoppingInstances: await transit(InstanceIds, transition, context, checkStopProtection) }
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TerminateInstances.html */
export async function terminateInstances(
  { InstanceIds }: TerminateInstancesRequest,
  context: ChangeContext,
): Promise<TerminateInstancesResult> {
  return {
    TerminatingInstances: await transit(InstanceIds, transitions.terminate, context, checkTerminationProtection),
  }
}

function checkTerminationProtection({ id, record, vm }: InstanceView): void {
  if (record.keep && stateOf(vm) !== 'terminated') throw isProtected(id, 'terminated', 'disableApiTermination')
}

function checkStopProtection({ id, record }: InstanceView): void {
  if (record.keepRunning) throw isProtected(id, 'stopped', 'disableApiStop')
}

const isProtected = (id: string, verb: string, attribute: string) =>
  new Ec2Error(
    'OperationNotPermitted',
    `The instance '${id}' may not be ${verb}. Modify its '${attribute}' instance attribute and try again.`,
  )

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RebootInstances.html */
export async function rebootInstances(
  { InstanceIds }: RebootInstancesRequest,
  context: ChangeContext,
): Promise<undefined> {
  const views = await viewAll(InstanceIds, context)
  for (const view of views) {
    const state = shownState(view.vm, view.wanted)
    if (state !== 'running' && state !== 'pending') throw incorrectInstanceState(view.id, state, 'rebooted')
  }
  const one = context.commit()
  // Where the host does not answer there is no guest to ask: OpenNebula boots the instance anew
  const outcomes = await one.multicall(views.map(({ vm }) => vmAction(isUnknown(vm) ? 'resume' : 'reboot', vm.ID)))
  // A VM that is still booting, or in the middle of a hot-plug, needs no reboot: AWS only asks for one, too
  const isLost = (index: number) => views[index] !== undefined && isUnknown(views[index].vm)
  throwFirst(outcomes.filter(({ error }, index) => !isBusy(error) || isLost(index)))
}

/** The instances of these ids. @throws Ec2Error NotFound, Malformed */
export async function viewAll(ids: readonly string[] | undefined, context: Context): Promise<InstanceView[]> {
  const vms = await find(instanceSource(context), ids ?? [], context)
  return vms.map(vm => viewInstance(vm, context))
}

/**
 * Brings instances into another state: all are checked before any is touched.
 *
 * Three upstream requests at most: one to look, one to act, and one to note on the VMs what OpenNebula refused for the
 * moment, which the account's object then does as soon as it can.
 */
function transit(
  ids: readonly string[] | undefined,
  transition: Transition,
  context: ChangeContext,
  check: (view: InstanceView) => void = () => undefined,
): Promise<InstanceStateChange[]> {
  return findAndHold(instanceSource(context), ids ?? [], context, stateLock, async vms => {
    const views = vms.map(vm => viewInstance(vm, context))
    const planned = views.map(view => ({ view, before: shownState(view.vm, view.wanted) }))
    for (const { view, before } of planned) {
      check(view)
      if (transition.refused.includes(before)) throw incorrectInstanceState(view.id, before, transition.verb)
    }
    const one = context.commit()
    const isDone = (before: InstanceStateName) => transition.already.includes(before)
    // OpenNebula may not have come to a stop that was asked for: whoever starts the instance wants it no more
    if (!bringsAbout(transition)) await context.tasks.end(views.map(view => taskOf(view, transitions.stop)))
    const changing = planned.filter(({ before }) => !isDone(before)).map(({ view }) => view)
    await (bringsAbout(transition) ? bring(changing, transition, one, context) : start(changing, one))
    return planned.map(({ view, before }) => ({
      InstanceId: view.id,
      PreviousState: stateItem(before),
      CurrentState: stateItem(isDone(before) ? before : transition.shows),
    }))
  })
}

/** Starts instances. What was to become of them, and has, is history. */
async function start(views: readonly InstanceView[], one: OneWriter): Promise<void> {
  const noted = views.filter(view => view.wanted !== undefined)
  const notes = noted.map(({ vm }) => noteWanted(vm.ID, ''))
  const outcomes = await one.multicall([...notes, ...views.map(({ vm }) => vmAction('resume', vm.ID))])
  for (const [index, view] of views.entries()) {
    const error = outcomes[notes.length + index]?.error
    if (isBusy(error)) throw incorrectInstanceState(view.id, stateOf(view.vm), transitions.start.verb)
    if (error !== undefined) throw toEc2Error(error)
  }
}

/**
 * Stops or terminates instances, now or as soon as OpenNebula does. That it has begun does not mean that it will come to
 * an end: each is written down, and looked after until it has.
 */
async function bring(
  views: readonly InstanceView[],
  transition: TransitionToState,
  one: OneWriter,
  context: ChangeContext,
): Promise<void> {
  const tasks = views.map(view => taskOf(view, transition))
  await context.tasks.begin(tasks)
  const outcomes = await one.multicall(tasks.map(({ number }) => vmAction(transition.action, number)))
  const results = tasks.map((task, index) => ({ task, noted: views[index]?.wanted, error: outcomes[index]?.error }))
  const busy = results.filter(({ error }) => isBusy(error))
  const others = results.filter(({ error }) => !isBusy(error))
  const refused = others.filter(({ error }) => error !== undefined && isFinal(error))
  await context.tasks.end(refused.map(({ task }) => task))
  const superseded = others.filter(({ noted, error }) => noted !== undefined && error === undefined)
  await one.multicall([
    ...busy.map(({ task: { number, wanted } }) => noteWanted(number, wanted)),
    ...superseded.map(({ task: { number } }) => noteWanted(number, '')),
  ])
  throwFirst(outcomes.filter(({ error }) => !isBusy(error)))
}

function taskOf(view: InstanceView, { wanted, hard }: TransitionToState): StateTask {
  const volumes = wanted === 'terminate' ? volumesEndingWith(view) : []
  return {
    kind: 'vm',
    number: view.vm.ID,
    id: view.id,
    wanted,
    ...(hard && { hard }),
    ...(volumes.length > 0 && { volumes }),
  }
}

/** One instance by its id. @throws Ec2Error NotFound */
export async function findInstance(id: string, context: Context): Promise<InstanceView> {
  const [view] = await viewAll([id], context)
  if (!view) throw new TypeError('find returned nothing')
  return view
}
