// `npm run bench`: measures the figures that the project promises. All parts write RESULTS.md; `npm run bench -- cpu size`
// prints those parts alone. Nothing here asserts anything, and it needs Linux.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { auth } from './auth.ts'
import { cpu } from './cpu.ts'
import { machine } from './machine.ts'
import { many } from './many.ts'
import { neighbours } from './neighbours.ts'
import { polls } from './polls.ts'
import { s3 } from './s3.ts'
import { size } from './size.ts'
import { stream } from './stream.ts'
import { markdown, type Section } from './table.ts'
import { upload } from './upload.ts'
import { requests } from './upstream.ts'

const parts: Readonly<Record<string, () => Promise<Section[]>>> = {
  requests,
  cpu,
  polls,
  neighbours,
  many,
  stream,
  upload,
  s3,
  auth,
  size,
}

const wanted = process.argv.slice(2)
const unknown = wanted.find(name => !Object.hasOwn(parts, name))
if (unknown !== undefined) throw new Error(`No part is called ${unknown}; there are ${Object.keys(parts).join(', ')}`)

const head = `# Figures\n\nMeasured by \`npm run bench\` on ${machine()}\n`
const texts: string[] = []
for (const [name, part] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  for (const section of await part()) {
    const text = markdown(section)
    texts.push(text)
    process.stdout.write(`${text}\n`)
  }
}

if (wanted.length === 0) await writeFile(join(import.meta.dirname, 'RESULTS.md'), [head, ...texts].join('\n'))
