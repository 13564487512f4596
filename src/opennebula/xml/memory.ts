// What was read of objects, remembered with the texts that it was read from: who is given the same text again need not read it.
//
// A text is remembered as it came, escaped; of what there is no more room for, by a digest. That is no cache of answers:
// OpenNebula is asked every time, and its text decides.
//
// Lists may be longer than what is remembered. What was used longest ago would then always be what comes next, and everything
// be forgotten before it comes again; so what is used stays, and of what comes besides only a little takes its place.
import { Lru } from '../../lib/lru.ts'
import { limits } from '../../limits.ts'
import type { Draft, StructPlan } from './plan.ts'
import type { Proof } from './proof.ts'

/** Numbers of objects are smaller. */
const SHELF = 2 ** 32
/** Milliseconds after which what nobody asked for makes room for others. */
const IDLE = 5 * 60_000
/** Of what there is no room for one in so many is remembered all the same. */
const SELDOM = 16
/** Bytes that an entry takes besides the object. */
const ENTRY = 300
/** What follows from an object takes so many bytes for each that its values are counted with: more with the text of its item. */
const WITH_TEXT = 2
const WITH_DIGEST = 0.5

/** An object, and what its text is known by. What is read of it is shared, and never changed. */
export interface Known {
  readonly id: number
  readonly object: Draft
  readonly proof: Proof
  /** By which it was read. */
  readonly plan: StructPlan
  /** What its values are counted with, in characters. */
  readonly held: number
  /** Bytes of what it shares with no other. */
  readonly own: number
  /** How many times in a row the object was found changed. */
  changes: number
}

/** An object that was another so many times in a row that nothing else of it is remembered for now. */
export interface Changing {
  readonly object?: undefined
  readonly plan: StructPlan
  changes: number
}

/** By what the text of an object is to be known. */
export type Form = 'text' | 'digest'

/** Objects that the answers to one method of one front-end had, by their numbers. A number is where to look, and proves nothing. */
export interface Shelf {
  get(id: number): Known | Changing | undefined
  /** What came behind the object that was got last, the last time, where that is remembered by its text: lists keep their order. */
  readonly likely: Known | undefined
  /** Gets it. */
  useLikely(): void
  /**
   * How an object is to be remembered; undefined where there is no room for it.
   * @param characters of its text
   * @param held what its values are counted with
   */
  form(characters: number, held: number): Form | undefined
  set(id: number, known: Known | Changing): void
}

/** What is remembered by a key, and when it was used last. */
interface Entry {
  readonly value: Known | Changing
  used: number
}

/** How many bytes may be remembered in each form. */
export type Room = Readonly<Record<Form, number>>

/** Objects of any number of front-ends. */
export class Memory {
  readonly #entries: Readonly<Record<Form, Lru<Entry, number>>>
  readonly #now: () => number
  /** Numbers of shelves: a key is put together for every object. */
  readonly #shelves = new Map<string, number>()
  #refused = 0

  /** @param now milliseconds */
  constructor({ text, digest }: Room, now: () => number = () => Date.now()) {
    this.#entries = { text: new Lru(text, sizeOf), digest: new Lru(digest, sizeOf) }
    this.#now = now
  }

  /** @param name of the front-end and the method */
  shelf(name: string): Shelf {
    const shelf = this.#shelves.get(name) ?? this.#shelves.size
    this.#shelves.set(name, shelf)
    const now = this.#now()
    const { text } = this.#entries
    return {
      get: id => this.#get(shelf * SHELF + id, now),
      get likely() {
        const { key = Number.NaN, value } = text.likely ?? {}
        return Math.floor(key / SHELF) === shelf ? asKnown(value) : undefined
      },
      useLikely() {
        if (text.likely) text.likely.value.used = now
        text.useLikely()
      },
      form: (characters, held) => this.#form(characters, held, now),
      set: (id, value) => this.#set(shelf * SHELF + id, { value, used: now }),
    }
  }

  #get(key: number, now: number): Known | Changing | undefined {
    const { text, digest } = this.#entries
    const entry = text.get(key) ?? digest.get(key)
    if (entry) entry.used = now
    return entry?.value
  }

  #form(characters: number, held: number, now: number): Form | undefined {
    if (this.#hasRoom('text', withText(characters, held, held), now)) return 'text'
    if (this.#hasRoom('digest', withDigest(held, held), now)) return 'digest'
    this.#refused++
    return this.#refused % SELDOM === 0 ? 'digest' : undefined
  }

  #hasRoom(form: Form, size: number, now: number): boolean {
    const { left, oldest } = this.#entries[form]
    return left >= size || (oldest !== undefined && now - oldest.used > IDLE)
  }

  #set(key: number, entry: Entry): void {
    const { text, digest } = this.#entries
    const isWhole = entry.value.object !== undefined && entry.value.proof.runs !== undefined
    const [here, elsewhere] = isWhole ? [text, digest] : [digest, text]
    elsewhere.delete(key)
    here.set(key, entry)
  }
}

const asKnown = (entry: Entry | undefined): Known | undefined => (entry?.value.object ? entry.value : undefined)

const withText = (characters: number, held: number, own: number): number => ENTRY + characters + WITH_TEXT * held + own
const withDigest = (held: number, own: number): number => ENTRY + WITH_DIGEST * held + own

/** Bytes of an entry with all that follows from its object, about. */
function sizeOf({ value }: Entry): number {
  if (!value.object) return ENTRY
  const { held, own, proof } = value
  return proof.runs ? withText(sum(proof.lengths), held, own) : withDigest(held, own)
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)

/** What is remembered in this isolate. */
export const memory = new Memory({ text: limits.rememberedText.most, digest: limits.rememberedDigest.most })
