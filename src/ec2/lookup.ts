// From the ids in a request to the objects they name: by number, by the index, and at last by the caller's own pool.
import type { Context } from './context.ts'
import { type Identified, type ParsedId, parseId } from './ids.ts'
import { notFound, type ResourceKind } from './resources.ts'

/** Where the objects of a kind come from. */
export interface Source<T> {
  readonly kind: ResourceKind
  /** What of an object its id follows from. */
  readonly identify: (object: T) => Identified
  /** Those of the numbered objects that exist and that the caller may see. */
  readonly byNumber: (numbers: readonly number[]) => Promise<readonly T[]>
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
 * in the pool and put right.
 * @throws Ec2Error Malformed, NotFound
 */
export async function find<T>(source: Source<T>, ids: Iterable<string>, context: Context): Promise<T[]> {
  const wanted = [...new Set(ids)].map(id => ({ id, parsed: parseId(source.kind, id) }))
  const found = await byNumber(source, wanted, context)
  const missing = wanted.filter(({ id }) => !found.has(id))
  if (missing.some(({ parsed }) => 'minted' in parsed)) await searchPool(source, missing, found, context)
  const unknown = wanted.filter(({ id }) => !found.has(id)).map(({ id }) => id)
  if (unknown.length > 0) throw notFound(source.kind, ...unknown)
  return [...new Set(wanted.flatMap(({ id }) => found.get(id) ?? []))]
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
    if (object !== undefined && context.mint.names(source.kind, parsed, source.identify(object))) found.set(id, object)
  }
  return found
}

async function searchPool<T>(
  source: Source<T>,
  missing: readonly Wanted[],
  found: Map<string, T>,
  context: Context,
): Promise<void> {
  const open = new Map(missing.map(({ id, parsed }) => [id, parsed]))
  const healed: [string, number][] = []
  for await (const object of source.all()) {
    const identity = source.identify(object)
    const id = context.mint.idOf(source.kind, identity)
    if (!open.delete(id)) continue
    found.set(id, object)
    healed.push([id, identity.ID])
    if (open.size === 0) break
  }
  context.index.remember(healed)
}
