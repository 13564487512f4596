// The layers of the Worker: who may import whom. One row a layer; what is not named here may not be imported.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const source = join(import.meta.dirname, '..', 'src')

/** Layer (a folder of src, or a file beside them) → the layers that it may import besides itself. */
const mayImport: Record<string, readonly string[]> = {
  protocol: [],
  opennebula: [],
  auth: ['protocol', 'opennebula'],
  staging: ['protocol'],
  ec2: ['protocol', 'opennebula'],
  account: ['ec2', 'protocol', 'opennebula', 'staging', 'config.ts', 'services.ts'],
  sandbox: [],
  cli: ['auth'],
  'config.ts': ['account'],
  'services.ts': ['auth', 'ec2', 'opennebula', 'staging', 'config.ts'],
  'app.ts': ['auth', 'protocol', 'ec2', 'account', 'opennebula', 'staging', 'config.ts', 'services.ts'],
  'worker.ts': ['app.ts', 'account', 'staging', 'config.ts', 'services.ts'],
}

const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts'))

const layerOf = (file: string) => file.split('/')[0] ?? file

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
