// Lists: how the API is asked for items, and the items as they are known.
import type { Call } from '../api/client.ts'
import { type Action, type Answer, type Input, operationOf } from '../api/model.ts'
import { api, state as session } from '../session/session.ts'
import { Store } from '../ui/store.ts'

/** A page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[]
  readonly next: string | undefined
}

interface Question {
  readonly ids?: readonly string[]
  readonly token?: string | undefined
}

/** How items are listed, and found by their ids; and those that were found. */
export interface Listing<Item> {
  readonly idOf: (item: Item) => string
  /** The call for all of them, or for those of these ids. */
  readonly call: (ids?: readonly string[]) => Call
  /** Loads a page. @throws ApiError */
  readonly load: (question: Question) => Promise<Page<Item>>
  readonly shown: Shown<Item>
}

/** How an action of the API lists them. */
interface ListedBy<A extends Action, Item> {
  /** What is asked for in any case. */
  readonly input?: Input<A>
  /** What is asked for to have those of these ids alone. */
  readonly byIds: (ids: readonly string[]) => Input<A>
  readonly items: (answer: Answer<A>) => readonly Item[] | undefined
  readonly idOf: (item: Item) => string
  /** Items on a page, where the action gives fewer than others. */
  readonly page?: number
}

/** Items on a page of a list, where the API has pages. */
const PAGE = 500

/** A listing by a Describe: paging follows from its shape. */
export function listing<A extends Action, Item>(
  action: A,
  { input, byIds, items, idOf, page = PAGE }: ListedBy<A, Item>,
): Listing<Item> {
  const call = (ids?: readonly string[]): Call => ({ action, input: { ...(ids ? byIds(ids) : input) } })
  const load = async ({ ids, token }: Question): Promise<Page<Item>> => {
    const { input: asked } = call(ids)
    const hasPages = !ids && operationOf(action).input.members.some(({ name }) => name === 'MaxResults')
    const paged = hasPages ? { ...asked, MaxResults: page, NextToken: token } : asked
    const answer = (await api().send({ action, input: paged })) as Answer<A> & { NextToken?: string }
    return { items: items(answer) ?? [], next: answer.NextToken || undefined }
  }
  return { idOf, call, load, shown: new Shown(load, idOf) }
}

export interface Known<Item> {
  readonly items: readonly Item[]
  /** Whether some are on their way that were not there before. */
  readonly isLoading: boolean
  readonly error: unknown
  /** Where the list goes on, where it has more than is loaded by itself. */
  readonly next: string | undefined
}

const UNKNOWN: Known<never> = { items: [], isLoading: true, error: undefined, next: undefined }

/** Items that are loaded without being asked for. */
const BY_ITSELF = 10_000

/** The items of a list as they are known: they stay while others are looked at, until the visitor signs out. */
export class Shown<Item> {
  readonly state = new Store<Known<Item>>(UNKNOWN)
  readonly #load: Listing<Item>['load']
  readonly #idOf: (item: Item) => string
  #running: Promise<void> | undefined
  #isWhole = false

  constructor(load: Listing<Item>['load'], idOf: (item: Item) => string) {
    this.#load = load
    this.#idOf = idOf
    session.watch(() => session.get().session || this.#forget())
  }

  /** Loads all of it; whoever asks meanwhile gets the same. What was known is shown until then. */
  refresh(): Promise<void> {
    this.#running ??= this.#loadFrom(undefined, BY_ITSELF).finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  /** Loads all of it as it is from now on: what is on its way already may be older. */
  async again(): Promise<void> {
    await this.#running
    await this.refresh()
  }

  /** Loads what comes after all that is loaded. */
  async more(): Promise<void> {
    const { next, items } = this.state.get()
    if (next !== undefined) await this.#loadFrom(next, items.length + BY_ITSELF)
  }

  /** Puts in what is newly known of some items; undefined for one that is gone. */
  merge(found: ReadonlyMap<string, Item | undefined>): void {
    const { items } = this.state.get()
    const known = new Set(items.map(this.#idOf))
    const kept = items.flatMap(item => {
      const id = this.#idOf(item)
      const now = found.has(id) ? found.get(id) : item
      return now === undefined ? [] : [now]
    })
    const fresh = [...found].flatMap(([id, item]) => (item === undefined || known.has(id) ? [] : [item]))
    this.#put({ items: [...fresh, ...kept] })
  }

  async #loadFrom(token: string | undefined, most: number): Promise<void> {
    const found: Item[] = token === undefined ? [] : [...this.state.get().items]
    const visitor = session.get().session
    let next = token
    if (!this.#isWhole) this.#put({ isLoading: true })
    try {
      do {
        const page = await this.#load({ token: next })
        if (session.get().session !== visitor) return
        found.push(...page.items)
        next = page.next
        // The first time rows come as they are known; later they change all at once
        if (!this.#isWhole) this.#put({ items: [...found] })
      } while (next !== undefined && found.length < most)
      this.#isWhole = true
      this.#put({ items: found, isLoading: false, error: undefined, next })
    } catch (error) {
      if (session.get().session === visitor) this.#put({ isLoading: false, error })
    }
  }

  #forget(): void {
    this.#isWhole = false
    this.#running = undefined
    this.state.set(UNKNOWN)
  }

  #put(changed: Partial<Known<Item>>): void {
    this.state.set({ ...this.state.get(), ...changed })
  }
}
