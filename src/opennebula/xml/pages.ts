// Walks a pool page by page, newest first, and misses nothing while objects come and go.
import { groupsOf } from '../../lib/transformed.ts'
import { Flaw } from './flaw.ts'

/** Where a walk goes on: behind the object of this id, of which about `offset` are newer. JSON can carry it. */
export interface Cursor {
  readonly before: number
  readonly offset: number
}

/** Reads `size` objects from place `start` on, in falling order of their ids. One that cannot be read has its place too. */
export type ReadPage<T> = (start: number, size: number) => AsyncIterable<T | Flaw>

/**
 * The objects of a pool. OpenNebula counts pages from the newest object, so what is made or ended between two pages
 * moves the rest: each page begins with an object that was seen before, or a step is made back until it does; what was
 * seen is not given again.
 *
 * Each page is twice as large as the one before: the first object comes soon, and the last one after few requests,
 * however many there are.
 */
export class Pages<T extends { readonly ID: number }> implements AsyncIterable<T> {
  /** Behind the object that was given last; undefined before the first. */
  cursor: Cursor | undefined
  readonly #read: ReadPage<T>
  readonly #size: number

  /** @param size objects of the first page, 2 or more */
  constructor(read: ReadPage<T>, size: number, from?: Cursor) {
    this.#read = read
    this.#size = Math.max(size, 2)
    this.cursor = from
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for await (const group of this.groups()) {
      for (const [object, cursor] of group) {
        this.cursor = cursor
        yield object
      }
    }
  }

  /** The objects in the groups in which they come, each with the place behind it. */
  async *groups(): AsyncGenerator<(readonly [T, Cursor])[]> {
    let { cursor } = this
    let offset = cursor?.offset ?? 0
    let overlap = 1
    let size = this.#size
    for (;;) {
      const start = Math.max(offset - overlap, 0)
      let count = 0
      let gap = start > 0
      for await (const group of groupsOf(this.#read(start, size))) {
        const given: (readonly [T, Cursor])[] = []
        for (const object of group) {
          const id = object instanceof Flaw ? object.id : object.ID
          // What has no number is no place to go on from
          if (id === undefined) continue
          const seen = cursor !== undefined && id >= cursor.before
          if (count === 0 && seen) gap = false
          if (gap) break
          count++
          if (seen) continue
          cursor = { before: id, offset: start + count }
          if (!(object instanceof Flaw)) given.push([object, cursor])
        }
        if (gap) break
        yield given
      }
      if (!gap && count < size) return
      overlap = gap ? overlap * 4 : 1
      if (gap) continue
      offset = start + count
      size *= 2
    }
  }
}
