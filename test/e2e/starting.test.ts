// What an isolate pays before its first answer: nothing that runs as the Worker starts makes an error. V8 finds out where an error was
// made by reading all of the script a second time.
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { expect, inject, it } from 'vitest'
import { temporaryFolder } from '../bench/edge.ts'
import { startWorkerd } from '../bench/workerd.ts'

/** Before all that runs at the start. */
const WATCH = `let starting = true
for (const name of ['Error', 'TypeError', 'RangeError', 'SyntaxError']) {
  const Made = globalThis[name]
  globalThis[name] = class extends Made {
    constructor(...about) {
      super(...about)
      if (starting) throw new Made('made at the start: ' + this.stack)
    }
  }
}
`

it('makes no error at the start', async () => {
  const { modules } = inject('worker')
  const paths = Array.isArray(modules) ? modules.map(({ path }) => path) : []
  const [script = '', ...wasm] = paths
  await using folder = await temporaryFolder()
  for (const path of wasm) await copyFile(path, join(folder.path, basename(path)))
  const watched = join(folder.path, basename(script))
  await writeFile(watched, `${WATCH}${await readFile(script, 'utf8')}\nstarting = false\n`)
  await using workerd = await startWorkerd({ script: watched })
  expect((await fetch(new URL('/healthz', workerd.url))).status).toBe(200)
})
