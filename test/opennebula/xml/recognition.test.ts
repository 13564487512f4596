// Which objects are recognised, and that they are what they would be read as.
import { describe, expect, it } from 'vitest'
import { Memory } from '../../../src/opennebula/xml/memory.ts'
import { readItems } from '../fixtures/items.ts'
import { pool, THING, thing } from '../fixtures/random.ts'
import { answerWith, evenly } from '../fixtures/recorded.ts'
import { MIB, read, remembering } from '../fixtures/remembering.ts'

describe('an object', () => {
  /** Memory for texts alone, and for digests alone. */
  const ROOMS = [
    { text: MIB, digest: 0 },
    { text: 0, digest: MIB },
  ]

  /**
   * Reads documents one after the other, each in all at once and byte by byte, known by texts and by digests, and tells which
   * objects were known.
   */
  async function known(...wires: string[]) {
    const found: boolean[][] = []
    for (const [size, room] of [1, 7, MIB].flatMap(size => ROOMS.map(room => [size, room] as const))) {
      const shelves = remembering(room)
      const seen = new Set<unknown>()
      const last: boolean[] = []
      for (const wire of wires) {
        const { objects } = await read(answerWith(wire), size, shelves)
        expect(objects).toEqual((await read(answerWith(wire), size)).objects)
        last.splice(0, last.length, ...objects.map(object => seen.has(object)))
        for (const object of objects) seen.add(object)
      }
      found.push(last)
    }
    expect(found).toEqual(found.map(() => found[0]))
    return found[0]
  }
  const monitored = (id: number, poll: string, use: string) =>
    thing(id, '<A>é</A>', `<POLL>${poll}</POLL><SIZE>3</SIZE><USE>${use}</USE>`)

  it('is known by its text', async () => {
    expect(await known(pool(thing(1), thing(2)), pool(thing(1), thing(2)))).toEqual([true, true])
  })

  it('is known wherever it stands, and alone', async () => {
    expect(await known(pool(thing(1), thing(2)), pool(thing(2), thing(3), thing(1)))).toEqual([true, false, true])
    expect(await known(pool(thing(1), thing(2)), thing(2))).toEqual([true])
    expect(await known(thing(2), pool(thing(1), thing(2)))).toEqual([false, true])
  })

  it('is known in any order', async () => {
    const orders = [
      [0, 1, 2, 3, 4],
      [4, 3, 2, 1, 0],
      [0, 2, 4],
      [3, 1, 0, 1, 2, 2, 4],
    ]
    const lists = orders.map(order => pool(...order.map(id => thing(id))))
    for (const [index, order] of orders.entries()) {
      expect(await known(...lists, lists[index] ?? '')).toEqual(order.map(() => true))
    }
  })

  it('is known by what the same front-end has answered alone', async () => {
    const memory = new Memory({ text: MIB, digest: MIB })
    const objects = async (shelf: string, ...ids: number[]) =>
      (await read(answerWith(pool(...ids.map(id => thing(id)))), MIB, () => memory.shelf(shelf))).objects
    const [first, second] = await objects('one', 1, 2)
    expect((await objects('one', 1))[0]).toBe(first)
    // What came next the last time has the same text
    const [other] = await objects('other', 2)
    expect(other).toEqual(second)
    expect(other).not.toBe(second)
  })

  it('is known by its own text alone, and not by what was before it when it was not worth it to remember it', async () => {
    const memory = new Memory({ text: MIB, digest: MIB })
    const changing = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(value => pool(thing(1, `<A>${value}</A>`)))
    for (const wire of [pool(thing(5)), ...changing, pool(thing(5)), ...changing.slice(-1)]) {
      const remembered = await read(answerWith(wire), MIB, () => memory.shelf('one'))
      expect(remembered).toEqual(await read(answerWith(wire), MIB))
    }
  })

  it('is read where anything of it is another', async () => {
    expect(await known(thing(1, '<A>x</A>'), thing(1, '<A>y</A>'))).toEqual([false])
    expect(await known(thing(1, '<A>x</A>'), thing(1, '<A>x</A><B>y</B>'))).toEqual([false])
    expect(await known(thing(1, '<A>x</A><B>y</B>'), thing(1, '<A>x</A>'))).toEqual([false])
  })

  it('is known whatever its volatile elements hold', async () => {
    const use = '<CPU><![CDATA[3]]></CPU><DISK_SIZE><ID>0</ID></DISK_SIZE>'
    expect(await known(pool(monitored(1, '1', use)), pool(monitored(1, '23', '')))).toEqual([true])
    expect(await known(monitored(1, '', ''), monitored(1, '23', use))).toEqual([true])
    const other = `<X><![CDATA[</X></USE><TEMPLATE></TEMPLATE></VM>${thing(2)}<VM><USE>]]></X>`
    expect(await known(pool(monitored(1, '1', use)), pool(monitored(1, '1', other), thing(2)))).toEqual([true, false])
  })

  it('is not known by what is inside of another', async () => {
    const inside = thing(3, `<A><![CDATA[${thing(1)}]]></A>`)
    expect(await known(pool(thing(1), thing(2)), pool(inside, thing(2)))).toEqual([false, true])
    expect(await known(pool(thing(1), thing(2)), pool(`<X>${thing(1)}</X>`, thing(2)))).toEqual([true])
  })

  it('is known as what it was read by only', async () => {
    const shelves = remembering()
    await read(answerWith(thing(1)), MIB, shelves)
    const wire = evenly(answerWith(thing(1)), MIB)
    const { SIZE: _, ...shape } = THING.plan.blank
    const type = { ...THING, plan: { ...THING.plan, blank: shape } }
    for await (const { object } of readItems(wire, [{ method: 'one', type }], shelves)) {
      expect(Object.keys(object ?? {})).toContain('SIZE')
    }
  })

  it('is told from another of the same length', async () => {
    for (const [one, other] of [
      ['xy', 'yx'],
      ['é', 'è'],
      ['😀', '😁'],
      ['Ł', 'A'],
    ]) {
      expect(await known(thing(1, `<A>${one}</A>`), thing(1, `<A>${other}</A>`))).toEqual([false])
      expect(await known(monitored(1, '1', one ?? ''), monitored(1, '1', other ?? ''))).toEqual([true])
    }
    // What one volatile element has less the text behind it has more
    const shifted = (before: string, after: string) =>
      `<VM><ID>1</ID>${before}<POLL>1</POLL>${after}<NAME>n</NAME><TEMPLATE></TEMPLATE></VM>`
    expect(await known(shifted('<SIZE>3</SIZE>', ''), shifted('', '<SIZE>3</SIZE>'))).toEqual([false])
  })

  it('stays known in a list that is longer than what is remembered', async () => {
    const list = Array.from({ length: 60 }, (_, index) => thing(index, `<A>${'x'.repeat(200)}</A>`))
    for (const room of [
      { text: 16_000, digest: 0 },
      { text: 0, digest: 8000 },
      { text: 8000, digest: 4000 },
    ]) {
      const shelves = remembering(room)
      const counts: number[] = []
      let before: unknown[] = []
      for (let time = 0; time < 8; time++) {
        const { objects } = await read(answerWith(pool(...list)), MIB, shelves)
        counts.push(objects.filter(object => before.includes(object)).length)
        before = objects
      }
      expect(Math.min(...counts.slice(1)), String(counts)).toBeGreaterThan(5)
    }
  })

  it('makes room when nobody has asked for it for long', async () => {
    let now = 0
    const shelves = remembering({ text: 2000, digest: 2000 }, () => now)
    const [first, second] = [1, 20].map(from =>
      answerWith(pool(...Array.from({ length: 10 }, (_, index) => thing(from + index, '<A>1</A>')))),
    )
    const recognised = async (wire = '') => {
      const before = await read(wire, MIB, shelves)
      const after = await read(wire, MIB, shelves)
      return after.objects.filter(object => before.objects.includes(object)).length
    }
    const some = await recognised(first)
    expect(some).toBeGreaterThan(3)
    expect(await recognised(second)).toBeLessThan(3)
    now += 6 * 60_000
    expect(await recognised(second)).toBeGreaterThanOrEqual(some - 1)
  })

  it('that is another every time is remembered and compared seldom, and known again when it stays', async () => {
    const shelves = remembering()
    const times = Array.from({ length: 40 }, (_, time) => answerWith(thing(1, `<A>${Math.min(time, 20)}</A>`)))
    let [before, recognised] = [undefined as unknown, 0]
    for (const wire of times) {
      const [object] = (await read(wire, MIB, shelves)).objects
      if (object === before) recognised++
      before = object
    }
    expect(recognised).toBeGreaterThan(5)
  })

  it('is looked for here and there where many before it are others, and everywhere once one is found', async () => {
    const list = (text: (id: number) => string) =>
      pool(...Array.from({ length: 40 }, (_, id) => thing(id, `<A>${text(id)}</A>`)))
    const stays = [20, 32, 33, 35]
    const before = list(() => 'x')
    const after = list(id => (stays.includes(id) ? 'x' : 'y'))
    const found = await known(before, after)
    expect(found?.flatMap((is, id) => (is ? id : []))).toEqual([32, 33, 35])
    expect(await known(before, after, after, after)).toEqual(found?.map(() => true))
  })

  it('is not remembered where it is very long', async () => {
    const long = answerWith(thing(1, `<X>${'x'.repeat(70_000)}</X>`))
    const shelves = remembering()
    const before = await read(long, 1000, shelves)
    expect((await read(long, 1000, shelves)).objects[0]).not.toBe(before.objects[0])
    expect(await read(long, 1000, shelves)).toEqual(before)
  })
})
