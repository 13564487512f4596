// What keys with policies may do: every name of a resource leads to the same answer, and nothing is done before it is given.
import type {
  Address,
  AssociateAddressResult,
  AssociateRouteTableResult,
  AuthorizeSecurityGroupIngressResult,
  CreateImageResult,
  CreateKeyPairCommandOutput,
  CreateLaunchTemplateResult,
  CreatePlacementGroupResult,
  CreateRouteTableResult,
  CreateSecurityGroupResult,
  CreateSubnetResult,
  CreateVpcResult,
  DeregisterImageResult,
  DescribeAvailabilityZonesResult,
  DescribeImagesResult,
  DescribeNetworkInterfacesResult,
  DescribeRouteTablesResult,
  DescribeSecurityGroupsResult,
  DescribeSnapshotsResult,
  DescribeSubnetsResult,
  DescribeVolumesResult,
  Reservation,
  Snapshot,
  Volume,
} from '@aws-sdk/client-ec2'
import { beforeEach, describe, expect, it } from 'vitest'
import { documentOf } from '../../src/auth/policy/short.ts'
import { toEc2Error } from '../../src/ec2/core/failures.ts'
import { encodeTags } from '../../src/ec2/core/stored-tags.ts'
import { IMAGE, type Stage, setStage } from './stage.ts'

const REGION = 'opennebula'
/** As it is shown whose things are. */
const OWNER = '000000000002'
const MINUTE = 60 * 1000

type Statement = Readonly<Record<string, unknown>>

const policy = (...statements: readonly Statement[]) => ({ Version: '2012-10-17', Statement: statements })
const ANY = { Effect: 'Allow', Action: '*', Resource: '*' }
const deny = (Action: string, Resource: string, Condition?: object) =>
  policy(ANY, { Effect: 'Deny', Action, Resource, ...(Condition && { Condition }) })
const allow = (Action: string, Resource: string | readonly string[], Condition?: object) =>
  policy({ Effect: 'Allow', Action, Resource, ...(Condition && { Condition }) })

let stage: Stage

const arn = (type: string, id: string | undefined) => `arn:aws:ec2:${REGION}:${stage.account.id}:${type}/${id}`

/** The code that an action is answered with as a key with this policy asks; undefined where it is done. */
const codeOf = (action: string, input: object, by: object) =>
  stage.askAs(by, action, input).then(
    () => undefined,
    (error: unknown) => toEc2Error(error).code,
  )

const refused = (action: string, input: object, by: object) =>
  expect(codeOf(action, input, by)).resolves.toBe('UnauthorizedOperation')
const done = (action: string, input: object, by: object) => expect(codeOf(action, input, by)).resolves.toBeUndefined()

const tagged = (type: string, tags: Readonly<Record<string, string>>) => [
  { ResourceType: type, Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
]

async function launch(input: object = {}): Promise<string> {
  const made = await stage.succeed<Reservation>('RunInstances', { ImageId: IMAGE, MinCount: 1, MaxCount: 1, ...input })
  await stage.pass(MINUTE)
  return made.Instances?.[0]?.InstanceId ?? ''
}

async function volume(input: object = {}): Promise<string> {
  const made = await stage.succeed<Volume>('CreateVolume', { Size: 1, AvailabilityZone: 'opennebulaa', ...input })
  await stage.pass(MINUTE)
  return made.VolumeId ?? ''
}

beforeEach(() => {
  stage = setStage()
})

describe('a resource', () => {
  it('is meant by its id, however that is spelled, and costs nothing to decide about', async () => {
    const econes = setStage({}, { instances: [{ owner: 'helen', count: 2, image: 'ttylinux' }] })
    stage = econes
    const one = allow('ec2:*', arn('instance', 'i-00000000'))
    await done('StopInstances', { InstanceIds: ['i-00000000'] }, one)
    await done('StopInstances', { InstanceIds: ['i-0'] }, one)
    const two = deny('ec2:*', arn('instance', 'i-00000001'))
    Object.assign(stage.most, { upstream: 0 })
    for (const id of ['i-00000001', 'i-1', 'i-0000000001']) {
      await refused('StopInstances', { InstanceIds: [id] }, two)
      await refused('StopInstances', { InstanceIds: ['i-00000000', id] }, one)
    }
    expect(stage.most.upstream).toBe(0)
  })

  it('is the same by whatever other name', async () => {
    const { GroupId } = await stage.succeed<CreateSecurityGroupResult>('CreateSecurityGroup', {
      ...{ GroupName: 'web', Description: 'x' },
    })
    await refused('DeleteSecurityGroup', { GroupName: 'web' }, deny('ec2:*', arn('security-group', GroupId)))
    await done('DeleteSecurityGroup', { GroupName: 'web' }, allow('ec2:*', arn('security-group', GroupId)))

    const { KeyPairId } = await stage.succeed<CreateKeyPairCommandOutput>('CreateKeyPair', { KeyName: 'mine' })
    await refused('DeleteKeyPair', { KeyPairId }, deny('ec2:*', arn('key-pair', 'mine')))
    await done('DeleteKeyPair', { KeyPairId }, allow('ec2:*', arn('key-pair', 'mine')))

    const { LaunchTemplate } = await stage.succeed<CreateLaunchTemplateResult>('CreateLaunchTemplate', {
      ...{ LaunchTemplateName: 'web', LaunchTemplateData: { ImageId: IMAGE } },
    })
    const template = arn('launch-template', LaunchTemplate?.LaunchTemplateId)
    await refused('DeleteLaunchTemplate', { LaunchTemplateName: 'web' }, deny('ec2:*', template))
    await done('DeleteLaunchTemplate', { LaunchTemplateName: 'web' }, allow('ec2:*', template))
  })

  it('is the same by its id, where it goes by its name', async () => {
    const pair = await stage.succeed<CreateKeyPairCommandOutput>('CreateKeyPair', { KeyName: 'mine' })
    const placed = { GroupName: 'rack', Strategy: 'spread' }
    const made = await stage.succeed<CreatePlacementGroupResult>('CreatePlacementGroup', placed)
    const Tags = [{ Key: 'Team', Value: 'red' }]
    for (const [type, name, id] of [
      ['key-pair', 'mine', pair.KeyPairId],
      ['placement-group', 'rack', made.PlacementGroup?.GroupId],
    ] as const) {
      const input = { Resources: [id], Tags }
      await refused('CreateTags', input, deny('ec2:CreateTags', arn(type, name)))
      await done('CreateTags', input, allow('ec2:CreateTags', arn(type, name)))
      const red = deny('ec2:DeleteTags', '*', { StringEquals: { 'aws:ResourceTag/Team': 'red' } })
      await refused('DeleteTags', input, red)
    }
  })

  it('is no default group by the id that all of them had once', async () => {
    const { SecurityGroups = [] } = await stage.read<DescribeSecurityGroupsResult>('DescribeSecurityGroups', {
      GroupNames: ['default'],
    })
    const [{ GroupId } = {}] = SecurityGroups
    const { Subnets = [] } = await stage.read<DescribeSubnetsResult>('DescribeSubnets', {})
    const input = (Groups: readonly (string | undefined)[]) => ({ SubnetId: Subnets[0]?.SubnetId, Groups })
    const others = deny('ec2:CreateNetworkInterface', arn('security-group', GroupId))
    await refused('CreateNetworkInterface', input([GroupId]), others)
    for (const alias of ['sg-00000000', 'sg-0'])
      await expect(codeOf('CreateNetworkInterface', input([alias]), others)).resolves.toBe('InvalidGroup.NotFound')
  })

  it('is the same by what it is associated with, or attached by', async () => {
    const InstanceId = await launch()
    const { PublicIp, AllocationId } = await stage.succeed<Address>('AllocateAddress', {})
    const named = { AllocationId, InstanceId }
    const { AssociationId } = await stage.succeed<AssociateAddressResult>('AssociateAddress', named)
    const address = deny('ec2:*', arn('elastic-ip', AllocationId))
    for (const input of [{ AssociationId }, { PublicIp }]) await refused('DisassociateAddress', input, address)
    await refused('ReleaseAddress', { PublicIp }, address)
    const { NetworkInterfaces = [] } = await stage.read<DescribeNetworkInterfacesResult>(
      'DescribeNetworkInterfaces',
      {},
    )
    const [nic] = NetworkInterfaces
    const ofNic = deny('ec2:*', arn('network-interface', nic?.NetworkInterfaceId))
    for (const input of [{ AssociationId }, { PublicIp }]) await refused('DisassociateAddress', input, ofNic)
    const AttachmentId = nic?.Attachment?.AttachmentId
    for (const one of [ofNic, deny('ec2:*', arn('instance', InstanceId))])
      await refused('DetachNetworkInterface', { AttachmentId }, one)
    const parts = (type: string, id: string | undefined) => [arn('elastic-ip', AllocationId), arn(type, id)]
    const { NetworkInterfaceId } = nic ?? {}
    const [toInstance, toNic] = [named, { AllocationId, NetworkInterfaceId }]
    await refused('AssociateAddress', toInstance, ofNic)
    await refused('AssociateAddress', { ...toInstance, PrivateIpAddress: nic?.PrivateIpAddress }, ofNic)
    await refused('AssociateAddress', toNic, deny('ec2:*', arn('instance', InstanceId)))
    await done('AssociateAddress', toInstance, allow('ec2:*', parts('instance', InstanceId)))
    await done('AssociateAddress', toNic, allow('ec2:*', parts('network-interface', NetworkInterfaceId)))
    await done('DisassociateAddress', { PublicIp }, allow('ec2:*', arn('elastic-ip', AllocationId)))

    const VolumeId = await volume()
    await stage.succeed('AttachVolume', { VolumeId, InstanceId, Device: '/dev/sdf' })
    await stage.pass(MINUTE)
    await refused('DetachVolume', { VolumeId }, deny('ec2:*', arn('instance', InstanceId)))
    await refused('CreateSnapshots', { InstanceSpecification: { InstanceId } }, deny('ec2:*', arn('volume', VolumeId)))
    await done('DetachVolume', { VolumeId }, allow('ec2:*', arn('volume', VolumeId)))

    const { RouteTables = [] } = await stage.read<DescribeRouteTablesResult>('DescribeRouteTables', {})
    const [table] = RouteTables
    const RouteTableAssociationId = table?.Associations?.[0]?.RouteTableAssociationId
    const main = { AssociationId: RouteTableAssociationId, RouteTableId: 'rtb-1234567890abcdef0' }
    const ofTable = deny('ec2:*', arn('route-table', table?.RouteTableId))
    await refused('DisassociateRouteTable', { AssociationId: RouteTableAssociationId }, ofTable)
    await refused('ReplaceRouteTableAssociation', main, ofTable)

    const { Vpc } = await stage.succeed<CreateVpcResult>('CreateVpc', { CidrBlock: '10.7.0.0/16' })
    const { Subnet } = await stage.succeed<CreateSubnetResult>('CreateSubnet', {
      ...{ VpcId: Vpc?.VpcId, CidrBlock: '10.7.1.0/24' },
    })
    const { RouteTable: other } = await stage.succeed<CreateRouteTableResult>('CreateRouteTable', { VpcId: Vpc?.VpcId })
    const { RouteTableId } = other ?? {}
    const inTable = { RouteTableId, SubnetId: Subnet?.SubnetId }
    const made = await stage.succeed<AssociateRouteTableResult>('AssociateRouteTable', inTable)
    const ofSubnet = deny('ec2:*', arn('subnet', Subnet?.SubnetId))
    const associated = { AssociationId: made.AssociationId }
    await refused('DisassociateRouteTable', associated, ofSubnet)
    await refused('ReplaceRouteTableAssociation', { ...associated, RouteTableId }, ofSubnet)
    await done('DisassociateRouteTable', associated, allow('ec2:*', arn('route-table', RouteTableId)))
  })

  it('is asked about where it is taken by default', async () => {
    const { Subnets = [] } = await stage.read<DescribeSubnetsResult>('DescribeSubnets', {})
    const { SecurityGroups = [] } = await stage.read<DescribeSecurityGroupsResult>('DescribeSecurityGroups', {})
    const [{ SubnetId, VpcId } = {}] = Subnets
    const own = SecurityGroups.find(group => group.VpcId === VpcId && group.GroupName === 'default')
    const theGroup = arn('security-group', own?.GroupId)
    await refused('CreateNetworkInterface', { SubnetId }, deny('ec2:CreateNetworkInterface', theGroup))
    const inVpc = { ArnEquals: { 'ec2:Vpc': arn('vpc', VpcId) } }
    const [groups, others] = [arn('security-group', '*'), arn('security-group', 'sg-1234567890abcdef0')]
    await refused('CreateNetworkInterface', { SubnetId }, deny('ec2:CreateNetworkInterface', groups, inVpc))
    await done('CreateNetworkInterface', { SubnetId }, deny('ec2:CreateNetworkInterface', others))
    // It need not be allowed by itself: AWS has it among what a request may be about
    const parts = [arn('network-interface', '*'), arn('subnet', SubnetId)]
    await done('CreateNetworkInterface', { SubnetId }, allow('ec2:CreateNetworkInterface', parts))

    const group = (GroupName: string, vpc?: string) => ({ GroupName, Description: 'x', VpcId: vpc })
    for (const by of [deny('ec2:CreateSecurityGroup', arn('vpc', VpcId)), deny('ec2:*', groups, inVpc)]) {
      for (const named of [undefined, '', VpcId]) await refused('CreateSecurityGroup', group('web', named), by)
    }
    await done('CreateSecurityGroup', group('web'), allow('ec2:CreateSecurityGroup', groups))
  })

  it('is the same by an id of another kind, however that is spelled', async () => {
    stage = setStage({}, { instances: [{ owner: 'helen', count: 1, image: 'ttylinux' }] })
    const { Volumes = [] } = await stage.read<DescribeVolumesResult>('DescribeVolumes', {})
    const [volume] = Volumes
    for (const InstanceId of ['i-00000000', 'i-0'])
      await refused(
        'CreateSnapshots',
        { InstanceSpecification: { InstanceId } },
        deny('ec2:*', arn('volume', volume?.VolumeId)),
      )
  })

  it('goes by its whole name, whatever that begins with', async () => {
    const KeyName = 'arn:of/web'
    await refused('CreateKeyPair', { KeyName }, deny('*', arn('key-pair', KeyName)))
    await done('CreateKeyPair', { KeyName }, deny('*', arn('key-pair', 'web')))
  })

  it('is of any kind where tags are about any', async () => {
    const [InstanceId, VolumeId] = [await launch(), await volume()]
    const Tags = [{ Key: 'Team', Value: 'blue' }]
    const instances = allow('ec2:*', arn('instance', '*'))
    await refused('CreateTags', { Resources: [InstanceId, VolumeId], Tags }, instances)
    await done('CreateTags', { Resources: [InstanceId], Tags }, instances)
    await refused('CancelImportTask', { ImportTaskId: 'import-ami-0123456789abcdef0' }, instances)
  })
})

describe('tags', () => {
  it('decide by what a resource has', async () => {
    const blue = await launch({ TagSpecifications: tagged('instance', { Team: 'blue' }) })
    const red = await launch({ TagSpecifications: tagged('instance', { Team: 'red' }) })
    const none = await launch()
    for (const key of ['ec2:ResourceTag/Team', 'aws:ResourceTag/team']) {
      const own = allow('ec2:*', '*', { StringEquals: { [key]: 'blue' } })
      await done('RebootInstances', { InstanceIds: [blue] }, own)
      for (const ids of [[red], [none], [blue, red]]) await refused('RebootInstances', { InstanceIds: ids }, own)
    }
    const others = deny('ec2:RebootInstances', '*', { StringEquals: { 'aws:ResourceTag/Team': 'red' } })
    await refused('RebootInstances', { InstanceIds: [blue, red] }, others)
    await done('RebootInstances', { InstanceIds: [blue, none] }, others)
    // What is not there is the action's to say, but only where it is alone
    const missing = 'i-1234567890abcdef0'
    await expect(codeOf('RebootInstances', { InstanceIds: [missing] }, others)).resolves.toBe(
      'InvalidInstanceID.NotFound',
    )
    await expect(codeOf('RebootInstances', { InstanceIds: [red, missing] }, others)).resolves.toBe(
      'InvalidInstanceID.NotFound',
    )
  })

  it('decide by what a request gives, and to give them is an action of its own', async () => {
    const input = (tags: Readonly<Record<string, string>>) => ({
      ...{ Size: 1, AvailabilityZone: 'opennebulaa' },
      TagSpecifications: tagged('volume', tags),
    })
    const teams = allow('ec2:*', '*', {
      StringEquals: { 'aws:RequestTag/Team': ['blue', 'green'] },
      'ForAllValues:StringEquals': { 'aws:TagKeys': ['Team', 'Cost'] },
    })
    await done('CreateVolume', input({ Team: 'blue', Cost: '7' }), teams)
    for (const tags of [{}, { Team: 'red' }, { Team: 'blue', Other: 'x' }])
      await refused('CreateVolume', input(tags), teams)
    const untagged = allow('ec2:CreateVolume', '*')
    await done('CreateVolume', input({}), untagged)
    await refused('CreateVolume', input({ Team: 'blue' }), untagged)
    const onCreation = policy(
      { Effect: 'Allow', Action: 'ec2:CreateVolume', Resource: '*' },
      {
        Effect: 'Allow',
        Action: 'ec2:CreateTags',
        Resource: arn('volume', '*'),
        Condition: { StringEquals: { 'ec2:CreateAction': 'CreateVolume' } },
      },
    )
    await done('CreateVolume', input({ Team: 'blue' }), onCreation)
    const VolumeId = await volume()
    const Tags = [{ Key: 'Team', Value: 'blue' }]
    await refused('CreateTags', { Resources: [VolumeId], Tags }, onCreation)
    await done('CreateTags', { Resources: [VolumeId], Tags }, teams)
    await refused(
      'DeleteTags',
      { Resources: [VolumeId], Tags: [{ Key: 'Other' }] },
      deny('ec2:DeleteTags', '*', {
        'ForAnyValue:StringEquals': { 'aws:TagKeys': ['Other'] },
      }),
    )
  })
})

it('tags of rules are given by CreateTags, too', async () => {
  const { GroupId } = await stage.succeed<CreateSecurityGroupResult>('CreateSecurityGroup', {
    ...{ GroupName: 'web', Description: 'x' },
  })
  const rule = (port: number, team: string) => ({
    ...{
      GroupId,
      IpPermissions: [{ IpProtocol: 'tcp', FromPort: port, ToPort: port, IpRanges: [{ CidrIp: '10.0.0.0/8' }] }],
    },
    TagSpecifications: tagged('security-group-rule', { Team: team }),
  })
  const untagged = allow('ec2:AuthorizeSecurityGroupIngress', arn('security-group', GroupId))
  await refused('AuthorizeSecurityGroupIngress', rule(80, 'blue'), untagged)
  await done('AuthorizeSecurityGroupIngress', { ...rule(80, 'blue'), TagSpecifications: [] }, untagged)
  const notRed = deny('ec2:*', '*', { StringEquals: { 'aws:RequestTag/Team': 'red' } })
  await refused('AuthorizeSecurityGroupIngress', rule(81, 'red'), notRed)
  await done('AuthorizeSecurityGroupIngress', rule(81, 'blue'), notRed)
})

describe('what a volume will be', () => {
  const small = () => deny('ec2:*', arn('volume', '*'), { NumericGreaterThan: { 'ec2:VolumeSize': 5 } })

  it('is what its request says, or its snapshot', async () => {
    const { AvailabilityZones = [] } = await stage.read<DescribeAvailabilityZonesResult>(
      'DescribeAvailabilityZones',
      {},
    )
    const AvailabilityZoneId = AvailabilityZones[0]?.ZoneId
    const zone = { AvailabilityZone: 'opennebulaa' }
    await refused('CreateVolume', { Size: 6, ...zone }, small())
    const elsewhere = deny('ec2:CreateVolume', '*', { StringEquals: { 'ec2:AvailabilityZone': 'opennebulaa' } })
    for (const input of [zone, { AvailabilityZoneId }]) await refused('CreateVolume', { Size: 1, ...input }, elsewhere)
    await done('CreateVolume', { Size: 5, ...zone }, small())
    const VolumeId = await volume({ Size: 8 })
    const { SnapshotId } = await stage.succeed<Snapshot>('CreateSnapshot', { VolumeId })
    await stage.pass(MINUTE)
    await refused('CreateVolume', { SnapshotId, ...zone }, small())
  })

  it('is asked about when it is modified, too', async () => {
    const VolumeId = await volume()
    const grown = deny('ec2:ModifyVolume', '*', { NumericGreaterThan: { 'ec2:Attribute/Size': 5 } })
    await refused('ModifyVolume', { VolumeId, Size: 6 }, grown)
    const spelled = deny('ec2:ModifyVolume', '*', { NumericGreaterThan: { 'EC2:attribute/size': 5 } })
    await refused('ModifyVolume', { VolumeId, Size: 6 }, spelled)
    await done('ModifyVolume', { VolumeId, Size: 5 }, grown)
  })
})

describe('a launch', () => {
  const run = { ImageId: IMAGE, MinCount: 1, MaxCount: 1 }

  it('is of the types that a key may have, wherever its type is said', async () => {
    const small = documentOf({ types: ['m1.s*'] })
    await refused('RunInstances', { ...run, InstanceType: 'm1.large' }, small)
    await stage.succeed('CreateLaunchTemplate', {
      ...{ LaunchTemplateName: 'large', LaunchTemplateData: { ImageId: IMAGE, InstanceType: 'm1.large' } },
    })
    const templated = { LaunchTemplate: { LaunchTemplateName: 'large' }, MinCount: 1, MaxCount: 1 }
    await refused('RunInstances', templated, small)
    expect(stage.vms()).toEqual([])
    await done('RunInstances', run, small)
    await done('RunInstances', { ...templated, InstanceType: 'm1.small' }, small)
    const [InstanceId] = stage.ids()
    await refused('ModifyInstanceAttribute', { InstanceId, InstanceType: { Value: 'm1.large' } }, small)
    const old = { InstanceId, Attribute: 'instanceType', Value: 'm1.large' }
    await refused('ModifyInstanceAttribute', old, small)
    await done('ModifyInstanceAttribute', { InstanceId, DisableApiStop: { Value: true } }, small)
  })

  it('decide by what changes, in whatever form that is said', async () => {
    stage = setStage({}, { images: [{ name: 'own', owner: 'helen', template: 'EC2_AMI="YES"' }] })
    const InstanceId = await launch()
    const made = { GroupName: 'web', Description: 'x' }
    const { GroupId } = await stage.succeed<CreateSecurityGroupResult>('CreateSecurityGroup', made)
    const { NetworkInterfaces: [nic] = [] } = await stage.read<DescribeNetworkInterfacesResult>(
      'DescribeNetworkInterfaces',
      {},
    )
    const changing = (name: string) => deny('ec2:Modify*', '*', { StringEquals: { 'ec2:Attribute': name } })
    const groups = changing('GroupSet')
    await refused('ModifyInstanceAttribute', { InstanceId, Groups: [GroupId] }, groups)
    const { NetworkInterfaceId } = nic ?? {}
    await refused('ModifyNetworkInterfaceAttribute', { NetworkInterfaceId, Groups: [GroupId] }, groups)
    await done('ModifyNetworkInterfaceAttribute', { NetworkInterfaceId, Description: { Value: 'x' } }, groups)
    const BlockDeviceMappings = [{ DeviceName: '/dev/sda', Ebs: { DeleteOnTermination: true } }]
    await refused('ModifyInstanceAttribute', { InstanceId, BlockDeviceMappings }, changing('BlockDeviceMapping'))
    const ImageId = 'ami-00000001'
    const UserIds = ['000000000003']
    for (const input of [
      { LaunchPermission: { Add: [{ UserId: UserIds[0] }] } },
      { OperationType: 'add', UserIds },
      { OperationType: 'add', UserGroups: ['all'] },
      { Attribute: 'LAUNCHpermission ', OperationType: 'add', UserIds },
    ])
      await refused('ModifyImageAttribute', { ImageId, ...input }, changing('LaunchPermission'))
    await done('ModifyImageAttribute', { ImageId, Description: { Value: 'x' } }, changing('LaunchPermission'))
    const { Snapshots: [snapshot] = [] } = await stage.read<DescribeSnapshotsResult>('DescribeSnapshots', {
      OwnerIds: ['000000000002'],
    })
    const { SnapshotId } = snapshot ?? {}
    const shared = { SnapshotId, OperationType: 'add', UserIds }
    await refused('ModifySnapshotAttribute', shared, changing('CreateVolumePermission'))
  })

  it('are about the volume that is mapped at a device', async () => {
    const InstanceId = await launch()
    const [VolumeId, other] = [await volume(), await volume()]
    await stage.succeed('AttachVolume', { VolumeId, InstanceId, Device: '/dev/sdf' })
    await stage.pass(MINUTE)
    const changing = (id: string) => ({
      InstanceId,
      BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs: { VolumeId: id, DeleteOnTermination: true } }],
    })
    const but = deny('ec2:ModifyInstanceAttribute', arn('volume', VolumeId))
    await refused('ModifyInstanceAttribute', changing(VolumeId), but)
    const at = (DeviceName: string) => ({
      ...{ InstanceId, BlockDeviceMappings: [{ DeviceName, Ebs: { DeleteOnTermination: true } }] },
    })
    await refused('ModifyInstanceAttribute', at('/dev/sdf'), but)
    await done('ModifyInstanceAttribute', at('/dev/sda'), but)
    await done('ModifyInstanceAttribute', at('/dev/sdf'), allow('ec2:*', arn('instance', InstanceId)))
    await refused('ModifyInstanceAttribute', changing(other), but)
    const code = await codeOf('ModifyInstanceAttribute', changing(other), policy(ANY))
    expect(code).toBe('InvalidInstanceAttributeValue')
  })

  it('has to be allowed in all its parts', async () => {
    await stage.succeed('CreateKeyPair', { KeyName: 'mine' })
    const subnet = arn('subnet', 'subnet-00000000')
    const image = `arn:aws:ec2:${REGION}::image/${IMAGE}`
    const kinds = ['instance', 'volume', 'network-interface', 'security-group'].map(type => arn(type, '*'))
    const parts = [image, subnet, arn('key-pair', 'mine'), ...kinds]
    const input = { ...run, KeyName: 'mine', SubnetId: 'subnet-0' }
    await done('RunInstances', input, allow('ec2:RunInstances', parts))
    for (const part of parts) {
      const others = parts.filter(each => each !== part)
      await refused('RunInstances', input, allow('ec2:RunInstances', others))
    }
  })

  it('says of each part what AWS says of it', async () => {
    const vpc = arn('vpc', 'vpc-00000002')
    const subnet = arn('subnet', 'subnet-00000000')
    for (const [type, condition] of [
      ['image', { StringEquals: { 'ec2:ImageID': IMAGE } }],
      ['instance', { StringEquals: { 'ec2:AvailabilityZone': 'opennebulaa' } }],
      ['network-interface', { ArnEquals: { 'ec2:Subnet': subnet, 'ec2:Vpc': vpc } }],
      ['subnet', { ArnEquals: { 'ec2:Vpc': vpc } }],
      ['security-group', { ArnEquals: { 'ec2:Vpc': vpc } }],
      ['volume', { NumericLessThan: { 'ec2:VolumeSize': 10 } }],
      ['instance', { StringEquals: { 'aws:RequestTag/Team': 'blue' } }],
    ] as const) {
      const TagSpecifications = tagged('instance', { Team: 'blue' })
      const denied = deny('ec2:RunInstances', arn(type, '*').replace(/:\d*:image/, '::image'), condition)
      await refused('RunInstances', { ...run, SubnetId: 'subnet-0', TagSpecifications }, denied)
    }
    const large = deny('ec2:RunInstances', '*', { NumericGreaterThan: { 'ec2:VolumeSize': 5 } })
    const BlockDeviceMappings = [{ DeviceName: '/dev/sdf', Ebs: { VolumeSize: 6 } }]
    await refused('RunInstances', { ...run, BlockDeviceMappings }, large)
    // Without a subnet it goes where its type has its interfaces
    await refused('RunInstances', run, deny('ec2:RunInstances', subnet))
    expect(stage.vms()).toEqual([])
  })

  it('is what DryRun says', async () => {
    const small = documentOf({ types: ['m1.small'] })
    await expect(codeOf('RunInstances', { ...run, DryRun: true }, small)).resolves.toBe('DryRunOperation')
    await refused('RunInstances', { ...run, DryRun: true, InstanceType: 'm1.large' }, small)
    await refused('StopInstances', { InstanceIds: ['i-0'], DryRun: true }, documentOf({ readOnly: true }))
  })

  it('of another key is not answered again to one that may not launch', async () => {
    const input = { ...run, ClientToken: 'again' }
    await done('RunInstances', input, documentOf({}))
    await done('RunInstances', input, documentOf({}))
    await refused('RunInstances', input, documentOf({ readOnly: true }))
    const other = await codeOf('RunInstances', input, documentOf({ types: ['m1.large'] }))
    expect(other).toBe('IdempotentParameterMismatch')
    expect(stage.vms()).toHaveLength(1)
  })
})

describe('an AMI', () => {
  it('is registered as the image that it is of, by whatever its id', async () => {
    const theImage = 'arn:aws:ec2:opennebula::image/ami-00000000'
    for (const ImageLocation of [IMAGE, 'ami-0', '0']) {
      await done('RegisterImage', { ImageLocation }, allow('ec2:RegisterImage', theImage))
      await refused('RegisterImage', { ImageLocation }, deny('ec2:RegisterImage', theImage))
    }
    const object = { Name: 'new', ImageLocation: `images_${stage.account.id}/disk.img` }
    await refused('RegisterImage', object, allow('ec2:RegisterImage', theImage))
    const code = await codeOf('RegisterImage', object, deny('ec2:RegisterImage', theImage))
    expect(code).not.toBe('UnauthorizedOperation')
  })

  it('goes without those of its snapshots that may not be deleted', async () => {
    const BlockDeviceMappings = [{ DeviceName: '/dev/sdf', Ebs: { VolumeSize: 2 } }]
    const InstanceId = await launch({ BlockDeviceMappings })
    const make = async (Name: string) => {
      const { ImageId } = await stage.succeed<CreateImageResult>('CreateImage', { InstanceId, Name })
      await stage.pass(MINUTE)
      const { Images = [] } = await stage.read<DescribeImagesResult>('DescribeImages', { ImageIds: [ImageId] })
      const snapshots = (Images[0]?.BlockDeviceMappings ?? []).map(({ Ebs }) => Ebs?.SnapshotId ?? '')
      return { input: { ImageId, DeleteAssociatedSnapshots: true }, snapshots }
    }
    const left = async () => {
      const { Snapshots = [] } = await stage.read<DescribeSnapshotsResult>('DescribeSnapshots', {})
      return Snapshots.filter(({ OwnerId }) => OwnerId === OWNER)
    }
    const snapshotArn = (id = '') => `arn:aws:ec2:${REGION}::snapshot/${id}`

    for (const which of [0, 1]) {
      const { input, snapshots } = await make(`with ${which}`)
      expect(snapshots).toHaveLength(2)
      const by = deny('ec2:DeleteSnapshot', snapshotArn(snapshots[which]))
      const { DeleteSnapshotResults = [] } = await stage.askAs<DeregisterImageResult>(by, 'DeregisterImage', input)
      expect(DeleteSnapshotResults).toEqual(
        snapshots.map((SnapshotId, at) => ({
          SnapshotId,
          ReturnCode: at === which ? 'missing-permissions' : 'success',
        })),
      )
      expect((await left()).map(({ SnapshotId }) => SnapshotId)).toEqual([snapshots[which]])
      await stage.succeed('DeleteSnapshot', { SnapshotId: snapshots[which] })
    }

    const { input } = await make('with both')
    const alone = allow('ec2:DeregisterImage', '*')
    const { DeleteSnapshotResults = [] } = await stage.askAs<DeregisterImageResult>(alone, 'DeregisterImage', input)
    expect(DeleteSnapshotResults.map(({ ReturnCode }) => ReturnCode)).toEqual(
      Array.from({ length: 2 }, () => 'missing-permissions'),
    )
    expect(await left()).toHaveLength(2)
  })
})

describe('rules of a group', () => {
  it('that are denied are not revoked by their ids', async () => {
    const { GroupId } = await stage.succeed<CreateSecurityGroupResult>('CreateSecurityGroup', {
      ...{ GroupName: 'web', Description: 'x' },
    })
    const { SecurityGroupRules = [] } = await stage.succeed<AuthorizeSecurityGroupIngressResult>(
      'AuthorizeSecurityGroupIngress',
      {
        GroupId,
        IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
      },
    )
    const SecurityGroupRuleIds = SecurityGroupRules.map(rule => rule.SecurityGroupRuleId ?? '')
    const named = { GroupId, SecurityGroupRuleIds }
    await refused('RevokeSecurityGroupIngress', named, deny('*', arn('security-group-rule', SecurityGroupRuleIds[0])))
    await done('RevokeSecurityGroupIngress', named, allow('*', arn('security-group', GroupId)))
  })

  it('are nothing that an action is about by itself', async () => {
    const SecurityGroupRuleIds = ['sgr-00000000000000001']
    await refused('RevokeSecurityGroupIngress', { SecurityGroupRuleIds }, allow('ec2:Describe*', '*'))
  })
})

describe('a refusal', () => {
  it('says what was asked for in the words of AWS, and the rest to the operator', async () => {
    const asked = stage.askAs(
      deny('ec2:Stop*', '*'),
      'StopInstances',
      { InstanceIds: ['i-5'] },
      {
        'aws:SourceIp': '203.0.113.7',
      },
    )
    const error: unknown = await asked.catch((thrown: unknown) => thrown)
    const resource = arn('instance', 'i-00000005')
    const { code, status, message } = toEc2Error(error)
    expect({ code, status }).toEqual({ code: 'UnauthorizedOperation', status: 403 })
    expect(message).toContain(
      `You are not authorized to perform this operation. User: arn:aws:iam::${stage.account.id}:user/helen is not ` +
        `authorized to perform: ec2:StopInstances on resource: ${resource} with an explicit deny in an identity-based policy.`,
    )
    expect(await stage.explain(error)).toEqual({
      ...{ requestId: 'asked', accessKeyId: 'AKIA', action: 'ec2:StopInstances', resource },
      ...{ decision: 'explicitDeny', policy: 'identity-based', statement: { number: 2 } },
      context: { 'aws:SourceIp': '203.0.113.7', 'ec2:Region': REGION },
    })
    expect(message).not.toContain('203.0.113.7')
  })

  it('of IAM has the code that IAM has, and nobody is kept from asking who they are', async () => {
    const nothing = policy({ Effect: 'Deny', Action: '*', Resource: '*' })
    await expect(codeOf('ListRoles', {}, nothing)).resolves.toBe('AccessDenied')
    await expect(codeOf('GetCallerIdentity', {}, nothing)).resolves.toBeUndefined()
    await expect(
      codeOf('GetRole', { RoleName: 'x' }, allow('iam:*', `arn:aws:iam::${stage.account.id}:role/x`)),
    ).resolves.toBe('NoSuchEntity')
  })

  it('of IAM is about the own user, named or not', async () => {
    const user = `arn:aws:iam::${stage.account.id}:user/helen`
    for (const input of [{}, { UserName: 'helen' }]) {
      for (const action of ['GetUser', 'ListAccessKeys', 'CreateAccessKey']) {
        await expect(codeOf(action, input, deny('iam:*', user))).resolves.toBe('AccessDenied')
        await expect(codeOf(action, input, allow('iam:*', `${user}x`))).resolves.toBe('AccessDenied')
      }
      await done('GetUser', input, allow('iam:*', user))
    }
    const AccessKeyId = 'AKIAAAAAAAAAAAAAAAAA'
    await expect(codeOf('GetAccessKeyLastUsed', { AccessKeyId }, deny('iam:*', user))).resolves.toBe('AccessDenied')
  })

  it('is what a policy says that cannot be read: one of a later release allows nothing', async () => {
    await refused('DescribeInstances', {}, policy({ ...ANY, Condition: { StringEquals: { 'ec2:Later': 'x' } } }))
  })
})

describe('a tag of an image', () => {
  it('is the word of its owner, and nobody else’s', async () => {
    const approved = `EC2_AMI="YES" EC2_TAGS="${encodeTags(new Map([['approved', 'yes']]))}"`
    const [theirs, common] = ['ami-00000001', 'ami-00000002']
    stage = setStage(
      {},
      {
        images: [
          { name: 'theirs', owner: 'rival', public: true, template: approved },
          { name: 'common', owner: 'oneadmin', public: true, template: approved },
        ],
      },
    )
    const only = policy(
      { Effect: 'Allow', NotAction: ['ec2:RunInstances', 'ec2:CopyImage'], Resource: '*' },
      { Effect: 'Allow', Action: ['ec2:RunInstances', 'ec2:CopyImage'], NotResource: 'arn:aws:ec2:*:*:image/ami-*' },
      {
        ...{ Effect: 'Allow', Action: ['ec2:RunInstances', 'ec2:CopyImage'], Resource: 'arn:aws:ec2:*:*:image/ami-*' },
        Condition: { StringEquals: { 'ec2:ResourceTag/approved': 'yes' } },
      },
    )
    const copying = (SourceImageId: string) => ({ SourceImageId, SourceRegion: REGION, Name: `of ${SourceImageId}` })
    await refused('RunInstances', { ImageId: theirs, MinCount: 1, MaxCount: 1 }, only)
    await done('RunInstances', { ImageId: common, MinCount: 1, MaxCount: 1 }, only)
    await refused('CopyImage', copying(theirs), only)
    await done('CopyImage', copying(common), only)
  })
})
