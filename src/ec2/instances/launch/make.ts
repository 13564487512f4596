// Carrying out a launch: copies first, then the instances, each once, whatever breaks off and whoever repeats it.
import type { WriteCall } from '../../../opennebula/calls/common.ts'
import type { Outcome } from '../../../opennebula/xml/xmlrpc.ts'
import type { ChangeContext } from '../../core/context.ts'
import type { OneWriter } from '../../core/documents.ts'
import { mayTakeEffect } from '../../core/failures.ts'
import type { HotPlugTask } from '../../volumes/view.ts'
import { type Copies, copiesNamed, makeCopies, type PlannedCopy } from './copies.ts'
import { oldestOf, vmsOf } from './journal.ts'
import { refusalOf } from './placement.ts'
import type { InstanceCalls, PlannedDisk, PlannedInstance } from './planned-instance.ts'

/** What came about of a launch. */
export interface Made {
  /** The VMs that there are now, by the ids of their instances. */
  readonly launched: Map<string, number>
  /** Why there are not more. */
  readonly failure?: Error | undefined
}

/**
 * Makes those instances that are not there yet, in one request, and the copies among their volumes in one before it.
 * @param before what they need, and is made once for all of them
 * @throws where nobody knows how it went
 */
export async function make(
  instances: readonly PlannedInstance[],
  one: OneWriter,
  context: ChangeContext,
  before: readonly WriteCall[],
): Promise<Made> {
  const earlier = context.resumed ? await search(instances, context) : new Map<string, number>()
  const missing = instances.filter(({ id }) => !earlier.has(id))
  const copies = await copy(instances, missing, one, context)
  await grow(
    instances.filter(({ id }) => earlier.has(id)),
    earlier,
    copies.numbers,
    context,
  )
  const ready = missing.filter(({ volumes }) => volumes.every(({ id, from }) => !from || copies.numbers.has(id)))
  if (ready.length === 0) return { launched: earlier, failure: copies.failure }
  const made = await multicall(ready, copies.numbers, one, context, before)
  // What an earlier run asked for may have come about meanwhile: of several with one id the oldest is the instance
  const launched = context.resumed ? await search(instances, context) : made.launched
  await grow(ready, launched, copies.numbers, context)
  return { launched, failure: copies.failure ?? made.failure }
}

const copiesOf = (instances: readonly PlannedInstance[]): PlannedCopy[] =>
  instances.flatMap(({ volumes }) => volumes.flatMap(({ id, from }) => (from ? [{ id, from }] : [])))

async function copy(
  instances: readonly PlannedInstance[],
  missing: readonly PlannedInstance[],
  one: OneWriter,
  context: ChangeContext,
): Promise<Copies> {
  const found = context.resumed ? await copiesNamed(copiesOf(instances), context) : new Map<string, number>()
  return makeCopies(copiesOf(missing), found, one, context)
}

/** Copies have the size of what they are made of: OpenNebula grows those that shall have more as soon as it can. */
async function grow(
  instances: readonly PlannedInstance[],
  launched: ReadonlyMap<string, number>,
  numbers: ReadonlyMap<string, number>,
  context: ChangeContext,
): Promise<void> {
  const tasks = instances.flatMap(({ id, volumes }) => {
    const vm = launched.get(id)
    return vm === undefined ? [] : volumes.flatMap(volume => growthOf(volume, vm, numbers.get(volume.id), context))
  })
  if (tasks.length > 0) await context.tasks.begin(tasks)
}

function growthOf(
  { id, device, target, record: { size } }: PlannedDisk,
  vm: number,
  number: number | undefined,
  context: ChangeContext,
): HotPlugTask[] {
  if (size === undefined || number === undefined) return []
  const since = Math.floor(context.now() / 1000)
  const disk = { IMAGE_ID: number, TARGET: target, EC2_VOLUME_ID: id, EC2_DEVICE: device, EC2_ATTACH_TIME: since }
  return [{ kind: 'disk', number, wanted: 'attach', vm, disk, size: size * 1024 }]
}

async function multicall(
  instances: readonly PlannedInstance[],
  numbers: ReadonlyMap<string, number>,
  one: OneWriter,
  context: ChangeContext,
  first: readonly WriteCall[],
): Promise<Made> {
  const parts = instances.map(({ id, calls }) => ({ id, ...calls(numbers) }))
  try {
    const calls = parts.flatMap(({ before, instance }) => [...before, instance])
    const outcomes = await one.multicall([...first, ...calls])
    const { launched, failure } = result(parts, outcomes.slice(first.length))
    return { launched, failure: refusalOf(outcomes.slice(0, first.length)) ?? failure }
  } catch (error) {
    if (!mayTakeEffect(error)) throw error
    // The connection broke and nobody said what became of the calls: the pool knows
    const launched = await search(instances, context)
    if (launched.size < instances.length) throw error
    return { launched }
  }
}

/** Which of the instances came about, and how. */
function result(
  parts: readonly (InstanceCalls & { readonly id: string })[],
  outcomes: readonly Outcome<number>[],
): Made {
  const launched = new Map<string, number>()
  let next = 0
  for (const { id, before, needed } of parts) {
    next += before.length + 1
    const number = outcomes[next - 1]?.value
    const isOwn = outcomes.slice(next - 1 - needed, next - 1).every(({ error }) => error === undefined)
    if (number !== undefined && isOwn) launched.set(id, number)
  }
  return { launched, failure: outcomes.find(({ error }) => error !== undefined)?.error }
}

/** The VMs of these instances, where they exist. */
async function search(instances: readonly PlannedInstance[], context: ChangeContext): Promise<Map<string, number>> {
  const ids = instances.map(({ id }) => id)
  return oldestOf(await vmsOf(ids, context.since, context), instances)
}
