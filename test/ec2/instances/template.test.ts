// What becomes of a launch and its template: which of the two counts, member by member.
import type { RequestLaunchTemplateData, RunInstancesRequest } from '@aws-sdk/client-ec2'
import { describe, expect, it } from 'vitest'
import { valid } from '../../../src/ec2/core/fields.ts'
import { mergedLaunch } from '../../../src/ec2/instances/launch/template.ts'
import { checkData, dataField, inherited } from '../../../src/ec2/instances/templates/data.ts'

type Launch = Partial<RunInstancesRequest>
type Data = RequestLaunchTemplateData

const tags = (ResourceType: 'instance' | 'volume' | 'spot-instances-request', ...pairs: [string, string][]) => ({
  ResourceType,
  Tags: pairs.map(([Key, Value]) => ({ Key, Value })),
})

const cases: [what: string, data: Data, request: Launch, merged: Launch][] = [
  ['what the template alone says', { ImageId: 'ami-1', KeyName: 'k' }, {}, { ImageId: 'ami-1', KeyName: 'k' }],
  ['what the request says instead', { ImageId: 'ami-1' }, { ImageId: 'ami-2' }, { ImageId: 'ami-2' }],
  ['a switch that the request puts off', { EbsOptimized: true }, { EbsOptimized: false }, { EbsOptimized: false }],
  ['monitoring', { Monitoring: { Enabled: true } }, {}, { Monitoring: { Enabled: true } }],
  [
    'a structure as a whole',
    { Placement: { AvailabilityZone: 'a', Tenancy: 'default' } },
    { Placement: { GroupName: 'g' } },
    { Placement: { GroupName: 'g' } },
  ],
  [
    'what the template says, where the request has empty texts that ask for nothing',
    { KeyName: 'k', Placement: { AvailabilityZone: 'a', GroupName: 'g' } },
    { KeyName: '', Placement: { AvailabilityZone: '' } },
    { KeyName: 'k', Placement: { AvailabilityZone: 'a', GroupName: 'g' } },
  ],
  [
    'block devices by their names',
    {
      BlockDeviceMappings: [
        { DeviceName: '/dev/sda1', Ebs: { VolumeSize: 8, DeleteOnTermination: false } },
        { DeviceName: '/dev/sdf', Ebs: { VolumeSize: 1 } },
      ],
    },
    {
      BlockDeviceMappings: [
        { DeviceName: '/dev/sdg', Ebs: { VolumeSize: 2 } },
        { DeviceName: '/dev/sda1', Ebs: { VolumeSize: 9 } },
      ],
    },
    {
      BlockDeviceMappings: [
        { DeviceName: '/dev/sda1', Ebs: { VolumeSize: 9 } },
        { DeviceName: '/dev/sdf', Ebs: { VolumeSize: 1 } },
        { DeviceName: '/dev/sdg', Ebs: { VolumeSize: 2 } },
      ],
    },
  ],
  [
    'interfaces by their indexes, of which none is the first',
    { NetworkInterfaces: [{ SubnetId: 'subnet-1' }, { DeviceIndex: 1, SubnetId: 'subnet-2' }] },
    { NetworkInterfaces: [{ DeviceIndex: 0, SubnetId: 'subnet-3' }] },
    {
      NetworkInterfaces: [
        { DeviceIndex: 0, SubnetId: 'subnet-3' },
        { DeviceIndex: 1, SubnetId: 'subnet-2' },
      ],
    },
  ],
  [
    'a block device as the request has it, however often the template does',
    { BlockDeviceMappings: [{ DeviceName: 'a', NoDevice: '' }, { DeviceName: 'b' }, { DeviceName: 'a' }] },
    { BlockDeviceMappings: [{ DeviceName: 'a', Ebs: { VolumeSize: 1 } }] },
    { BlockDeviceMappings: [{ DeviceName: 'a', Ebs: { VolumeSize: 1 } }, { DeviceName: 'b' }] },
  ],
  [
    'groups, by ids or by names',
    { SecurityGroupIds: ['sg-1'], SecurityGroups: ['one'] },
    { SecurityGroups: ['two'] },
    { SecurityGroups: ['two'] },
  ],
  ['groups of the template', { SecurityGroupIds: ['sg-1'] }, {}, { SecurityGroupIds: ['sg-1'] }],
  [
    'tags by resource and key',
    { TagSpecifications: [tags('instance', ['a', '1'], ['b', '1']), tags('volume', ['a', '1'])] },
    { TagSpecifications: [tags('instance', ['b', '2'])] },
    { TagSpecifications: [tags('instance', ['a', '1']), tags('volume', ['a', '1']), tags('instance', ['b', '2'])] },
  ],
  ['no tags of spot requests', { TagSpecifications: [tags('spot-instances-request', ['a', '1'])] }, {}, {}],
]

describe('a launch from a template has', () => {
  it.each(cases)('%s', (_, data, request, expected) => {
    const counts = { MinCount: 1, MaxCount: 1 }
    const merged = mergedLaunch(data, { ...counts, ...request })
    expect(Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined))).toEqual({
      ...counts,
      ...expected,
    })
  })
})

describe('a version that is made from another', () => {
  it('has what is given instead of what the other has of the same, and no snapshots but given ones', () => {
    const source: Data = {
      ImageId: 'ami-1',
      Placement: { AvailabilityZone: 'a', Tenancy: 'default' },
      BlockDeviceMappings: [
        { DeviceName: '/dev/sdf', Ebs: { SnapshotId: 'snap-1', VolumeSize: 1 } },
        { DeviceName: '/dev/sdg', NoDevice: '' },
      ],
    }
    expect(inherited(source, { Placement: { AvailabilityZone: 'b' } })).toEqual({
      ImageId: 'ami-1',
      Placement: { AvailabilityZone: 'b' },
      BlockDeviceMappings: [
        { DeviceName: '/dev/sdf', Ebs: { VolumeSize: 1 } },
        { DeviceName: '/dev/sdg', NoDevice: '' },
      ],
    })
    const BlockDeviceMappings = [{ DeviceName: '/dev/sdf', Ebs: { SnapshotId: 'snap-2' } }]
    expect(inherited(source, { BlockDeviceMappings })).toMatchObject({ ImageId: 'ami-1', BlockDeviceMappings })
  })
})

describe('data', () => {
  it('is kept as it was given, but for empty texts that ask for nothing', () => {
    const data: Data = {
      ...{ ImageId: 'ami-1', UserData: '', KeyName: '', EbsOptimized: false },
      BlockDeviceMappings: [{ DeviceName: '/dev/sdf', NoDevice: '' }],
      TagSpecifications: [tags('instance', ['empty', '']), tags('spot-instances-request', ['a', '1'])],
      Placement: { Tenancy: 'default' },
    }
    const { UserData: _, KeyName: __, ...kept } = data
    expect(checkData(data)).toEqual(kept)
    expect(valid(dataField, JSON.parse(JSON.stringify(kept)))).toEqual(kept)
  })

  it.each<[string, Data, string]>([
    ['an image', { ImageId: 'linux' }, 'InvalidAMIID.Malformed'],
    ['a parameter for one', { ImageId: 'resolve:ssm:/a' }, 'UnsupportedOperation'],
    ['a group', { SecurityGroupIds: ['web'] }, 'InvalidGroupId.Malformed'],
    ['a group of an interface', { NetworkInterfaces: [{ Groups: ['web'] }] }, 'InvalidGroupId.Malformed'],
    ['a subnet', { NetworkInterfaces: [{ SubnetId: 'x' }] }, 'InvalidSubnetID.Malformed'],
    ['a snapshot', { BlockDeviceMappings: [{ Ebs: { SnapshotId: 'x' } }] }, 'InvalidSnapshotID.Malformed'],
    ['user data', { UserData: 'no base64!' }, 'InvalidUserData.Malformed'],
    ['a word', { InstanceInitiatedShutdownBehavior: 'explode' as 'stop' }, 'InvalidParameterValue'],
    ['a type of resources', { TagSpecifications: [{ ResourceType: 'image', Tags: [] }] }, 'InvalidParameterValue'],
    ['a key', { TagSpecifications: [tags('instance', ['aws:a', '1'])] }, 'InvalidParameterValue'],
  ])('is refused for %s that cannot be', (_, data, code) => {
    expect(() => checkData(data)).toThrow(expect.objectContaining({ code }))
  })

  it('that its owner wrote into it past the endpoint counts as far as a launch would take it', () => {
    const written = {
      ImageId: 'ami-1',
      KernelId: 'aki-1',
      InstanceType: 7,
      Placement: { Tenancy: 'dedicated', AvailabilityZone: 'a', HostId: 'h-1' },
      NetworkInterfaces: [{ SubnetId: 'subnet-1', InterfaceType: 'efa' }, 'nonsense', null],
      SecurityGroupIds: 'sg-1',
      UserData: 'x'.repeat(100_000),
      KeyName: '\u0000',
      __proto__: { ImageId: 'ami-2' },
      constructor: 'x',
    }
    expect(valid(dataField, written)).toEqual({
      ImageId: 'ami-1',
      Placement: { AvailabilityZone: 'a' },
      NetworkInterfaces: [{ SubnetId: 'subnet-1' }],
    })
    for (const nonsense of ['text', 7, null, [], undefined]) expect(valid(dataField, nonsense)).toBeUndefined()
  })
})
