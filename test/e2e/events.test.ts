// The trail of an account over HTTP: what CloudTrail's LookupEvents tells of what EC2's clients did, and how it refuses.
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import {
  CreateKeyPairCommand,
  CreateTagsCommand,
  CreateVolumeCommand,
  DeleteKeyPairCommand,
  DeleteVolumeCommand,
  DescribeVolumesCommand,
  EC2Client,
} from '@aws-sdk/client-ec2'
import { CopyObjectCommand, DeleteObjectsCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { AwsClient } from 'aws4fetch'
import { describe, expect, inject, it } from 'vitest'
import { credentials, ec2, endpoint, until } from './cloud.ts'
import { sendJson, TARGETS } from './json.ts'
import { s3 } from './s3/support.ts'
import { secretIn, TELLING } from './secrets.ts'
import { startCloud } from './stage.ts'

interface Lookup {
  readonly Events: readonly {
    readonly [name: string]: unknown
    readonly EventId: string
    readonly EventName: string
    readonly EventTime: number
    readonly CloudTrailEvent: string
  }[]
  readonly NextToken?: string
}

interface Asking {
  readonly operation?: string
  readonly user?: string
  readonly service?: string
  readonly headers?: Record<string, string>
}

/** Asks as AWS's SDKs do, and gives the answer as it came. */
function ask(input: unknown, { operation = 'LookupEvents', user, service = 'cloudtrail', headers }: Asking = {}) {
  const body = typeof input === 'string' ? input : JSON.stringify(input)
  const request = { service, target: `${TARGETS.cloudtrail}.${operation}`, body, ...(headers && { headers }) }
  return sendJson(endpoint, credentials(user), request)
}

const lookUp = async (input: object, user?: string) =>
  (await ask(input, user === undefined ? {} : { user })).body as Lookup

const named = (AttributeKey: string, AttributeValue: string) => ({
  LookupAttributes: [{ AttributeKey, AttributeValue }],
})

it('has nothing that was noted as secret, which would be found', async () => {
  const { KeyMaterial = '' } = await ec2().send(new CreateKeyPairCommand({ KeyName: 'noted' }))
  expect(readFileSync(inject('secrets'), 'utf8')).toContain(`${JSON.stringify(KeyMaterial)}\n`)
  const { Events } = await lookUp(named('ResourceName', 'noted'))
  expect(Events).toMatchObject([{ EventName: 'CreateKeyPair' }])
  expect(secretIn(Events, [KeyMaterial])).toBeUndefined()
  expect(secretIn([...Events, { KeyMaterial }], ['another secret', KeyMaterial])).toBe(KeyMaterial.slice(0, TELLING))
  await ec2().send(new DeleteKeyPairCommand({ KeyName: 'noted' }))
})

it('is searched for secrets when a cloud ends', async () => {
  const secret = 'what only helen may know'
  const secrets = join(await mkdtemp(join(tmpdir(), 'econe-events-')), 'secrets')
  await writeFile(secrets, `${JSON.stringify(secret)}\n`)
  const cloud = await startCloud({}, {}, { secrets })
  const client = new EC2Client({ endpoint: cloud.endpoint, region: 'us-east-1', credentials: credentials() })
  const Tags = [{ Key: 'Name', Value: `told: ${secret}` }]
  const TagSpecifications = [{ ResourceType: 'volume' as const, Tags }]
  await client.send(new CreateVolumeCommand({ Size: 1, AvailabilityZone: 'one-a', TagSpecifications }))
  await expect(cloud.stop()).rejects.toThrow(`that begins with ${secret.slice(0, TELLING)}`)
  await rm(dirname(secrets), { recursive: true })
})

describe('a change', () => {
  it('is looked up by what it made', async () => {
    const client = ec2()
    const { VolumeId = '' } = await client.send(new CreateVolumeCommand({ Size: 1, AvailabilityZone: 'one-a' }))
    const { Events } = await lookUp(named('ResourceName', VolumeId))
    expect(Events).toMatchObject([
      {
        ...{ EventName: 'CreateVolume', ReadOnly: 'false', AccessKeyId: 'helen', Username: 'helen' },
        EventSource: 'ec2.amazonaws.com',
        Resources: [{ ResourceType: 'AWS::EC2::Volume', ResourceName: VolumeId }],
      },
    ])
    const record: unknown = JSON.parse(Events[0]?.CloudTrailEvent ?? '')
    expect(record).toMatchObject({
      eventVersion: '1.11',
      userIdentity: {
        ...{
          type: 'IAMUser',
          arn: 'arn:aws:iam::000000000002:user/helen',
          accountId: '000000000002',
          userName: 'helen',
        },
      },
      ...{ eventSource: 'ec2.amazonaws.com', eventName: 'CreateVolume', eventID: Events[0]?.EventId, readOnly: false },
      userAgent: expect.stringContaining('aws-sdk-js') as string,
      requestParameters: { size: 1, availabilityZone: 'one-a' },
      responseElements: { volumeId: VolumeId, requestId: expect.any(String) as string },
      ...{
        eventType: 'AwsApiCall',
        managementEvent: true,
        recipientAccountId: '000000000002',
        eventCategory: 'Management',
      },
    })
    await client.send(new DeleteVolumeCommand({ VolumeId }))
    const names = (await lookUp(named('ResourceName', VolumeId))).Events.map(({ EventName }) => EventName)
    expect(names).toEqual(['DeleteVolume', 'CreateVolume'])
    expect((await lookUp(named('ResourceName', VolumeId), 'rival')).Events).toEqual([])
  })

  it('that is refused before it comes to the account is an event too, and so is a refused read', async () => {
    // Who is refused seldom: of many refusals in a minute the trail has only the number
    const user = 'rival'
    const client = ec2(user)
    const gone = 'vol-0123456789abcdef0'
    await expect(client.send(new DescribeVolumesCommand({ VolumeIds: [gone] }))).rejects.toThrow('does not exist')
    await expect(
      client.send(new CreateTagsCommand({ Resources: [gone], Tags: [{ Key: 'k', Value: 'v'.repeat(5000) }] })),
    ).rejects.toThrow()
    const [read] = await until('the event', async () => {
      const { Events } = await lookUp(named('ResourceName', gone), user)
      return Events.length > 0 && Events
    })
    expect(JSON.parse(read?.CloudTrailEvent ?? '')).toMatchObject({
      ...{ eventName: 'DescribeVolumes', readOnly: true, errorCode: 'Client.InvalidVolume.NotFound' },
      responseElements: null,
    })
    const [tags] = await until('the event', async () => {
      const { Events } = await lookUp({ ...named('EventName', 'CreateTags'), MaxResults: 1 }, user)
      return Events.length > 0 && Events
    })
    expect(JSON.parse(tags?.CloudTrailEvent ?? '')).toMatchObject({
      ...{ errorCode: 'Client.InvalidParameterValue', requestParameters: null },
    })
  })
})

describe('an object of the bucket', () => {
  const Bucket = 'images_000000000002'

  it('is told when it is put, copied and deleted, each once, and what was refused of it', async () => {
    const client = s3()
    const Key = `trail/${crypto.randomUUID()}.img`
    await client.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }))
    await expect(client.send(new PutObjectCommand({ Bucket, Key, Body: 'y', IfNoneMatch: '*' }))).rejects.toThrow()
    await expect(client.send(new GetObjectCommand({ Bucket, Key: `${Key}.none` }))).rejects.toThrow()
    await client.send(new CopyObjectCommand({ Bucket, Key: `${Key}.2`, CopySource: `${Bucket}/${Key}` }))
    const Objects = [{ Key }, { Key: `${Key}.2` }]
    await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }))
    const events = await until('all events', async () => {
      const { Events } = await lookUp(named('ResourceName', `${Bucket}/${Key}`))
      return Events.length >= 3 && Events
    })
    const told = events.map(({ CloudTrailEvent }) => JSON.parse(CloudTrailEvent) as Record<string, unknown>)
    expect(told.filter(({ errorCode }) => errorCode === undefined)).toMatchObject([
      { eventName: 'DeleteObjects', requestParameters: { bucketName: Bucket, keys: [Key, `${Key}.2`] } },
      { eventName: 'PutObject', eventSource: 's3.amazonaws.com', requestParameters: { bucketName: Bucket, key: Key } },
    ])
    expect(told.filter(({ errorCode }) => errorCode !== undefined)).toMatchObject([
      { eventName: 'PutObject', errorCode: 'PreconditionFailed' },
    ])
    expect((await lookUp(named('ResourceName', `${Bucket}/${Key}.2`))).Events).toMatchObject([
      { EventName: 'DeleteObjects' },
      { EventName: 'CopyObject' },
    ])
    expect((await lookUp(named('ResourceName', `${Bucket}/${Key}.none`))).Events).toEqual([])
  })
})

describe('a lookup', () => {
  it('comes in pages, whose token is good for the same question alone', async () => {
    const client = ec2()
    const ids: string[] = []
    for (let n = 0; n < 3; n++) {
      const { VolumeId = '' } = await client.send(new CreateVolumeCommand({ Size: 1, AvailabilityZone: 'one-a' }))
      ids.unshift(VolumeId)
    }
    const question = { ...named('EventName', 'CreateVolume'), MaxResults: 2 }
    const first = await lookUp(question)
    const second = await lookUp({ ...question, NextToken: first.NextToken, MaxResults: 1 })
    const found = [...first.Events, ...second.Events].map(({ Resources }) => Resources)
    expect(found).toMatchObject(ids.map(id => [{ ResourceName: id }]))
    const other = { ...named('EventName', 'DeleteVolume'), NextToken: first.NextToken }
    for (const [input, user] of [
      [other],
      [{ ...question, NextToken: 'x' }],
      [{ ...question, NextToken: first.NextToken }, 'rival'],
    ] as const) {
      expect((await ask(input, user === undefined ? {} : { user })).type).toBe('InvalidNextTokenException')
    }
    for (const id of ids) await client.send(new DeleteVolumeCommand({ VolumeId: id }))
  })

  it('is about a span of time, both of whose ends belong to it', async () => {
    const { VolumeId = '' } = await ec2().send(new CreateVolumeCommand({ Size: 1, AvailabilityZone: 'one-a' }))
    const question = named('ResourceName', VolumeId)
    const { EventTime = 0 } = (await lookUp(question)).Events[0] ?? {}
    const found = async (span: object) => (await lookUp({ ...question, ...span })).Events.length
    expect(await found({ StartTime: EventTime, EndTime: EventTime })).toBe(1)
    expect(await found({ StartTime: EventTime + 1 })).toBe(0)
    expect(await found({ EndTime: EventTime - 1 })).toBe(0)
    await ec2().send(new DeleteVolumeCommand({ VolumeId }))
  })

  it.each([
    ['InvalidLookupAttributesException', named('Nothing', 'x')],
    ['InvalidLookupAttributesException', named('EventName', '')],
    ['InvalidLookupAttributesException', named('EventName', 'x'.repeat(2001))],
    ['InvalidLookupAttributesException', named('ReadOnly', 'maybe')],
    [
      'InvalidLookupAttributesException',
      { LookupAttributes: [1, 2].map(n => ({ AttributeKey: 'EventId', AttributeValue: `${n}` })) },
    ],
    ['InvalidTimeRangeException', { StartTime: 2, EndTime: 1 }],
    ['InvalidTimeRangeException', { StartTime: 1e300 }],
    ['InvalidMaxResultsException', { MaxResults: 0 }],
    ['InvalidMaxResultsException', { MaxResults: 51 }],
    ['InvalidMaxResultsException', { MaxResults: 1.5 }],
    ['InvalidEventCategoryException', { EventCategory: 'insight' }],
    ['ValidationException', { Nothing: 1 }],
    ['SerializationException', { MaxResults: '1' }],
    ['SerializationException', { LookupAttributes: 'x' }],
    ['SerializationException', { LookupAttributes: [1] }],
    ['SerializationException', { StartTime: '2026-11-26' }],
    ['SerializationException', '{'],
    ['SerializationException', '[]'],
  ])('is refused with %s: %j', async (type, input) => {
    const { status, body, headers, ...answer } = await ask(input)
    expect({ status, type: answer.type }).toEqual({ status: 400, type })
    expect(body).toEqual({ __type: type, message: expect.stringMatching(/\w/) as string })
    expect(headers.get('content-type')).toBe('application/x-amz-json-1.1')
    expect(headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/)
  })
})

describe('the door', () => {
  it.each([
    ['an operation of trails', 'UnsupportedOperationException', { operation: 'DescribeTrails' }],
    ['no operation of CloudTrail', 'UnknownOperationException', { operation: 'DescribeInstances' }],
    // What every object of JavaScript has
    ['a constructor', 'UnknownOperationException', { operation: 'constructor' }],
    ['a method', 'UnknownOperationException', { operation: 'toString' }],
    ['another service', 'UnknownOperationException', { headers: { 'x-amz-target': 'Other_20200101.LookupEvents' } }],
    ["EC2's signature", 'InvalidSignatureException', { service: 'ec2' }],
    ['an unknown key', 'UnrecognizedClientException', { user: 'nobody' }],
  ])('refuses %s', async (_, type, asking: Asking) => {
    const answer = await ask({}, asking)
    expect(answer).toMatchObject({ status: 400, type })
  })

  it('refuses what is not signed, and takes no signature for it at the other', async () => {
    const headers = { 'x-amz-target': `${TARGETS.cloudtrail}.LookupEvents` }
    const response = await fetch(endpoint, { method: 'POST', body: '{}', headers })
    expect(await response.json()).toMatchObject({ __type: 'MissingAuthenticationTokenException' })
    const signer = new AwsClient({ ...credentials(), service: 'cloudtrail', region: 'us-east-1', retries: 0 })
    const query = await signer.fetch(`${endpoint}/?Action=DescribeVolumes&Version=2016-11-15`)
    expect(query.status).toBe(403)
  })
})
