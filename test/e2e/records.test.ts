// What stands in OpenNebula's attributes can be anything: a neighbour's public image with a broken record, more key
// pairs than there may be, and a key pair attribute that nobody can read.
import {
  CreateKeyPairCommand,
  CreateTagsCommand,
  DeleteKeyPairCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeKeyPairsCommand,
  DescribeSnapshotsCommand,
  DescribeTagsCommand,
  EC2Client,
  ImportKeyPairCommand,
} from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { limits } from '../../src/limits.ts'
import { client as rpc } from '../sandbox/rpc.ts'
import { credentials } from './cloud.ts'
import { type Cloud, startCloud } from './stage.ts'

const PUBLIC_KEY = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${'A'.repeat(43)}`

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64')

let cloud: Cloud
let client: EC2Client
let helen: ReturnType<typeof rpc>

const flawed = [
  { name: { toString: 1 } },
  { description: { toString: 1 } },
  { rootSize: 'x' },
  { rootDevice: [] },
  { architecture: {}, accounts: 5, snapshot: null },
  { description: 'x'.repeat(20_000) },
]

beforeAll(async () => {
  const images = [
    { name: 'healthy', owner: 'helen', template: `EC2_AMI="YES" EC2_IMAGE="${base64({ name: 'web server' })}"` },
    ...flawed.map((record, index) => ({
      name: `flawed ${index}`,
      owner: 'rival',
      public: true,
      template: `EC2_AMI="YES" EC2_IMAGE="${base64(record)}" EC2_SNAPSHOT="${base64(record)}" EC2_TAGS="${base64([[{}, 1]])}"`,
    })),
  ]
  cloud = await startCloud({ seed: { images } })
  helen = rpc(cloud.one, 'helen:helen')
  const options = { endpoint: cloud.endpoint, region: 'us-east-1', maxAttempts: 1 }
  client = new EC2Client({ ...options, credentials: credentials('helen') })
})
afterAll(() => cloud.stop())

/** Writes what the account's attribute EC2_KEYPAIRS holds, past the endpoint. */
async function leaveKeyPairs(text: string): Promise<void> {
  const { ok, value } = await helen('one.user.update', 2, `EC2_KEYPAIRS="${text}"`, 1)
  if (!ok) throw new Error(value)
}

const failing = (code: string): unknown =>
  expect.objectContaining({ name: code, $metadata: expect.objectContaining({ httpStatusCode: 400 }) as unknown })

describe('a record that is broken', () => {
  it('breaks no list, no filter and no other record', async () => {
    const { Images = [] } = await client.send(new DescribeImagesCommand({}))
    expect(Images).toHaveLength(flawed.length + 1)
    for (const { Name, Description, BlockDeviceMappings } of Images) {
      expect([Name === 'web server' || Name?.startsWith('flawed'), Description]).toEqual([true, ''])
      expect(BlockDeviceMappings?.[0]?.Ebs?.VolumeSize).toBeGreaterThan(0)
    }
    const named = (Values: string[]) => client.send(new DescribeImagesCommand({ Filters: [{ Name: 'name', Values }] }))
    expect((await named(['web*'])).Images).toHaveLength(1)
    expect((await named(['flawed ?'])).Images).toHaveLength(flawed.length)
    expect((await client.send(new DescribeSnapshotsCommand({}))).Snapshots).toHaveLength(flawed.length + 1)
  })
})

describe('too many key pairs', () => {
  const most = limits.keyPairs.most
  const many = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`k${index}`, { public_key: PUBLIC_KEY, fingerprint: 'x' }]),
    )
  const names = async () => (await client.send(new DescribeKeyPairsCommand({}))).KeyPairs?.length

  it('are not made or imported, but listed and deleted', async () => {
    await leaveKeyPairs(base64(many(most + 1)))
    expect(await names()).toBe(most + 1)
    const made = { KeyName: 'more', KeyType: 'ed25519' as const }
    const imported = { KeyName: 'more', PublicKeyMaterial: Buffer.from(PUBLIC_KEY) }
    await expect(client.send(new CreateKeyPairCommand(made))).rejects.toThrow(failing('KeyPairLimitExceeded'))
    await expect(client.send(new ImportKeyPairCommand(imported))).rejects.toThrow(failing('KeyPairLimitExceeded'))
    for (const KeyName of ['k0', 'k1']) await client.send(new DeleteKeyPairCommand({ KeyName }))
    expect(await names()).toBe(most - 1)
    await client.send(new ImportKeyPairCommand(imported))
    expect(await names()).toBe(most)
  })

  it('are too many with their tags, too', async () => {
    await leaveKeyPairs(base64(many(20)))
    const { KeyPairs = [] } = await client.send(new DescribeKeyPairsCommand({}))
    const Tags = Array.from({ length: 50 }, (_, index) => ({
      Key: `${index}`.padEnd(128, '€'),
      Value: '€'.repeat(256),
    }))
    const tag = (Resources: string[]) => client.send(new CreateTagsCommand({ Resources, Tags }))
    const ids = KeyPairs.flatMap(({ KeyPairId }) => KeyPairId ?? [])
    await tag(ids.slice(0, 9))
    await expect(tag(ids.slice(9))).rejects.toThrow(failing('KeyPairLimitExceeded'))
    expect(await names()).toBe(20)
    await client.send(new DeleteKeyPairCommand({ KeyName: 'k0' }))
    expect(await names()).toBe(19)
  })
})

describe('key pairs that cannot be read', () => {
  it('are said to be so, and keep nothing else from being read', async () => {
    await leaveKeyPairs(base64({ mine: { public_key: PUBLIC_KEY, fingerprint: 'x' }, broken: 5 }))
    await expect(client.send(new DescribeKeyPairsCommand({}))).rejects.toThrow(failing('IncorrectState'))
    await expect(client.send(new DeleteKeyPairCommand({ KeyName: 'mine' }))).rejects.toThrow(failing('IncorrectState'))
    expect((await client.send(new DescribeInstancesCommand({}))).Reservations).toEqual([])
    expect((await client.send(new DescribeTagsCommand({}))).Tags).toEqual([])
  })
})
