// Many requests at once for the same thing: nothing twice, and nothing lost.
import {
  CreateKeyPairCommand,
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeInstancesCommand,
  DescribeKeyPairsCommand,
  DescribeTagsCommand,
  EC2Client,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { credentials, until } from './cloud.ts'
import { type Cloud, startCloud } from './stage.ts'

const MANY = 50

let cloud: Cloud
let client: EC2Client
const ImageId = 'ami-00000000'

beforeAll(async () => {
  const images = [{ name: 'ttylinux', owner: 'oneadmin', public: true, size: 10, template: 'EC2_AMI="YES"' }]
  cloud = await startCloud({ seed: { images, privateAddresses: 300 } })
  const options = { endpoint: cloud.endpoint, region: 'us-east-1', credentials: credentials(), maxAttempts: 1 }
  client = new EC2Client(options)
})

afterAll(() => cloud.stop())

const times = <T>(work: (index: number) => Promise<T>) => Promise.all(Array.from({ length: MANY }, (_, n) => work(n)))

const run = (input: object = {}) =>
  client.send(new RunInstancesCommand({ ImageId, MinCount: 1, MaxCount: 1, ...input }))

async function running(count = 1): Promise<string[]> {
  const { Instances = [] } = await run({ MinCount: count, MaxCount: count })
  const InstanceIds = Instances.map(({ InstanceId = '' }) => InstanceId)
  await until('running', async () => {
    const { Reservations = [] } = await client.send(new DescribeInstancesCommand({ InstanceIds }))
    return Reservations.flatMap(each => each.Instances ?? []).every(({ State }) => State?.Name === 'running')
  })
  return InstanceIds
}

const live = () => cloud.sandbox.world.vms.all().filter(({ state }) => state !== 6)

it('makes one reservation of fifty requests with one token', async () => {
  const before = live().length
  const all = await times(() => run({ ClientToken: 'fifty', MaxCount: 3 }))
  expect(new Set(all.map(({ ReservationId }) => ReservationId)).size).toBe(1)
  const ids = all.map(({ Instances = [] }) => Instances.map(({ InstanceId }) => InstanceId).join())
  expect(new Set(ids).size).toBe(1)
  expect(live().length - before).toBe(3)
})

it('makes a reservation each of fifty requests with tokens of their own', async () => {
  const before = live().length
  const all = await times(index => run({ ClientToken: `own ${index}` }))
  expect(new Set(all.map(({ ReservationId }) => ReservationId)).size).toBe(MANY)
  expect(live().length - before).toBe(MANY)
})

it('says that a token came with other parameters, one of them wins', async () => {
  const before = live().length
  const all = await Promise.allSettled(
    Array.from({ length: 10 }, (_, index) => run({ ClientToken: 'torn', MinCount: 1 + (index % 2), MaxCount: 2 })),
  )
  const refused = all.flatMap(each => (each.status === 'rejected' ? [(each.reason as Error).name] : []))
  expect(refused).toEqual(Array.from({ length: 5 }, () => 'IdempotentParameterMismatch'))
  expect(live().length - before).toBe(2)
})

it('loses no tag of many requests for the same resources', async () => {
  // One fewer than a resource may have: another is there until it is deleted
  const many = Array.from({ length: MANY - 1 }, (_, index) => index)
  const Resources = [...(await running(2)), ...(await keyPairId('tagged'))]
  await client.send(new CreateTagsCommand({ Resources, Tags: [{ Key: 'gone', Value: '' }] }))
  await Promise.all([
    ...many.map(index =>
      client.send(new CreateTagsCommand({ Resources: Resources.slice(index % 3), Tags: [tag(index)] })),
    ),
    client.send(new DeleteTagsCommand({ Resources, Tags: [{ Key: 'gone' }] })),
  ])
  for (const [place, id] of Resources.entries()) {
    const Filters = [{ Name: 'resource-id', Values: [id] }]
    const { Tags = [] } = await client.send(new DescribeTagsCommand({ Filters }))
    const expected = many.filter(index => index % 3 <= place).map(index => tag(index).Key)
    expect(new Set(Tags.map(({ Key }) => Key))).toEqual(new Set(expected))
  }
})

const tag = (index: number) => ({ Key: `tag ${index}`, Value: String(index) })

async function keyPairId(KeyName: string): Promise<string[]> {
  const { KeyPairId = '' } = await client.send(new CreateKeyPairCommand({ KeyName, KeyType: 'ed25519' }))
  return [KeyPairId]
}

it('loses no key pair of fifty requests, and makes one of fifty with one name', async () => {
  await times(index => keyPairId(`key ${index}`))
  const same = await Promise.allSettled(Array.from({ length: MANY }, () => keyPairId('the same')))
  const refused = same.flatMap(each => (each.status === 'rejected' ? [(each.reason as Error).name] : []))
  expect(refused).toEqual(Array.from({ length: MANY - 1 }, () => 'InvalidKeyPair.Duplicate'))
  const { KeyPairs = [] } = await client.send(new DescribeKeyPairsCommand({}))
  const names = KeyPairs.map(({ KeyName = '' }) => KeyName).filter(name => name.startsWith('key '))
  expect(names).toHaveLength(MANY)
})

it('ends in the state that was asked for last, however starts and stops are mixed', async () => {
  const InstanceIds = await running(2)
  await Promise.allSettled(
    Array.from({ length: 20 }, (_, index) =>
      client.send(index % 2 ? new StartInstancesCommand({ InstanceIds }) : new StopInstancesCommand({ InstanceIds })),
    ),
  )
  await client.send(new TerminateInstancesCommand({ InstanceIds }))
  await until('the end', async () => {
    const { Reservations = [] } = await client.send(new DescribeInstancesCommand({ InstanceIds }))
    return Reservations.flatMap(each => each.Instances ?? []).every(({ State }) => State?.Name === 'terminated')
  })
})

it('terminates once, whoever asks how often', async () => {
  const InstanceIds = await running(2)
  const all = await times(() => client.send(new TerminateInstancesCommand({ InstanceIds })))
  const states = new Set(
    all.flatMap(({ TerminatingInstances = [] }) => TerminatingInstances.map(i => i.CurrentState?.Name)),
  )
  expect([...states].every(name => name === 'shutting-down' || name === 'terminated')).toBe(true)
})
