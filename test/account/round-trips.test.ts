// What a change has to know is read in one request: of things that it names by their names, and of several kinds of them. And what
// two find by a name at the same moment, neither changes as it was before the other's change.
import type {
  CreateLaunchTemplateVersionResult,
  CreateSecurityGroupResult,
  DescribeSecurityGroupsResult,
  Volume,
} from '@aws-sdk/client-ec2'
import { expect, it } from 'vitest'
import type { Seed } from '../../src/sandbox/seed.ts'
import { type Stage, setStage } from './stage.ts'

const InstanceId = 'i-00000000'
const ImageId = 'ami-00000001'
const GroupName = 'web'
const LaunchTemplateName = 'web'
const LaunchTemplateData = { InstanceType: 'm1.small' } as const
const open = (port: number) => ({ IpProtocol: 'tcp', FromPort: port, ToPort: port, CidrIp: '10.0.0.0/8' })

const stageWithInstance = async (seed: Seed = {}) => {
  const stage = setStage({}, { ...seed, instances: [{ owner: 'helen', count: 1, image: 'ttylinux' }] })
  await stage.pass(60_000)
  return stage
}

const groupOf = (stage: Stage) =>
  stage.succeed<CreateSecurityGroupResult>('CreateSecurityGroup', { GroupName, Description: 'of the web' })

it('a change takes one request to read, and one to write', async () => {
  const stage = await stageWithInstance({ images: [{ name: 'mine', owner: 'helen', template: 'EC2_AMI="YES"' }] })
  const { GroupId = '' } = await groupOf(stage)
  const { VolumeId = '' } = await stage.succeed<Volume>('CreateVolume', { Size: 1, AvailabilityZone: 'opennebulaa' })
  await stage.succeed('CreateLaunchTemplate', { LaunchTemplateName, LaunchTemplateData })
  const RouteTableId = 'rtb-00000002'
  const route = { RouteTableId, DestinationCidrBlock: '192.0.2.0/24' }
  const changes: readonly (readonly [action: string, input: object])[] = [
    ['AuthorizeSecurityGroupIngress', { GroupName, ...open(22) }],
    ['RevokeSecurityGroupIngress', { GroupName, ...open(22) }],
    ['CreateTags', { Resources: [InstanceId, VolumeId, GroupId], Tags: [{ Key: 'Role', Value: 'worker' }] }],
    ['ModifyInstanceAttribute', { InstanceId, Groups: [GroupId] }],
    ['ModifyInstanceAttribute', { InstanceId, SourceDestCheck: { Value: false } }],
    ['CreateRoute', { ...route, InstanceId }],
    ['CreateLaunchTemplateVersion', { LaunchTemplateName, LaunchTemplateData }],
    ['ModifyLaunchTemplate', { LaunchTemplateName, DefaultVersion: '2' }],
    ['DeleteLaunchTemplateVersions', { LaunchTemplateName, Versions: ['1'] }],
    ['ModifyImageAttribute', { ImageId, LaunchPermission: { Add: [{ Group: 'all' }] } }],
    ['ModifyImageAttribute', { ImageId, LaunchPermission: { Remove: [{ Group: 'all' }] } }],
    ['StopInstances', { InstanceIds: [InstanceId] }],
    ['ModifyInstanceAttribute', { InstanceId, InstanceType: { Value: 'm1.large' } }],
  ]
  const counted: (readonly [string, number])[] = []
  for (const [action, input] of changes) {
    stage.bill.upstream = 0
    await stage.succeed(action, input)
    counted.push([action, stage.bill.upstream])
    await stage.pass(60_000)
  }
  expect(counted).toEqual(changes.map(([action]) => [action, 2]))
})

it('a launch reads the snapshots that it names with all else, copies them, makes the instance and shows it', async () => {
  const stage = await stageWithInstance({ images: [{ name: 'data', owner: 'helen', template: 'EBS_SNAPSHOT="YES"' }] })
  const BlockDeviceMappings = [{ DeviceName: '/dev/sdh', Ebs: { SnapshotId: 'snap-00000001' } }]
  stage.bill.upstream = 0
  await stage.succeed('RunInstances', { ImageId: 'ami-00000000', MinCount: 1, MaxCount: 1, BlockDeviceMappings })
  expect(stage.bill.upstream).toBe(4)
})

it('a policy that asks about several kinds of resources takes one request more', async () => {
  const stage = await stageWithInstance()
  const { VolumeId } = await stage.succeed<Volume>('CreateVolume', { Size: 1, AvailabilityZone: 'opennebulaa' })
  await stage.pass(60_000)
  const any = { Effect: 'Allow', Action: '*', Resource: '*' }
  const Condition = { StringEquals: { 'aws:ResourceTag/Team': 'red' } }
  const policy = { Version: '2012-10-17', Statement: [any, { ...any, Effect: 'Deny', Condition }] }
  stage.bill.upstream = 0
  await stage.askAs(policy, 'AttachVolume', { InstanceId, VolumeId, Device: '/dev/sdh' })
  expect(stage.bill.upstream).toBe(1 + 2)
})

it('of two rules that are added by the name of the group at the same moment none is lost', async () => {
  const stage = await stageWithInstance()
  await groupOf(stage)
  await Promise.all(
    [22, 80, 443].map(port => stage.succeed('AuthorizeSecurityGroupIngress', { GroupName, ...open(port) })),
  )
  const input = { GroupNames: [GroupName] }
  const { SecurityGroups: [group] = [] } = await stage.read<DescribeSecurityGroupsResult>(
    'DescribeSecurityGroups',
    input,
  )
  expect(new Set(group?.IpPermissions?.map(({ FromPort }) => FromPort))).toEqual(new Set([22, 80, 443]))
})

it('two versions that are added by the name of the template at the same moment are two', async () => {
  const stage = await stageWithInstance()
  await stage.succeed('CreateLaunchTemplate', { LaunchTemplateName, LaunchTemplateData })
  const add = () =>
    stage.succeed<CreateLaunchTemplateVersionResult>('CreateLaunchTemplateVersion', {
      LaunchTemplateName,
      LaunchTemplateData,
    })
  const made = await Promise.all([add(), add()])
  expect(new Set(made.map(({ LaunchTemplateVersion }) => LaunchTemplateVersion?.VersionNumber))).toEqual(
    new Set([2, 3]),
  )
})
