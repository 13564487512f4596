// Long lists: whether they stream, and what they do to the memory of the workerd process.
import type { SandboxOptions } from '../../src/sandbox/server.ts'
import { client } from '../sandbox/rpc.ts'
import { type Edge, startEdge } from './edge.ts'
import { forgetPeak, memory } from './process.ts'
import { type Row, type Section, short, verdict } from './table.ts'

const INSTANCES = 10_000
const GROUPS = 500
/** As many as a group may have in one direction. */
const RULES = 60
/** MiB that the process may grow by. */
const TARGET = 64
/** V8's heap as Cloudflare bounds it, in MB: the process ends when it is full. */
const HEAP = 128
const WARM_UP = 30

/** A long list. */
interface Long {
  readonly action: string
  readonly what: string
  /** What each of its items begins with. */
  readonly item: string
  readonly seed: NonNullable<SandboxOptions['seed']>
  /** Makes what the seed cannot. */
  readonly prepare?: (edge: Edge) => Promise<void>
}

const lists: readonly Long[] = [
  {
    ...{ action: 'DescribeInstances', what: `${INSTANCES.toLocaleString('en')} instances`, item: '<instanceId>' },
    seed: {
      images: [{ name: 'gentoo', owner: 'helen', template: 'EC2_AMI="YES"' }],
      instances: [{ count: INSTANCES, owner: 'helen', image: 'gentoo' }],
      privateAddresses: INSTANCES,
    },
  },
  {
    ...{ action: 'DescribeSecurityGroups', what: `${GROUPS} groups of ${RULES} rules`, item: '<groupDescription>' },
    seed: {},
    async prepare({ one }) {
      const helen = client(one, 'helen:helen')
      const lines = Array.from(
        { length: RULES },
        (_, index) => `RULE=[PROTOCOL="TCP",RULE_TYPE="inbound",RANGE="22",IP="10.${index}.0.0",SIZE="65536"]`,
      )
      // With the default one, which nobody has to make
      for (let group = 1; group < GROUPS; group++) {
        await helen('one.secgroup.allocate', [`NAME="group ${group}"`, ...lines].join('\n'))
      }
    },
  },
]

export async function stream(): Promise<Section[]> {
  const sections: Section[] = []
  for (const list of lists) {
    sections.push({
      title: `${list.action} of ${list.what}`,
      about:
        `After a warm-up with pages of 100. Growth is the peak of the workerd process's resident memory during the request ` +
        `over what it held before; at most ${TARGET} MiB.`,
      columns: ['', 'heap as it comes', `heap of ${HEAP} MB`],
      rows: transposed(await measure(list, []), await measure(list, [`--max-heap-size=${HEAP}`])),
    })
  }
  return sections
}

/** Named results. */
type Results = Readonly<Record<string, string>>

async function measure({ action, item, seed, prepare }: Long, v8Flags: readonly string[]): Promise<Results> {
  await using edge = await startEdge({ sandbox: { seed }, workerd: { v8Flags } })
  await prepare?.(edge)
  for (let time = 0; time < WARM_UP; time++) await edge.call(action, { MaxResults: '100' })
  const list = () => listed(edge, action, item)
  const one = await grown(edge, list)
  const three = await grown(edge, () => Promise.all([list(), list(), list()]))
  const { pagesBefore, pages, firstByte, ms, items } = one.result
  return {
    received: String(items),
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
async function listed({ sandbox: { log }, signed }: Edge, action: string, item: string) {
  log.clear()
  const request = await signed(action)
  const began = performance.now()
  let [firstByte, pagesBefore, items] = [0, 0, 0]
  let rest = ''
  for await (const piece of (await fetch(request)).body?.pipeThrough(new TextDecoderStream()) ?? []) {
    if (firstByte === 0) {
      firstByte = performance.now() - began
      pagesBefore = log.list().length
    }
    const text = rest + piece
    items += text.split(item).length - 1
    rest = text.slice(1 - item.length)
  }
  return { firstByte, pagesBefore, items, pages: log.list().length, ms: performance.now() - began }
}

const transposed = (one: Results, other: Results): Row[] =>
  Object.entries(one).map(([name, value]) => [name, value, other[name] ?? ''])
