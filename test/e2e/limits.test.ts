import {
  CreateKeyPairCommand,
  DescribeInstancesCommand,
  EC2Client,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { limits } from '../../src/limits.ts'
import { ServerSessions } from '../../src/opennebula/session.ts'
import { credentials, until } from './cloud.ts'
import { signedGet, signedPost } from './signed.ts'
import { type Cloud, startCloud } from './stage.ts'

const LIMIT = 100
const DESCRIBE = { Action: 'DescribeRegions' }
const SEED = {
  images: [{ name: 'debian', owner: 'helen', template: 'EC2_AMI="YES"' }],
  instances: [{ owner: 'rival', count: 3000 }],
}

let cloud: Cloud

beforeAll(async () => {
  cloud = await startCloud(
    { seed: SEED },
    { UPSTREAM_TIMEOUT_SECONDS: '1' },
    // The front tells the Worker whose address it is
    { limit: { limit: LIMIT, period: 60 }, fronted: true },
  )
})
afterAll(() => cloud.stop())

const client = (user = 'helen') =>
  new EC2Client({ endpoint: cloud.endpoint, region: 'us-east-1', credentials: credentials(user), maxAttempts: 1 })

const textOf = (body: string, element: string) => new RegExp(`<${element}>([^<]*)`).exec(body)?.[1]

async function refusal(response: Response): Promise<(string | number | undefined)[]> {
  return [response.status, textOf(await response.text(), 'Code')]
}

interface Line {
  readonly event: string
  readonly requestId?: string
  readonly action?: string
  readonly error?: string
  readonly stream?: string
  readonly user?: string
}

const lines = () => cloud.harness.getLogs().flatMap(({ message }) => (message.startsWith('{') ? [message] : []))
const parsed = () => lines().map(line => JSON.parse(line) as Line)

describe('the log', () => {
  it('has one line of JSON a request, with who, what, how and how long', async () => {
    cloud.harness.clearLogs()
    cloud.sandbox.log.clear()
    const response = await signedGet(cloud.endpoint, credentials(), { Action: 'DescribeInstances' })
    const requestId = response.headers.get('x-amzn-requestid')
    await response.text()
    const line = await until('the line', async () => parsed().find(each => each.requestId === requestId))
    // The user pool is read for all who sign, and a user's standing for all that the user asks, not for this request
    const own = cloud.sandbox.log.list().filter(each => each.requestId === requestId)
    expect(own.length).toBeGreaterThan(0)
    expect(line).toEqual({
      ...{ event: 'request', requestId, action: 'DescribeInstances', key: 'helen', user: 'helen', status: 200 },
      upstream: { requests: own.length, ms: expect.any(Number) as number },
      ms: expect.any(Number) as number,
    })
  })

  it('counts what a change costs in the account, and names errors', async () => {
    cloud.harness.clearLogs()
    const response = await signedGet(cloud.endpoint, credentials(), {
      ...{ Action: 'TerminateInstances', 'InstanceId.1': 'i-00000099' },
    })
    expect(await refusal(response)).toEqual([400, 'InvalidInstanceID.NotFound'])
    const line = await until('the line', async () => parsed().find(each => each.action === 'TerminateInstances'))
    expect(line).toMatchObject({ status: 400, error: 'InvalidInstanceID.NotFound', user: 'helen' })
    expect(line).toMatchObject({ upstream: { requests: 1 } })
  })

  it('names what was asked for only if AWS knows it, and a key only if it proved to be one', async () => {
    cloud.harness.clearLogs()
    const secret = credentials().secretAccessKey
    await signedGet(cloud.endpoint, credentials(), { Action: `Describe${secret}` })
    await signedGet(cloud.endpoint, credentials(), { Action: 'DescribeFpgaImages' })
    // Key and secret the wrong way round
    const swapped = { accessKeyId: secret, secretAccessKey: 'helen' }
    expect(await refusal(await signedGet(cloud.endpoint, swapped, { Action: 'DescribeRegions' }))).toEqual([
      ...[401, 'AuthFailure'],
    ])
    await until('three lines', async () => parsed().length === 3)
    expect(parsed().map(({ action, error, user }) => [action, error, user])).toEqual([
      [undefined, 'InvalidAction', 'helen'],
      ['DescribeFpgaImages', 'UnsupportedOperation', 'helen'],
      ['DescribeRegions', 'AuthFailure', undefined],
    ])
    expect(lines().join()).not.toContain(secret)
  })

  it('tells of a streamed answer that breaks off after it began', async () => {
    cloud.harness.clearLogs()
    // So long that the later pages are not asked for before the client takes the first ones
    const response = await signedGet(cloud.endpoint, credentials('rival'), { Action: 'DescribeInstances' })
    expect(response.status).toBe(200)
    cloud.sandbox.faults.add({ method: 'one.vmpool.infoextended', kind: 'truncated' })
    await expect(response.text()).rejects.toThrow()
    cloud.sandbox.faults.clear()
    const line = await until('the line', async () => parsed().find(({ stream }) => stream === 'broken'))
    expect(line).toMatchObject({
      ...{ action: 'DescribeInstances', user: 'rival', status: 200, error: 'Unavailable' },
      cause: expect.stringContaining('OpenNebula') as string,
    })
    expect(parsed().filter(({ action }) => action === 'DescribeInstances')).toHaveLength(1)
  })

  it('never holds a secret, a token, a signature, user data or a value of a parameter', async () => {
    cloud.harness.clearLogs()
    const ec2 = client()
    const [image] = cloud.sandbox.world.images.all()
    const userData = Buffer.from('#!/bin/sh\necho s3cr3t-user-data').toString('base64')
    const { KeyMaterial = '' } = await ec2.send(new CreateKeyPairCommand({ KeyName: 'key-name-of-helen' }))
    const run = await ec2.send(
      new RunInstancesCommand({
        ...{ ImageId: `ami-${String(image?.id).padStart(8, '0')}`, MinCount: 1, MaxCount: 1, UserData: userData },
        TagSpecifications: [
          { ResourceType: 'instance', Tags: [{ Key: 'tag-key-of-helen', Value: 'tag-value-of-helen' }] },
        ],
      }),
    )
    const InstanceIds = [run.Instances?.[0]?.InstanceId ?? '']
    await ec2.send(new DescribeInstancesCommand({ InstanceIds }))
    await ec2.send(new TerminateInstancesCommand({ InstanceIds }))
    await expect(ec2.send(new DescribeInstancesCommand({ InstanceIds: ['i-s3cr3t-parameter'] }))).rejects.toThrow()
    for (const kind of ['malformed', 'truncated'] as const) {
      // Until it is cleared: what an account's alarm asks is struck as well
      cloud.sandbox.faults.add({ method: '*', kind, times: 1000 })
      await expect(ec2.send(new DescribeInstancesCommand({ InstanceIds }))).rejects.toThrow()
      cloud.sandbox.faults.clear()
    }
    cloud.sandbox.faults.add({
      method: '*',
      kind: 'error',
      code: 8192,
      message: 'DB error in INSERT s3cr3t',
      times: 1000,
    })
    await expect(ec2.send(new DescribeInstancesCommand({ InstanceIds }))).rejects.toThrow()
    cloud.sandbox.faults.clear()
    const presigned = await signedPost(cloud.endpoint, credentials(), { Action: 'DescribeRegions', Bad: 's3cr3t' })
    expect(presigned.status).toBe(400)
    await until('every line', async () => parsed().filter(({ event }) => event === 'request').length >= 9)

    const log = lines().join('\n')
    const sessions = new ServerSessions('serveradmin')
    const tokens = await Promise.all(['helen', 'serveradmin'].map(name => sessions.session(name)))
    const material = KeyMaterial.split('\n').slice(1, -2)
    expect(material.length).toBeGreaterThan(3)
    const never = [
      ...[credentials().secretAccessKey, 'a secret of the end-to-end tests', 'serveradmin:', 's3cr3t', userData],
      ...['Signature', 'X-Amz', 'key-name-of-helen', 'tag-key-of-helen', 'tag-value-of-helen', ...InstanceIds],
      ...tokens.flatMap(token => token.split(':').slice(2)),
      ...material,
    ]
    expect(never.filter(text => log.includes(text))).toEqual([])
    expect(log).toContain('"action":"RunInstances"')
  })
})

describe('sizes', () => {
  it.each<[string, () => Promise<Response>, number, string]>([
    [
      // No longer than what the connection takes in at once: what is refused is not read to its end
      'a form that is too long',
      () => {
        const Filler = 'x'.repeat(limits.requestBytes.most)
        return signedPost(cloud.endpoint, credentials(), { Action: 'DescribeInstances', Filler })
      },
      ...([413, 'RequestEntityTooLarge'] as const),
    ],
    [
      '10,000 ids',
      () =>
        signedPost(cloud.endpoint, credentials(), {
          Action: 'DescribeInstances',
          ...Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`InstanceId.${at + 1}`, `i-${at}`])),
        }),
      ...([400, 'InvalidQueryParameter'] as const),
    ],
    [
      'a name of 50,000 steps',
      () => signedPost(cloud.endpoint, credentials(), { Action: 'DescribeInstances', ['A.1.'.repeat(50_000)]: 'x' }),
      ...([400, 'UnknownParameter'] as const),
    ],
    [
      'JSON',
      () =>
        signedPost(cloud.endpoint, credentials(), {}, { body: '{}', headers: { 'content-type': 'application/json' } }),
      ...([400, 'InvalidRequest'] as const),
    ],
    [
      'a multipart form without a boundary',
      () =>
        signedPost(
          cloud.endpoint,
          credentials(),
          {},
          { body: 'x', headers: { 'content-type': 'multipart/form-data' } },
        ),
      ...([400, 'MalformedQueryString'] as const),
    ],
    [
      'a multipart form with a long field',
      () => {
        const form = new FormData()
        form.append('Action', 'x'.repeat(100_000))
        return fetch(cloud.endpoint, { method: 'POST', body: form })
      },
      ...([400, 'InvalidParameterValue'] as const),
    ],
  ])('%s is refused, in time', async (_, send, status, code) => {
    const began = Date.now()
    expect(await refusal(await send())).toEqual([status, code])
    expect(Date.now() - began).toBeLessThan(5_000)
  })

  it.each(['HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('%s is not served', async method => {
    const response = await fetch(cloud.endpoint, { method })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST'])
  })

  it('a browser is told that a request is signed, at any path', async () => {
    for (const path of ['/', '/services/Cloud/', '/favicon.ico']) {
      expect(await refusal(await fetch(new URL(path, cloud.endpoint)))).toEqual([403, 'MissingAuthenticationToken'])
    }
  })
})

describe('times', () => {
  it('of calls to OpenNebula end at UPSTREAM_TIMEOUT_SECONDS', async () => {
    cloud.sandbox.faults.add({ method: 'one.vmpool.infoextended', kind: 'latency', ms: 8_000 })
    const began = Date.now()
    const response = await signedGet(cloud.endpoint, credentials(), { Action: 'DescribeInstances' })
    expect(await refusal(response)).toEqual([503, 'Unavailable'])
    expect(Date.now() - began).toBeLessThan(4_000)
    cloud.sandbox.faults.clear()
  })
})

describe('rates', () => {
  it('are limited for each access key by itself, and not by requests that are not authentic', async () => {
    const rival = await cloud.issue({ user: { id: 3, name: 'rival' } })
    const forged = { ...rival, secretAccessKey: 'not it' }
    for (let count = 0; count < LIMIT / 10; count++) {
      const requests = Array.from({ length: 11 }, () =>
        signedGet(cloud.endpoint, forged, { Action: 'DescribeRegions' }).then(refusal),
      )
      expect(new Set((await Promise.all(requests)).map(String))).toEqual(new Set(['403,SignatureDoesNotMatch']))
    }
    const exceeded = await until('the limit', async () => {
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => signedGet(cloud.endpoint, credentials(), { Action: 'DescribeRegions' })),
      )
      return answers.find(({ status }) => status === 503)
    })
    const body = await exceeded.text()
    expect([textOf(body, 'Code'), textOf(body, 'Message')]).toEqual([
      ...['RequestLimitExceeded', 'Request limit exceeded.'],
    ])
    expect((await signedGet(cloud.endpoint, rival, { Action: 'DescribeRegions' })).status).toBe(200)
  })

  it('of guesses at user names are limited for a client, whether there is such a user or not', async () => {
    const guess = async (accessKeyId: string) =>
      String(await refusal(await signedGet(cloud.endpoint, { accessKeyId, secretAccessKey: 'not it' }, DESCRIBE)))
    const answers: string[] = []
    for (let count = 0; count <= limits.failedNames.most; count++) answers.push(await guess('rival'))
    expect(new Set(answers)).toEqual(new Set(['401,AuthFailure', '503,RequestLimitExceeded']))
    expect(await guess('nobody')).toBe('503,RequestLimitExceeded')
  })
})
