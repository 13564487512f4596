// That objects that are recognised are what they would be read as, whatever comes: answers made at random, of which each goes on
// from the one before. SEQUENCES=10000 makes so many of them, which takes ten seconds of CPU.
import { expect, it } from 'vitest'
import { documents, pool, thing } from './opennebula/fixtures/random.ts'
import { answerWith } from './opennebula/fixtures/recorded.ts'
import { MIB, read, remembering } from './opennebula/fixtures/remembering.ts'

const SEQUENCES = Number(process.env['SEQUENCES'] ?? 1000)

/** One in so many sequences is of objects that hardly ever stay as they are: what changes each time is remembered seldom. */
const RESTLESS = 25
/** Times in a row that an object changes from which on it is left for most of the time. */
const OFTEN = 7

/** Room for all as texts, for all as digests, for some of each, and for hardly any. */
const ROOMS = [
  { text: MIB, digest: 0 },
  { text: 0, digest: MIB },
  { text: 3000, digest: 2000 },
  { text: 900, digest: 900 },
]

/** Answers as they may follow each other: what changes, and what of it is meant to be mistaken for something else. */
function sequence(seed: number) {
  const { element, section, characters, below, of } = documents(seed)
  const volatile = (name: string) =>
    of([
      () => `<${name}>${below(100)}</${name}>`,
      () => `<${name}>${element(2)}${characters()}</${name}>`,
      () => `<${name}>${section()}</${name}>`,
      () => `<${name}/>`,
      () => `<${name}><![CDATA[</${name}>${thing(below(4))}</VM><VM><ID>1</ID><${name}>]]></${name}>`,
      () => `<${name}><X></${name}>`,
    ])()
  const object = (id: number): [string, string, string] => [
    `<VM><ID>${id}</ID><NAME>${characters()}</NAME>`,
    below(2) ? `<SIZE>${below(9)}</SIZE>` : element(1),
    `<TEMPLATE>${below(3) ? element(2) : `<A><![CDATA[${thing(below(4))}]]></A>`}</TEMPLATE></VM>`,
  ]
  const isRestless = seed % RESTLESS === 0
  const all = isRestless && below(2) ? 20 : 1 + below(4)
  let objects = Array.from({ length: all }, (_, id) => object(id))
  const text = ([first, second, third]: [string, string, string]) =>
    of([
      () => first + second + third,
      () => first + volatile('POLL') + second + volatile('USE') + third,
      () => first + volatile('POLL') + second + third,
      () => `${first}<POLL>1</POLL>${second}<USE>2</USE>${third}`,
    ])()
  const change = () => {
    if (isRestless && below(20)) objects = objects.map((before, id) => (below(40) ? object(id) : before))
    else changeOne()
  }
  const changeOne = () => {
    const at = below(objects.length)
    of([
      () => {},
      () => objects.push(object(below(5))),
      () => objects.splice(at, 1),
      () => objects.reverse(),
      () => (objects = [...objects, ...objects.slice(at)]),
      () => (objects[at] = object(at)),
      () => objects[at]?.splice(below(3), 1, element(1)),
    ])()
  }
  /** Cuts it off, or takes something out or puts something in that leaves its entities whole. */
  const spoil = (wire: string) => {
    const tokens = wire.split(/(&[^;]*;)/)
    const at = below(tokens.length)
    return of([
      () => wire.slice(0, below(wire.length)),
      () => tokens.toSpliced(at, below(8)).join(''),
      () => tokens.toSpliced(at, 0, of(['x', '&lt;', '&gt;', '/', ']]&gt;', '&#13;'])).join(''),
    ])()
  }
  return Array.from({ length: isRestless ? 24 : 3 }, () => {
    change()
    const wire = answerWith(pool(...objects.map(text)))
    return { wire: below(isRestless ? 40 : 6) ? wire : spoil(wire), size: of([1 + below(below(20) ? 1500 : 20), MIB]) }
  })
}

it(`${SEQUENCES} sequences of answers are read the same with and without memory`, { timeout: 600_000 }, async () => {
  let [recognised, often] = [0, 0]
  for (let seed = 0; seed < SEQUENCES; seed++) {
    const shelves = remembering(ROOMS[seed % ROOMS.length])
    const seen = new Set<unknown>()
    const changes = changesInARow()
    for (const { wire, size } of sequence(seed)) {
      const remembered = await read(wire, size, shelves)
      const plain = await read(wire, size)
      if (JSON.stringify(remembered) !== JSON.stringify(plain)) expect(remembered, `sequence ${seed}`).toEqual(plain)
      if (changes(plain.objects) >= OFTEN) often++
      for (const object of remembered.objects) {
        if (seen.has(object)) recognised++
        seen.add(object)
      }
    }
  }
  expect(recognised).toBeGreaterThan(SEQUENCES / 2)
  expect(often).toBeGreaterThan(SEQUENCES / RESTLESS)
})

/** Counts how many times in a row the same object was another: the most of those of an answer. */
function changesInARow(): (objects: readonly unknown[]) => number {
  const known = new Map<unknown, { readonly text: string; readonly changes: number }>()
  return objects => {
    for (const object of objects) {
      const [text, { ID: id }] = [JSON.stringify(object), object as { readonly ID?: unknown }]
      const before = known.get(id)
      if (id !== undefined) known.set(id, { text, changes: before && before.text !== text ? before.changes + 1 : 0 })
    }
    return Math.max(0, ...known.values().map(({ changes }) => changes))
  }
}
