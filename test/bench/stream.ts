// DescribeInstances of 10,000 instances: whether it streams, and what it does to the memory of the workerd process.
import { type Edge, startEdge } from './edge.ts'
import { forgetPeak, memory } from './process.ts'
import { type Row, type Section, short, verdict } from './table.ts'

const INSTANCES = 10_000
/** MiB that the process may grow by. */
const TARGET = 64
/** V8's heap as Cloudflare bounds it, in MB: the process ends when it is full. */
const HEAP = 128
const WARM_UP = 30

const sandbox = {
  seed: {
    images: [{ name: 'gentoo', owner: 'helen', template: 'EC2_AMI="YES"' }],
    instances: [{ count: INSTANCES, owner: 'helen', image: 'gentoo' }],
    privateAddresses: INSTANCES,
  },
}

export async function stream(): Promise<Section[]> {
  return [
    {
      title: `DescribeInstances of ${INSTANCES.toLocaleString('en')} instances`,
      about:
        `After a warm-up with pages of 100. Growth is the peak of the workerd process's resident memory during the request ` +
        `over what it held before; at most ${TARGET} MiB.`,
      columns: ['', 'heap as it comes', `heap of ${HEAP} MB`],
      rows: transposed(await measure([]), await measure([`--max-heap-size=${HEAP}`])),
    },
  ]
}

/** Named results. */
type Results = Readonly<Record<string, string>>

async function measure(v8Flags: readonly string[]): Promise<Results> {
  await using edge = await startEdge({ sandbox, workerd: { v8Flags } })
  for (let time = 0; time < WARM_UP; time++) await edge.call('DescribeInstances', { MaxResults: '100' })
  const one = await grown(edge, () => list(edge))
  const three = await grown(edge, () => Promise.all([list(edge), list(edge), list(edge)]))
  const { pagesBefore, pages, firstByte, ms, instances } = one.result
  return {
    'instances received': String(instances),
    'upstream pages read before the first byte': `${pagesBefore} of ${pages}`,
    'first byte after': `${short(firstByte)} ms`,
    'last byte after': `${short(ms)} ms`,
    'memory before': `${short(one.before)} MiB`,
    growth: `${short(one.growth)} MiB`,
    target: verdict(one.growth, TARGET, ' MiB'),
    'growth with three at once': `${short(three.growth)} MiB`,
    'the process': edge.workerd.ended() ? 'has ended' : 'survived',
  }
}

async function grown<T>({ workerd: { pid } }: Edge, work: () => Promise<T>) {
  const before = memory(pid).now
  forgetPeak(pid)
  const result = await work()
  return { result, before, growth: memory(pid).peak - before }
}

/** Lists everything and keeps nothing of it. */
async function list({ sandbox: { log }, signed }: Edge) {
  log.clear()
  const request = await signed('DescribeInstances')
  const began = performance.now()
  let [firstByte, pagesBefore, instances] = [0, 0, 0]
  let rest = ''
  for await (const piece of (await fetch(request)).body?.pipeThrough(new TextDecoderStream()) ?? []) {
    if (firstByte === 0) {
      firstByte = performance.now() - began
      pagesBefore = log.list().length
    }
    const text = rest + piece
    instances += text.split('<instanceId>').length - 1
    rest = text.slice(-'<instanceId'.length)
  }
  return { firstByte, pagesBefore, instances, pages: log.list().length, ms: performance.now() - began }
}

const transposed = (one: Results, other: Results): Row[] =>
  Object.entries(one).map(([name, value]) => [name, value, other[name] ?? ''])
