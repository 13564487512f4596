// Lookups side by side: what each of them asks OpenNebula for first goes in one request.
import type { ReadCall } from '../../opennebula/calls/common.ts'
import { Reader } from '../../opennebula/reader.ts'
import type { Item } from '../../opennebula/xml/stream.ts'
import type { Context } from './context.ts'
import { type Documents, type OneReader, reads } from './documents.ts'

/** What a lookup asks with. */
type Asking = Pick<Context, 'one'>

/** Finds something, with the context that it is given. */
export type Lookup<C extends Asking, T> = (context: C) => Promise<T>

/** What lookups find, each in its place. */
export type Found<L extends readonly Lookup<never, unknown>[]> = {
  -readonly [N in keyof L]: L[N] extends Lookup<never, infer T> ? T : never
}

/**
 * Makes lookups that do not depend on each other. The objects of each are handed to it as they come; whatever it asks for
 * later, in view of them, is a request of its own.
 * @throws what the first of them throws that fails, in their order
 */
export async function sideBySide<C extends Asking, const L extends readonly Lookup<C, unknown>[]>(
  context: C,
  ...lookups: L
): Promise<Found<L>> {
  const request = new SharedRequest(context.one, lookups.length)
  const outcomes = await Promise.allSettled(
    lookups.map(async lookup => {
      const own = request.share(context)
      try {
        return await lookup(own)
      } finally {
        own.one.end()
      }
    }),
  )
  const found: unknown = outcomes.map(outcome => {
    if (outcome.status === 'rejected') throw outcome.reason
    return outcome.value
  })
  // In each place is what the lookup there found
  return found as Found<L>
}

/** One request for several lookups, made when the last of them has asked for something, or has ended; of calls that are alike one. */
export class SharedRequest {
  readonly #one: OneReader
  readonly #shares: Share[] = []
  #missing: number

  /** @param count of the lookups: all of them are begun before any is waited for */
  constructor(one: OneReader, count: number) {
    this.#one = one
    this.#missing = count
  }

  /** A context for one of them. Its calls stand in the request behind those of earlier ones. */
  share<C extends Asking>(context: C): C & { readonly one: FirstShared } {
    const share = new Share()
    this.#shares.push(share)
    const ready = () => {
      if (--this.#missing === 0) void this.#send()
    }
    return { ...context, one: new FirstShared(context.one, share, ready) }
  }

  async #send(): Promise<void> {
    const calls: ReadCall<unknown>[] = []
    const takers = this.#shares.map(share => ({ share, places: placesIn(calls, share.calls) }))
    try {
      for await (const items of this.#one.answers(calls)) {
        for (const { share, places } of takers) {
          const own = items.flatMap(item => numbered(item, places[item.call]) ?? [])
          if (own.length > 0) share.take(own)
        }
      }
      for (const share of this.#shares) share.end()
    } catch (error) {
      for (const share of this.#shares) share.fail(error)
    }
  }
}

/**
 * Adds what one of several asks for to the calls of their request. What another has asked for is asked for once, where that leaves
 * its own calls in their order.
 * @returns by the calls of the request, the place among its own of each that is one
 */
function placesIn(calls: ReadCall<unknown>[], asked: readonly ReadCall<unknown>[]): readonly (number | undefined)[] {
  const places: (number | undefined)[] = []
  for (const [place, call] of asked.entries()) {
    const known = calls.findIndex((each, at) => at >= places.length && isSame(each, call))
    places[known === -1 ? calls.push(call) - 1 : known] = place
  }
  return places
}

const isSame = (call: ReadCall<unknown>, other: ReadCall<unknown>): boolean =>
  call.type === other.type &&
  call.method === other.method &&
  JSON.stringify(call.params) === JSON.stringify(other.params)

function numbered<T>(item: Item<T>, call: number | undefined): Item<T> | undefined {
  if (call === undefined) return undefined
  return item.call === call ? item : { ...item, call }
}

/** Asks for the first thing in a request that is shared. */
class FirstShared extends Reader<Documents> {
  readonly #one: OneReader
  readonly #share: Share
  /** Says that nobody has to wait for this one; undefined when it is said. */
  #ready: (() => void) | undefined

  constructor(one: OneReader, share: Share, ready: () => void) {
    super(reads)
    this.#one = one
    this.#share = share
    this.#ready = ready
  }

  answers<T>(calls: readonly ReadCall<T>[]): AsyncIterable<Item<T>[]> {
    if (!this.#ready || calls.length === 0) return this.#one.answers(calls)
    const answers = this.#share.ask(calls)
    this.end()
    return answers
  }

  /** It asks for nothing, or for nothing more. */
  end(): void {
    this.#ready?.()
    this.#ready = undefined
  }
}

/** What one of several asks for in their request, and what is answered to that. */
class Share {
  calls: readonly ReadCall<unknown>[] = []
  /** Undefined as long as nobody asked, and when who asked has seen enough. */
  #answers: ReadableStreamDefaultController<Item<unknown>[]> | undefined

  ask<T>(calls: readonly ReadCall<T>[]): AsyncIterable<Item<T>[]> {
    this.calls = calls
    const answers = new ReadableStream<Item<unknown>[]>({
      start: controller => {
        this.#answers = controller
      },
      cancel: () => {
        this.#answers = undefined
      },
    })
    // These are the answers to its own calls, which give what their type says
    return answers as ReadableStream<Item<T>[]>
  }

  take(items: Item<unknown>[]): void {
    this.#answers?.enqueue(items)
  }

  end(): void {
    this.#answers?.close()
  }

  fail(error: unknown): void {
    this.#answers?.error(error)
  }
}
