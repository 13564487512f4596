// Large files through the doors: how fast beside a plain stream of the same bytes into R2 or out of it, at what CPU, and what they
// do to the memory of the workerd process. BENCH_GIB says how large they are.
import { join } from 'node:path'
import { bundle } from './bundle.ts'
import { type Edge, startEdge, temporaryFolder } from './edge.ts'
import { upload } from './form.ts'
import { cpuTime, forgetPeak, memory } from './process.ts'
import { chained, chainedTrailing, type Form, firstOf, hashed, S3, trailing, unsigned, withCrc64 } from './s3-client.ts'
import { receive } from './send.ts'
import { median, type Section, short, verdict } from './table.ts'
import { startWorkerd, type Workerd } from './workerd.ts'

const GIB = 1024
const MEBIBYTES = GIB * Number(process.env['BENCH_GIB'] ?? 3)
/** Door and plain stream take turns: what else the machine does counts for both, and the middle one of the turns. */
const TURNS = 5
/** MiB of a turn: so many that what is done once for a file, before and behind its bytes, has no more weight than in a large one. */
const TURN = 256
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
  /** What has to be before. */
  readonly prepare?: () => Promise<unknown>
  readonly transfer: Transfer
  /** The same client with the same bytes, at the Worker that only passes them. */
  readonly plainly: Transfer
}

export async function s3(): Promise<Section[]> {
  const links = new Links()
  await using edge = await startEdge({ sandbox: { fetch: links.fetch } })
  await using plain = await startPlain(edge)
  await new S3(plain.url).put(READ, unsigned(TURN))
  const rows = []
  let first: number | undefined
  for (const { name, prepare, transfer, plainly } of doorsOf(edge, plain, links)) {
    await prepare?.()
    await transfer(WARM_UP)
    await plainly(WARM_UP)
    const held = memory(edge.workerd.pid).now
    first ??= held
    forgetPeak(edge.workerd.pid)
    await transfer(MEBIBYTES)
    const growth = memory(edge.workerd.pid).peak - held
    const turns: (readonly [floor: Cost, door: Cost])[] = []
    while (turns.length < TURNS) {
      turns.push([await measure(plain, plainly), await measure(edge.workerd, transfer)])
    }
    const rate = TURN / median(turns.map(([, { seconds }]) => seconds))
    const ratio = median(turns.map(([floor, door]) => floor.seconds / door.seconds))
    const cpu = ([0, 1] as const).map(which => turns.reduce((sum, turn) => sum + turn[which].cpu, 0))
    const [floor, door] = cpu.map(seconds => short((seconds * GIB) / (TURNS * TURN)))
    rows.push([
      ...[name, short(rate), short(ratio), ratio >= SPEED ? 'met' : `missed by ${short(SPEED - ratio)}`],
      ...[door ?? '', floor ?? '', short(growth), verdict(growth, GROWTH, ' MiB')],
    ])
  }
  return [
    {
      title: `${MEBIBYTES / GIB} GiB through each door`,
      about:
        `The ratio is to the speed of a Worker that only passes the same bytes of the same client, framed as they are, into R2 or ` +
        `out of it: the median of ${TURNS} turns of ${TURN} MiB that the two take; at least ${SPEED}. CPU seconds are those of the workerd ` +
        `process, and beside them those of the plain one. Growth is that of the peak of its resident memory over a file of ` +
        `${MEBIBYTES / GIB} GiB, after ${WARM_UP} MiB by the same door; at most ${GROWTH} MiB. It held ${short(first ?? 0)} MiB ` +
        `before the first and ${short(memory(edge.workerd.pid).now)} MiB after the last. The bucket is a server outside of both. ` +
        `Chunks have 64 KiB.`,
      columns: ['', 'MiB/s', 'ratio', `target ${SPEED}`, 'CPU s/GiB', 'plain', 'growth in MiB', `target ${GROWTH} MiB`],
      rows,
    },
  ]
}

/** What the plain Worker has to be read. */
const READ = '/read'

function doorsOf(edge: Edge, plain: Workerd, links: Links): readonly Door[] {
  const { url } = edge.workerd
  const client = new S3(url)
  const plainClient = new S3(plain.url)
  const put = (name: string, form: Form): Door => ({
    name: `PutObject, ${name}`,
    transfer: mebibytes => client.put(`/${BUCKET}/one`, form(mebibytes)),
    plainly: mebibytes => plainClient.put('/one', form(mebibytes)),
  })
  const plainly: Transfer = () => receive(plain.url + READ)
  const get = (name: string, key: string): Door => ({
    name: `GetObject, ${name}`,
    transfer: mebibytes => client.get(`/${BUCKET}/${key}`, mebibytes),
    plainly,
  })
  /** What OpenNebula fetches. */
  const link = (name: string): Door => ({
    name: `the link to ${name}`,
    transfer: mebibytes => receive(links.last, firstOf(mebibytes)),
    plainly,
  })
  return [
    put('signed SHA-256', hashed),
    put('UNSIGNED-PAYLOAD', unsigned),
    put('UNSIGNED-PAYLOAD, CRC64NVME', withCrc64),
    put('STREAMING-UNSIGNED-PAYLOAD-TRAILER, CRC32', trailing),
    put('STREAMING-AWS4-HMAC-SHA256-PAYLOAD', chained),
    put('STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, CRC32', chainedTrailing),
    {
      name: `UploadPart, ${PARTS.atOnce} × ${PARTS.size} MiB at a time, trailing CRC32`,
      transfer: mebibytes => client.upload(`/${BUCKET}/many`, trailing, { mebibytes, ...PARTS }),
      plainly: mebibytes => plainClient.putParts(trailing, { mebibytes, ...PARTS }, number => `/part-${number}`),
    },
    {
      name: 'econe’s form',
      transfer: mebibytes => upload(url, mebibytes),
      plainly: mebibytes => upload(plain.url, mebibytes),
    },
    get('one piece', 'one'),
    get(`pieces of ${PARTS.size} MiB`, 'many'),
    link('what came by the form'),
    {
      ...link(`pieces of ${PARTS.size} MiB`),
      prepare: () => edge.call('RegisterImage', { Name: 'registered', ImageLocation: `${BUCKET}/many` }),
    },
  ]
}

/** Of a turn. */
interface Cost {
  readonly seconds: number
  /** Seconds too. */
  readonly cpu: number
}

async function measure({ pid }: Workerd, transfer: Transfer): Promise<Cost> {
  const [cpu, began] = [cpuTime(pid), performance.now()]
  await transfer(TURN)
  return { seconds: (performance.now() - began) / 1000, cpu: (cpuTime(pid) - cpu) / 1000 }
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
