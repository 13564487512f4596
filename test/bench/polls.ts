// What it costs to ask again: CPU of lists of which nothing, one or everything has changed, beside the least that a Worker can do.
//
// BENCH_BEFORE=path/to/worker.js puts a Worker that was bundled earlier beside it, for the same requests.
import { copyFile, mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { forgetWritten } from '../../src/sandbox/objects/written.ts'
import type { Template } from '../../src/sandbox/protocol/template.ts'
import { takeSamples } from '../../src/sandbox/vms/monitoring.ts'
import type { World } from '../../src/sandbox/world/world.ts'
import { client } from '../sandbox/rpc.ts'
import { bundle, wasmOf } from './bundle.ts'
import { type Edge, elements, numbered, type Parameters, sign, startEdge, temporaryFolder, textOf } from './edge.ts'
import { launch } from './launch.ts'
import { cpuTime } from './process.ts'
import { median, type Row, type Section, short } from './table.ts'
import { startWorkerd, type Workerd } from './workerd.ts'

const SOME = 100
const OTHERS = 500
const MANY = 10_000
const RULES = 10
/** Calls that are made at once for what is to be there. */
const AT_ONCE = 20
/** ms of CPU that a round should take: it is measured in steps of 10 ms. */
const A_ROUND = 400
const ROUNDS = 5
const WARM_UP = 40

/** What the requests are about, and what of it anybody can change. */
interface Changeable {
  template: Template
  userTemplate?: Template
}

interface Poll {
  readonly action: string
  readonly what: string
  readonly parameters: Parameters
  readonly objects: (world: World) => Changeable[]
  readonly rounds?: number
}

/** What happens between two polls. */
const CHANGES: Readonly<Record<string, (world: World, objects: Changeable[]) => void>> = {
  unchanged: () => {},
  monitored: world => takeSamples(world),
  'one changed': (_, objects) => touch(objects.slice(0, 1)),
  'all changed': (_, objects) => touch(objects),
}

let touches = 0

function touch(objects: readonly Changeable[]): void {
  touches++
  for (const object of objects) {
    const template = object.userTemplate ?? object.template
    template['NOTE'] = [String(touches)]
    forgetWritten(object)
  }
}

const vms = (world: World) => world.vms.newestFirst()

export async function polls(): Promise<Section[]> {
  const rows = [...(await some()), ...(await others()), ...(await many())]
  const before = process.env['BENCH_BEFORE'] !== undefined
  return [
    {
      title: 'Asking again',
      about:
        'CPU time of the whole workerd process a request, and how many times that of the floor it is: a Worker that receives ' +
        'the same bytes from the same server, decodes them and answers with as many. The medians of rounds that take turns. ' +
        'Between two polls nothing changes, OpenNebula takes a sample of every instance (monitored), or one or all objects change.',
      columns: ['request', '', 'floor, ms', 'ms', 'ratio', ...(before ? ['before, ms', 'ratio'] : [])],
      rows,
    },
  ]
}

async function some(): Promise<Row[]> {
  const seed = { images: [{ name: 'gentoo', owner: 'helen', size: 4096, template: 'EC2_AMI="YES"' }] }
  await using edge = await startEdge({ sandbox: { seed }, taped: true })
  const ids = await launch(edge, SOME)
  const action = 'DescribeInstances'
  return await measured(edge, [
    { action, what: `by ${SOME} ids`, parameters: numbered('InstanceId', ids), objects: vms },
    { action, what: `all ${SOME}`, parameters: {}, objects: vms },
  ])
}

async function others(): Promise<Row[]> {
  const images = Array.from({ length: OTHERS }, (_, number) => ({
    ...{ name: `image ${number}`, owner: 'helen', size: 4096 },
    template: `EC2_AMI="YES" DESCRIPTION="One of ${OTHERS}"`,
  }))
  await using edge = await startEdge({ sandbox: { seed: { images } }, taped: true })
  const helen = client(edge.one, 'helen:helen')
  const rules = Array.from(
    { length: RULES },
    (_, index) => `RULE=[PROTOCOL="TCP",RULE_TYPE="inbound",RANGE="22",IP="10.${index}.0.0",SIZE="65536"]`,
  )
  for (let group = 1; group < OTHERS; group++) {
    await helen('one.secgroup.allocate', [`NAME="group ${group}"`, ...rules].join('\n'))
  }
  const zone = 'opennebulaa'
  const create = async () =>
    elements(await edge.call('CreateVolume', { Size: '1', AvailabilityZone: zone }), 'volumeId')
  const volumes = await atOnce(Array.from({ length: OTHERS }), create)
  // The last ones may be in the making
  const creating = { 'Filter.1.Name': 'status', 'Filter.1.Value.1': 'creating' }
  while (elements(await edge.call('DescribeVolumes', creating), 'volumeId').length > 0);
  await atOnce(volumes.flat(), VolumeId => edge.call('CreateSnapshot', { VolumeId, Description: 'of a volume' }))
  const pool = (world: World) => world.images.all()
  return await measured(edge, [
    { action: 'DescribeImages', what: `${OTHERS} own`, parameters: { 'Owner.1': 'self' }, objects: pool },
    { action: 'DescribeVolumes', what: `all ${OTHERS}`, parameters: {}, objects: pool },
    { action: 'DescribeSnapshots', what: `${OTHERS} own`, parameters: { 'Owner.1': 'self' }, objects: pool },
    {
      ...{ action: 'DescribeSecurityGroups', what: `all ${OTHERS}, of ${RULES} rules`, parameters: {} },
      objects: world => world.securityGroups.all(),
    },
  ])
}

/** Does something for each, so many at once. */
async function atOnce<T, R>(all: readonly T[], make: (each: T) => Promise<R>): Promise<R[]> {
  const made: R[] = []
  for (let done = 0; done < all.length; done += AT_ONCE) {
    made.push(...(await Promise.all(all.slice(done, done + AT_ONCE).map(make))))
  }
  return made
}

async function many(): Promise<Row[]> {
  const seed = {
    images: [{ name: 'gentoo', owner: 'helen', template: 'EC2_AMI="YES"' }],
    instances: [{ count: MANY, owner: 'helen', image: 'gentoo' }],
    privateAddresses: MANY,
  }
  await using edge = await startEdge({ sandbox: { seed }, taped: true })
  const what = `all ${MANY.toLocaleString('en')}`
  return await measured(edge, [{ action: 'DescribeInstances', what, parameters: {}, objects: vms, rounds: 3 }])
}

/** One of the Workers that are compared. */
interface Candidate {
  readonly workerd: Workerd
  /** The request, signed now: one that waited for its turn too long is refused. */
  readonly sign: () => Promise<Request>
}

async function measured(edge: Edge, list: readonly Poll[]): Promise<Row[]> {
  const rows: Row[] = []
  await using folder = await temporaryFolder()
  const { script } = await bundle(join(folder.path, 'floor'), { entry: 'test/bench/workers/floor.ts' })
  for (const poll of list) {
    await using candidates = await candidatesFor(edge, poll, script)
    for (const [change, make] of Object.entries(CHANGES)) {
      if (change === 'monitored' && poll.action !== 'DescribeInstances') continue
      const world = edge.sandbox.world
      const objects = poll.objects(world)
      const costs = await costsOf(candidates.list, poll, () => make(world, objects))
      const [floor = Number.NaN, now = Number.NaN, before] = costs
      const compared = before === undefined ? [] : [short(before), short(now / before)]
      const row = [
        `${poll.action} ${poll.what}`,
        change,
        short(floor),
        short(now),
        `${short(now / floor)}×`,
        ...compared,
      ]
      rows.push(row)
    }
  }
  return rows
}

/** The floor, the Worker, and the one before where there is one. @param script of the floor */
async function candidatesFor(edge: Edge, { action, parameters }: Poll, script: string) {
  await using starting = new AsyncDisposableStack()
  const { path } = starting.use(await temporaryFolder())
  const asked = async () => textOf(await fetch(await sign(edge.workerd.url, action, parameters)))
  await asked()
  edge.tape?.take()
  const answer = await asked()
  const calls = JSON.stringify(edge.tape?.take() ?? [])
  const vars = { ONE_XMLRPC: edge.tape?.url ?? '', CALLS: calls, BYTES: String(answer.length) }
  const workerds = [starting.use(await startWorkerd({ script, vars })), edge.workerd]
  const before = process.env['BENCH_BEFORE']
  if (before) {
    const own = join(path, 'before')
    await mkdir(own)
    for (const file of [before, ...(await wasmOf(before))]) await copyFile(file, join(own, basename(file)))
    const copy = join(own, basename(before))
    workerds.push(starting.use(await startWorkerd({ ...edge.workerd.options, script: copy, port: 0 })))
  }
  const list: Candidate[] = workerds.map(workerd => ({
    workerd,
    sign: () => sign(workerd.url, action, parameters),
  }))
  const running = starting.move()
  return { list, [Symbol.asyncDispose]: () => running.disposeAsync() }
}

/** Ms of CPU a request, of each. */
async function costsOf(
  candidates: readonly Candidate[],
  { rounds = ROUNDS }: Poll,
  change: () => void,
): Promise<number[]> {
  const costs: number[][] = candidates.map(() => [])
  const times = candidates.map(() => WARM_UP)
  for (let round = 0; round <= rounds; round++) {
    for (const [index, { workerd, sign }] of candidates.entries()) {
      const request = await sign()
      const before = cpuTime(workerd.pid)
      let sent = 0
      for (; sent < (times[index] ?? 1); sent++) {
        change()
        await textOf(await fetch(request.clone()))
        // What is slow is warm sooner
        if (cpuTime(workerd.pid) - before > 4 * A_ROUND) break
      }
      const cost = (cpuTime(workerd.pid) - before) / Math.max(sent, 1)
      // The first round warms up
      if (round > 0) costs[index]?.push(cost)
      times[index] = Math.ceil(A_ROUND / Math.max(cost, 0.5))
    }
  }
  return costs.map(median)
}
