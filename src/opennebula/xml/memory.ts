// What was read of objects, remembered with the texts that it was read from: who is given the same text again need not read it.
//
// A text is remembered as it came, escaped. That is no cache of answers: OpenNebula is asked every time, and its text decides.
import { Lru } from '../../lib/lru.ts'
import { limits } from '../../limits.ts'
import type { Draft, StructPlan } from './plan.ts'

/** An object, and the text that it was read from. What is read of it is shared, and never changed. */
export interface Known {
  readonly object: Draft
  /** By which it was read. */
  readonly plan: StructPlan
  /** The text but for the insides of volatile elements: what is before the first of them, between two, behind the last. */
  readonly runs: readonly string[]
  /** How many times in a row the object was found changed. */
  changes: number
  /** Whether it came again. */
  isShared: boolean
}

/** Objects that the answers to one method of one front-end had, by their numbers. A number is where to look, and proves nothing. */
export interface Shelf {
  get(id: string): Known | undefined
  set(id: string, known: Known): void
}

/** Objects of any number of front-ends: those that were used last, within a number of characters. */
export class Memory {
  readonly #known: Lru<Known>
  /** Short names of shelves: a key is put together for every object. */
  readonly #shelves = new Map<string, number>()

  /** @param most characters of all texts */
  constructor(most: number) {
    this.#known = new Lru(most, sizeOf)
  }

  /** @param name of the front-end and the method */
  shelf(name: string): Shelf {
    const shelf = this.#shelves.get(name) ?? this.#shelves.size
    this.#shelves.set(name, shelf)
    return {
      get: id => this.#known.get(`${shelf} ${id}`),
      set: (id, known) => this.#known.set(`${shelf} ${id}`, known),
    }
  }
}

const sizeOf = ({ runs }: Known): number => runs.reduce((sum, { length }) => sum + length, 0)

/** What is remembered in this isolate. */
export const memory = new Memory(limits.rememberedText.most)
