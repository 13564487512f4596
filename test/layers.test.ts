// The layers of the Worker: who may import whom. One row a layer; what is not named here may not be imported.
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { importsOf, readSources } from './house/graph.ts'

/** What everybody may import: it has no domain, or is a table that all read. */
const GROUND = ['lib', 'limits.ts']

/** Layer (a folder of src, a file beside them, or one that a folder is not to be judged by) → the layers that it may import besides itself and the ground. */
const mayImport: Record<string, readonly string[]> = {
  lib: [],
  'limits.ts': [],
  protocol: [],
  opennebula: [],
  config: ['opennebula'],
  auth: ['config', 'protocol', 'opennebula', 's3'],
  s3: ['protocol'],
  staging: ['protocol', 's3'],
  ec2: ['config', 'protocol', 'opennebula'],
  account: ['auth', 'config', 'ec2', 'protocol', 'opennebula', 's3', 'staging'],
  edge: ['account', 'auth', 'config', 'ec2', 'protocol', 'opennebula', 's3', 'staging'],
  'worker.ts': ['account', 'edge'],
  sandbox: [],
  'sandbox/start.ts': ['sandbox', 'auth', 'config', 'operator'],
  upload: [],
  console: ['ec2', 'protocol', 'upload'],
  cli: ['auth', 'upload', '../package.json'],
  operator: ['auth', 'cli', 'config', 'ec2', 'opennebula', 'protocol'],
}

const sources = readSources(join(import.meta.dirname, '..', 'src'))
const files = [...sources.keys()]

const layerOf = (file: string) => (file.startsWith('..') || file in mayImport ? file : (file.split('/')[0] ?? file))

describe('layers', () => {
  it.each(files)('%s imports only what its layer may', file => {
    const layer = layerOf(file)
    const allowed = new Set([layer, ...(layer === 'lib' ? [] : GROUND), ...(mayImport[layer] ?? [])])
    expect(importsOf(file, sources.get(file) ?? '').filter(imported => !allowed.has(layerOf(imported)))).toEqual([])
  })

  it('knows every layer', () => {
    expect([...new Set(files.map(layerOf))].filter(layer => !(layer in mayImport))).toEqual([])
  })
})

/** Calls whose data `ec2/core/writes.ts` checks against the table of attributes. */
const CHECKED =
  /\{[^}]*\b(merge|allocateImage|allocateDocument|instantiate|attachDisk|vmUpdateContext|replace)\b[^}]*\} from '[./]*opennebula\/calls\//

it.each(files.filter(file => !/^(opennebula|sandbox)\//.test(file)))('%s writes no attributes unchecked', file => {
  expect(sources.get(file)).not.toMatch(CHECKED)
})

it.each(files.filter(file => file.startsWith('opennebula/')))('%s names no attribute of EC2', file => {
  expect(sources.get(file)).not.toMatch(/\b(EC2|EBS)_/)
})

/** The three tables, which only account and edge import, and each other. */
const TABLES = ['ec2/actions.ts', 'ec2/resources.ts', 'ec2/tasks.ts']

/** What of a resource's room others may import: what it is, how it is seen, and how it is found. */
const PUBLIC = ['resource.ts', 'view.ts', 'states.ts', 'find.ts']

/** Rooms of ec2 that are no resource's: every one may import the served shapes and core, and what is above it here. */
const COMMON: readonly string[] = ['model', 'core', 'disk-images']

/** No part of the Worker: it writes the model from the list of actions. */
const GENERATE = 'ec2/model/generate.ts'

it.each(files.filter(file => file.startsWith('console/')))('%s knows no more of EC2 than its shapes', file => {
  const foreign = importsOf(file, sources.get(file) ?? '').filter(imported => /^(ec2|protocol)\//.test(imported))
  expect(foreign.filter(imported => !/^(ec2\/model\/|protocol\/model\.ts)/.test(imported))).toEqual([])
})

describe('rooms of ec2', () => {
  const rooms = files.filter(file => file.startsWith('ec2/') && ![...TABLES, GENERATE].includes(file))

  it.each(rooms)('%s imports only what its room may', file => {
    const [, room = ''] = file.split('/')
    const isAllowed = (imported: string) => {
      const [folder, other = '', ...rest] = imported.split('/')
      if (folder !== 'ec2' || other === room) return true
      if (COMMON.includes(other)) return !COMMON.includes(room) || COMMON.indexOf(other) < COMMON.indexOf(room)
      return room !== 'model' && room !== 'core' && rest.length === 1 && PUBLIC.includes(rest.join())
    }
    expect(importsOf(file, sources.get(file) ?? '').filter(imported => !isAllowed(imported))).toEqual([])
  })

  it('stand below the tables, which account and edge alone import', () => {
    const importers = files.filter(file => importsOf(file, sources.get(file) ?? '').some(each => TABLES.includes(each)))
    const others = importers.filter(file => !/^(?:account|edge)\//.test(file) && ![...TABLES, GENERATE].includes(file))
    expect(others).toEqual([])
  })

  it('leave three files beside them', () => {
    expect(files.filter(file => /^ec2\/[^/]+$/.test(file))).toEqual(TABLES)
  })
})
