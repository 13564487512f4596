// What every new isolate reads before it answers: all that is in the bundle, whether or not it is ever called.
import { join } from 'node:path'
import { dirname, join as joined } from 'node:path/posix'
import { expect, it } from 'vitest'
import { readSources } from './house/graph.ts'

/** `import … from '…'` and `export … from '…'` of more than types, and `import('…')` of a module that is used. */
const BUNDLED = /^(?:import|export)\s+(?!type\b)[\w$*{},\s]*?from\s*'([^']+)'|(?<==> |await )import\('([^']+)'\)/gm

const sources = readSources(join(import.meta.dirname, '..', 'src'))

/** All that is bundled with a file: other files by their paths, packages by their names. */
function bundledWith(file: string, known = new Set<string>()): ReadonlySet<string> {
  for (const [, imported, late] of (sources.get(file) ?? '').matchAll(BUNDLED)) {
    const name = imported ?? late ?? ''
    const path = name.startsWith('.') ? joined(dirname(file), name) : name
    if (known.has(path)) continue
    known.add(path)
    bundledWith(path, known)
  }
  return known
}

it('is the Worker, and of packages these alone', () => {
  const bundled = [...bundledWith('worker.ts')]
  expect(bundled).toEqual(expect.arrayContaining(['ec2/actions.ts', 'opennebula/client.ts']))
  const packages = bundled.filter(each => !sources.has(each) && !each.endsWith('.wasm'))
  expect(packages.filter(each => !/^(?:node|cloudflare):/.test(each))).toEqual(['hono/tiny', 'aws4fetch'])
})
