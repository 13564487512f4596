// What was accepted and OpenNebula would not do at once: how it is done as soon as it will.
import { image as imageCall, merge, remove, vmAction, WHOSE, type WriteCall } from '../opennebula/calls.ts'
import type { OneWriter } from '../opennebula/client.ts'
import type { Image, Vm } from '../opennebula/documents.ts'
import { OneError } from '../opennebula/errors.ts'
import { IMAGE_STATE } from '../opennebula/states.ts'
import type { Outcome } from '../opennebula/xmlrpc.ts'
import type { IdMint } from './ids.ts'
import { type InstanceRecord, sealedId } from './instance.ts'
import { decodeRecord } from './record.ts'
import { type GoalState, stateOf } from './states.ts'

/** Something to bring about for an OpenNebula object. */
export type Goal =
  | { readonly kind: 'vm'; readonly number: number; readonly goal: GoalState }
  | { readonly kind: 'image'; readonly number: number; readonly goal: 'delete' }
  /** The object staged under `key` is to go when OpenNebula has fetched the image from it. */
  | { readonly kind: 'import'; readonly number: number; readonly goal: 'unstage'; readonly key: string }

/** A goal that was accepted and not reached yet. */
export type PendingGoal = Goal & {
  /** When it was accepted, in milliseconds since 1970. */
  readonly since: number
}

/** A guest that ignores a polite shutdown for so long is switched off, as AWS does. */
const PATIENCE_MS = 2 * 60 * 1000

/** Notes on VMs what is to become of them, for every location to see; '' takes the note away. */
export const noteGoal = (number: number, goal: GoalState | ''): WriteCall => merge('vm', number, { EC2_GOAL: goal })

/**
 * One round: looks how things stand, and asks OpenNebula again for what is open.
 * @returns the goals that are reached
 */
export async function pursue(goals: readonly PendingGoal[], one: OneWriter, now: number): Promise<PendingGoal[]> {
  const vms = await vmsOf(goals, one)
  const importing = await stillImporting(goals, one)
  const steps = goals
    .filter(({ kind, number }) => kind !== 'import' || !importing.has(number))
    .map(goal => ({ goal, ...nextStep(goal, vms, now) }))
  const open = steps.filter(({ call }) => call !== undefined)
  const outcomes = await one.multicall(open.flatMap(({ call }) => call ?? []))
  const ended = open.filter(({ ends }, index) => isEnd(outcomes[index]?.error, ends))
  const reached = [...steps.filter(({ call }) => call === undefined), ...ended]
  await deleteVolumes(
    reached.flatMap(({ goal }) => volumesToDelete(goal, vms)),
    one,
  )
  return reached.map(({ goal }) => goal)
}

async function vmsOf(goals: readonly PendingGoal[], one: OneWriter): Promise<Map<number, Vm>> {
  const numbers = goals.filter(({ kind }) => kind === 'vm').map(({ number }) => number)
  return new Map((await Array.fromAsync(one.vms(numbers))).map(vm => [vm.ID, vm]))
}

/** The images among the imports that OpenNebula still reads, or of which it says nothing. */
async function stillImporting(goals: readonly PendingGoal[], one: OneWriter): Promise<Set<number>> {
  const numbers = goals.filter(({ kind }) => kind === 'import').map(({ number }) => number)
  const outcomes = await one.read(...numbers.map(imageCall))
  return new Set(numbers.filter((_, index) => isImporting(outcomes[index])))
}

const isImporting = ({ value, error }: Outcome<readonly Image[]> = { value: [] }) =>
  error !== undefined ? !isEnd(error) : value.some(({ STATE }) => IMPORTING.has(STATE))

const IMPORTING: ReadonlySet<number> = new Set([IMAGE_STATE.INIT, IMAGE_STATE.LOCKED, IMAGE_STATE.LOCKED_USED])

interface Step {
  /** Absent where the goal is reached. */
  readonly call?: WriteCall
  /** Whether the goal is reached when the call succeeds. */
  readonly ends?: boolean
}

function nextStep(goal: PendingGoal, vms: ReadonlyMap<number, Vm>, now: number): Step {
  if (goal.kind === 'import') return {}
  if (goal.kind === 'image') return { call: remove('image', goal.number), ends: true }
  const vm = vms.get(goal.number)
  const state = vm ? stateOf(vm) : 'terminated'
  if (state === 'terminated') return {}
  if (goal.goal === 'terminate') return { call: vmAction('terminate-hard', goal.number) }
  if (state === 'stopped') return { call: noteGoal(goal.number, ''), ends: true }
  return { call: vmAction(now - goal.since > PATIENCE_MS ? 'poweroff-hard' : 'poweroff', goal.number) }
}

/** An object that does not exist any more has nothing left to bring about. */
const isEnd = (error: Error | undefined, ends = false) =>
  error === undefined ? ends : error instanceof OneError && error.code === 'NO_EXISTS'

function volumesToDelete({ kind, goal, number }: PendingGoal, vms: ReadonlyMap<number, Vm>): string[] {
  const vm = kind === 'vm' && goal === 'terminate' ? vms.get(number) : undefined
  const { volumes = [] } = vm ? decodeRecord<InstanceRecord>(vm.USER_TEMPLATE, 'EC2_INSTANCE') : {}
  return volumes.filter(({ deleteOnTermination }) => deleteOnTermination).map(({ id }) => id)
}

/** Volumes are found by their names, which are their ids. */
async function deleteVolumes(ids: readonly string[], one: OneWriter): Promise<void> {
  if (ids.length === 0) return
  const names = new Set(ids)
  const calls: WriteCall[] = []
  for await (const image of one.images({ whose: WHOSE.OWN })) {
    if (names.has(image.NAME)) calls.push(remove('image', image.ID))
  }
  await one.multicall(calls)
}

/**
 * Looks for instances whose launch failed with nobody knowing whether they came about, and terminates them.
 * @param since nothing older than this can be one of them; milliseconds since 1970
 */
export async function endAbandoned(
  ids: ReadonlySet<string>,
  since: number,
  one: OneWriter,
  mint: IdMint,
): Promise<void> {
  const calls: WriteCall[] = []
  for await (const vm of one.vmPages()) {
    if (vm.STIME * 1000 < since) break
    if (ids.has(mint.idOf('instance', sealedId(vm)))) calls.push(vmAction('terminate-hard', vm.ID))
  }
  await one.multicall(calls)
}
