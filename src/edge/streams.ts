// The streamed lists of an answer, watched: what becomes of them is known after the answer has begun.
import { Grouped, groupsOf } from '../lib/transformed.ts'

/** How the streamed lists of an answer ended: sent to their end, given up by the client, or broken off. */
export type StreamEnd = 'whole' | 'left' | { readonly failure: unknown }

/** An output, and what becomes of its streamed lists if it has any. */
export interface Watched {
  readonly output: object | undefined
  readonly ended?: Promise<StreamEnd>
}

/** Watches the streamed lists of an output: what happens to them happens after the answer has begun. */
export function watchStreams(output: object | undefined): Watched {
  const lists = Object.entries(output ?? {}).flatMap(([name, value]: [string, unknown]) =>
    isAsyncIterable(value) ? [{ name, value }] : [],
  )
  if (lists.length === 0) return { output }
  const { promise: ended, resolve } = Promise.withResolvers<StreamEnd>()
  let open = lists.length
  const end = (how: StreamEnd) => {
    open--
    if (how !== 'whole' || open === 0) resolve(how)
  }
  const watched = lists.map(({ name, value }) => [name, new Grouped(watch(groupsOf(value), end))] as const)
  return { output: { ...output, ...Object.fromEntries(watched) }, ended }
}

async function* watch<T>(list: AsyncIterable<T>, end: (how: StreamEnd) => void): AsyncGenerator<T> {
  let how: StreamEnd = 'left'
  try {
    yield* list
    how = 'whole'
  } catch (failure) {
    how = { failure }
    throw failure
  } finally {
    end(how)
  }
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
