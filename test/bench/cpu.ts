// CPU of DescribeInstances of 100 instances: what a request costs the whole workerd process, and where it goes.
import { CreateKeyPairCommand, DescribeInstancesCommand, RunInstancesCommand } from '@aws-sdk/client-ec2'
import { AwsClient } from 'aws4fetch'
import { credentials, type Edge, REGION, startEdge, until } from './edge.ts'
import { cpuTime } from './process.ts'
import { median, type Row, type Section, short, verdict } from './table.ts'

const INSTANCES = 100
/** What one RunInstances makes. */
const A_LAUNCH = 20
/** ms: the free plan's limit */
const TARGET = 10

const WARM_UP = 60
const ROUNDS = 5
const REQUESTS_A_ROUND = 30

const seed = { images: [{ name: 'gentoo', owner: 'helen', size: 4096, template: 'EC2_AMI="YES"' }] }

export async function cpu(): Promise<Section[]> {
  await using edge = await startEdge({ sandbox: { seed } })
  const ids = await launch(edge)
  const byId = Object.fromEntries(ids.map((id, index) => [`InstanceId.${index + 1}`, id]))
  const byState = { 'Filter.1.Name': 'instance-state-name', 'Filter.1.Value.1': 'running' }
  const byTag = { 'Filter.1.Name': 'tag:Role', 'Filter.1.Value.1': 'worker*' }
  const idle = await costOf(edge, () => Promise.resolve(new Request(new URL('/healthz', edge.workerd.url))))
  const rows: Row[] = [['GET /healthz, the baseline', short(idle), '', '']]
  for (const [name, parameters] of [
    ['by 100 ids', byId],
    ['all', {}],
    ['all, filtered by state', byState],
    ['all, filtered by tag', byTag],
  ] as const) {
    const cost = await costOf(edge, () => signed(edge, { Action: 'DescribeInstances', ...parameters }))
    rows.push([`DescribeInstances ${name}`, short(cost), short(cost - idle), verdict(cost - idle, TARGET, ' ms')])
  }
  return [
    {
      title: `CPU of DescribeInstances of ${INSTANCES} instances`,
      about:
        `CPU time of the whole workerd process (user and system, garbage collection included) per request, warm: the ` +
        `median of ${ROUNDS} rounds of ${REQUESTS_A_ROUND} requests, one after the other. At most ${TARGET} ms over ` +
        `the baseline.`,
      columns: ['request', 'CPU ms', 'over the baseline', `target ${TARGET} ms`],
      rows,
    },
  ]
}

/** Instances as a user makes them: with minted ids, a key, user data and tags, running. */
async function launch({ ec2 }: Edge): Promise<string[]> {
  await ec2.send(new CreateKeyPairCommand({ KeyName: 'admin', KeyType: 'ed25519' }))
  const ids: string[] = []
  for (let made = 0; made < INSTANCES; made += A_LAUNCH) {
    const Tags = ['Name', 'Role', 'Owner'].map(Key => ({ Key, Value: `worker ${made}` }))
    const run = new RunInstancesCommand({
      ImageId: 'ami-00000000',
      InstanceType: 'm1.small',
      MinCount: A_LAUNCH,
      MaxCount: A_LAUNCH,
      KeyName: 'admin',
      UserData: Buffer.from('#!/bin/sh\necho hello').toString('base64'),
      TagSpecifications: [{ ResourceType: 'instance', Tags }],
    })
    const { Instances = [] } = await ec2.send(run)
    ids.push(...Instances.flatMap(({ InstanceId }) => InstanceId ?? []))
  }
  await until('100 running instances', async () => {
    const running = { Name: 'instance-state-name', Values: ['running'] }
    const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ Filters: [running] }))
    return Reservations.flatMap(({ Instances = [] }) => Instances).length === INSTANCES
  })
  return ids
}

/** A request of the user's, signed with SigV4. */
function signed(edge: Edge, parameters: Record<string, string>): Promise<Request> {
  const client = new AwsClient({ ...credentials, service: 'ec2', region: REGION, retries: 0 })
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const body = new URLSearchParams({ Version: '2016-11-15', ...parameters }).toString()
  return client.sign(edge.workerd.url, { method: 'POST', headers, body })
}

/** Ms of CPU that workerd spends on a request, signed once and sent again and again. */
async function costOf({ workerd }: Edge, make: () => Promise<Request>): Promise<number> {
  const request = await make()
  const send = async (times: number) => {
    for (let sent = 0; sent < times; sent++) {
      const response = await fetch(request.clone())
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
      await response.arrayBuffer()
    }
  }
  await send(WARM_UP)
  const rounds: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const before = cpuTime(workerd.pid)
    await send(REQUESTS_A_ROUND)
    rounds.push((cpuTime(workerd.pid) - before) / REQUESTS_A_ROUND)
  }
  return median(rounds)
}
