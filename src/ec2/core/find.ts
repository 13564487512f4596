// From the ids in a request to the objects they name: by number, by the index, and at last by the caller's own pool.
import { limits } from '../../limits.ts'
import type { ChangeContext, Context } from './context.ts'
import { canonicalId, type Identified, type ParsedId, parseId } from './ids.ts'
import type { Resource } from './resource.ts'
import { notFound } from './resource.ts'

/** Where the objects of a kind come from. */
export interface Source<T> {
  readonly resource: Resource
  /** What of an object its id follows from. */
  readonly identify: (object: T) => Identified
  /** Those of the numbered objects that exist and that the caller may see. */
  readonly byNumber: (numbers: readonly number[]) => Promise<readonly T[]>
  /** Whether that takes a call for each of them: for many, all are read instead. */
  readonly oneByOne?: boolean
  /** All that the caller may name: read only as far as needed. */
  readonly all: () => AsyncIterable<T>
}

interface Wanted {
  readonly id: string
  readonly parsed: ParsedId
}

/**
 * The objects that ids name, each once, in the order of the ids.
 *
 * One upstream request where the ids are numbers or in the index; what the index misses or has wrong is looked for
 * in the pool and put right. Many ids of what can only be read one by one are looked for in the pool at once.
 * @throws Ec2Error Malformed, NotFound
 */
export async function find<T>(source: Source<T>, ids: Iterable<string>, context: Context): Promise<T[]> {
  const wanted = new Set(ids)
  const found = await lookUp(source, wanted, context)
  const unknown = [...wanted].filter(id => !found.has(id))
  if (unknown.length > 0) throw notFound(source.resource, ...unknown)
  return [...new Set([...wanted].flatMap(id => found.get(id) ?? []))]
}

/**
 * The same by their ids, without those that name nothing.
 * @throws Ec2Error Malformed
 */
export async function lookUp<T>(source: Source<T>, ids: Iterable<string>, context: Context): Promise<Map<string, T>> {
  const wanted = [...new Set(ids)].map(id => ({ id, parsed: parseId(source.resource, id) }))
  const many = source.oneByOne === true && wanted.length > limits.singleReads.most
  const found = many ? new Map<string, T>() : await byNumber(source, wanted, context)
  const missing = wanted.filter(({ id, parsed }) => !found.has(id) && (many || 'minted' in parsed))
  if (missing.length > 0) await searchPool(source, missing, found, context)
  return found
}

/**
 * The one of an id among those that were read, however the id is written.
 * @throws Ec2Error the Malformed and NotFound of its kind
 */
export function among<V extends { readonly id: string }>(resource: Resource, id: string, views: readonly V[]): V {
  parseId(resource, id)
  const view = views.find(each => each.id === canonicalId(id))
  if (!view) throw notFound(resource, id)
  return view
}

/** The number behind an id, as far as that is known without asking OpenNebula; a hint. @throws Ec2Error Malformed */
export async function numberBehind(resource: Resource, id: string, { index }: Context): Promise<number | undefined> {
  const parsed = parseId(resource, id)
  return 'number' in parsed ? parsed.number : (await index.find([id])).get(id)
}

/** The names of locks for ids, however a request spells them: locks go by the ids that objects are shown under. */
export const locksFor = (ids: Iterable<string>, lock: (id: string) => string): string[] =>
  Array.from(ids, id => lock(canonicalId(id)))

/** Finds objects as `find` does, and works on them under a lock each. */
export function findAndHold<T, R>(
  source: Source<T>,
  ids: readonly string[],
  context: ChangeContext,
  lock: (id: string) => string,
  work: (objects: T[]) => Promise<R>,
): Promise<R> {
  return context.hold(locksFor(ids, lock), async () => work(await find(source, ids, context)))
}

async function byNumber<T>(source: Source<T>, wanted: readonly Wanted[], context: Context): Promise<Map<string, T>> {
  const minted = wanted.flatMap(({ parsed }) => ('minted' in parsed ? [parsed.minted] : []))
  const indexed = minted.length > 0 ? await context.index.find(minted) : new Map<string, number>()
  const numbers = wanted.flatMap(({ id, parsed }) => ('number' in parsed ? parsed.number : (indexed.get(id) ?? [])))
  const objects = numbers.length > 0 ? await source.byNumber([...new Set(numbers)]) : []
  const byIdentity = new Map(objects.map(object => [source.identify(object).ID, object]))
  const found = new Map<string, T>()
  for (const { id, parsed } of wanted) {
    const object = byIdentity.get('number' in parsed ? parsed.number : (indexed.get(id) ?? -1))
    // What the index says is a hint: the object itself confirms it
    if (object !== undefined && context.mint.names(source.resource, parsed, source.identify(object)))
      found.set(id, object)
  }
  return found
}

/** Objects of one id are made within minutes of each other: their numbers are no further apart than this. */
const NEIGHBOURS = 250

/** Should a launch that broke off have left twins, the oldest is the instance: the younger ones go. */
async function searchPool<T>(
  source: Source<T>,
  missing: readonly Wanted[],
  found: Map<string, T>,
  context: Context,
): Promise<void> {
  const minted = new Set(missing.flatMap(({ id, parsed }) => ('minted' in parsed ? id : [])))
  const byNumber = Map.groupBy(missing, ({ parsed }) => ('number' in parsed ? parsed.number : undefined))
  byNumber.delete(undefined)
  const numbers = new Map<string, number>()
  let last = Number.POSITIVE_INFINITY
  for await (const object of source.all()) {
    const identity = source.identify(object)
    if (numbers.size === minted.size && byNumber.size === 0 && identity.ID < last - NEIGHBOURS) break
    for (const { id, parsed } of byNumber.get(identity.ID) ?? []) {
      if (context.mint.names(source.resource, parsed, identity)) found.set(id, object)
    }
    if (byNumber.delete(identity.ID)) last = identity.ID
    const id = context.mint.idOf(source.resource, identity)
    if (!minted.has(id) || identity.ID > (numbers.get(id) ?? Number.POSITIVE_INFINITY)) continue
    found.set(id, object)
    numbers.set(id, identity.ID)
    last = identity.ID
  }
  // What is yet to be made has no number
  context.index.remember([...numbers].filter(([, number]) => number >= 0))
}
