// The bundle: its size, the modules in it, and what it adds to the start of a runtime.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { bundle } from './bundle.ts'
import { sign, startEdge, temporaryFolder, textOf } from './edge.ts'
import { exactCpuTime } from './process.ts'
import { median, type Section, short, verdict } from './table.ts'
import { startWorkerd, type WorkerdOptions } from './workerd.ts'

const KIB = 1024
/** KiB compressed */
const TARGET = 1024
const LARGEST = 10
const STARTS = 9
/** ms of CPU over a Worker that does nothing */
const START_TARGET = 30

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
  // Beside the one that has the port
  const { port: _, ...options } = edge.workerd.options
  const health = (url: string) => new Request(new URL('/healthz', url))
  const identity = (url: string) => sign(url, 'GetCallerIdentity')
  const kinds = [
    { name: 'a Worker that does nothing', options: { script: nothing }, ask: health },
    { name: 'the Worker', options, ask: health },
    { name: 'the Worker, GetCallerIdentity', options, ask: identity },
  ]
  const measured = kinds.map((kind): Starts => ({ ...kind, starts: [] }))
  // By turns, so that what else the machine is busy with hits all of them
  for (let start = 0; start < STARTS; start++) for (const each of measured) each.starts.push(await startOf(each))
  const figures = measured.map(({ name, starts }) => ({
    name,
    ms: median(starts.map(({ ms }) => ms)),
    cpu: median(starts.map(({ cpu }) => cpu)),
  }))
  const base = figures[0] ?? { ms: Number.NaN, cpu: Number.NaN }
  return {
    title: 'Cold start',
    about:
      'From the start of workerd to the end of the first answer (`GET /healthz`, which needs nothing, where nothing is said): ' +
      `the medians of ${STARTS} starts, by turns. CPU is that of the whole process; ` +
      `at most ${START_TARGET} ms over a Worker that does nothing.`,
    columns: ['', 'ms', 'CPU ms', 'over nothing', 'ratio', `target ${START_TARGET} ms`],
    rows: figures.map(({ name, ms, cpu }, index) => {
      const over = cpu - base.cpu
      const ratio = `${(cpu / base.cpu).toFixed(1)}×`
      return [name, short(ms), short(cpu), short(over), ratio, index === 0 ? '' : verdict(over, START_TARGET, ' ms')]
    }),
  }
}

interface Starts {
  readonly name: string
  readonly options: WorkerdOptions
  readonly ask: (url: string) => Request | Promise<Request>
  readonly starts: { readonly ms: number; readonly cpu: number }[]
}

async function startOf({ options, ask }: Starts): Promise<{ ms: number; cpu: number }> {
  const began = performance.now()
  await using workerd = await startWorkerd(options)
  await textOf(await fetch(await ask(workerd.url)))
  return { ms: performance.now() - began, cpu: exactCpuTime(workerd.pid) }
}
