// Hot-plugs: OpenNebula does one at a time per VM. What has to wait for its turn is a task, and gets it from here.
import type { WriteCall } from '../../opennebula/calls/common.ts'
import { OneError } from '../../opennebula/errors.ts'
import type { Vm } from './documents.ts'
import { isRefusedForGood } from './failures.ts'
import type { Accepted, Pending, Progress, Refused, Task, Tools } from './tasks.ts'

/** Something that is to get into a VM, or out of it. */
export interface HotPlug extends Task {
  readonly vm: number
}

/** What there is to do for one at this moment; `done` where it is over, in whichever way. */
export type NextHotPlug = 'done' | 'wait' | WriteCall

/** After so long nobody waits any more: what could not be done by then is given up, and things are as they were. */
const PATIENCE_MS = 10 * 60 * 1000
/** So long where the instance itself is yet to start: its disks may be copies that take their time. */
const PATIENCE_WITH_START_MS = 24 * 60 * 60 * 1000

/** @param age of the task, in milliseconds @param isPending whether the VM is yet to start */
export const isTooLate = (age: number, isPending: boolean): boolean =>
  age > (isPending ? PATIENCE_WITH_START_MS : PATIENCE_MS)

/** For so long what is noted to be on its way may be; seconds. */
const UNDER_WAY_FOR = 15 * 60

/** Whether what was noted to be on its way may be so still. @param since seconds @param now milliseconds */
export const mayBeUnderWay = (since: number, now: number): boolean => Math.abs(now / 1000 - since) < UNDER_WAY_FOR

/** What a kind of hot-plug says of its own. */
export interface HotPlugs<T extends HotPlug> {
  readonly next: (task: T, vm: Vm | undefined, age: number) => NextHotPlug
  /** What is noted where it is over. @param error with which it was refused for good */
  readonly over: (task: T, vm: Vm | undefined, error?: Error) => readonly WriteCall[]
  /** The request that it is of. Only what is to get into a VM is refused for good. */
  readonly asked: (task: T, vm: Vm | undefined) => Accepted
}

/** Gives every VM its next hot-plug, of those that asked for one the one that asked first. */
export async function takeTurns<T extends HotPlug>(
  tasks: readonly Pending<T>[],
  { one, now }: Tools,
  { next, over, asked }: HotPlugs<T>,
): Promise<Progress> {
  const numbers = new Set(tasks.map(({ vm }) => vm))
  const vms = new Map((await Array.fromAsync(one.vms([...numbers]))).map(vm => [vm.ID, vm]))
  const steps = tasks
    .toSorted((a, b) => a.since - b.since)
    .map(task => ({ task, step: next(task, vms.get(task.vm), now() - task.since) }))
  const done = steps.flatMap(({ task, step }) => (step === 'done' ? task : []))
  const turns = steps.flatMap(({ task, step }) =>
    typeof step === 'object' && numbers.delete(task.vm) ? { task, step } : [],
  )
  const outcomes = await one.multicall([
    ...turns.map(({ step }) => step),
    ...done.flatMap(task => over(task, vms.get(task.vm))),
  ])
  const errors = new Map(turns.map(({ task }, index) => [task, outcomes[index]?.error]))
  const gone = turns.filter(({ task }) => isGone(errors.get(task))).map(({ task }) => task)
  const refused = refusedForGood(errors, task => asked(task, vms.get(task.vm)))
  await one.multicall(refused.flatMap(({ task, error }) => over(task, vms.get(task.vm), error)))
  return { finished: [...done, ...gone], refused, begun: [] }
}

/** The tasks that were refused for good, of those that something was asked of OpenNebula for. */
export const refusedForGood = <T extends Task>(
  errors: ReadonlyMap<T, Error | undefined>,
  asked: (task: T) => Accepted,
): (Refused & { readonly task: T })[] =>
  [...errors].flatMap(([task, error]) => (error && isRefusedForGood(error) ? { task, error, asked: asked(task) } : []))

const isGone = (error: Error | undefined) => error instanceof OneError && error.code === 'NO_EXISTS'
