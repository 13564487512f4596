// From ids to objects, with an index that is empty, stale, forged, far away or down.
import { describe, expect, it } from 'vitest'
import type { Context } from '../../../src/ec2/core/context.ts'
import { find, type Source } from '../../../src/ec2/core/find.ts'
import { IdIndex, type IndexStore, KnownNumbers } from '../../../src/ec2/core/id-index.ts'
import { IdMint } from '../../../src/ec2/core/ids.ts'
import { IMAGE } from '../../../src/ec2/images/resource.ts'

interface Thing {
  readonly ID: number
  readonly UID: number
  readonly EC2_ID?: string
}

const mint = new IdMint(['a secret of the unit tests'], 2)

/** Things of an owner; every second has a minted id. */
function things(count: number, UID = 2): Thing[] {
  return Array.from({ length: count }, (_, ID) => ({
    ID,
    UID,
    ...(ID % 2 === 1 && { EC2_ID: mint.attribute(mint.mint(IMAGE, `${UID} ${ID}`), UID) }),
  }))
}

const idOf = (thing: Thing | undefined) => (thing ? mint.idOf(IMAGE, thing) : '')

/** One location's view of KV, with what it cost. */
class Store implements IndexStore {
  readonly values: Map<string, string>
  readonly missed = new Set<string>()
  gets = 0
  puts = 0
  /** What every operation throws. */
  broken: 'rejects' | 'throws' | undefined

  constructor(values = new Map<string, string>()) {
    this.values = values
  }

  get(keys: string[]): Promise<Map<string, string | null>> {
    this.gets++
    return this.#answer(() => new Map(keys.map(key => [key, this.#read(key)])))
  }

  put(key: string, value: string): Promise<void> {
    this.puts++
    return this.#answer(() => {
      this.values.set(key, value)
    })
  }

  /** A miss is remembered, as KV does. */
  #read(key: string): string | null {
    const value = this.missed.has(key) ? undefined : this.values.get(key)
    if (value === undefined) this.missed.add(key)
    return value ?? null
  }

  #answer<T>(work: () => T): Promise<T> {
    if (this.broken === 'throws') throw new Error('KV is down')
    return this.broken === 'rejects' ? Promise.reject(new Error('KV is down')) : Promise.resolve(work())
  }
}

/** A place to ask from, with a pool of things and an index; it counts what it reads. */
function place(pool: readonly Thing[], store: IndexStore, oneByOne = false) {
  const work: Promise<unknown>[] = []
  const reads = { byNumber: 0, all: 0 }
  const source: Source<Thing> = {
    resource: IMAGE,
    oneByOne,
    identify: thing => thing,
    byNumber: async numbers => {
      reads.byNumber++
      return pool.filter(({ ID }) => numbers.includes(ID))
    },
    async *all() {
      reads.all++
      yield* pool.toReversed()
    },
  }
  // `find` needs no more of a context
  const context = {
    mint,
    index: new IdIndex(store, new KnownNumbers(() => 0), deferred => work.push(deferred)),
  } as unknown as Context
  return {
    reads,
    find: async (...ids: string[]) => {
      const found = await find(source, ids, context)
      await Promise.all(work)
      return found
    },
  }
}

describe('find', () => {
  it('takes numbers and minted ids, each object once, in the order of the ids', async () => {
    const pool = things(10)
    const { find } = place(pool, new Store())
    expect(await find('ami-4', idOf(pool[3]), idOf(pool[3]), 'ami-00000004')).toEqual([pool[4], pool[3]])
  })

  it.each([false, true])('takes no number for what is shown under another id', async many => {
    const pool = things(100)
    const { find } = place(pool, new Store(), true)
    const others = many ? pool.filter(({ EC2_ID }) => EC2_ID === undefined).map(idOf) : []
    await expect(find('ami-3', 'ami-00000003', ...others)).rejects.toMatchObject({
      code: 'InvalidAMIID.NotFound',
      message: "The image id '[ami-3, ami-00000003]' does not exist",
    })
  })

  it('says which ids do not exist, all of them', async () => {
    const { find } = place(things(10), new Store())
    await expect(find('ami-4', 'ami-99', 'ami-1234567890abcdef0')).rejects.toMatchObject({
      code: 'InvalidAMIID.NotFound',
      message: "The image id '[ami-99, ami-1234567890abcdef0]' does not exist",
    })
  })

  it('asks the pool where the index is empty, and the index from then on', async () => {
    const pool = things(10)
    const store = new Store()
    const { find, reads } = place(pool, store)
    expect(await find(idOf(pool[3]), idOf(pool[5]))).toEqual([pool[3], pool[5]])
    expect(reads).toEqual({ byNumber: 0, all: 1 })
    store.missed.clear()
    expect(await find(idOf(pool[3]), idOf(pool[5]))).toEqual([pool[3], pool[5]])
    expect(reads).toEqual({ byNumber: 1, all: 1 })
  })

  it('is right where the index points to another object, or to none, and puts it right', async () => {
    const pool = things(10)
    const store = new Store()
    for (const wrong of ['5', '4', '77', 'nonsense', '']) {
      store.values.set(`id:${idOf(pool[3])}`, wrong)
      const { find } = place(pool, store)
      expect(await find(idOf(pool[3])), wrong).toEqual([pool[3]])
      expect(store.values.get(`id:${idOf(pool[3])}`), wrong).toBe('3')
    }
  })

  it.each(['rejects', 'throws'] as const)('is right where the index %s', async broken => {
    const pool = things(10)
    const store = new Store()
    store.broken = broken
    const { find } = place(pool, store)
    expect(await find(idOf(pool[3]), 'ami-4')).toEqual([pool[3], pool[4]])
    await expect(find('ami-1234567890abcdef0')).rejects.toMatchObject({ code: 'InvalidAMIID.NotFound' })
  })

  it('is right in another location, which has not heard of an id or remembers that there is none', async () => {
    const pool = things(10)
    const here = new Store()
    const there = new Store()
    await expect(place([], there).find(idOf(pool[3]))).rejects.toMatchObject({ code: 'InvalidAMIID.NotFound' })
    expect(await place(pool, here).find(idOf(pool[3]))).toEqual([pool[3]])
    there.values.set(`id:${idOf(pool[3])}`, '3')
    const far = place(pool, there)
    expect(await far.find(idOf(pool[3]))).toEqual([pool[3]])
    expect(far.reads).toEqual({ byNumber: 0, all: 1 })
  })

  it('reads the index in as many operations as it takes', async () => {
    const pool = things(500)
    const store = new Store()
    const minted = pool.filter(({ EC2_ID }) => EC2_ID !== undefined)
    for (const thing of minted) store.values.set(`id:${idOf(thing)}`, String(thing.ID))
    const { find, reads } = place(pool, store)
    expect(await find(...minted.map(idOf))).toEqual(minted)
    expect(store.gets).toBe(3)
    expect(reads).toEqual({ byNumber: 1, all: 0 })
  })

  it('reads the pool instead of many objects one by one', async () => {
    const pool = things(5000)
    const store = new Store()
    const wanted = pool.slice(1000, 2000)
    const { find, reads } = place(pool, store, true)
    const ids = wanted.map((thing, index) => (index % 4 === 0 ? idOf(thing).replace(/-0+/, '-') : idOf(thing)))
    expect(await find(...ids)).toEqual(wanted)
    expect(reads).toEqual({ byNumber: 0, all: 1 })
    await expect(find(...ids, 'ami-9999')).rejects.toMatchObject({ code: 'InvalidAMIID.NotFound' })
    expect(reads).toEqual({ byNumber: 0, all: 2 })
  })

  it('remembers a few of what it had to look for in the pool', async () => {
    const pool = things(2000)
    const store = new Store()
    const minted = pool.filter(({ EC2_ID }) => EC2_ID !== undefined)
    await place(pool, store).find(...minted.map(idOf))
    expect(store.puts).toBe(30)
  })

  it('is not taken in by an id that was copied on an object of another owner', async () => {
    const [own] = things(10).slice(3)
    const copy: Thing = { ID: 50, UID: 3, EC2_ID: own?.EC2_ID ?? '' }
    const store = new Store(new Map([[`id:${idOf(own)}`, '50']]))
    const { find } = place([...things(10), copy], store)
    expect(await find(idOf(own))).toEqual([own])
    expect(await find('ami-50')).toEqual([copy])
    expect(idOf(copy)).toBe('ami-00000050')
  })

  it('takes the oldest of several with one id', async () => {
    const pool = things(10)
    const twins = [3, 20, 21].map((ID): Thing => ({ ID, UID: 2, EC2_ID: pool[3]?.EC2_ID ?? '' }))
    const { find } = place([...pool, ...twins.slice(1)], new Store())
    expect(await find(idOf(pool[3]))).toEqual([pool[3]])
  })

  it('reads the pool no further than it has to', async () => {
    const pool = things(10_000)
    let read = 0
    const counted: Thing[] = pool.map(thing =>
      Object.defineProperty({ ID: thing.ID, UID: thing.UID }, 'EC2_ID', {
        get: () => {
          read++
          return thing.EC2_ID
        },
      }),
    )
    await place(counted, new Store()).find(idOf(pool[9_999]))
    expect(read).toBeLessThan(300)
  })
})
