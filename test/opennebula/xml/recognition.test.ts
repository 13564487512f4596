// Which objects are recognised, and that they are what they would be read as.
import { describe, expect, it } from 'vitest'
import { readItems } from '../fixtures/items.ts'
import { pool, THING, thing } from '../fixtures/random.ts'
import { answerWith, evenly } from '../fixtures/recorded.ts'
import { MIB, read, remembering } from '../fixtures/remembering.ts'

describe('an object', () => {
  /** Reads documents one after the other, each in all at once and byte by byte, and tells which objects were known. */
  async function known(...wires: string[]) {
    const found: boolean[][] = []
    for (const size of [1, 7, MIB]) {
      const shelves = remembering()
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
    expect(found).toEqual([found[0], found[0], found[0]])
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

  it('is forgotten when others took its room', async () => {
    const shelves = remembering(2 * thing(1).length)
    const [first, second] = [answerWith(thing(1)), answerWith(pool(thing(2), thing(3)))]
    const before = await read(first, MIB, shelves)
    expect((await read(first, MIB, shelves)).objects[0]).toBe(before.objects[0])
    await read(second, MIB, shelves)
    expect((await read(first, MIB, shelves)).objects[0]).not.toBe(before.objects[0])
  })

  it('is not remembered where it is very long', async () => {
    const long = answerWith(thing(1, `<X>${'x'.repeat(70_000)}</X>`))
    const shelves = remembering()
    const before = await read(long, 1000, shelves)
    expect((await read(long, 1000, shelves)).objects[0]).not.toBe(before.objects[0])
    expect(await read(long, 1000, shelves)).toEqual(before)
  })
})
