// What is shared with one account is for that account alone, in lists as by its id, whatever breaks off in between.
import {
  CopyImageCommand,
  CreateSnapshotCommand,
  CreateVolumeCommand,
  DescribeImagesCommand,
  DescribeSnapshotsCommand,
  type EC2Client,
  ModifyImageAttributeCommand,
  ModifySnapshotAttributeCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../cloud.ts'
import { type Cloud, startCloud } from '../stage.ts'
import { codeOf, ec2Of } from './support.ts'

const FRIEND = '000000000003'

let cloud: Cloud
let helen: EC2Client
/** Shared with; of helen's OpenNebula group, as the stranger is. */
let friend: EC2Client
let stranger: EC2Client

beforeAll(async () => {
  cloud = await startCloud({
    seed: {
      users: [{ name: 'stranger', password: 'stranger' }],
      images: [{ name: 'linux', owner: 'oneadmin', public: true, size: 10, template: 'EC2_AMI="YES"' }],
    },
  })
  helen = ec2Of(cloud)
  friend = ec2Of(cloud, 'rival')
  stranger = ec2Of(cloud, 'stranger')
})

afterAll(() => cloud.stop())

/** One kind of thing that can be shared. */
interface Shareable {
  readonly make: () => Promise<string>
  readonly share: (id: string, change: 'Add' | 'Remove') => Promise<unknown>
  readonly isListedFor: (client: EC2Client, id: string) => Promise<boolean>
  readonly isFoundBy: (client: EC2Client, id: string) => Promise<boolean>
}

let names = 0

const image: Shareable = {
  async make() {
    const source = { SourceImageId: 'ami-00000000', SourceRegion: 'opennebula', Name: `shared ${names++}` }
    const { ImageId = '' } = await helen.send(new CopyImageCommand(source))
    await until('the copy is there', async () => {
      const { Images } = await helen.send(new DescribeImagesCommand({ ImageIds: [ImageId] }))
      return Images?.[0]?.State === 'available'
    })
    return ImageId
  },
  share: (ImageId, change) =>
    helen.send(new ModifyImageAttributeCommand({ ImageId, LaunchPermission: { [change]: [{ UserId: FRIEND }] } })),
  async isListedFor(client, id) {
    const { Images = [] } = await client.send(new DescribeImagesCommand({}))
    return Images.some(({ ImageId }) => ImageId === id)
  },
  isFoundBy: async (client, id) =>
    (await codeOf(client.send(new DescribeImagesCommand({ ImageIds: [id] })))) === undefined,
}

const snapshot: Shareable = {
  async make() {
    const { VolumeId } = await helen.send(new CreateVolumeCommand({ AvailabilityZone: 'one-a', Size: 1 }))
    const made = await until('the volume can be copied', () =>
      helen.send(new CreateSnapshotCommand({ VolumeId })).catch(() => undefined),
    )
    const SnapshotIds = [made.SnapshotId ?? '']
    await until('the snapshot is there', async () => {
      const { Snapshots } = await helen.send(new DescribeSnapshotsCommand({ SnapshotIds }))
      return Snapshots?.[0]?.State === 'completed'
    })
    return made.SnapshotId ?? ''
  },
  share: (SnapshotId, change) =>
    helen.send(
      new ModifySnapshotAttributeCommand({ SnapshotId, CreateVolumePermission: { [change]: [{ UserId: FRIEND }] } }),
    ),
  async isListedFor(client, id) {
    const { Snapshots = [] } = await client.send(new DescribeSnapshotsCommand({}))
    return Snapshots.some(({ SnapshotId }) => SnapshotId === id)
  },
  isFoundBy: async (client, id) =>
    (await codeOf(client.send(new DescribeSnapshotsCommand({ SnapshotIds: [id] })))) === undefined,
}

describe.each([
  ['an image', image],
  ['a snapshot', snapshot],
])('%s', (_, { make, share, isListedFor, isFoundBy }) => {
  const seenBy = async (client: EC2Client, id: string) => [await isListedFor(client, id), await isFoundBy(client, id)]

  it('that is shared with one account is in no other lists', async () => {
    const id = await make()
    expect(await seenBy(friend, id)).toEqual([false, false])
    await share(id, 'Add')
    expect(await seenBy(friend, id)).toEqual([true, true])
    expect(await seenBy(stranger, id)).toEqual([false, false])
    await share(id, 'Remove')
    expect(await seenBy(friend, id)).toEqual([false, false])
  })

  it.each(['one.image.chmod', 'one.image.update'])('is never for more than was said, where %s fails', async method => {
    const id = await make()
    const { faults } = cloud.sandbox
    for (const change of ['Add', 'Remove'] as const) {
      faults.add({ method, kind: 'error', code: 8192, message: 'no', times: 1 })
      expect(await codeOf(share(id, change))).toBeDefined()
      expect(await seenBy(stranger, id), change).toEqual([false, false])
      faults.clear()
      await share(id, change)
      expect(await seenBy(friend, id), change).toEqual(change === 'Add' ? [true, true] : [false, false])
      expect(await seenBy(stranger, id), change).toEqual([false, false])
    }
  })
})

it('a permission that is taken back is gone, though its record could not be written', async () => {
  const id = await image.make()
  await image.share(id, 'Add')
  cloud.sandbox.faults.add({ method: 'one.image.update', kind: 'error', code: 8192, message: 'no', times: 1 })
  expect(await codeOf(image.share(id, 'Remove'))).toBeDefined()
  expect(await image.isFoundBy(friend, id)).toBe(false)
  const launch = new RunInstancesCommand({ ImageId: id, MinCount: 1, MaxCount: 1 })
  expect(await codeOf(friend.send(launch))).toBe('InvalidAMIID.NotFound')
})
