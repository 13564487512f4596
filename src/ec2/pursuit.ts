// How each kind of goal is pursued, round by round, until it is reached.
import { limits } from '../limits.ts'
import { image as imageCall, merge, vmAction, WHOSE, type WriteCall } from '../opennebula/calls.ts'
import type { OneReader } from '../opennebula/client.ts'
import type { Vm } from '../opennebula/documents.ts'
import { OneError } from '../opennebula/errors.ts'
import { textOf } from '../opennebula/shape.ts'
import { pursueAddresses } from './address-steps.ts'
import { settleLaunches } from './aftermath.ts'
import { pursueCaptures } from './capture.ts'
import { deleteImages, finishCopies } from './creation.ts'
import {
  begunImport,
  deletionOf,
  type Goal,
  type GoalOf,
  type ImportGoal,
  type KeyPairGoal,
  type Kind,
  noteGoal,
  type Pending,
  type Progress,
  type Tools,
  type VmGoal,
} from './goals.ts'
import { diskOf, pursueHotPlugs } from './hot-plug.ts'
import { isBeingMade, noteParts } from './image.ts'
import { keyPairs, writeKeyPairsCall } from './key-pairs.ts'
import { discardReservations } from './lost-addresses.ts'
import { isImpaired, stateOf } from './states.ts'

/** One round for the goals of a kind: looks how things stand, and asks OpenNebula again for what is open. */
export type Pursuer<G extends Goal> = (goals: readonly Pending<G>[], tools: Tools) => Promise<Progress>

const pursuers: { readonly [K in Kind]: Pursuer<GoalOf<K>> } = {
  launch: settleLaunches,
  vm: pursueVms,
  image: deleteImages,
  import: unstageImported,
  keyPair: deleteKeyPairs,
  reservation: discardReservations,
  address: pursueAddresses,
  capture: pursueCaptures,
  copy: finishCopies,
  disk: pursueHotPlugs,
}

/** In the order in which they are pursued: the first ones leave goals to the later ones. */
export const goalKinds: readonly Kind[] = [
  'launch',
  'vm',
  'image',
  'import',
  'keyPair',
  'reservation',
  'address',
  'capture',
  'copy',
  'disk',
]

/** What is still said of what a goal was about, once nobody tries to reach it any more; only those kinds end by their age. */
const giveUp: { readonly [K in Kind]?: (goal: GoalOf<K>) => WriteCall[] } = {
  vm: ({ number, goal }) => (goal === 'discard' ? [] : [noteGoal(number, '')]),
  image: ({ number }) => [merge('image', number, { EC2_GOAL: '' })],
  copy: ({ number, parts }) => (parts && number !== undefined ? [merge('image', number, noteParts('FAILED'))] : []),
}

/**
 * One round for the goals of a kind. What could not be reached for too long is given up: it stays as it is, and is shown
 * as it is.
 */
export async function pursue<K extends Kind>(
  kind: K,
  goals: readonly Pending<GoalOf<K>>[],
  tools: Tools,
): Promise<Progress> {
  const end = giveUp[kind]
  const oldest = tools.now() - limits.goalAge.most * HOUR
  const abandoned = goals.filter(({ since }) => end !== undefined && since < oldest)
  const progress = await pursuers[kind](
    goals.filter(goal => !abandoned.includes(goal)),
    tools,
  )
  await tools.one.multicall(abandoned.flatMap(goal => end?.(goal) ?? []))
  return { ...progress, abandoned }
}

const HOUR = 60 * 60 * 1000

/** A guest that ignores a polite shutdown for so long is switched off, as AWS does; milliseconds. */
const PATIENCE = 2 * 60 * 1000

/**
 * What OpenNebula has begun is waited for: the hypervisor may refuse it yet, and the VM run on. Where it has to begin
 * (again) the goal is noted on the VM, to be shown meanwhile.
 */
async function pursueVms(goals: readonly Pending<VmGoal>[], { one, now }: Tools): Promise<Progress> {
  const vms = new Map((await Array.fromAsync(one.vms(goals.map(({ number }) => number)))).map(vm => [vm.ID, vm]))
  const steps = goals.map(goal => ({ goal, vm: vms.get(goal.number), ...nextStep(goal, vms.get(goal.number), now()) }))
  const open = steps.filter(({ call }) => call !== undefined)
  const unnoted = open.filter(({ goal, vm, ends }) => !ends && shownGoal(vm) !== goal.goal)
  const notes = unnoted.map(({ goal: { number, goal } }) => noteGoal(number, goal))
  const outcomes = await one.multicall([...notes, ...open.flatMap(({ call }) => call ?? [])])
  const errors = new Map(open.map(({ goal }, index) => [goal, outcomes[notes.length + index]?.error]))
  const reached = steps.filter(({ goal, ends = false }) => isEnd(errors.get(goal), ends))
  const ended = reached.filter(({ call }) => call === undefined)
  const volumes = ended.flatMap(({ goal, vm }) => (goal.volumes ?? []).filter(image => mayHave(vm, image)))
  return { reached: reached.map(({ goal }) => goal), added: await deletionOf(volumes, ({ ID }) => ID, one) }
}

/** A volume that was detached meanwhile is no longer one that ends with the VM. */
const mayHave = (vm: Vm | undefined, image: number) => vm === undefined || diskOf(vm, image) !== undefined

interface Step {
  /** Absent where there is nothing to do, or nothing but to wait. */
  readonly call?: WriteCall
  /** Whether the goal is reached then. */
  readonly ends?: boolean
}

function nextStep({ goal, number, since, hard }: Pending<VmGoal>, vm: Vm | undefined, now: number): Step {
  const state = vm ? stateOf(vm) : 'terminated'
  if (vm === undefined || state === 'terminated') return { ends: true }
  const late = goal === 'stop' && !hard && now - since > PATIENCE
  if (state === (goal === 'stop' ? 'stopping' : 'shutting-down') && !isImpaired(vm) && !late) return {}
  if (goal !== 'stop') return { call: vmAction('terminate-hard', number) }
  if (state === 'stopped') return shownGoal(vm) ? { call: noteGoal(number, ''), ends: true } : { ends: true }
  return { call: vmAction(hard || late ? 'poweroff-hard' : 'poweroff', number) }
}

const shownGoal = (vm: Vm | undefined) => vm && textOf(vm.USER_TEMPLATE, 'EC2_GOAL')

/** What is gone, or not the account's any more, has nothing left to bring about. */
const isEnd = (error: Error | undefined, ends = false) =>
  error === undefined
    ? ends
    : error instanceof OneError && (error.code === 'NO_EXISTS' || error.code === 'AUTHORIZATION')

/**
 * What OpenNebula reads stays. What it has, what it has no image for though nobody is about to make one any more, and
 * what it was given time enough for goes.
 */
async function unstageImported(goals: readonly Pending<ImportGoal>[], tools: Tools): Promise<Progress> {
  const { one, now, unstage } = tools
  const begun = goals.flatMap(goal => (goal.number === undefined ? [] : [{ ...goal, number: goal.number }]))
  const timely = begun.filter(({ until }) => until > now())
  const many = timely.length > limits.singleReads.most
  const importing = await (many ? importingInPool(one) : importingOf(timely, one))
  const found = await foundImports(
    goals.filter(({ number }) => number === undefined),
    tools,
  )
  const kept = new Set([...timely.filter(({ number }) => importing.has(number)), ...found].map(({ id }) => id))
  const reached = goals.filter(({ id }) => !kept.has(id)).slice(0, limits.r2Deletes.most)
  if (reached.length > 0) await unstage(reached.map(({ key }) => key))
  return { reached, added: found }
}

/** The images of these numbers that OpenNebula may still be fetching. */
async function importingOf(goals: readonly { readonly number: number }[], one: OneReader): Promise<Set<number>> {
  const outcomes = await one.read(...goals.map(({ number }) => imageCall(number)))
  const open = goals.filter((_, index) => {
    const { value = [], error } = outcomes[index] ?? {}
    return error === undefined ? value.some(isBeingMade) : !isEnd(error)
  })
  return new Set(open.map(({ number }) => number))
}

async function importingInPool(one: OneReader): Promise<Set<number>> {
  const importing = new Set<number>()
  for await (const image of one.images({ whose: WHOSE.OWN })) if (isBeingMade(image)) importing.add(image.ID)
  return importing
}

/** The goals of which nobody knew whether OpenNebula had begun, and it has. */
async function foundImports(
  goals: readonly Pending<ImportGoal>[],
  { one, now, importWithin }: Tools,
): Promise<ImportGoal[]> {
  if (goals.length === 0) return []
  const byName = new Map(goals.map(goal => [goal.id, goal]))
  const found: ImportGoal[] = []
  try {
    for await (const image of one.images({ whose: WHOSE.OWN })) {
      const goal = byName.get(image.NAME)
      if (goal && isBeingMade(image)) found.push(begunImport(goal, image.ID, now(), importWithin))
    }
  } catch (error) {
    // A user whom OpenNebula has no more has no images either
    if (!(error instanceof OneError && error.code === 'AUTHENTICATION')) throw error
  }
  return found
}

async function deleteKeyPairs(goals: readonly Pending<KeyPairGoal>[], tools: Tools): Promise<Progress> {
  if (goals.length === 0) return { reached: [], added: [] }
  const unwanted = new Set(goals.map(({ id }) => id))
  const pairs = await keyPairs(tools)
  const wanted = new Map([...pairs].filter(([, { id }]) => !unwanted.has(id)))
  if (wanted.size < pairs.size) await tools.one.call(writeKeyPairsCall(wanted, pairs, tools))
  return { reached: goals, added: [] }
}
