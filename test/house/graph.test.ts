// The import graph and its circles, of folders that are made up.
import { describe, expect, it } from 'vitest'
import { circlesOf, graphOf, importsOf, roomsOf } from './graph.ts'

/** A graph of files that import each other, given as `{ 'a.ts': ['b.ts'] }`. */
const graph = (imports: Record<string, readonly string[]>) =>
  new Map(Object.entries(imports).map(([file, imported]) => [file, new Set(imported)]))

describe('imports', () => {
  it.each([
    ['a value', "import { b } from './b.ts'"],
    ['a default', "import b from './b.ts'"],
    ['all', "import * as b from './b.ts'"],
    ['over lines', "import {\n  b,\n  type C,\n} from './b.ts'"],
    ['a type', "import type { B } from './b.ts'"],
    ['for its effect', "import './b.ts'"],
    ['a type in its place', "type B = import('./b.ts').B"],
    ['at run time', "const b = await import('./b.ts')"],
    ['passed on', "export { b } from './b.ts'"],
    ['passed on as a type', "export type { B } from './b.ts'"],
    ['passed on whole', "export * from './b.ts'"],
    ['passed on under a name', "export * as b from './b.ts'"],
    ['with attributes', "import b from './b.ts' with { type: 'json' }"],
    ['behind a string with slashes', "const home = 'http://one'\nexport { b } from './b.ts'"],
    ['behind a pattern with a quote', "const quote = /'/\nexport { b } from './b.ts'"],
    ['next to what looks like a comment', "const all = 'src/**/*.ts'\nimport('./b.ts')\nconst more = '**/*.js'"],
  ])('%s', (_, text) => {
    expect(importsOf('a.ts', text)).toEqual(['b.ts'])
  })

  it.each([
    ['a package', "import { join } from 'node:path'"],
    ['a line of comment', "// as import('./b.ts') does"],
    ['a comment', "/**\n * {@link import('./b.ts')}\n */"],
    ['text', 'const help = "use import from \'./b.ts\'"'],
    ['its own exports', "export { a }\nconst from = './b.ts'"],
  ])('none: %s', (_, text) => {
    expect(importsOf('a.ts', text)).toEqual([])
  })

  it('are resolved from where the file is', () => {
    expect(importsOf('x/a.ts', "import './b.ts'\nimport '../c.ts'\nimport '../y/d.ts'")).toEqual([
      'x/b.ts',
      'c.ts',
      'y/d.ts',
    ])
  })

  it('from elsewhere are no part of the graph', () => {
    const files = new Map([
      ['a.ts', "import './b.ts'\nimport json from '../package.json'"],
      ['b.ts', ''],
    ])
    expect(graphOf(files)).toEqual(graph({ 'a.ts': ['b.ts'], 'b.ts': [] }))
  })
})

describe('circles', () => {
  it('are none where every way ends', () => {
    expect(circlesOf(graph({ a: ['b', 'c'], b: ['d'], c: ['d'], d: [] }))).toEqual([])
  })

  it('count types', () => {
    const files = new Map([
      ['a.ts', "import type { B } from './b.ts'"],
      ['b.ts', "export type B = import('./a.ts').A"],
    ])
    expect(circlesOf(graphOf(files))).toEqual([{ members: ['a.ts', 'b.ts'], example: ['a.ts', 'b.ts'] }])
  })

  it('have neither what leads to them nor what they lead to', () => {
    expect(circlesOf(graph({ start: ['a'], a: ['b'], b: ['c', 'end'], c: ['a'], end: [] }))).toEqual([
      { members: ['a', 'b', 'c'], example: ['a', 'b', 'c'] },
    ])
  })

  it('that touch are one, with its shortest as the example', () => {
    const [circle, ...others] = circlesOf(graph({ a: ['b'], b: ['c'], c: ['a', 'd'], d: ['c'] }))
    expect(circle).toEqual({ members: ['a', 'b', 'c', 'd'], example: ['c', 'd'] })
    expect(others).toEqual([])
  })

  it('that do not touch are several, the largest first', () => {
    const found = circlesOf(graph({ a: ['b'], b: ['a', 'x'], x: ['y'], y: ['z'], z: ['x'] }))
    expect(found.map(({ members }) => members)).toEqual([
      ['x', 'y', 'z'],
      ['a', 'b'],
    ])
  })

  it('may be of one file', () => {
    expect(circlesOf(graph({ a: ['a'] }))).toEqual([{ members: ['a'], example: ['a'] }])
  })
})

describe('rooms', () => {
  const house = graph({
    'kitchen/oven.ts': ['kitchen/table.ts', 'hall/door.ts'],
    'kitchen/table.ts': [],
    'hall/door.ts': ['bell.ts'],
    'hall/stairs/step.ts': ['kitchen/table.ts'],
    'bell.ts': [],
  })

  it('are folders, and files that stand beside them', () => {
    expect(roomsOf(house, '')).toEqual(graph({ kitchen: ['hall'], hall: ['bell.ts', 'kitchen'], 'bell.ts': [] }))
  })

  it('may be in a circle though no file is', () => {
    expect(circlesOf(house)).toEqual([])
    expect(circlesOf(roomsOf(house, ''))).toEqual([{ members: ['hall', 'kitchen'], example: ['hall', 'kitchen'] }])
  })

  it('are those of one folder, without what it uses from elsewhere', () => {
    expect(roomsOf(house, 'hall')).toEqual(graph({ 'hall/door.ts': [], 'hall/stairs': [] }))
  })
})
