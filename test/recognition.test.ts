// That objects that are recognised are what they would be read as, whatever comes: answers made at random, of which each goes on
// from the one before. SEQUENCES=10000 makes so many of them, which takes ten seconds of CPU.
import { expect, it } from 'vitest'
import { documents, pool, thing } from './opennebula/fixtures/random.ts'
import { answerWith } from './opennebula/fixtures/recorded.ts'
import { MIB, read, remembering } from './opennebula/fixtures/remembering.ts'

const SEQUENCES = Number(process.env['SEQUENCES'] ?? 1000)

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
  let objects = Array.from({ length: 1 + below(4) }, (_, id) => object(id))
  const text = ([first, second, third]: [string, string, string]) =>
    of([
      () => first + second + third,
      () => first + volatile('POLL') + second + volatile('USE') + third,
      () => first + volatile('POLL') + second + third,
      () => `${first}<POLL>1</POLL>${second}<USE>2</USE>${third}`,
    ])()
  const change = () => {
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
  return Array.from({ length: 3 }, () => {
    change()
    const wire = answerWith(pool(...objects.map(text)))
    return { wire: below(6) ? wire : spoil(wire), size: of([1 + below(below(20) ? 1500 : 20), MIB]) }
  })
}

it(`${SEQUENCES} sequences of answers are read the same with and without memory`, { timeout: 600_000 }, async () => {
  let recognised = 0
  for (let seed = 0; seed < SEQUENCES; seed++) {
    const shelves = remembering(ROOMS[seed % ROOMS.length])
    const seen = new Set<unknown>()
    for (const { wire, size } of sequence(seed)) {
      const remembered = await read(wire, size, shelves)
      const plain = await read(wire, size)
      if (JSON.stringify(remembered) !== JSON.stringify(plain)) expect(remembered, `sequence ${seed}`).toEqual(plain)
      for (const object of remembered.objects) {
        if (seen.has(object)) recognised++
        seen.add(object)
      }
    }
  }
  expect(recognised).toBeGreaterThan(SEQUENCES / 2)
})
