// A front-end that is down, slow, misconfigured or breaks off in a list: 503 or a broken connection, in bounded time.
import { CreateKeyPairCommand, DescribeInstancesCommand, DescribeRegionsCommand, EC2Client } from '@aws-sdk/client-ec2'
import { AwsClient } from 'aws4fetch'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Failure } from '../../src/sandbox/control/faults.ts'
import { credentials, until } from './cloud.ts'
import { type Cloud, startCloud } from './stage.ts'

/** A user for each test that must not be known yet: the user pool is kept for a minute. */
const users = Array.from({ length: 20 }, (_, index) => `user-${index}`)
const TIMEOUT = 1000

let cloud: Cloud
let next = 0

beforeAll(async () => {
  const seed = {
    users: users.map(name => ({ name, password: name })),
    images: [{ name: 'ttylinux', owner: 'oneadmin', public: true, size: 10, template: 'EC2_AMI="YES"' }],
    instances: [{ count: 240, owner: 'helen', image: 'ttylinux' }],
  }
  cloud = await startCloud({ seed, authDelay: 0 }, { UPSTREAM_TIMEOUT_SECONDS: '1' })
  return () => cloud.stop()
})

afterEach(() => cloud.sandbox.faults.clear())

const clientOf = (user: string) =>
  new EC2Client({ endpoint: cloud.endpoint, region: 'us-east-1', credentials: credentials(user), maxAttempts: 1 })

async function timed<T>(work: () => Promise<T>): Promise<{ error: unknown; ms: number }> {
  const began = performance.now()
  const error: unknown = await work().then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return { error, ms: performance.now() - began }
}

const UNAVAILABLE = { name: 'Unavailable', $metadata: { httpStatusCode: 503 } }

const outages: [string, Failure][] = [
  ['refuses every connection', { kind: 'drop', when: 'before' }],
  ['does not answer', { kind: 'latency', ms: 60_000 }],
  ['talks nonsense', { kind: 'malformed' }],
  ['is behind a proxy that fails', { kind: 'status', status: 502, when: 'before' }],
  ['does not take the credentials of the server', { kind: 'error', code: 256, message: 'No' }],
  ['may not show its users', { kind: 'error', code: 512, message: 'No' }],
]

describe.each(outages)('a front-end that %s', (_, failure) => {
  it('is no fault of the caller whose key has to be looked up', async () => {
    cloud.sandbox.faults.add({ ...failure, method: '*' })
    const client = clientOf(users[next++] ?? '')
    const { error, ms } = await timed(() => client.send(new DescribeRegionsCommand({})))
    expect(error).toMatchObject(UNAVAILABLE)
    expect(ms).toBeLessThan(5 * TIMEOUT)
  })
})

describe.each(outages.slice(0, 4))('a front-end that %s', (_, failure) => {
  it('is a 503 for reads and for changes', async () => {
    const client = clientOf('helen')
    await client.send(new DescribeRegionsCommand({}))
    cloud.sandbox.faults.add({ ...failure, method: '*' })
    for (const work of [
      () => client.send(new DescribeInstancesCommand({})),
      () => client.send(new DescribeInstancesCommand({ InstanceIds: ['i-0'] })),
      () => client.send(new CreateKeyPairCommand({ KeyName: 'mine' })),
    ]) {
      const { error, ms } = await timed(work)
      expect(error).toMatchObject(UNAVAILABLE)
      expect(ms).toBeLessThan(8 * TIMEOUT)
    }
  })
})

/** The line of the log about a request that met a failure; lines come a moment after the answer. */
const failedLine = () =>
  until('the line of the log', () => {
    const lines = cloud.harness.getLogs().map(({ message }) => message)
    return Promise.resolve(lines.find(line => line.startsWith('{"event":"request"') && line.includes('"cause"')))
  })

describe('an error of OpenNebula that nobody knows', () => {
  const message = '[one.user.update] Error updating "hunter2" in database of swordfish'
  const told = 'Error updating … in database of …'

  it.each([
    ['a read', 'one.vmpool.infoset', () => new DescribeInstancesCommand({ InstanceIds: ['i-0'] })],
    ['a change', 'one.user.update', () => new CreateKeyPairCommand({ KeyName: 'mine' })],
  ])(
    'is an internal error of %s, with the request id, and what OpenNebula said is in the log',
    async (_, method, command) => {
      const client = clientOf('helen')
      await client.send(new DescribeRegionsCommand({}))
      cloud.sandbox.faults.add({ kind: 'error', code: 8192, message, method })
      cloud.harness.clearLogs()
      const { error } = await timed(() => client.send(command() as DescribeInstancesCommand))
      expect(error).toMatchObject({ name: 'InternalError', $metadata: { httpStatusCode: 500 } })
      const { requestId, cause } = JSON.parse(await failedLine()) as { requestId?: string; cause?: string }
      expect(cause).toBe(`${method}: INTERNAL: … ${told}`)
      expect((error as Error).message).toContain(requestId)
      expect((error as Error).message).not.toContain('database')
    },
  )
})

it('breaks a list off where the front-end breaks off, and ends no document that a client could take for the whole', async () => {
  const signer = new AwsClient({ ...credentials('helen'), service: 'ec2', region: 'us-east-1', retries: 0 })
  const body = new URLSearchParams({ Action: 'DescribeInstances', Version: '2016-11-15' }).toString()
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  cloud.sandbox.faults.add({ method: 'one.vmpool.infoextended', kind: 'truncated', times: 1 })
  cloud.harness.clearLogs()
  const response = await signer.fetch(cloud.endpoint, { method: 'POST', headers, body })
  // A failure before the first piece would have been a 503
  expect(response.status).toBe(200)
  let text = ''
  const reading = (async () => {
    for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString()
  })()
  await expect(reading).rejects.toThrow()
  expect(text).not.toContain('</DescribeInstancesResponse>')
  const line = await failedLine()
  expect(JSON.parse(line)).toMatchObject({ stream: 'broken', error: 'Unavailable' })
  expect(line).toContain('one.vmpool.infoextended: The connection to OpenNebula failed')
})
