// The layers of the Worker: who may import whom. One row a layer; what is not named here may not be imported.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const source = join(import.meta.dirname, '..', 'src')

/** Layer (a folder of src, a file beside them, or one that a folder is not to be judged by) → the layers that it may import besides itself. */
const mayImport: Record<string, readonly string[]> = {
  protocol: ['limits.ts', 'secret.ts'],
  opennebula: ['limits.ts'],
  auth: ['protocol', 'opennebula', 'secret.ts', 'limits.ts'],
  'secret.ts': [],
  staging: ['protocol', 'secret.ts', 'limits.ts'],
  ec2: ['protocol', 'opennebula', 'secret.ts', 'limits.ts'],
  account: ['ec2', 'protocol', 'opennebula', 'staging', 'config.ts', 'wiring.ts', 'log.ts', 'limits.ts'],
  sandbox: [],
  'sandbox/start.ts': ['sandbox', 'auth', 'cli'],
  cli: ['auth', 'opennebula', 'protocol', 'front-end.ts', 'variables.ts', 'cli/reseal-ids.ts', '../package.json'],
  // The one command that knows how objects carry their ids
  'cli/reseal-ids.ts': ['cli', 'ec2', 'opennebula', 'front-end.ts', 'secret.ts', 'variables.ts'],
  'limits.ts': [],
  'variables.ts': ['limits.ts'],
  'config.ts': ['account', 'variables.ts'],
  'front-end.ts': ['opennebula', 'variables.ts'],
  'log.ts': ['opennebula', 'protocol', 'variables.ts', 'limits.ts'],
  'wiring.ts': [
    ...['auth', 'ec2', 'opennebula', 'staging', 'config.ts', 'front-end.ts', 'log.ts', 'variables.ts'],
    'secret.ts',
  ],
  'health.ts': ['opennebula', 'config.ts', 'log.ts', 'wiring.ts'],
  'dispatch.ts': ['limits.ts', 'auth', 'protocol', 'ec2', 'account', 'config.ts', 'log.ts', 'wiring.ts'],
  'upload.ts': ['limits.ts', 'auth', 'protocol', 'ec2', 'staging', 'dispatch.ts', 'log.ts', 'wiring.ts'],
  'sweep.ts': ['limits.ts', 'ec2', 'staging', 'config.ts', 'log.ts', 'wiring.ts'],
  'app.ts': [
    ...['auth', 'protocol', 'ec2', 'staging', 'config.ts', 'dispatch.ts', 'health.ts', 'limits.ts', 'log.ts'],
    ...['upload.ts', 'variables.ts', 'wiring.ts'],
  ],
  'worker.ts': ['app.ts', 'account', 'config.ts', 'sweep.ts'],
}

const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts'))

const layerOf = (file: string) => (file.startsWith('..') || file in mayImport ? file : (file.split('/')[0] ?? file))

/** The files of src that a file imports, relative to src. */
function imports(file: string): string[] {
  const text = readFileSync(join(source, file), 'utf8')
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, specifier = '']) => specifier)
  return specifiers.map(specifier => relative(source, join(source, dirname(file), specifier)))
}

describe('layers', () => {
  it.each(files)('%s imports only what its layer may', file => {
    const layer = layerOf(file)
    const allowed = new Set([layer, ...(mayImport[layer] ?? [])])
    expect(imports(file).filter(imported => !allowed.has(layerOf(imported)))).toEqual([])
  })

  it('knows every layer', () => {
    expect([...new Set(files.map(layerOf))].filter(layer => !(layer in mayImport))).toEqual([])
  })
})
