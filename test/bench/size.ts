// The bundle: its size, the modules in it, and what it adds to the start of a runtime.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { bundle } from './bundle.ts'
import { startEdge, temporaryFolder, textOf } from './edge.ts'
import { cpuTime } from './process.ts'
import { median, type Section, short, verdict } from './table.ts'
import { startWorkerd, type WorkerdOptions } from './workerd.ts'

const KIB = 1024
/** KiB compressed */
const TARGET = 1024
const LARGEST = 10
const STARTS = 9

export async function size(): Promise<Section[]> {
  await using folder = await temporaryFolder()
  const deployed = await bundle(join(folder.path, 'deployed'))
  const minified = await bundle(join(folder.path, 'minified'), { minify: true })
  const nothing = await bundle(join(folder.path, 'nothing'), { entry: 'test/bench/workers/nothing.ts' })
  const sizes = []
  for (const [what, { script }] of [
    ['as deployed', deployed],
    ['minified', minified],
  ] as const) {
    const bytes = await readFile(script)
    const compressed = gzipSync(bytes).length / KIB
    sizes.push([what, short(bytes.length / KIB), short(compressed), verdict(compressed, TARGET, ' KiB')])
  }
  const largest = [...minified.modules].sort(([, a], [, b]) => b - a).slice(0, LARGEST)
  return [
    {
      title: 'Bundle',
      about: `What \`wrangler deploy\` sends; under ${TARGET} KiB compressed.`,
      columns: ['', 'KiB', 'KiB with gzip', `target ${TARGET} KiB`],
      rows: sizes,
    },
    {
      title: 'Largest modules',
      about: `${LARGEST} of ${minified.modules.size}, minified.`,
      columns: ['module', 'KiB'],
      rows: largest.map(([path, bytes]) => [path, short(bytes / KIB)]),
    },
    await coldStart(nothing.script),
  ]
}

async function coldStart(nothing: string): Promise<Section> {
  // Everything is there for the Worker to talk to, though its first answer needs none of it
  await using edge = await startEdge()
  const base = await starts({ script: nothing })
  // Beside the one that has the port
  const { port: _, ...options } = edge.workerd.options
  const worker = await starts(options)
  return {
    title: 'Cold start',
    about: `From the start of workerd to the first answer (\`GET /healthz\`): the medians of ${STARTS} starts.`,
    columns: ['', 'ms', 'CPU ms'],
    rows: [
      ['a Worker that does nothing', short(base.ms), short(base.cpu)],
      ['the Worker', short(worker.ms), short(worker.cpu)],
      ['the difference', short(worker.ms - base.ms), short(worker.cpu - base.cpu)],
    ],
  }
}

async function starts(options: WorkerdOptions): Promise<{ ms: number; cpu: number }> {
  const [times, costs]: [number[], number[]] = [[], []]
  for (let start = 0; start < STARTS; start++) {
    const began = performance.now()
    await using workerd = await startWorkerd(options)
    await textOf(await fetch(new URL('/healthz', workerd.url)))
    times.push(performance.now() - began)
    costs.push(cpuTime(workerd.pid))
  }
  return { ms: median(times), cpu: median(costs) }
}
