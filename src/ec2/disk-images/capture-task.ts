// Captures as tasks: all of an account's are taken further together, in the same few requests.
import { limits } from '../../limits.ts'
import { WHOSE } from '../../opennebula/calls/common.ts'
import { IMAGE_STATE } from '../../opennebula/states.ts'
import type { Outcome } from '../../opennebula/xml/xmlrpc.ts'
import type { Image, OneWriter, Vm } from '../core/documents.ts'
import type { Pending, Progress, TaskKind, Tools } from '../core/tasks.ts'
import { stateLock } from '../instances/resource.ts'
import { type CaptureTask, namesOf } from './capture.ts'
import { nextStep, restart, type Standing, type Step, WAITS } from './capture-steps.ts'
import { placeholderName } from './marks.ts'
import { recordLocks } from './record-locks.ts'

export const captureTasks: TaskKind<CaptureTask> = {
  kind: 'capture',
  id: ({ id }) => id,
  // What makes an image what it is writes all that others may change of it
  locks: ({ id, snapshot, instance }) => [stateLock(instance), ...[id, snapshot ?? []].flat().flatMap(recordLocks)],
  restsUntil: ({ until }) => until,
  reconcile,
  giveUp: () => [],
}

/** Takes every capture further, all of them in the same few upstream requests. */
async function reconcile(tasks: readonly Pending<CaptureTask>[], tools: Tools): Promise<Progress> {
  const { one, now } = tools
  const vms = new Map((await Array.fromAsync(one.vms(tasks.map(({ vm }) => vm)))).map(vm => [vm.ID, vm]))
  const { images, sources } = await imagesOf(tasks, one)
  const saving = new Set<number>()
  const captures = tasks
    .toSorted((a, b) => a.since - b.since)
    .map(task => {
      const situation = {
        vm: vms.get(task.vm),
        placeholder: images.get(placeholderName(task.id)),
        saved: images.get(task.id),
        source: task.source === undefined ? undefined : sources.get(task.source),
        images,
        age: now() - task.since,
      }
      return { task, situation, step: nextStep(task, situation, saving, tools) }
    })
  const standings = await take(
    captures.map(({ step }) => step),
    one,
  )
  const results = captures.map(({ task, situation: { vm } }, index) => ({ task, vm, standing: standings[index] }))
  const waiting = await restartGuests(results, one)
  const hasJustEnded = ({ task, standing }: Result) => standing === 'lost' && task.until === undefined
  const over = results.filter(each => each.standing !== 'open' && !hasJustEnded(each)).map(({ task }) => task)
  const resting = new Map(over.filter(({ vm }) => waiting.has(vm)).map(task => [task.vm, task]))
  const until = now() + limits.lateSave.most * 1000
  return {
    finished: over.filter(task => resting.get(task.vm) !== task),
    begun: results
      .filter(ended => hasJustEnded(ended) && !waiting.has(ended.task.vm))
      .map(({ task }) => ({ ...task, until })),
  }
}

/** How things stand with a capture after a round. */
interface Result {
  readonly task: Pending<CaptureTask>
  readonly vm: Vm | undefined
  readonly standing: Standing | undefined
}

/**
 * Restarts the guests of which nothing is saved any more: after the last one of several images.
 * @returns numbers of the VMs that have yet to come back
 */
async function restartGuests(results: readonly Result[], one: OneWriter): Promise<ReadonlySet<number>> {
  const isOpen = ({ task, standing }: Result) => standing === 'open' && !task.unwanted && task.until === undefined
  const open = new Set(results.filter(isOpen).map(({ task }) => task.vm))
  const last = new Map(results.filter(({ task }) => !open.has(task.vm)).map(({ task, vm }) => [task.vm, vm]))
  const restarts = Array.from(last, ([number, vm]) => ({ number, ...restart(vm) }))
  const outcomes = await take(restarts, one)
  return new Set(restarts.filter((_, index) => outcomes[index] === 'open').map(({ number }) => number))
}

/** Takes steps, with what follows from them, as many at a time as there are. @returns how things stand then */
async function take(steps: readonly Step[], one: OneWriter): Promise<Standing[]> {
  const outcomes = await one.multicall(steps.flatMap(({ calls }) => calls))
  let next = 0
  const following = steps.map((step): Step => {
    const own = outcomes.slice(next, next + step.calls.length)
    next += step.calls.length
    if (step.calls.length === 0) return step
    const [first] = own
    if (first?.error !== undefined && step.otherwise) return step.otherwise(first.error)
    if (!done(own)) return WAITS
    return first?.value !== undefined && step.follow ? step.follow(first.value) : { calls: [], standing: step.standing }
  })
  if (following.some(({ calls }) => calls.length > 0)) return take(following, one)
  return following.map(({ standing }) => standing)
}

const done = (outcomes: readonly Outcome<number>[]) => outcomes.every(({ error }) => error === undefined)

/** The account's images that belong to these tasks: what they make by name, what they make it of by number. */
async function imagesOf(tasks: readonly CaptureTask[], one: OneWriter) {
  const names = new Set(tasks.flatMap(namesOf))
  const numbers = new Set(tasks.map(({ source }) => source))
  const images = new Map<string, Image>()
  const sources = new Map<number, Image>()
  for await (const image of one.images({ whose: WHOSE.OWN })) {
    if (image.STATE === IMAGE_STATE.DELETE) continue
    if (names.has(image.NAME)) images.set(image.NAME, image)
    if (numbers.has(image.ID)) sources.set(image.ID, image)
  }
  return { images, sources }
}
