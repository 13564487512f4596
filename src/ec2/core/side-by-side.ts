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
      const one = new FirstShared(context.one, request)
      try {
        return await lookup({ ...context, one })
      } finally {
        one.end()
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

/** Asks for the first thing in a request that is shared. */
class FirstShared extends Reader<Documents> {
  readonly #one: OneReader
  /** Undefined when it has been asked for something. */
  #request: SharedRequest | undefined

  constructor(one: OneReader, request: SharedRequest) {
    super(reads)
    this.#one = one
    this.#request = request
  }

  answers<T>(calls: readonly ReadCall<T>[]): AsyncIterable<Item<T>[]> {
    if (!this.#request || calls.length === 0) return this.#one.answers(calls)
    const answers = this.#request.ask(calls)
    this.#request = undefined
    return answers
  }

  /** Nobody has to wait for what it might have asked. */
  end(): void {
    this.#request?.pass()
    this.#request = undefined
  }
}

/** What is answered of one request to one of those who share it. */
interface Share {
  readonly calls: readonly ReadCall<unknown>[]
  readonly take: (items: Item<unknown>[]) => void
  readonly end: () => void
  readonly fail: (error: unknown) => void
}

/** One request for several, made when the last of them has asked, or has nothing to ask. */
class SharedRequest {
  readonly #one: OneReader
  readonly #shares: Share[] = []
  #missing: number

  constructor(one: OneReader, missing: number) {
    this.#one = one
    this.#missing = missing
  }

  ask<T>(calls: readonly ReadCall<T>[]): AsyncIterable<Item<T>[]> {
    let isLeft = false
    const answers = new ReadableStream<Item<unknown>[]>({
      start: controller => {
        this.#shares.push({
          calls,
          take: items => {
            if (!isLeft) controller.enqueue(items)
          },
          end: () => {
            if (!isLeft) controller.close()
          },
          fail: error => controller.error(error),
        })
      },
      cancel: () => {
        isLeft = true
      },
    })
    this.pass()
    // These are the answers to its own calls, which give what their type says
    return answers as ReadableStream<Item<T>[]>
  }

  pass(): void {
    if (--this.#missing === 0) void this.#send()
  }

  async #send(): Promise<void> {
    const owners = this.#shares.flatMap(share => share.calls.map((_, call) => ({ share, call })))
    try {
      for await (const items of this.#one.answers(this.#shares.flatMap(({ calls }) => calls))) {
        const byShare = Map.groupBy(items, ({ call }) => owners[call]?.share)
        for (const [share, own] of byShare)
          share?.take(own.map(item => ({ ...item, call: owners[item.call]?.call ?? 0 })))
      }
      for (const { end } of this.#shares) end()
    } catch (error) {
      for (const { fail } of this.#shares) fail(error)
    }
  }
}
