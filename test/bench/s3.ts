// Large files through the doors: how fast beside a plain stream into R2 or out of it, at what CPU, and what they do to the memory
// of the workerd process. BENCH_GIB says how large they are.
import { join } from 'node:path'
import { bundle } from './bundle.ts'
import { type Edge, startEdge, temporaryFolder } from './edge.ts'
import { upload } from './form.ts'
import { cpuTime, forgetPeak, memory } from './process.ts'
import { chained, chainedTrailing, type Form, firstOf, hashed, S3, trailing, unsigned, withCrc64 } from './s3-client.ts'
import { receive, send } from './send.ts'
import { type Section, short, verdict } from './table.ts'
import { startWorkerd, type Workerd } from './workerd.ts'

const GIB = 1024
const MEBIBYTES = GIB * Number(process.env['BENCH_GIB'] ?? 3)
/** A plain stream is measured before and after each door: what else the machine does counts for both. */
const PLAIN = MEBIBYTES / 4
const WARM_UP = 32
/** What a door reaches of the speed of a plain stream. */
const SPEED = 0.8
/** MiB that the process may grow by. */
const GROWTH = 64

const BUCKET = 'images_000000000002'
const PARTS = { size: 8, atOnce: 4 }

/** Sends or fetches so many MiB. */
type Transfer = (mebibytes: number) => Promise<unknown>

interface Door {
  readonly name: string
  /** Where bytes go: into R2 or out of it. */
  readonly way: 'in' | 'out'
  /** What has to be before. */
  readonly prepare?: () => Promise<unknown>
  readonly transfer: Transfer
}

export async function s3(): Promise<Section[]> {
  const links = new Links()
  await using edge = await startEdge({ sandbox: { fetch: links.fetch } })
  await using plain = await startPlain(edge)
  const plainly: Readonly<Record<Door['way'], Transfer>> = {
    in: mebibytes => send(plain.url, { method: 'PUT', ...unsigned(mebibytes) }),
    out: () => receive(plain.url),
  }
  await plainly.in(PLAIN)
  const rows = []
  let first: number | undefined
  for (const { name, way, prepare, transfer } of doorsOf(edge, links)) {
    await prepare?.()
    await transfer(WARM_UP)
    const before = await measure(plain, plainly[way], PLAIN)
    const held = memory(edge.workerd.pid).now
    first ??= held
    forgetPeak(edge.workerd.pid)
    const door = await measure(edge.workerd, transfer, MEBIBYTES)
    const growth = memory(edge.workerd.pid).peak - held
    const after = await measure(plain, plainly[way], PLAIN)
    const ratio = (2 * door.rate) / (before.rate + after.rate)
    rows.push([
      ...[name, short(door.rate), short(ratio), ratio >= SPEED ? 'met' : `missed by ${short(SPEED - ratio)}`],
      ...[short(door.cpu), short((before.cpu + after.cpu) / 2), short(growth), verdict(growth, GROWTH, ' MiB')],
    ])
  }
  return [
    {
      title: `${MEBIBYTES / GIB} GiB through each door`,
      about:
        `The ratio is to the speed of a Worker that only passes bytes, into R2 or out of it, in a workerd of its own just before ` +
        `and after; at least ${SPEED}. CPU seconds are those of the workerd process, and beside them those of the plain one. ` +
        `Growth is the peak of its resident memory over what it held before, after ${WARM_UP} MiB by the same door; at most ` +
        `${GROWTH} MiB. It held ${short(first ?? 0)} MiB before the first and ${short(memory(edge.workerd.pid).now)} MiB after the ` +
        `last. The bucket is a server outside of both. Chunks have 64 KiB.`,
      columns: ['', 'MiB/s', 'ratio', `target ${SPEED}`, 'CPU s/GiB', 'plain', 'growth in MiB', `target ${GROWTH} MiB`],
      rows,
    },
  ]
}

function doorsOf(edge: Edge, links: Links): readonly Door[] {
  const { url } = edge.workerd
  const client = new S3(url)
  const put = (name: string, form: Form): Door => ({
    ...{ name: `PutObject, ${name}`, way: 'in' },
    transfer: mebibytes => client.put(`/${BUCKET}/one`, form(mebibytes)),
  })
  const get = (name: string, key: string): Door => ({
    ...{ name: `GetObject, ${name}`, way: 'out' },
    transfer: mebibytes => client.get(`/${BUCKET}/${key}`, mebibytes),
  })
  /** What OpenNebula fetches. */
  const link = (name: string): Door => ({
    ...{ name: `the link to ${name}`, way: 'out' },
    transfer: mebibytes => receive(links.last, firstOf(mebibytes)),
  })
  return [
    put('signed SHA-256', hashed),
    put('UNSIGNED-PAYLOAD', unsigned),
    put('UNSIGNED-PAYLOAD, CRC64NVME', withCrc64),
    put('STREAMING-UNSIGNED-PAYLOAD-TRAILER, CRC32', trailing),
    put('STREAMING-AWS4-HMAC-SHA256-PAYLOAD', chained),
    put('STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, CRC32', chainedTrailing),
    {
      ...{ name: `UploadPart, ${PARTS.atOnce} × ${PARTS.size} MiB at a time, trailing CRC32`, way: 'in' },
      transfer: mebibytes => client.putParts(`/${BUCKET}/many`, trailing, { mebibytes, ...PARTS }),
    },
    { name: 'econe’s form', way: 'in', transfer: mebibytes => upload(url, mebibytes) },
    get('one piece', 'one'),
    get(`pieces of ${PARTS.size} MiB`, 'many'),
    link('what came by the form'),
    {
      ...link(`pieces of ${PARTS.size} MiB`),
      prepare: () => edge.call('RegisterImage', { Name: 'registered', ImageLocation: `${BUCKET}/many` }),
    },
  ]
}

/** MiB and CPU seconds a GiB of a transfer. */
async function measure(
  { pid }: Workerd,
  transfer: Transfer,
  mebibytes: number,
): Promise<{ rate: number; cpu: number }> {
  const [cpu, began] = [cpuTime(pid), performance.now()]
  await transfer(mebibytes)
  const seconds = (performance.now() - began) / 1000
  return { rate: mebibytes / seconds, cpu: ((cpuTime(pid) - cpu) / 1000) * (GIB / mebibytes) }
}

/** The Worker that only passes bytes, before the same bucket. */
async function startPlain({ storage }: Edge): Promise<Workerd> {
  await using starting = new AsyncDisposableStack()
  const { path } = starting.use(await temporaryFolder())
  const { script } = await bundle(join(path, 'worker'), { entry: 'test/bench/workers/plain.ts' })
  const workerd = starting.use(await startWorkerd({ script, storage, objects: false }))
  const running = starting.move()
  return { ...workerd, [Symbol.asyncDispose]: () => running.disposeAsync() }
}

/** Fetches for OpenNebula what it looks at before it answers, and never what it downloads then. */
class Links {
  /** GETs so far, by URL. */
  readonly #gets = new Map<string, number>()

  /** The newest one. */
  get last(): string {
    return [...this.#gets.keys()].at(-1) ?? ''
  }

  readonly fetch: typeof fetch = (input, init) => {
    if (init?.method === 'HEAD') return fetch(input, init)
    const { url } = new Request(input, init)
    const gets = (this.#gets.get(url) ?? 0) + 1
    this.#gets.set(url, gets)
    return gets > LOOKS ? new Promise(() => undefined) : fetch(input, init)
  }
}

/** GETs that the front-end breaks off, to learn what an image is. */
const LOOKS = 2
