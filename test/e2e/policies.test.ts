// A key with a policy over HTTP: AWS's SDK is told in its own words what it may not do.
import {
  DescribeInstancesCommand,
  EC2Client,
  ImportSnapshotCommand,
  RunInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2'
import { IAMClient, ListRolesCommand } from '@aws-sdk/client-iam'
import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Policy, parsePolicy } from '../../src/auth/policy/parse.ts'
import { Refusals } from '../../src/auth/policy/refusals.ts'
import { documentOf } from '../../src/auth/policy/short.ts'
import { signV2 } from '../../src/auth/sigv2.ts'
import { dateOf, dayOf, monthNamed, monthOf } from '../../src/lib/days.ts'
import { sendJson, TARGETS } from './json.ts'
import { type Credentials, signedGet } from './signed.ts'
import { type Cloud, EDGE_SECRET, startCloud } from './stage.ts'

let cloud: Cloud

beforeAll(async () => {
  cloud = await startCloud()
})
afterAll(() => cloud.stop())

function policyOf(document: object): Policy {
  const { policy, flaws } = parsePolicy(JSON.stringify(document))
  if (!policy) throw new Error(flaws.join('\n'))
  return policy
}

const issue = (document: object) => cloud.issue({ user: { id: 2, name: 'helen' }, policy: policyOf(document) })

const options = (credentials: Credentials) => ({
  ...{ endpoint: cloud.endpoint, region: 'us-east-1', maxAttempts: 1, credentials },
})

it('a key that may only look reads, and changes nothing', async () => {
  const key = await issue(documentOf({ readOnly: true }))
  const ec2 = new EC2Client(options(key))
  expect((await ec2.send(new DescribeInstancesCommand({}))).Reservations).toEqual([])
  const { Arn } = await new STSClient(options(key)).send(new GetCallerIdentityCommand({}))
  const stopped = await ec2
    .send(new StopInstancesCommand({ InstanceIds: ['i-7'], DryRun: true }))
    .catch((error: unknown) => error)
  expect(stopped).toMatchObject({ name: 'UnauthorizedOperation', $metadata: { httpStatusCode: 403 } })
  const { message } = stopped as Error
  expect(message).toContain(`User: ${Arn} is not authorized to perform: ec2:StopInstances on resource: `)
  const encoded = /Encoded authorization failure message: (\S+)$/.exec(message)?.[1] ?? ''
  expect(await new Refusals([EDGE_SECRET]).open(encoded)).toMatchObject({
    accessKeyId: key.accessKeyId,
    action: 'ec2:StopInstances',
    decision: 'implicitDeny',
    context: { 'aws:SecureTransport': 'false', 'aws:UserAgent': expect.stringContaining('aws-sdk-js') as string },
  })
  const launched = ec2.send(new RunInstancesCommand({ ImageId: 'ami-00000000', MinCount: 1, MaxCount: 1 }))
  await expect(launched).rejects.toMatchObject({ name: 'UnauthorizedOperation' })
  expect(cloud.sandbox.world.vms.all()).toEqual([])
})

it('uploads are asked about before their file is read', async () => {
  const { accessKeyId, secretAccessKey: secret } = await issue(documentOf({ deny: ['ec2:UploadImage'] }))
  const parameters: [string, string][] = [
    ['Action', 'UploadImage'],
    ['Version', '2008-12-01'],
  ]
  const request = { method: 'POST', host: new URL(cloud.endpoint).hostname, path: '/', parameters }
  const form = new FormData()
  for (const [field, value] of await signV2(request, { accessKeyId, secret }, Date.now, 'HmacSHA256'))
    form.append(field, value)
  form.append('file', new Blob(['x']), 'disk.img')
  const response = await fetch(cloud.endpoint, { method: 'POST', body: form })
  expect(response.status).toBe(403)
  expect(await response.text()).toContain('<Code>UnauthorizedOperation</Code>')
})

it('the bucket is open as far as the policy goes, by every way into it', async () => {
  const bucket = 'images_000000000002'
  const s3 = (credentials: Credentials) => new S3Client({ ...options(credentials), forcePathStyle: true })
  const all = s3(await issue(documentOf({})))
  for (const Key of ['open/disk.img', 'shut/disk.img'])
    await all.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'x'.repeat(512) }))
  const key = await issue({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: ['s3:*', 'ec2:ImportSnapshot'], Resource: '*' },
      { Effect: 'Deny', Action: 's3:*Object', Resource: `arn:aws:s3:::${bucket}/shut/*` },
    ],
  })
  const some = s3(key)
  const refused = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } }
  const shut = { Bucket: bucket, Key: 'shut/disk.img' }
  expect((await some.send(new GetObjectCommand({ Bucket: bucket, Key: 'open/disk.img' }))).ContentLength).toBe(512)
  await expect(some.send(new GetObjectCommand(shut))).rejects.toMatchObject(refused)
  await expect(some.send(new PutObjectCommand({ ...shut, Body: 'y' }))).rejects.toMatchObject(refused)
  const copy = { Bucket: bucket, Key: 'open/copy.img', CopySource: `${bucket}/shut/disk.img` }
  await expect(some.send(new CopyObjectCommand(copy))).rejects.toMatchObject(refused)
  const Objects = [{ Key: 'open/disk.img' }, { Key: 'shut/disk.img' }]
  const deleted = await some.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }))
  expect(deleted.Deleted?.map(each => each.Key)).toEqual(['open/disk.img'])
  expect(deleted.Errors?.map(each => [each.Key, each.Code])).toEqual([['shut/disk.img', 'AccessDenied']])
  for (const disk of [
    { UserBucket: { S3Bucket: bucket, S3Key: 'shut/disk.img' } },
    { Url: `s3://${bucket}/shut/disk.img` },
  ]) {
    const imported = new EC2Client(options(key)).send(new ImportSnapshotCommand({ DiskContainer: disk }))
    await expect(imported).rejects.toMatchObject({ name: 'UnauthorizedOperation' })
  }
})

it('IAM is asked about, too, and what a client says of itself', async () => {
  const key = await issue({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: ['ec2:DescribeInstances'], Resource: '*' },
      {
        ...{ Effect: 'Deny', Action: '*', Resource: '*' },
        Condition: { StringLike: { 'aws:UserAgent': '*aws-sdk-js*' } },
      },
    ],
  })
  const roles = new IAMClient(options(key)).send(new ListRolesCommand({}))
  await expect(roles).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } })
  const instances = new EC2Client(options(key)).send(new DescribeInstancesCommand({}))
  await expect(instances).rejects.toMatchObject({ name: 'UnauthorizedOperation' })
  expect((await signedGet(cloud.endpoint, key, { Action: 'DescribeInstances' })).status).toBe(200)
})

it.each([
  ['the trail', 'cloudtrail', `${TARGETS.cloudtrail}.LookupEvents`, {}],
  ['quotas', 'servicequotas', `${TARGETS.servicequotas}.ListServiceQuotas`, { ServiceCode: 'vpc' }],
  ['usage', 'ce', `${TARGETS.ce}.GetCostAndUsage`, thisMonth()],
  [
    'dimensions',
    'ce',
    `${TARGETS.ce}.GetDimensionValues`,
    { TimePeriod: thisMonth().TimePeriod, Dimension: 'SERVICE' },
  ],
])('%s are for those who may look at them', async (_, service, target, input) => {
  const ask = async (document: object) => {
    const request = { service, target, body: JSON.stringify(input) }
    const { status, type } = await sendJson(cloud.endpoint, await issue(document), request)
    return [status, type]
  }
  const action = `${service}:${target.split('.').at(-1)}`
  expect(await ask(documentOf({ allow: [action] }))).toEqual([200, null])
  expect(await ask(documentOf({ allow: ['ec2:*'] }))).toEqual([400, 'AccessDeniedException'])
})

function thisMonth() {
  const { first, next } = monthNamed(monthOf(dayOf(Date.now() / 1000))) ?? { first: 0, next: 0 }
  const TimePeriod = { Start: dateOf(first), End: dateOf(next) }
  return { TimePeriod, Granularity: 'MONTHLY', Metrics: ['UsageQuantity'] }
}
