// Whose objects count: the caller's own and the operator's, for each kind of object that a request can name or rest on.
import {
  AssociateAddressCommand,
  CreateVolumeCommand,
  DescribeInstancesCommand,
  DescribeInstanceTypesCommand,
  DescribeVolumesCommand,
  type EC2Client,
  type Instance,
  ModifyInstanceAttributeCommand,
  RebootInstancesCommand,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  TerminateInstancesCommand,
  waitUntilInstanceRunning,
} from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WAITING } from '../cloud.ts'
import { type Cloud, startCloud } from '../stage.ts'
import { oneOf, publish } from './one.ts'
import { codeOf, ec2Of } from './support.ts'

/** A user of the operator's who makes instance types, by number. */
const PROVIDER = 4

let cloud: Cloud
let helen: EC2Client
let rival: ReturnType<typeof oneOf>

beforeAll(async () => {
  cloud = await startCloud(
    {
      seed: {
        users: [{ name: 'provider', password: 'provider' }],
        images: [{ name: 'linux', owner: 'oneadmin', public: true, size: 10, template: 'EC2_AMI="YES"' }],
      },
    },
    { TRUSTED_OWNERS: String(PROVIDER) },
  )
  helen = ec2Of(cloud)
  rival = oneOf(cloud)
})

afterAll(() => cloud.stop())

const launch = async (input: Partial<RunInstancesCommandInput> = {}): Promise<Instance> => {
  const command = new RunInstancesCommand({ ImageId: 'ami-00000000', MinCount: 1, MaxCount: 1, ...input })
  const { Instances: [instance] = [] } = await helen.send(command)
  if (!instance) throw new Error('nothing was launched')
  return instance
}

/** As the facade writes records. */
const encoded = (record: object) => Buffer.from(JSON.stringify(record)).toString('base64url')

const newestVm = () => cloud.sandbox.world.vms.newestFirst()[0]

describe('an instance type', () => {
  const template = (type: string, more = '') =>
    `NAME="${type}" EC2_INSTANCE_TYPE="${type}" CPU="1" MEMORY="64" NIC=[NETWORK_ID="0"] ${more}`

  const memoryOf = async (type: string) => {
    const { InstanceTypes = [] } = await helen.send(new DescribeInstanceTypesCommand({}))
    return InstanceTypes.find(({ InstanceType }) => InstanceType === type)?.MemoryInfo?.SizeInMiB
  }

  it("is the operator's, though a stranger's template of the same type has the lower number", async () => {
    const script = 'CONTEXT=[START_SCRIPT="echo $USER[TOKEN_PASSWORD]"]'
    await publish(rival, 'template', await rival('one.template.allocate', template('t3.micro', script)))
    const admin = oneOf(cloud, 'oneadmin')
    const own = await admin('one.template.allocate', template('t3.micro', 'MEMORY="512"').replace('MEMORY="64"', ''))
    await publish(admin, 'template', own)
    expect(await memoryOf('t3.micro')).toBe(512)
    await launch({ InstanceType: 't3.micro' })
    expect(newestVm()?.template['CONTEXT']?.[0]).not.toHaveProperty('START_SCRIPT')
    expect(newestVm()?.template['TEMPLATE_ID']).toEqual([String(own)])
  })

  it('is not to be had where only a stranger, or the caller, made a template of it', async () => {
    await publish(rival, 'template', await rival('one.template.allocate', template('evil.large')))
    await oneOf(cloud, 'helen')('one.template.allocate', template('own.large'))
    for (const type of ['evil.large', 'own.large'] as const) {
      expect(await memoryOf(type)).toBeUndefined()
      const input: object = { InstanceType: type }
      expect(await codeOf(launch(input))).toBe('InvalidParameterValue')
      const id = (await launch()).InstanceId
      const change: object = { InstanceId: id, InstanceType: { Value: type } }
      await helen.send(new TerminateInstancesCommand({ InstanceIds: [id ?? ''] }))
      const changing = new ModifyInstanceAttributeCommand({ InstanceId: id, ...change })
      expect(await codeOf(helen.send(changing))).toMatch(/^InvalidInstanceAttributeValue|IncorrectInstanceState$/)
    }
  })

  it('may come from an owner that the operator names', async () => {
    const provider = oneOf(cloud, 'provider')
    await publish(provider, 'template', await provider('one.template.allocate', template('p1.small')))
    expect(await memoryOf('p1.small')).toBe(64)
  })
})

describe('a security group', () => {
  const group = (name: string) => `NAME="${name}" RULE=[PROTOCOL="ALL",RULE_TYPE="inbound"]`
  /** With those of the network. */
  const groupsOf = () => {
    const [nic] = newestVm()?.template['NIC'] ?? []
    return typeof nic === 'object' ? nic['SECURITY_GROUPS']?.split(',') : []
  }

  it("is never a stranger's, by name or by id", async () => {
    const web = await rival('one.secgroup.allocate', group('web'))
    await publish(rival, 'secgroup', web)
    expect(await codeOf(launch({ SecurityGroups: ['web'] }))).toBe('InvalidGroup.NotFound')
    expect(await codeOf(launch({ SecurityGroupIds: [`sg-${web}`] }))).toBe('InvalidGroup.NotFound')
    const { InstanceId } = await launch()
    const change = new ModifyInstanceAttributeCommand({ InstanceId, Groups: [`sg-${web}`] })
    expect(await codeOf(helen.send(change))).toBe('InvalidGroup.NotFound')
  })

  it("is the caller's own before the operator's of that name", async () => {
    await publish(rival, 'secgroup', await rival('one.secgroup.allocate', group('default')))
    await launch({ SecurityGroups: ['default'] })
    expect(groupsOf()).toEqual(['0'])
    const own = await oneOf(cloud, 'helen')('one.secgroup.allocate', group('default'))
    await launch({ SecurityGroups: ['default'] })
    expect(groupsOf()).toEqual([String(own)])
  })
})

describe('a network', () => {
  it("is the caller's own or the operator's, whatever else OpenNebula lets the caller use", async () => {
    const reservation = await rival('one.vn.reserve', 0, 'NAME="trap" SIZE="2"')
    await publish(rival, 'vn', reservation)
    expect(await codeOf(launch({ SubnetId: `subnet-${reservation}` }))).toBe('InvalidSubnetID.NotFound')
    expect(await codeOf(launch({ SubnetId: 'subnet-4711' }))).toBe('InvalidSubnetID.NotFound')
    expect((await launch({ SubnetId: 'subnet-00000000' })).SubnetId).toBe('subnet-00000000')
    const own = await oneOf(cloud, 'helen')('one.vn.reserve', 0, 'NAME="own" SIZE="2"')
    expect((await launch({ SubnetId: `subnet-${own}` })).SubnetId).toBe(`subnet-${String(own).padStart(8, '0')}`)
  })
})

describe("a stranger's image", () => {
  it("says nothing about the caller's instances", async () => {
    const { InstanceId = '' } = await launch()
    await waitUntilInstanceRunning({ client: helen, ...WAITING }, { InstanceIds: [InstanceId] })
    const vm = newestVm()?.id ?? -1
    const { VolumeId } = await helen.send(new CreateVolumeCommand({ AvailabilityZone: 'one-a', Size: 1 }))
    const before = await helen.send(new DescribeVolumesCommand({}))
    const note = { goal: 'attach', vm, device: '/dev/sdx', since: 1, queued: true }
    const marks = `EBS_VOLUME="YES" EC2_HOTPLUG="${encoded(note)}" EBS=[INSTANCE_ID="i-${vm}",DEVICE="/dev/sdx"]`
    const text = `NAME="fake" TYPE="DATABLOCK" SIZE="1" PERSISTENT="YES" ${marks}`
    const image = await rival('one.image.allocate', text, 1, true)
    await publish(rival, 'image', image)
    const after = await helen.send(new DescribeVolumesCommand({}))
    // Disks of instances of other tests may have ended meanwhile
    const known = before.Volumes?.map(each => each.VolumeId)
    expect(after.Volumes?.filter(each => !known?.includes(each.VolumeId))).toEqual([])
    expect(after.Volumes?.map(each => each.VolumeId)).toContain(VolumeId)
    const named = helen.send(new DescribeVolumesCommand({ VolumeIds: [`vol-${image}`] }))
    expect(await codeOf(named)).toBe('InvalidVolume.NotFound')
    await helen.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }))
  })
})

describe("a stranger's instance that the caller's group may use", () => {
  it("is not the caller's, by any id", async () => {
    const vm = await rival('one.template.instantiate', 0, 'shared', false, '', false)
    await rival('one.vm.chmod', vm, -1, -1, -1, 1, 1, -1, -1, -1, -1)
    const InstanceIds = [`i-${vm}`]
    const missing = 'InvalidInstanceID.NotFound'
    expect(await codeOf(helen.send(new DescribeInstancesCommand({ InstanceIds })))).toBe(missing)
    expect(await codeOf(helen.send(new TerminateInstancesCommand({ InstanceIds })))).toBe(missing)
    expect(await codeOf(helen.send(new RebootInstancesCommand({ InstanceIds })))).toBe(missing)
    const hex = vm.toString(16).padStart(8, '0')
    const disk = helen.send(new DescribeVolumesCommand({ VolumeIds: [`vol-0${hex}00000000`] }))
    expect(await codeOf(disk)).toBe('InvalidVolume.NotFound')
    const NetworkInterfaceId = `eni-0${hex}00000000`
    const address = new AssociateAddressCommand({ AllocationId: 'eipalloc-00000001', NetworkInterfaceId })
    expect(await codeOf(helen.send(address))).toMatch(/NotFound$/)
  })
})
