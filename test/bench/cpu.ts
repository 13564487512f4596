// CPU of DescribeInstances of 100 instances: what a request costs the whole workerd process, and where it goes.
import { type Edge, numbered, startEdge, textOf } from './edge.ts'
import { launch } from './launch.ts'
import { cpuTime } from './process.ts'
import { profile } from './profile.ts'
import { median, type Row, type Section, short, verdict } from './table.ts'

const INSTANCES = 100
/** ms: the free plan's limit */
const TARGET = 10

const WARM_UP = 100
const ROUNDS = 7
const REQUESTS_A_ROUND = 40
const PROFILED = 150

const seed = { images: [{ name: 'gentoo', owner: 'helen', size: 4096, template: 'EC2_AMI="YES"' }] }

export async function cpu(): Promise<Section[]> {
  await using edge = await startEdge({ sandbox: { seed }, workerd: { inspector: true } })
  const ids = await launch(edge, INSTANCES)
  const byId = numbered('InstanceId', ids)
  const byState = { 'Filter.1.Name': 'instance-state-name', 'Filter.1.Value.1': 'running' }
  const byTag = { 'Filter.1.Name': 'tag:Role', 'Filter.1.Value.1': 'worker*' }
  const idle = await costOf(edge, new Request(new URL('/healthz', edge.workerd.url)))
  const rows: Row[] = [['GET /healthz, the baseline', short(idle.median), short(idle.least), '', '']]
  for (const [name, parameters] of [
    ['by 100 ids', byId],
    ['all', {}],
    ['all, filtered by state', byState],
    ['all, filtered by tag', byTag],
  ] as const) {
    const cost = await costOf(edge, await edge.signed('DescribeInstances', parameters))
    const over = cost.median - idle.median
    rows.push([
      `DescribeInstances ${name}`,
      short(cost.median),
      short(cost.least),
      short(over),
      verdict(over, TARGET, ' ms'),
    ])
  }
  const request = await edge.signed('DescribeInstances', byId)
  const shares = await profile(edge.workerd, edge.worker, () => send(request, PROFILED))
  return [
    {
      title: `CPU of DescribeInstances of ${INSTANCES} instances`,
      about:
        `CPU time of the whole workerd process (user and system, garbage collection included) per request, warm: the ` +
        `median of ${ROUNDS} rounds of ${REQUESTS_A_ROUND} requests, one after the other. At most ${TARGET} ms over ` +
        `the baseline.`,
      columns: ['request', 'CPU ms', 'best round', 'over the baseline', `target ${TARGET} ms`],
      rows,
    },
    {
      title: 'Where it goes',
      about: `Shares of the isolate's time in DescribeInstances by ${INSTANCES} ids, by the sampling profiler of V8.`,
      columns: ['part', '%'],
      rows: Object.entries(areas).map(([area, part]) => [part, short(100 * shareOf(area, shares))]),
    },
  ]
}

/** What the sources are for, by the beginning of their paths. */
const areas: Readonly<Record<string, string>> = {
  'src/opennebula/': "reading OpenNebula's answer (with the request for it)",
  'src/ec2/': 'finding instances, mapping them to EC2, filters',
  'src/protocol/': 'reading parameters, writing the answer',
  'src/auth/': 'signature and access key',
  '(garbage collector)': 'garbage collection',
  '(program)': 'the runtime outside of JavaScript',
  '': 'everything else',
}

/** Of all that begins with this and with no longer one of the areas. */
function shareOf(area: string, shares: ReadonlyMap<string, number>): number {
  const others = Object.keys(areas).filter(other => other.length > area.length)
  return shares
    .entries()
    .filter(([file]) => file.startsWith(area) && !others.some(other => file.startsWith(other)))
    .reduce((sum, [, share]) => sum + share, 0)
}

/** Ms of CPU that workerd spends on a request, signed once and sent again and again. */
export async function costOf({ workerd }: Edge, request: Request): Promise<{ median: number; least: number }> {
  await send(request, WARM_UP)
  const rounds: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const before = cpuTime(workerd.pid)
    await send(request, REQUESTS_A_ROUND)
    rounds.push((cpuTime(workerd.pid) - before) / REQUESTS_A_ROUND)
  }
  return { median: median(rounds), least: Math.min(...rounds) }
}

async function send(request: Request, times: number): Promise<void> {
  for (let sent = 0; sent < times; sent++) {
    await textOf(await fetch(request.clone()))
  }
}
