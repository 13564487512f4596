// Temporary credentials and keys of one's own over HTTP, as AWS's SDK uses them.
import { DescribeInstancesCommand, EC2Client, RunInstancesCommand } from '@aws-sdk/client-ec2'
import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  GetAccessKeyLastUsedCommand,
  IAMClient,
  ListAccessKeysCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam'
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
  GetFederationTokenCommand,
  GetSessionTokenCommand,
  type Credentials as Issued,
  STSClient,
} from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { KeyStore } from '../../src/auth/key-store.ts'
import { AccessKeys } from '../../src/auth/keys.ts'
import { parsePolicy } from '../../src/auth/policy/parse.ts'
import { documentOf } from '../../src/auth/policy/short.ts'
import type { Credentials } from './signed.ts'
import { type Cloud, EDGE_SECRET, startCloud } from './stage.ts'

const READ = JSON.stringify({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: ['ec2:Describe*'], Resource: '*' },
})
const user = { id: 2, name: 'helen' }
const rival = { id: 3, name: 'rival' }
const { policy } = parsePolicy(JSON.stringify(documentOf({ allow: ['iam:*', 'sts:*', 'ec2:Describe*'] })))
const limited = { expires: Date.now() + 3_600_000, ...(policy && { policy }) }
const launch = new RunInstancesCommand({ ImageId: 'ami-00000000', MinCount: 1, MaxCount: 1, DryRun: true })

let cloud: Cloud
let key: Credentials
/** A partner's, who is to change it. */
let old: Credentials

beforeAll(async () => {
  cloud = await startCloud()
  key = await cloud.issue({ user })
  old = await cloud.issue({ user: rival, ...limited })
})
afterAll(() => cloud.stop())

type Used = Credentials & { readonly sessionToken?: string }

const options = (credentials: Used) => ({
  ...{ endpoint: cloud.endpoint, region: 'us-east-1', maxAttempts: 1, credentials },
})
const ec2 = (credentials: Used) => new EC2Client(options(credentials))
const sts = (credentials: Used) => new STSClient(options(credentials))
const iam = (credentials: Used) => new IAMClient(options(credentials))

function usable({ AccessKeyId = '', SecretAccessKey = '', SessionToken = '' }: Partial<Issued> = {}): Used {
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }
}

const who = async (credentials: Used) => (await sts(credentials).send(new GetCallerIdentityCommand({}))).Arn

it('a session is the user whose key it is of, and can make no keys and no sessions', async () => {
  const { Credentials: issued } = await sts(key).send(new GetSessionTokenCommand({ DurationSeconds: 900 }))
  const within = (issued?.Expiration?.getTime() ?? 0) - Date.now()
  expect(within).toBeGreaterThan(800_000)
  expect(within).toBeLessThanOrEqual(900_000)
  const session = usable(issued)
  expect(session.accessKeyId).toMatch(/^ASIA/)
  expect(await who(session)).toBe('arn:aws:iam::000000000002:user/helen')
  // It may, but for the image that is not there
  await expect(ec2(session).send(launch)).rejects.toMatchObject({ name: 'InvalidAMIID.NotFound' })
  const refused = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } }
  await expect(sts(session).send(new GetSessionTokenCommand({}))).rejects.toMatchObject(refused)
  const federated = new GetFederationTokenCommand({ Name: 'bob', Policy: READ })
  await expect(sts(session).send(federated)).rejects.toMatchObject(refused)
  await expect(iam(session).send(new CreateAccessKeyCommand({}))).rejects.toMatchObject({ name: 'AccessDenied' })
})

it('a federated user may do what both policies allow, and nothing without one', async () => {
  const bob = new GetFederationTokenCommand({ Name: 'bob', Policy: READ })
  const { Credentials: issued, FederatedUser, PackedPolicySize } = await sts(key).send(bob)
  expect(FederatedUser).toEqual({
    FederatedUserId: '000000000002:bob',
    Arn: 'arn:aws:sts::000000000002:federated-user/bob',
  })
  expect(PackedPolicySize).toBeGreaterThan(0)
  const session = usable(issued)
  expect(await who(session)).toBe(FederatedUser?.Arn)
  expect((await ec2(session).send(new DescribeInstancesCommand({}))).Reservations).toEqual([])
  await expect(ec2(session).send(launch)).rejects.toMatchObject({
    name: 'UnauthorizedOperation',
    message: expect.stringContaining(
      `User: ${FederatedUser?.Arn} is not authorized to perform: ec2:RunInstances on resource: `,
    ) as string,
  })

  const nobody = await sts(key).send(new GetFederationTokenCommand({ Name: 'nobody' }))
  const looked = ec2(usable(nobody.Credentials)).send(new DescribeInstancesCommand({}))
  await expect(looked).rejects.toMatchObject({
    ...{ name: 'UnauthorizedOperation' },
    message: expect.stringContaining('no session policy allows the ec2:DescribeInstances action') as string,
  })

  const wide = JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } })
  const { policy: readOnly } = parsePolicy(JSON.stringify(documentOf({ readOnly: true })))
  const reader = await cloud.issue({ user, ...(readOnly && { policy: readOnly }) })
  const widened = await sts(reader).send(new GetFederationTokenCommand({ Name: 'bob', Policy: wide }))
  await ec2(usable(widened.Credentials)).send(new DescribeInstancesCommand({}))
  await expect(ec2(usable(widened.Credentials)).send(launch)).rejects.toMatchObject({ name: 'UnauthorizedOperation' })
})

/** Within 2,048 characters, and yet a thousand objects could not be held against it in passing. */
const MUCH = JSON.stringify({
  Version: '2012-10-17',
  Statement: {
    Effect: 'Deny',
    Action: 's3:*',
    Resource: Array.from({ length: 60 }, (_, n) => `arn:aws:s3:::*?b*?${n}`),
  },
})

it.each([
  [{ Name: 'x' }, 'ValidationError'],
  [{ Name: 'a b' }, 'ValidationError'],
  [{ Name: 'bob', DurationSeconds: 899 }, 'ValidationError'],
  [{ Name: 'bob', DurationSeconds: 129_601 }, 'ValidationError'],
  [{ Name: 'bob', Policy: '{}' }, 'MalformedPolicyDocumentException'],
  [{ Name: 'bob', Policy: `${READ}${' '.repeat(2048)}` }, 'ValidationError'],
  [{ Name: 'bob', Policy: MUCH }, 'PackedPolicyTooLargeException'],
  [{ Name: 'bob', PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }] }, 'UnsupportedOperation'],
  [{ Name: 'bob', Tags: [{ Key: 'a', Value: 'b' }] }, 'UnsupportedOperation'],
])('no federated user comes of %o: %s', async (input, name) => {
  await expect(sts(key).send(new GetFederationTokenCommand(input))).rejects.toMatchObject({ name })
})

it('no role is there that the operator did not define', async () => {
  for (const RoleArn of ['arn:aws:iam::000000000002:role/x', 'arn:aws:iam::000000000003:role/x']) {
    const assumed = sts(key).send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'test' }))
    await expect(assumed).rejects.toMatchObject({
      ...{ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } },
      message: `User: arn:aws:iam::000000000002:user/helen is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`,
    })
  }
})

it('the bucket is behind the same policies', async () => {
  const Bucket = 'images_000000000002'
  const s3 = (credentials: Used) => new S3Client(options(credentials))
  const { Credentials: whole } = await sts(key).send(new GetSessionTokenCommand({}))
  await s3(usable(whole)).send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'x' }))
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::${Bucket}/*` },
  })
  const { Credentials: part } = await sts(key).send(new GetFederationTokenCommand({ Name: 'bob', Policy }))
  const { Body } = await s3(usable(part)).send(new GetObjectCommand({ Bucket, Key: 'a' }))
  expect(await Body?.transformToString()).toBe('x')
  const written = s3(usable(part)).send(new PutObjectCommand({ Bucket, Key: 'b', Body: 'x' }))
  await expect(written).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } })
  const altered = { ...usable(whole), sessionToken: usable(part).sessionToken ?? '' }
  const read = s3(altered).send(new GetObjectCommand({ Bucket, Key: 'a' }))
  await expect(read).rejects.toMatchObject({ name: 'InvalidToken', $metadata: { httpStatusCode: 400 } })
})

describe('a role', () => {
  const RoleArn = 'arn:aws:iam::000000000002:role/auditor'
  const assume = (credentials: Used, input: Partial<AssumeRoleCommandInput> = {}) =>
    sts(credentials).send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'night', ExternalId: 'said', ...input }))

  beforeAll(async () => {
    const { policy: read } = parsePolicy(READ)
    await cloud.define({
      ...{ name: 'auditor', assumableBy: ['helen'], duration: 7200, externalId: 'said' },
      ...(read && { policy: read }),
    })
  })

  it('is assumed by whom the operator lets, who may do what it says then', async () => {
    const { Credentials: issued, AssumedRoleUser } = await assume(key)
    expect(AssumedRoleUser).toEqual({
      AssumedRoleId: expect.stringMatching(/^AROA[0-9A-Z]{17}:night$/) as string,
      Arn: 'arn:aws:sts::000000000002:assumed-role/auditor/night',
    })
    const session = usable(issued)
    expect(await sts(session).send(new GetCallerIdentityCommand({}))).toMatchObject({
      ...{ Account: '000000000002', Arn: AssumedRoleUser?.Arn, UserId: AssumedRoleUser?.AssumedRoleId },
    })
    await ec2(session).send(new DescribeInstancesCommand({}))
    await expect(ec2(session).send(launch)).rejects.toMatchObject({ name: 'UnauthorizedOperation' })
    // Nothing follows on it
    await expect(assume(session)).rejects.toMatchObject({ name: 'AccessDenied' })
  })

  it('is assumed with a session for an hour at most', async () => {
    const { Credentials: issued } = await sts(key).send(new GetSessionTokenCommand({}))
    await assume(usable(issued), { DurationSeconds: 3600 })
    await expect(assume(usable(issued), { DurationSeconds: 3601 })).rejects.toMatchObject({ name: 'ValidationError' })
    await assume(key, { DurationSeconds: 7200 })
  })

  it.each<[string, Partial<AssumeRoleCommandInput>, string]>([
    ['says nothing', { ExternalId: undefined }, 'AccessDenied'],
    ['says something else', { ExternalId: 'else' }, 'AccessDenied'],
    ['wants it for longer than it is for', { DurationSeconds: 7201 }, 'ValidationError'],
    ['wants it of another account', { RoleArn: 'arn:aws:iam::000000000003:role/auditor' }, 'AccessDenied'],
    [
      'proves more',
      { SerialNumber: 'arn:aws:iam::000000000002:mfa/helen', TokenCode: '123456' },
      'UnsupportedOperation',
    ],
  ])('is not assumed by who %s', async (_, input, name) => {
    await expect(assume(key, input)).rejects.toMatchObject({ name })
  })

  it('is not there for others', async () => {
    const own = { RoleArn: 'arn:aws:iam::000000000003:role/auditor' }
    await expect(assume(old, own)).rejects.toMatchObject({ name: 'AccessDenied' })
    await expect(assume(old)).rejects.toMatchObject({ name: 'AccessDenied' })
  })
})

it('a partner changes to another key without the operator', async () => {
  const { AccessKey } = await iam(old).send(new CreateAccessKeyCommand({ UserName: 'rival' }))
  expect(AccessKey).toMatchObject({ UserName: 'rival', Status: 'Active' })
  const mine = usable({ ...AccessKey, SessionToken: '' })
  const fresh = { accessKeyId: mine.accessKeyId, secretAccessKey: mine.secretAccessKey }
  expect(await who(fresh)).toBe('arn:aws:iam::000000000003:user/rival')
  // It may do no more than the one that it was made with, and no longer
  await ec2(fresh).send(new DescribeInstancesCommand({}))
  await expect(ec2(fresh).send(launch)).rejects.toMatchObject({ name: 'UnauthorizedOperation' })
  const { INDEX } = await cloud.harness.getWorker<{ INDEX: KeyStore }>().getEnv()
  const operator = new AccessKeys({ store: INDEX, secrets: [EDGE_SECRET], now: Date.now })
  expect(await operator.show(fresh.accessKeyId)).toMatchObject({
    ...{ user: rival, madeWith: old.accessKeyId, expires: limited.expires, policy: policy?.text },
  })
  await expect(iam(fresh).send(new CreateAccessKeyCommand({}))).rejects.toMatchObject({
    ...{ name: 'LimitExceededException', message: 'Cannot exceed quota for AccessKeysPerUser: 2' },
    $metadata: { httpStatusCode: 409 },
  })

  const one = { AccessKeyId: old.accessKeyId }
  const listed = async () => {
    const { AccessKeyMetadata = [] } = await iam(fresh).send(new ListAccessKeysCommand({}))
    return AccessKeyMetadata.map(({ AccessKeyId = '', Status = '' }) => `${AccessKeyId} ${Status}`).toSorted()
  }
  await iam(fresh).send(new UpdateAccessKeyCommand({ ...one, Status: 'Inactive' }))
  const both = [`${old.accessKeyId} Inactive`, `${fresh.accessKeyId} Active`]
  expect(await listed()).toEqual(both.toSorted())
  const page = await iam(fresh).send(new ListAccessKeysCommand({ MaxItems: 1 }))
  expect(page).toMatchObject({ IsTruncated: true, AccessKeyMetadata: [{ UserName: 'rival' }] })
  const rest = await iam(fresh).send(new ListAccessKeysCommand({ Marker: page.Marker }))
  expect(rest).toMatchObject({ IsTruncated: false, AccessKeyMetadata: [{ UserName: 'rival' }] })

  const used = await iam(fresh).send(new GetAccessKeyLastUsedCommand(one))
  expect(used).toMatchObject({ UserName: 'rival', AccessKeyLastUsed: { Region: 'opennebula' } })
  await iam(fresh).send(new DeleteAccessKeyCommand(one))
  expect(await listed()).toEqual([`${fresh.accessKeyId} Active`])
  const missing = { name: 'NoSuchEntityException', $metadata: { httpStatusCode: 404 } }
  await expect(iam(fresh).send(new DeleteAccessKeyCommand(one))).rejects.toMatchObject(missing)
  // Another user's keys are as if they were not there
  const another = { AccessKeyId: key.accessKeyId }
  await expect(iam(fresh).send(new DeleteAccessKeyCommand(another))).rejects.toMatchObject(missing)
  await expect(iam(fresh).send(new ListAccessKeysCommand({ UserName: 'helen' }))).rejects.toMatchObject(missing)
})
