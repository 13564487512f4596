// For the build: of AWS's model and of the limits, what the console asks for, and no more. A browser has no use for the rest.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Plugin } from 'esbuild'
import * as models from '../ec2/model/ec2.ts'
import { limits } from '../limits.ts'
import type { ModelText } from '../protocol/model.ts'

/** What stands in quotes and looks like the name of an action: types see to it that no action is named otherwise. */
const ACTIONS = /(?<=')[A-Z][A-Za-z]+(?=')/g

const LIMITS = /(?<=\blimits\.)[a-zA-Z]+/g

/** Leaves out of the model, and of the table of limits, what no file in a folder names. */
export const onlyNamed = (folder: string): Plugin => ({
  name: 'only-named',
  setup: build => {
    build.onLoad({ filter: /src[/\\]limits\.ts$/ }, async () => {
      const named = await namesIn(folder, LIMITS)
      const kept = Object.entries(limits).filter(([name]) => named.has(name))
      return { contents: `export const limits = ${JSON.stringify(Object.fromEntries(kept))}\n`, loader: 'js' }
    })
    build.onLoad({ filter: /ec2[/\\]model[/\\]ec2\.ts$/ }, async () => {
      const named = await namesIn(folder, ACTIONS)
      const lines = Object.entries<ModelText>(models).map(
        ([name, text]) => `export const ${name} = ${JSON.stringify(reduced(text, named))}\n`,
      )
      return { contents: lines.join(''), loader: 'js' }
    })
  },
})

/** The names of a kind in the files of a folder. */
async function namesIn(folder: string, kind: RegExp): Promise<Set<string>> {
  const files = (await readdir(folder, { recursive: true })).filter(name => /\.tsx?$/.test(name))
  const texts = await Promise.all(files.map(name => readFile(join(folder, name), 'utf8')))
  return new Set(texts.flatMap(text => text.match(kind) ?? []))
}

/** The operations of these names, and the structures that they reach. */
function reduced({ operations, structures }: ModelText, named: ReadonlySet<string>): ModelText {
  const kept = linesOf(operations).filter(line => named.has(firstWord(line)))
  const all = new Map(linesOf(structures).map(line => [firstWord(line), line]))
  const reached = new Set<string>()
  const queue = kept.flatMap(line => line.split(' '))
  for (const name of queue) {
    const line = all.get(name)
    if (line === undefined || reached.has(name)) continue
    reached.add(name)
    queue.push(...(line.match(/(?<=:\[*)\w+/g) ?? []))
  }
  return {
    operations: kept.join('\n'),
    structures: [...reached].map(name => all.get(name)).join('\n'),
    unserved: '',
  }
}

const linesOf = (text: string) => text.split('\n').filter(line => line !== '')

const firstWord = (line: string) => line.split(' ', 1)[0] ?? ''
