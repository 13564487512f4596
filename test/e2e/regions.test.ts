// Two clouds at one endpoint, as AWS's SDK sees them: a request is its region's, nothing of one is in the other, and one that is
// down is nobody else's trouble.
import {
  CopyImageCommand,
  CopySnapshotCommand,
  CreateKeyPairCommand,
  DescribeAvailabilityZonesCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeKeyPairsCommand,
  DescribeRegionsCommand,
  EC2Client,
  RegisterImageCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2'
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { KeyStore } from '../../src/auth/key-store.ts'
import { AccessKeys } from '../../src/auth/keys.ts'
import { signV2 } from '../../src/auth/sigv2.ts'
import { regionSecret } from '../../src/config/derived-keys.ts'
import { below } from '../../src/config/regions.ts'
import { StoreBelow } from '../../src/config/store.ts'
import { createSandbox, type Sandbox } from '../../src/sandbox/server.ts'
import { scratchFolder } from '../cli/support.ts'
import { localState, operate } from '../operator/support.ts'
import { credentials, raw, until } from './cloud.ts'
import type { Credentials } from './signed.ts'
import { type Cloud, EDGE_SECRET, startCloud } from './stage.ts'

const SEED = { images: [{ name: 'ttylinux', owner: 'oneadmin', public: true, size: 40, template: 'EC2_AMI="YES"' }] }
const folder = scratchFolder()
const LAUNCH = { ImageId: 'ami-00000000', MinCount: 1, MaxCount: 1, ClientToken: 'the same in both' }

let north: Cloud
let south: Sandbox
let variables: Record<string, string> = {}
/** By the host that is south's own. */
let southHost = ''
let key: Credentials
let southKey: Credentials

beforeAll(async () => {
  south = createSandbox({ seed: SEED })
  const { url } = await south.listen()
  north = await startCloud({ seed: SEED }, origin => {
    const { port } = new URL(origin)
    variables = {
      ...{ REGION: 'north', ZONES: 'north-a north-b', REGIONS: 'south broken', IMPORT_HOURS: '1' },
      ...{
        ONE_XMLRPC_SOUTH: url,
        ONE_AUTH_SOUTH: south.serverAdmin,
        ZONES_SOUTH: 'south-a',
        ADDRESS_NETWORK_ID_SOUTH: '1',
      },
      ...{ SIGNING_REGIONS_SOUTH: 'eu-south-2', OWN_HOSTS_SOUTH: `localhost:${port}`, UPSTREAM_TIMEOUT_SECONDS: '2' },
    }
    return variables
  })
  southHost = north.endpoint.replace('127.0.0.1', 'localhost')
  key = await north.issue({ user: { id: 2, name: 'helen' } })
  const { INDEX } = await north.harness.getWorker<{ INDEX: KeyStore }>().getEnv()
  const keys = new AccessKeys({
    ...{ store: new StoreBelow(INDEX, below('south')), secrets: [regionSecret(EDGE_SECRET, 'south')], now: Date.now },
  })
  const { accessKeyId, secret } = await keys.create({ user: { id: 2, name: 'helen' } })
  southKey = { accessKeyId, secretAccessKey: secret }
})

afterAll(async () => {
  await north.stop()
  await south.close()
})

interface Given {
  readonly endpoint?: string
  readonly by?: Credentials & { readonly sessionToken?: string }
}

const options = (region: string, { endpoint = north.endpoint, by = credentials() }: Given = {}) => ({
  ...{ endpoint, region, credentials: by, maxAttempts: 1 },
})
const ec2 = (region: string, given?: Given) => new EC2Client(options(region, given))
const s3 = (region: string) => new S3Client({ ...options(region), forcePathStyle: true })

const zonesOf = async (client: EC2Client) =>
  (await client.send(new DescribeAvailabilityZonesCommand({}))).AvailabilityZones?.map(({ ZoneName }) => ZoneName)
const instancesOf = async (client: EC2Client) =>
  (await client.send(new DescribeInstancesCommand({}))).Reservations?.flatMap(({ Instances = [] }) =>
    Instances.map(({ InstanceId }) => InstanceId),
  )

const NORTH = ['north-a', 'north-b']
const SOUTH = ['south-a']

describe('the region of a request', () => {
  it('is that of its signature', async () => {
    expect(await zonesOf(ec2('north'))).toEqual(NORTH)
    expect(await zonesOf(ec2('us-east-1'))).toEqual(NORTH)
    expect(await zonesOf(ec2('south'))).toEqual(SOUTH)
    expect(await zonesOf(ec2('eu-south-2'))).toEqual(SOUTH)
    await expect(zonesOf(ec2('elsewhere'))).rejects.toThrow(
      "Credential should be scoped to a valid region, not 'elsewhere'.",
    )
  })

  it('is that of the host or the path by which it comes, and has to be that of its signature too', async () => {
    expect(await zonesOf(ec2('south', { endpoint: southHost }))).toEqual(SOUTH)
    expect(await zonesOf(ec2('south', { endpoint: `${southHost}/_region/south/` }))).toEqual(SOUTH)
    for (const endpoint of [southHost, `${north.endpoint}/_region/south`]) {
      await expect(zonesOf(ec2('north', { endpoint }))).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' })
    }
  })

  it.each([
    ['that of the host', () => southHost, '/', SOUTH],
    ['that of the path', () => north.endpoint, '/_region/south/', SOUTH],
    ['the first', () => north.endpoint, '/', NORTH],
  ])('where its signature has none is %s', async (_, endpoint, path, zones) => {
    const { accessKeyId, secretAccessKey: secret } = credentials()
    const parameters: [string, string][] = [
      ['Action', 'DescribeAvailabilityZones'],
      ['Version', '2016-11-15'],
    ]
    const request = { method: 'POST', host: new URL(endpoint()).host, path, parameters }
    const signed = await signV2(request, { accessKeyId, secret }, Date.now)
    const body = new URLSearchParams(Object.fromEntries(signed))
    const { text } = await raw(await fetch(endpoint() + path, { method: 'POST', body }))
    expect([...text.matchAll(/<zoneName>([^<]*)/g)].map(([, zone]) => zone)).toEqual(zones)
  })
})

it('lists all regions with their endpoints, whichever is asked', async () => {
  const [shared, own] = [north.endpoint, southHost].map(url => new URL(url).host)
  for (const client of [ec2('north'), ec2('south'), ec2('south', { endpoint: southHost })]) {
    const { Regions } = await client.send(new DescribeRegionsCommand({}))
    expect(Regions?.map(({ RegionName, Endpoint }) => [RegionName, Endpoint])).toEqual([
      ['north', shared],
      ['south', own],
      ['broken', shared],
    ])
    const Filters = [{ Name: 'endpoint', Values: [own ?? ''] }]
    expect((await client.send(new DescribeRegionsCommand({ Filters }))).Regions).toHaveLength(1)
  }
})

describe('what is in one region', () => {
  it('is in no other: instances, key pairs, and repeats of requests', async () => {
    const [inNorth, inSouth] = await Promise.all(
      ['north', 'south'].map(region => ec2(region).send(new RunInstancesCommand(LAUNCH))),
    )
    const ids = [inNorth, inSouth].map(run => run?.Instances?.[0]?.InstanceId)
    expect(new Set(ids).size).toBe(2)
    expect(await instancesOf(ec2('north'))).toEqual([ids[0]])
    expect(await instancesOf(ec2('south'))).toEqual([ids[1]])
    await expect(
      ec2('north').send(new DescribeInstancesCommand({ InstanceIds: [ids[1] ?? ''] })),
    ).rejects.toMatchObject({
      name: 'InvalidInstanceID.NotFound',
    })
    await ec2('south').send(new CreateKeyPairCommand({ KeyName: 'mine', KeyType: 'ed25519' }))
    const pairs = ['north', 'south'].map(async region => {
      const { KeyPairs } = await ec2(region).send(new DescribeKeyPairsCommand({}))
      return KeyPairs?.length
    })
    expect(await Promise.all(pairs)).toEqual([0, 1])
  })

  it('is in no other: buckets, and what OpenNebula fetches of them', async () => {
    const Bucket = 'images_000000000002'
    for (const region of ['north', 'south']) {
      await s3(region).send(new CreateBucketCommand({ Bucket }))
      await s3(region).send(new PutObjectCommand({ Bucket, Key: `of-${region}.img`, Body: region.repeat(1000) }))
    }
    const { Contents } = await s3('south').send(new ListObjectsV2Command({ Bucket }))
    expect(Contents?.map(({ Key }) => Key)).toEqual(['of-south.img'])
    const { Body } = await s3('south').send(new GetObjectCommand({ Bucket, Key: 'of-south.img' }))
    expect(await Body?.transformToString()).toBe('south'.repeat(1000))
    const image = new RegisterImageCommand({ Name: 'of south', ImageLocation: `s3://${Bucket}/of-south.img` })
    await expect(ec2('north').send(image)).rejects.toThrow()
    const { ImageId = '' } = await ec2('south').send(image)
    await until('the image', async () => {
      const { Images } = await ec2('south').send(new DescribeImagesCommand({ ImageIds: [ImageId] }))
      return Images?.[0]?.State === 'available'
    })
    const { path = '' } = south.world.images.all().find(({ name }) => name === ImageId) ?? {}
    expect(new URL(path).pathname).toMatch(/^\/_region\/south\/_image\//)
    // A link of one opens nothing in the other
    expect((await fetch(path.replace('/_region/south', ''))).status).toBe(404)
  })

  it('cannot be copied to another, which is said by its name', async () => {
    const from = (SourceRegion: string) => ({
      SourceRegion,
      SourceImageId: LAUNCH.ImageId,
      Name: `from ${SourceRegion}`,
    })
    for (const [region, source, name] of [
      ['south', 'north', 'north'],
      ['north', 'south', 'south'],
      ['north', 'eu-south-2', 'south'],
    ] as const) {
      const to = ec2(region)
      const refused = {
        name: 'UnsupportedOperation',
        message: expect.stringContaining(`copied from '${name}'`) as string,
      }
      await expect(to.send(new CopyImageCommand(from(source)))).rejects.toMatchObject(refused)
      const snapshot = { SourceSnapshotId: 'snap-00000001', SourceRegion: source }
      await expect(to.send(new CopySnapshotCommand(snapshot))).rejects.toMatchObject(refused)
    }
    await expect(ec2('north').send(new CopyImageCommand(from('elsewhere')))).rejects.toMatchObject({
      ...{ name: 'InvalidParameterValue', message: expect.stringContaining("'north', 'south', 'broken'") as string },
    })
    // By the other name that it has in signatures
    expect(await ec2('eu-south-2').send(new CopyImageCommand(from('eu-south-2')))).toMatchObject({
      ImageId: expect.stringMatching(/^ami-/) as string,
    })
  })

  it('is in no other: keys, and what is made with them', async () => {
    const [own, other] = [options('north', { by: key }), options('south', { by: southKey })]
    expect(await new STSClient(own).send(new GetCallerIdentityCommand({}))).toMatchObject({ Account: '000000000002' })
    expect(await new STSClient(other).send(new GetCallerIdentityCommand({}))).toMatchObject({ Account: '000000000002' })
    for (const [region, by] of [
      ['south', key],
      ['north', southKey],
    ] as const) {
      await expect(zonesOf(ec2(region, { by }))).rejects.toMatchObject({ name: 'AuthFailure' })
    }
    const { Credentials: session } = await new STSClient(own).send(new GetSessionTokenCommand({}))
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = session ?? {}
    const by = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }
    expect(await zonesOf(ec2('north', { by }))).toEqual(NORTH)
    await expect(zonesOf(ec2('south', { by }))).rejects.toMatchObject({ name: 'InvalidClientTokenId' })
  })
})

const ready = async (region: string) => (await fetch(`${north.endpoint}/_region/${region}/readyz`)).status

it('is no trouble for the others that a region is not configured well', async () => {
  const refused = await zonesOf(ec2('broken')).catch((error: { name: string; $metadata: object }) => error)
  expect(refused).toMatchObject({ name: 'Unavailable', $metadata: { httpStatusCode: 503 } })
  expect(await Promise.all(['north', 'broken'].map(ready))).toEqual([200, 503])
  expect(
    north.harness
      .getLogs()
      .map(({ message }) => message)
      .join('\n'),
  ).toContain('ONE_XMLRPC_BROKEN is not set')
})

it('tells the operator of an account in the region that is asked for', async () => {
  const { one, sandbox } = north
  localState(folder, { EDGE_SECRET, ...variables, ONE_XMLRPC: one, ONE_AUTH: sandbox.serverAdmin })
  const about = async (region: string) => {
    const args = [
      '--local',
      folder,
      '--url',
      north.endpoint,
      '--account',
      '000000000002',
      '--events',
      '--region',
      region,
    ]
    return (await operate('check', args)).stdout.split('\n').filter(line => line.includes(': account '))
  }
  const [inNorth, inSouth] = [await about('north'), await about('south')]
  expect(inSouth.filter(line => line.includes('CreateKeyPair'))).toHaveLength(1)
  expect(inNorth.filter(line => line.includes('CreateKeyPair'))).toEqual([])
  expect(inNorth.filter(line => line.includes('RunInstances'))).toHaveLength(1)
})

it('tells the operator what was used in all regions, or in one, and which of them cannot say', async () => {
  const { one, sandbox } = north
  localState(folder, { EDGE_SECRET, ...variables, ONE_XMLRPC: one, ONE_AUTH: sandbox.serverAdmin })
  const report = (...args: string[]) =>
    operate('check', ['--local', folder, '--url', north.endpoint, '--usage', '--csv', ...args])
  const linesOf = ({ stdout }: { readonly stdout: string }) => stdout.split('\n').slice(1, -1)
  const month = new Date().toISOString().slice(0, 7)
  const inRegion = (region: string) => new RegExp(`^${month},${region},000000000002,helen,[^,]+,[\\d.]+,[-A-Za-z]+$`)
  const used = await until('something used in both', async () => {
    const all = await report()
    expect(all).toMatchObject({ status: 1, stderr: expect.stringContaining('broken: ') as string })
    expect(all.stdout).toMatch(/^month,region,account,user,usage_type,quantity,unit\n/)
    return ['north', 'south'].every(region => linesOf(all).some(line => inRegion(region).test(line))) && linesOf(all)
  })
  const regions = used.map(line => line.split(',')[1])
  expect(regions.lastIndexOf('north')).toBeLessThan(regions.indexOf('south'))
  const south = await report('--region', 'south')
  expect(south).toMatchObject({ status: 0, stderr: '' })
  expect(new Set(linesOf(south).map(line => line.split(',')[1]))).toEqual(new Set(['south']))
  // Who helen is the first region says
  const helens = await report('--account', 'helen')
  expect(helens).toMatchObject({ status: 0, stderr: '' })
  expect(new Set(linesOf(helens).map(line => line.split(',')[1]))).toEqual(new Set(['north']))
})

it('answers in one region as if nothing were, while another one is down', async () => {
  const before = await instancesOf(ec2('north'))
  await south.close()
  const down = Array.from({ length: 10 }, () =>
    instancesOf(ec2('south')).catch((error: { name: string }) => error.name),
  )
  const answered = await Promise.all(Array.from({ length: 10 }, () => instancesOf(ec2('north'))))
  expect(answered).toEqual(Array.from({ length: 10 }, () => before))
  expect(await Promise.all(down)).toEqual(Array.from({ length: 10 }, () => 'Unavailable'))
  const { Instances } = await ec2('north').send(
    new RunInstancesCommand({ ...LAUNCH, ClientToken: 'while south is down' }),
  )
  expect(Instances).toHaveLength(1)
  expect((await fetch(`${north.endpoint}/readyz`)).status).toBe(200)
})
