// A cloud that ran econe until OpenNebula 5.12 comes up with everything that econe knew: stored as econe 5.12.9 did,
// by the same calls, and shown by the Worker.
import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeAddressesCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeKeyPairsCommand,
  DescribeSnapshotsCommand,
  DescribeTagsCommand,
  DescribeVolumesCommand,
  DetachVolumeCommand,
  DisassociateAddressCommand,
  EC2Client,
  ReleaseAddressCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
  waitUntilInstanceRunning,
} from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { element, client as rpc } from '../sandbox/rpc.ts'
import { credentials, until, WAITING } from './cloud.ts'
import { type Cloud, startCloud } from './stage.ts'

const PUBLIC_KEY = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${'A'.repeat(43)}`
const ELASTIC_NETWORK = 2

/** What econe wrote as `Base64.encode64`: lines of 60 characters. */
const encode64 = (text: string) => Buffer.from(text).toString('base64').replace(/.{60}/g, '$&\n')

const KEY_PAIRS = encode64(JSON.stringify({ old: { fingerprint: '1f:51:ae:28', public_key: `${PUBLIC_KEY} old` } }))

let cloud: Cloud
let client: EC2Client
let helen: ReturnType<typeof rpc>

/** Calls that must succeed; the number they answer. */
const sure = async (answer: ReturnType<ReturnType<typeof rpc>>): Promise<number> => {
  const { ok, value } = await answer
  if (!ok) throw new Error(value)
  return Number(value)
}

const stateOf = async (kind: 'image' | 'vm' | 'vn', id: number) => {
  const { value } = await helen(`one.${kind}.info`, id)
  return kind === 'vm' ? element(value, 'LCM_STATE') : element(value, 'STATE')
}

/** What was in the cloud when econe was switched off. */
const left = { image: 0, volume: 0, free: 0, snapshot: 0, vm: 0 }

beforeAll(async () => {
  cloud = await startCloud(
    {
      seed: {
        images: [{ name: 'ec2-0c2a5f3e', owner: 'helen', template: 'EC2_AMI="YES" EC2_TAGS=[DISTRO="gentoo"]' }],
      },
    },
    { ADDRESS_NETWORK_ID: String(ELASTIC_NETWORK) },
  )
  helen = rpc(cloud.one, 'helen:helen')
  client = new EC2Client({
    endpoint: cloud.endpoint,
    region: 'us-east-1',
    credentials: credentials('helen'),
    maxAttempts: 1,
  })
  await sure(helen('one.user.update', 2, `EC2_KEYPAIRS="${KEY_PAIRS}"`, 1))
  await leaveInstance()
  await leaveVolumes()
  await leaveAddresses(rpc(cloud.one, 'oneadmin:oneadmin'))
})
afterAll(() => cloud.stop())

async function leaveInstance(): Promise<void> {
  const extra = `
    DISK=[IMAGE_ID="0"]
    IMAGE_ID="ami-00000000"
    CONTEXT=[NETWORK="YES",EC2_PUBLIC_KEY="${PUBLIC_KEY} old",EC2_KEYNAME="old",EC2_USER_DATA="IyEvYmluL3No"]
    EC2_CLIENT_TOKEN="token-of-2019"`
  left.vm = await sure(helen('one.template.instantiate', 0, '', false, extra, false))
  await sure(helen('one.vm.update', left.vm, 'EC2_TAGS=[ROLE="web server"]', 1))
  await until('the instance to run', async () => (await stateOf('vm', left.vm)) === '3')
}

async function leaveVolumes(): Promise<void> {
  const volume = (name: string, gib: number) =>
    `NAME="${name}" TYPE="DATABLOCK" SIZE="${gib * 1024}" FSTYPE="ext3" PERSISTENT="YES" EBS_VOLUME="YES"`
  left.volume = await sure(helen('one.image.allocate', volume('ec2-11111111', 10), 1))
  left.free = await sure(helen('one.image.allocate', volume('ec2-22222222', 3), 1))
  for (const id of [left.volume, left.free]) {
    await until('the volume to be ready', async () => (await stateOf('image', id)) === '1')
  }
  await sure(helen('one.vm.attach', left.vm, `DISK = [ IMAGE_ID = ${left.volume}, TARGET = sdh ]`))
  await until('the volume to be attached', async () => (await stateOf('vm', left.vm)) === '3')
  const ebs = 'EBS=[INSTANCE_ID="i-00000000",DEVICE="/dev/sdh",ATTACH_TIME="1577836800"]'
  await sure(helen('one.image.update', left.volume, `${ebs} EC2_TAGS=[BACKUP="daily"]`, 1))
  left.snapshot = await sure(helen('one.image.clone', left.free, 'before the upgrade', -1))
  await until('the snapshot to be ready', async () => (await stateOf('image', left.snapshot)) === '1')
  await sure(helen('one.image.update', left.snapshot, 'EBS_SNAPSHOT="YES" EC2_TAGS=[KEEP="yes"]', 0))
}

/** Elastic addresses had ranges of their own, were held by oneadmin and written down on the network. */
async function leaveAddresses(oneadmin: ReturnType<typeof rpc>): Promise<void> {
  const ranges = [1, 2, 3, 4].map(last => `AR=[TYPE="IP4",IP="198.51.100.${last}",SIZE="1"]`).join('\n')
  const network = `NAME="elastic" BRIDGE="br1" VN_MAD="dummy"\n${ranges}`
  expect(await sure(oneadmin('one.vn.allocate', network, -1))).toBe(ELASTIC_NETWORK)
  await until('the network to be ready', async () => (await stateOf('vn', ELASTIC_NETWORK)) === '1')
  await sure(oneadmin('one.vn.chmod', ELASTIC_NETWORK, -1, -1, -1, -1, -1, -1, 1, -1, -1))
  for (const last of [1, 2, 3]) {
    await sure(oneadmin('one.vn.hold', ELASTIC_NETWORK, `LEASES=[IP="198.51.100.${last}"]`))
  }
  const addresses = `
    EC2_ADDRESSES=[IP="198.51.100.1",UID="2",VMID="${left.vm}"]
    EC2_ADDRESSES=[IP="198.51.100.2",UID="2"]
    EC2_ADDRESSES=[IP="198.51.100.3",UID="3"]`
  await sure(oneadmin('one.vn.update', ELASTIC_NETWORK, addresses, 1))
}

const econeId = (prefix: string, number: number) => `${prefix}-${String(number).padStart(8, '0')}`

describe('what econe left', () => {
  it('images', async () => {
    const { Images } = await client.send(new DescribeImagesCommand({ Owners: ['self'] }))
    expect(Images).toHaveLength(1)
    expect(Images?.[0]).toMatchObject({
      ImageId: 'ami-00000000',
      Name: 'ec2-0c2a5f3e',
      State: 'available',
      OwnerId: '000000000002',
      Tags: [{ Key: 'DISTRO', Value: 'gentoo' }],
    })
  })

  it('instances, with their image, type, key pair, client token, tags and address', async () => {
    const { Reservations } = await client.send(new DescribeInstancesCommand({ InstanceIds: ['i-00000000'] }))
    expect(Reservations?.[0]?.Instances?.[0]).toMatchObject({
      InstanceId: 'i-00000000',
      ImageId: 'ami-00000000',
      InstanceType: 'm1.small',
      KeyName: 'old',
      ClientToken: 'token-of-2019',
      State: { Name: 'running' },
      Tags: [{ Key: 'ROLE', Value: 'web server' }],
    })
    const named = await client.send(
      new DescribeInstancesCommand({
        Filters: [
          { Name: 'key-name', Values: ['old'] },
          { Name: 'tag:ROLE', Values: ['web*'] },
        ],
      }),
    )
    expect(named.Reservations).toHaveLength(1)
  })

  it('volumes, attached and free', async () => {
    const VolumeIds = [econeId('vol', left.volume), econeId('vol', left.free)]
    const { Volumes = [] } = await client.send(new DescribeVolumesCommand({ VolumeIds }))
    const byId = new Map(Volumes.map(volume => [volume.VolumeId, volume]))
    expect(byId.get(VolumeIds[0])).toMatchObject({
      Size: 10,
      State: 'in-use',
      Tags: [{ Key: 'BACKUP', Value: 'daily' }],
      Attachments: [
        {
          InstanceId: 'i-00000000',
          Device: '/dev/sdh',
          State: 'attached',
          DeleteOnTermination: false,
          AttachTime: new Date('2020-01-01T00:00:00Z'),
        },
      ],
    })
    expect(byId.get(VolumeIds[1])).toMatchObject({ Size: 3, State: 'available', Attachments: [] })
  })

  it('snapshots', async () => {
    const { Snapshots = [] } = await client.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }))
    expect(Snapshots.find(({ SnapshotId }) => SnapshotId === econeId('snap', left.snapshot))).toMatchObject({
      State: 'completed',
      Progress: '100%',
      Description: 'before the upgrade',
      VolumeSize: 3,
      OwnerId: '000000000002',
      Tags: [{ Key: 'KEEP', Value: 'yes' }],
    })
  })

  it('key pairs', async () => {
    const { KeyPairs } = await client.send(new DescribeKeyPairsCommand({ KeyNames: ['old'], IncludePublicKey: true }))
    expect(KeyPairs).toHaveLength(1)
    expect(KeyPairs?.[0]).toMatchObject({ KeyName: 'old', KeyType: 'ed25519' })
    expect(KeyPairs?.[0]?.PublicKey).toContain(PUBLIC_KEY)
  })

  it('tags', async () => {
    const { Tags = [] } = await client.send(new DescribeTagsCommand({}))
    expect(Tags.map(({ ResourceId, Key, Value }) => `${ResourceId} ${Key}=${Value}`).toSorted()).toEqual(
      [
        'ami-00000000 DISTRO=gentoo',
        'i-00000000 ROLE=web server',
        `${econeId('snap', left.snapshot)} KEEP=yes`,
        `${econeId('vol', left.volume)} BACKUP=daily`,
      ].toSorted(),
    )
  })

  it('addresses, of their owner only', async () => {
    const { Addresses } = await client.send(new DescribeAddressesCommand({}))
    const held = { Domain: 'standard', PublicIpv4Pool: 'amazon', NetworkBorderGroup: 'opennebula' }
    expect(Addresses).toEqual([
      { ...held, PublicIp: '198.51.100.1', InstanceId: 'i-00000000' },
      { ...held, PublicIp: '198.51.100.2' },
    ])
    const filtered = await client.send(
      new DescribeAddressesCommand({ Filters: [{ Name: 'instance-id', Values: ['i-00000000'] }] }),
    )
    expect(filtered.Addresses?.map(({ PublicIp }) => PublicIp)).toEqual(['198.51.100.1'])
  })
})

describe('what one can do with it', () => {
  it('tags of any form join those of econe', async () => {
    const Resources = ['ami-00000000', 'i-00000000', econeId('vol', left.volume), econeId('snap', left.snapshot)]
    await client.send(new CreateTagsCommand({ Resources, Tags: [{ Key: 'Größe', Value: 'L' }] }))
    const { Tags = [] } = await client.send(new DescribeTagsCommand({}))
    for (const id of Resources) {
      const keys = Tags.filter(({ ResourceId }) => ResourceId === id).map(({ Key }) => Key)
      expect(keys, id).toHaveLength(2)
      expect(keys, id).toContain('Größe')
    }
    await client.send(new DeleteTagsCommand({ Resources, Tags: [{ Key: 'Größe' }] }))
    expect((await client.send(new DescribeTagsCommand({}))).Tags).toHaveLength(Resources.length)
  })

  it('its image and its key pair start instances', async () => {
    const { Instances = [] } = await client.send(
      new RunInstancesCommand({
        ImageId: 'ami-00000000',
        KeyName: 'old',
        MinCount: 1,
        MaxCount: 1,
        InstanceType: 'm1.small',
      }),
    )
    const InstanceIds = Instances.map(({ InstanceId = '' }) => InstanceId)
    expect(Instances[0]).toMatchObject({ ImageId: 'ami-00000000', KeyName: 'old' })
    await waitUntilInstanceRunning({ client, ...WAITING }, { InstanceIds })
    await client.send(new TerminateInstancesCommand({ InstanceIds }))
  })

  it('its volume can be detached', async () => {
    const VolumeId = econeId('vol', left.volume)
    await client.send(new DetachVolumeCommand({ VolumeId }))
    await until('the volume to be available', async () => {
      const { Volumes } = await client.send(new DescribeVolumesCommand({ VolumeIds: [VolumeId] }))
      return Volumes?.[0]?.State === 'available' && Volumes[0].Attachments?.length === 0
    })
  })

  it('its addresses stay as they are: they are the operator’s to change', async () => {
    const PublicIp = '198.51.100.2'
    const refusal = {
      name: 'UnsupportedOperation',
      message:
        `The address '${PublicIp}' was allocated by the cloud's former EC2 server. ` +
        "Only the cloud's operator can change or release it.",
    }
    const InstanceId = 'i-00000000'
    await expect(client.send(new ReleaseAddressCommand({ PublicIp }))).rejects.toMatchObject(refusal)
    await expect(client.send(new DisassociateAddressCommand({ PublicIp }))).rejects.toMatchObject(refusal)
    await expect(client.send(new AssociateAddressCommand({ PublicIp, InstanceId }))).rejects.toMatchObject(refusal)
  })

  it('its addresses are given to nobody else, and new ones live beside them', async () => {
    const { PublicIp, AllocationId } = await client.send(new AllocateAddressCommand({}))
    expect(PublicIp).toBe('198.51.100.4')
    await expect(client.send(new AllocateAddressCommand({}))).rejects.toMatchObject({ name: 'AddressLimitExceeded' })
    const { Addresses } = await client.send(new DescribeAddressesCommand({}))
    expect(Addresses?.map(address => address.PublicIp)).toEqual(['198.51.100.4', '198.51.100.1', '198.51.100.2'])
    await client.send(new ReleaseAddressCommand({ AllocationId }))
  })

  it('its instance ends as any other', async () => {
    const { TerminatingInstances } = await client.send(new TerminateInstancesCommand({ InstanceIds: ['i-0'] }))
    expect(TerminatingInstances?.[0]).toMatchObject({
      InstanceId: 'i-00000000',
      CurrentState: { Name: 'shutting-down' },
    })
  })
})
