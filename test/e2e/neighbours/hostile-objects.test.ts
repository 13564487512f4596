// A thousand hostile objects of every kind and flaw around a healthy tenant: each of its answers is the same as alone.
import {
  AttachVolumeCommand,
  CopyImageCommand,
  CreateSnapshotCommand,
  CreateTagsCommand,
  CreateVolumeCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeVolumesCommand,
  type EC2Client,
  ImportKeyPairCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2'
import { AwsClient } from 'aws4fetch'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { credentials, until } from '../cloud.ts'
import { type Cloud, startCloud } from '../stage.ts'
import { crowd, flaws, RECORDS } from './crowd.ts'
import { oneOf } from './one.ts'
import { ec2Of } from './support.ts'

let cloud: Cloud
let helen: EC2Client

beforeAll(async () => {
  cloud = await startCloud({
    seed: { images: [{ name: 'linux', owner: 'oneadmin', public: true, size: 10, template: 'EC2_AMI="YES"' }] },
  })
  helen = ec2Of(cloud)
  await furnish()
})

afterAll(() => cloud.stop())

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJq0d1Q0Vq1mS1mQ2bXn3k0l8m6vJ0Vw0c1yZ2x3w4v5 helen'

/** What helen has: something of everything, at rest. */
async function furnish(): Promise<void> {
  await helen.send(new ImportKeyPairCommand({ KeyName: 'key', PublicKeyMaterial: Buffer.from(KEY) }))
  const launched = await helen.send(
    new RunInstancesCommand({ ImageId: 'ami-00000000', MinCount: 2, MaxCount: 2, KeyName: 'key' }),
  )
  const ids = (launched.Instances ?? []).flatMap(({ InstanceId }) => InstanceId ?? [])
  await until('the instances run', async () => {
    const { Reservations = [] } = await helen.send(new DescribeInstancesCommand({ InstanceIds: ids }))
    return Reservations.flatMap(({ Instances = [] }) => Instances).every(({ State }) => State?.Name === 'running')
  })
  const { VolumeId = '' } = await helen.send(new CreateVolumeCommand({ AvailabilityZone: 'one-a', Size: 1 }))
  const stateOf = async () => (await helen.send(new DescribeVolumesCommand({ VolumeIds: [VolumeId] }))).Volumes?.[0]
  await until('the volume is there', async () => (await stateOf())?.State === 'available')
  await helen.send(new CreateSnapshotCommand({ VolumeId }))
  const source = { SourceImageId: 'ami-00000000', SourceRegion: 'opennebula', Name: 'copy' }
  await helen.send(new CopyImageCommand(source))
  await until('nothing is being copied', async () => {
    const { Images = [] } = await helen.send(new DescribeImagesCommand({ Owners: ['self'] }))
    return Images.every(({ State }) => State === 'available') && (await stateOf())?.State === 'available'
  })
  await helen.send(new AttachVolumeCommand({ VolumeId, InstanceId: ids[0] ?? '', Device: '/dev/sdf' }))
  await until('the volume is attached', async () => (await stateOf())?.Attachments?.[0]?.State === 'attached')
  await helen.send(new CreateTagsCommand({ Resources: [...ids, VolumeId], Tags: [{ Key: 'name', Value: 'mine' }] }))
}

/** What helen asks, of which the answer is about her own and the operator's objects alone. */
const QUESTIONS: readonly (readonly [action: string, parameters?: Record<string, string>])[] = [
  ['DescribeInstances'],
  ['DescribeInstanceStatus', { IncludeAllInstances: 'true' }],
  ['DescribeInstanceTypes'],
  ['DescribeImages', { 'Owner.1': 'self', 'Owner.2': '000000000000' }],
  ['DescribeImages', { 'Owner.1': 'self', 'Filter.1.Name': 'name', 'Filter.1.Value.1': 'co*' }],
  ['DescribeVolumes'],
  ['DescribeVolumeStatus'],
  ['DescribeSnapshots', { 'Owner.1': 'self' }],
  ['DescribeAddresses'],
  ['DescribeKeyPairs'],
  ['DescribeTags'],
  ['DescribeTags', { 'Filter.1.Name': 'key', 'Filter.1.Value.1': 'n*' }],
  ['DescribeAccountAttributes'],
  ['DescribeAvailabilityZones'],
]

async function ask(action: string, parameters: Record<string, string> = {}): Promise<string> {
  const signer = new AwsClient({ ...credentials(), service: 'ec2', region: 'us-east-1', retries: 0 })
  const body = new URLSearchParams({ Action: action, Version: '2016-11-15', ...parameters })
  const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }
  const response = await signer.fetch(cloud.endpoint, { method: 'POST', headers, body: body.toString() })
  const text = await response.text()
  return `${response.status} ${text.replace(/<requestId>[^<]*/i, '')}`
}

const answers = async () => {
  const given: string[] = []
  for (const question of QUESTIONS) given.push(await ask(...question))
  return given
}

describe('a healthy tenant', () => {
  it('is answered the same with a thousand hostile objects around as alone', { timeout: 120_000 }, async () => {
    const alone = await answers()
    for (const [index, answer] of alone.entries()) expect(answer, QUESTIONS[index]?.[0]).toMatch(/^200 /)
    await crowd(oneOf(cloud))
    for (const [index, answer] of (await answers()).entries()) expect(answer, QUESTIONS[index]?.[0]).toBe(alone[index])
  })

  it('finds the public images and snapshots of others well-formed, whatever is in them', async () => {
    for (const action of ['DescribeImages', 'DescribeSnapshots']) {
      const answer = await ask(action)
      expect(answer, action).toMatch(/^200 /)
      expect(answer, action).not.toMatch(/NaN|Infinity|undefined|polluted|Invalid Date|\[object/)
      expect(answer.length, action).toBeLessThan(2_000_000)
    }
    const filter = {
      'Filter.1.Name': 'name',
      'Filter.1.Value.1': '*',
      'Filter.2.Name': 'tag:k1',
      'Filter.2.Value.1': '*',
    }
    expect(await ask('DescribeImages', filter)).toMatch(/^200 /)
  })

  it('can do what it could alone', async () => {
    const { Instances } = await helen.send(
      new RunInstancesCommand({ ImageId: 'ami-00000000', MinCount: 1, MaxCount: 1, InstanceType: 'm1.small' }),
    )
    expect(Instances).toHaveLength(1)
    await helen.send(new CreateVolumeCommand({ AvailabilityZone: 'one-a', Size: 1 }))
    await helen.send(
      new CopyImageCommand({ SourceImageId: 'ami-00000000', SourceRegion: 'opennebula', Name: 'one more' }),
    )
  })

  it('can do so as an owner of flawed objects, too', async () => {
    const own = oneOf(cloud, 'helen')
    for (let nth = 0; nth < RECORDS.length; nth++) {
      const image = await own('one.image.allocate', `NAME="own ${nth}" TYPE="OS" SIZE="1"`, 1, true)
      await own('one.image.update', image, flaws(nth), 1)
    }
    const vm = await own('one.template.instantiate', 0, 'own', true, '', false)
    await own('one.vm.update', vm, flaws(1), 1)
    for (const answer of await answers()) expect(answer).toMatch(/^200 /)
    for (const action of ['DescribeImages', 'DescribeSnapshots']) expect(await ask(action), action).toMatch(/^200 /)
  })
})
