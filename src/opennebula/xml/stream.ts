// Reads typed objects out of XML-RPC answers as they arrive: pools of any size, one object at a time.
import type { OneError, OneFault } from '../errors.ts'
import type { DocumentType } from './document-type.ts'
import { Envelope } from './envelope.ts'
import { EscapedDocument } from './escaped.ts'
import { Flaw } from './flaw.ts'
import type { Shelf } from './memory.ts'
import { MOST_VALUES, type Reading, readSeveral, readSingle } from './response.ts'
import { failure } from './xmlrpc.ts'

/** One object of the answer to call number `call`, or that one was left out, or why that call has none. */
export type Item<T> =
  | { readonly call: number; readonly object: T; readonly flaw?: undefined; readonly error?: undefined }
  | { readonly call: number; readonly object?: undefined; readonly flaw: Flaw; readonly error?: undefined }
  | {
      readonly call: number
      readonly object?: undefined
      readonly flaw?: undefined
      readonly error: OneError | OneFault
    }

/** What the answer to a call holds: one object or a pool of them; no more than an id where there is no type. */
export interface Expected<T> {
  readonly method: string
  readonly type?: DocumentType<T>
}

/** Where the objects are remembered that a method answers with. */
export type Shelves = (method: string) => Shelf

/**
 * Reads the answer to one call, or to a `system.multicall` of several.
 *
 * Yields the objects in the order in which they come, those that are known as they are remembered: together those that one chunk
 * brought. Holds no more than what is read of one object, and of one chunk.
 * @throws OneFault when a multicall was refused as a whole
 * @throws MalformedAnswer for anything else than a complete and well-formed answer, after what came before it
 */
export async function* readAnswers<T>(
  chunks: AsyncIterable<Uint8Array>,
  expected: readonly Expected<T>[],
  shelves?: Shelves,
): AsyncGenerator<Item<T>[]> {
  const iterator = chunks[Symbol.asyncIterator]()
  const envelope = new Envelope(iterator)
  const reading: Reading<Expected<T>, Item<T>[]> = {
    result: (call, one) => readResult(envelope, call, one, shelves),
    fault: (call, error) => [{ call, error }],
  }
  const [only, another] = expected
  try {
    yield* only && !another ? readSingle(envelope, only, reading) : readSeveral(envelope, expected, reading)
  } finally {
    await iterator.return?.()
  }
}

async function* readResult<T>(
  envelope: Envelope,
  call: number,
  { method, type }: Expected<T>,
  shelves?: Shelves,
): AsyncGenerator<Item<T>[]> {
  const succeeded = await envelope.value()
  if (succeeded !== true) {
    const rest = await envelope.values(MOST_VALUES - 1)
    yield [{ call, error: failure([succeeded, ...rest], method) }]
    return
  }
  if (!type) {
    await envelope.values(MOST_VALUES - 1)
    return
  }
  await envelope.expect('value', 'string')
  const objects = new EscapedDocument(type, type.remembered ? shelves?.(method) : undefined)
  let items: Item<T>[] = []
  while (!objects.ended) {
    const error = take(objects, call, items)
    if (items.length > 0 && (!envelope.hasMore || error !== undefined || objects.ended)) {
      yield items
      items = []
    }
    if (error !== undefined) throw error
    if (objects.ended) break
    try {
      objects.append(await envelope.piece())
    } catch (reason) {
      // What was taken for something longer is read, as far as it came
      objects.append(undefined)
      take(objects, call, items)
      if (items.length > 0) yield items
      throw reason
    }
  }
  await envelope.expect('/string', '/value')
  await envelope.value()
}

/** Takes the objects whose text has come. @returns what is wrong behind them */
function take<T>(objects: EscapedDocument<T>, call: number, items: Item<T>[]): unknown {
  try {
    for (let object = objects.next(); object !== undefined; object = objects.next()) {
      items.push(object instanceof Flaw ? { call, flaw: object } : { call, object })
    }
  } catch (error) {
    return error
  }
  return undefined
}
