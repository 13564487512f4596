// What the Worker evaluates when it starts: what few requests need is loaded with the first that does.
import { join } from 'node:path'
import { dirname, join as joined } from 'node:path/posix'
import { expect, it } from 'vitest'
import { readSources } from './house/graph.ts'

/** `import … from '…'` and `export … from '…'` of more than types. */
const EVALUATED = /^(?:import|export)\s+(?!type\b)[\w$*{},\s]*?from\s*'([^']+)'/gm

const sources = readSources(join(import.meta.dirname, '..', 'src'))

/** All that is evaluated with a file: other files by their paths, packages by their names. */
function evaluatedWith(file: string, known = new Set<string>()): ReadonlySet<string> {
  for (const [, imported = ''] of (sources.get(file) ?? '').matchAll(EVALUATED)) {
    const path = imported.startsWith('.') ? joined(dirname(file), imported) : imported
    if (known.has(path)) continue
    known.add(path)
    evaluatedWith(path, known)
  }
  return known
}

it('evaluates no parser of XML before there is a document for it', () => {
  const evaluated = evaluatedWith('worker.ts')
  expect([...evaluated]).toEqual(expect.arrayContaining(['hono', 'ec2/actions.ts', 'opennebula/client.ts']))
  expect([...evaluated].filter(each => each.includes('xmldom') || each === 'opennebula/xml/dom.ts')).toEqual([])
})

it('has a parser of XML for when there is one', () => {
  expect([...evaluatedWith('opennebula/xml/answers.ts')]).toContain('@xmldom/xmldom')
})
