import { describe, expect, it } from 'vitest'
import { Flaw } from '../../../src/opennebula/xml/flaw.ts'
import { type Cursor, Pages } from '../../../src/opennebula/xml/pages.ts'

/** A pool whose objects come and go between the pages that are read of it. */
class Pool {
  ids: number[]
  reads = 0
  readonly #between: (pool: Pool) => void

  constructor(ids: number[], between: (pool: Pool) => void = () => {}) {
    this.ids = ids
    this.#between = between
  }

  page = async function* (this: Pool, start: number, size: number): AsyncGenerator<{ ID: number }> {
    if (this.reads++ > 0) this.#between(this)
    yield* this.ids
      .toSorted((one, other) => other - one)
      .slice(start, start + size)
      .map(ID => ({ ID }))
  }.bind(this)
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)
const falling = (ids: number[]) => ids.toSorted((one, other) => other - one)

async function walk(pool: Pool, size: number, from?: Cursor): Promise<number[]> {
  const seen: number[] = []
  for await (const { ID } of new Pages(pool.page, size, from)) seen.push(ID)
  return seen
}

describe('pages', () => {
  it.each([0, 1, 2, 9, 10, 11, 19, 100])('give all of %d objects, newest first', async count => {
    for (const size of [2, 3, 10]) expect(await walk(new Pool(upTo(count)), size)).toEqual(falling(upTo(count)))
  })

  it('are no more than there have to be', async () => {
    const pool = new Pool(upTo(100))
    await walk(pool, 51)
    expect(pool.reads).toBe(2)
    const small = new Pool(upTo(7))
    await walk(small, 100)
    expect(small.reads).toBe(1)
  })

  it('grow, so that any number of objects takes few requests', async () => {
    const pool = new Pool(upTo(20_000))
    expect(await walk(pool, 250)).toHaveLength(20_000)
    expect(pool.reads).toBeLessThan(10)
  })

  it('give nothing twice when objects appear', async () => {
    const pool = new Pool(upTo(50), ({ ids }) => {
      for (let more = 0; more < 7; more++) ids.push(ids.length + 1)
    })
    expect(await walk(pool, 10)).toEqual(falling(upTo(50)))
  })

  it('miss nothing when objects that were given disappear', async () => {
    const pool = new Pool(upTo(60), pool => {
      pool.ids = falling(pool.ids).slice(8)
    })
    const seen = await walk(pool, 10)
    expect(seen).toEqual(falling(seen))
    // What is left was there all the time, so it must have been given.
    for (const id of pool.ids) expect(seen).toContain(id)
  })

  it('miss nothing when all that were given disappear at once', async () => {
    const pool = new Pool(upTo(30), pool => {
      pool.ids = pool.ids.filter(id => id <= 20)
    })
    expect(await walk(pool, 10)).toEqual(falling(upTo(30)))
  })

  it('hold in any disorder: what stays is given once, in order', async () => {
    for (let seed = 1; seed <= 200; seed++) {
      let state = seed
      const random = (below: number) => {
        state = (state * 1103515245 + 12345) % 2147483648
        return Math.floor((state / 2147483648) * below)
      }
      let next = 100
      let changes = 30
      const pool = new Pool(upTo(40), pool => {
        for (let change = random(12); change > 0 && changes > 0; change--, changes--) {
          if (random(2)) pool.ids.push(next++)
          else pool.ids.splice(random(pool.ids.length), 1)
        }
      })
      const seen = await walk(pool, 2 + random(9))
      expect(seen, `seed ${seed}`).toEqual(falling([...new Set(seen)]))
      for (const id of pool.ids) if (id <= 40) expect(seen, `seed ${seed}`).toContain(id)
    }
  })

  it('go on where another walk stopped, though the pool changed meanwhile', async () => {
    for (const stop of [1, 9, 10, 11, 39]) {
      const pool = new Pool(upTo(40))
      const first = new Pages(pool.page, 10)
      const seen: number[] = []
      for await (const { ID } of first) if (seen.push(ID) === stop) break
      expect(first.cursor?.before).toBe(41 - stop)
      pool.ids = [...pool.ids.filter(id => id % 3 !== 0), 50, 51, 52]
      seen.push(...(await walk(pool, 10, first.cursor)))
      const rest = falling(upTo(40 - stop)).filter(id => id % 3 !== 0)
      expect(seen).toEqual([...falling(upTo(40)).slice(0, stop), ...rest])
    }
  })

  it('go on behind objects that cannot be read, however many, and give all others', async () => {
    const flawed = (id: number) => id === 1 || id === 60 || (id > 20 && id <= 45) || id % 7 === 0
    const whole = new Pool(upTo(60))
    const read = async function* (start: number, size: number) {
      for await (const { ID } of whole.page(start, size)) yield flawed(ID) ? new Flaw('VM', ID, 'a reason') : { ID }
      yield new Flaw('VM', undefined, 'a reason')
    }
    for (const size of [2, 3, 10, 60, 100]) {
      const given = (await Array.fromAsync(new Pages(read, size))).map(({ ID }) => ID)
      expect(given).toEqual(falling(upTo(60)).filter(id => !flawed(id)))
    }
  })

  it('go on even without a good guess of the place', async () => {
    expect(await walk(new Pool(upTo(40)), 10, { before: 21, offset: 0 })).toEqual(falling(upTo(20)))
    expect(await walk(new Pool(upTo(40)), 10, { before: 21, offset: 39 })).toEqual(falling(upTo(20)))
    expect(await walk(new Pool(upTo(40)), 10, { before: 21, offset: 1000 })).toEqual(falling(upTo(20)))
  })
})
