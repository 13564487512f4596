// Many clients at once: requests per second, how long they take, and what each costs, for calls of every kind.
import { once } from 'node:events'
import { Agent, IncomingMessage, request as open } from 'node:http'
import { type Edge, elements, startEdge, until } from './edge.ts'
import { cpuTime } from './process.ts'
import { type Row, type Section, short } from './table.ts'

const CLIENTS = [1, 16, 64]
/** How long each number of clients goes on, in ms, behind as much again of a quarter of that to warm up. */
const DURATION = Number(process.env['BENCH_SECONDS'] ?? 3) * 1000
const A_LAUNCH = 20
const INSTANCES = 100

const seed = {
  images: [{ name: 'gentoo', owner: 'helen', size: 4096, template: 'EC2_AMI="YES"' }],
  privateAddresses: 60_000,
}

export async function many(): Promise<Section[]> {
  const rows: Row[] = []
  {
    await using edge = await startEdge({ sandbox: { seed } })
    const [instance = ''] = elements(await edge.call('RunInstances', launch(1)), 'instanceId')
    await until('it running', async () => (await edge.call('DescribeInstances')).includes('<name>running</name>'))
    const tag = (value: string) => ({ 'ResourceId.1': instance, 'Tag.1.Key': 'Role', 'Tag.1.Value': value })
    const health = new Request(new URL('/healthz', edge.workerd.url))
    rows.push(...(await table(edge, 'GET /healthz', [health])))
    rows.push(...(await table(edge, 'GetCallerIdentity', [await edge.signed('GetCallerIdentity')])))
    rows.push(...(await table(edge, 'DescribeInstances of 1', [await edge.signed('DescribeInstances')])))
    rows.push(...(await table(edge, 'CreateTags, on one instance', [await edge.signed('CreateTags', tag('x'))])))
    for (let made = 1; made < INSTANCES; ) {
      const count = Math.min(A_LAUNCH, INSTANCES - made)
      await edge.call('RunInstances', launch(count))
      made += count
    }
    const all = elements(await edge.call('DescribeInstances'), 'instanceId')
    const apart = all.slice(0, 64).map(id => ({ 'ResourceId.1': id, 'Tag.1.Key': 'Role', 'Tag.1.Value': 'x' }))
    rows.push(...(await table(edge, `DescribeInstances of ${INSTANCES}`, [await edge.signed('DescribeInstances')])))
    const requests = await Promise.all(apart.map(parameters => edge.signed('CreateTags', parameters)))
    rows.push(...(await table(edge, 'CreateTags, on one instance each', requests)))
  }
  {
    // By itself: it makes more and more
    await using edge = await startEdge({ sandbox: { seed } })
    rows.push(...(await table(edge, 'RunInstances of 1', [await edge.signed('RunInstances', launch(1))])))
  }
  return [
    {
      title: 'Many at once',
      about:
        `Clients that send one request after the other for ${short(DURATION / 1000)} s, against \`workerd serve\`, all of one user. ` +
        'The clients and the front-end are on the same machine, in one other process: what they take is not the Worker’s, but ' +
        'lowers what it gets. CPU is that of workerd; upstream, the requests that OpenNebula gets for one.',
      columns: ['request', 'clients', 'a second', 'p50 ms', 'p99 ms', 'CPU ms', 'upstream', 'failed'],
      rows,
    },
  ]
}

const launch = (count: number) => ({
  ...{ ImageId: 'ami-00000000', InstanceType: 'm1.small', MinCount: String(count), MaxCount: String(count) },
})

/** A row for each number of clients. @param requests client by client, over and over */
async function table(edge: Edge, name: string, requests: readonly Request[]): Promise<Row[]> {
  const messages = await Promise.all(requests.map(messageOf))
  const rows: Row[] = []
  for (const clients of CLIENTS) {
    await run(messages, clients, DURATION / 4)
    edge.sandbox.log.clear()
    const before = cpuTime(edge.workerd.pid)
    const { times, seconds, failed } = await run(messages, clients, DURATION)
    const cpu = (cpuTime(edge.workerd.pid) - before) / times.length
    const upstream = edge.sandbox.log.list().length / times.length
    const at = (share: number) =>
      short(times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? Number.NaN)
    rows.push([
      ...[name, clients, short(times.length / seconds), at(0.5), at(0.99), short(cpu)],
      ...[short(upstream), failed],
    ])
  }
  return rows
}

interface Sent {
  readonly url: string
  readonly method: string
  readonly headers: Record<string, string>
  readonly body: Buffer
}

async function messageOf(request: Request): Promise<Sent> {
  const { url, method, headers } = request
  return { url, method, headers: Object.fromEntries(headers), body: Buffer.from(await request.clone().arrayBuffer()) }
}

async function run(messages: readonly Sent[], clients: number, duration: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: clients })
  const times: number[] = []
  let failed = 0
  const began = performance.now()
  const client = async (index: number) => {
    const message = messages[index % messages.length]
    if (!message) throw new TypeError('nothing to send')
    while (performance.now() - began < duration) {
      const start = performance.now()
      if (!(await isAnswered(message, agent))) failed++
      times.push(performance.now() - start)
    }
  }
  await Promise.all(Array.from({ length: clients }, (_, index) => client(index)))
  agent.destroy()
  return { times: times.toSorted((a, b) => a - b), seconds: (performance.now() - began) / 1000, failed }
}

/** Sends a request and drops the answer; whether it was a good one. */
async function isAnswered({ url, method, headers, body }: Sent, agent: Agent): Promise<boolean> {
  const sent = open(url, { method, agent, headers: { ...headers, 'content-length': body.length } })
  sent.end(body)
  const answered: readonly unknown[] = await once(sent, 'response')
  const [response] = answered
  if (!(response instanceof IncomingMessage)) throw new TypeError('no response')
  response.resume()
  await once(response, 'end')
  return response.statusCode === 200
}
