// Availability zones that are clusters of OpenNebula, in the account's object: where subnets are, and where instances go.
import type {
  CreateSubnetResult,
  CreateVpcResult,
  DescribeSubnetsResult,
  Instance,
  Reservation,
} from '@aws-sdk/client-ec2'
import { describe, expect, it } from 'vitest'
import { attribute, IMAGE, type Stage, setStage } from './stage.ts'

const ZONES = 'one-a one-b one-c'
const ZONE_CLUSTERS = 'one-a=0,104 one-b=105'
const SubnetId = 'subnet-00000000'
const Placement = (AvailabilityZone: string) => ({ Placement: { AvailabilityZone } })

/** With the operator's network in these clusters. */
function cloud(clusters: number[], variables: Record<string, string> = {}): Stage {
  const stage = setStage({}, {}, { ZONES, ZONE_CLUSTERS, ...variables })
  for (const network of stage.sandbox.world.networks.all()) network.clusters = clusters
  return stage
}

const launched = async (stage: Stage, input: object): Promise<Instance> => {
  const { Instances = [] } = await stage.succeed<Reservation>('RunInstances', {
    ...{ ImageId: IMAGE, MinCount: 1, MaxCount: 1 },
    ...input,
  })
  return Instances[0] ?? {}
}
const refusal = async (stage: Stage, action: string, input: object) => (await stage.perform(action, input)).error
const subnets = async (stage: Stage, zone?: string) => {
  const Filters = zone === undefined ? [] : [{ Name: 'availability-zone', Values: [zone] }]
  const { Subnets = [] } = await stage.read<DescribeSubnetsResult>('DescribeSubnets', { Filters })
  return Subnets.map(each => [each.SubnetId, each.AvailabilityZone, each.AvailabilityZoneId])
}
const requirements = ({ sandbox }: Stage) =>
  attribute(sandbox.world.vms.all().at(-1)?.userTemplate, 'SCHED_REQUIREMENTS')

describe('a zone of clusters', () => {
  it('has the subnets whose networks are in one of them', async () => {
    const stage = cloud([105])
    expect(await subnets(stage)).toEqual([[SubnetId, 'one-b', 'opennebula-az2']])
    expect(await subnets(stage, 'one-b')).toHaveLength(1)
    expect(await subnets(stage, 'one-a')).toEqual([])
    expect(await subnets(cloud([104]))).toEqual([[SubnetId, 'one-a', 'opennebula-az1']])
    // One that is in no zone is shown in the first, as all are where there are no clusters
    expect(await subnets(cloud([7]))).toEqual([[SubnetId, 'one-a', 'opennebula-az1']])
  })

  it.each<[launch: object, zone: string, requirements: string]>([
    [{}, 'one-a', ''],
    // What econe's client asks for, and Terraform
    [Placement('default'), 'one-a', ''],
    [Placement(''), 'one-a', ''],
    [Placement('one-a'), 'one-a', 'CLUSTER_ID = 0 | CLUSTER_ID = 104'],
    [Placement('one-b'), 'one-b', 'CLUSTER_ID = 105'],
    [{ Placement: { AvailabilityZoneId: 'opennebula-az2' } }, 'one-b', 'CLUSTER_ID = 105'],
    [Placement('one-c'), 'one-c', ''],
    [{ SubnetId }, 'one-b', 'CLUSTER_ID = 105'],
    [{ SubnetId, ...Placement('one-b') }, 'one-b', 'CLUSTER_ID = 105'],
  ])('has the instances of a launch with %j in %s', async (launch, AvailabilityZone, expected) => {
    const stage = cloud([105])
    expect(await launched(stage, launch)).toMatchObject({ Placement: { AvailabilityZone } })
    expect(requirements(stage)).toBe(expected)
  })

  it('keeps to what the type says of hosts', async () => {
    const stage = cloud([105])
    for (const { template } of stage.sandbox.world.templates.all())
      template['SCHED_REQUIREMENTS'] = ['FREE_CPU > 2 | NAME = "x"']
    await launched(stage, Placement('one-a'))
    expect(requirements(stage)).toBe('(FREE_CPU > 2 | NAME = "x") & (CLUSTER_ID = 0 | CLUSTER_ID = 104)')
    await launched(stage, {})
    expect(requirements(stage)).toBe('FREE_CPU > 2 | NAME = "x"')
  })

  it('has no instances in a subnet of another', async () => {
    const stage = cloud([105])
    for (const zone of ['one-a', 'one-c']) {
      const input = { ImageId: IMAGE, MinCount: 1, MaxCount: 1, SubnetId, ...Placement(zone) }
      expect(await refusal(stage, 'RunInstances', input)).toMatchObject({
        code: 'InvalidParameterValue',
        message:
          `Value (${zone}) for parameter availabilityZone is invalid. ` +
          `Subnet '${SubnetId}' is in the availability zone one-b`,
      })
    }
    expect(stage.vms()).toEqual([])
  })

  it('has those in a subnet of several, as the launch says', async () => {
    const stage = cloud([0, 105])
    expect(await launched(stage, { SubnetId, ...Placement('one-b') })).toMatchObject(Placement('one-b'))
    expect(requirements(stage)).toBe('CLUSTER_ID = 105')
    expect(await launched(stage, { SubnetId })).toMatchObject(Placement('one-a'))
    expect(requirements(stage)).toBe('CLUSTER_ID = 0 | CLUSTER_ID = 104')
  })

  it('has new subnets where the network is that they are reserved from', async () => {
    const stage = cloud([105], { SUBNET_TEMPLATE_ID: '', SUBNET_PARENT_ID: '0' })
    const { Vpc } = await stage.succeed<CreateVpcResult>('CreateVpc', { CidrBlock: '10.0.0.0/16' })
    const input = { VpcId: Vpc?.VpcId, CidrBlock: '10.0.0.32/28' }
    expect(await refusal(stage, 'CreateSubnet', { ...input, AvailabilityZone: 'one-a' })).toMatchObject({
      code: 'InvalidParameterValue',
      message:
        'Value (one-a) for parameter availabilityZone is invalid. ' +
        'Subnets can currently only be created in the following availability zones: one-b.',
    })
    const { Subnet } = await stage.succeed<CreateSubnetResult>('CreateSubnet', input)
    expect(Subnet).toMatchObject({ AvailabilityZone: 'one-b', AvailabilityZoneId: 'opennebula-az2' })
    await stage.pass(5000)
    expect(await subnets(stage, 'one-b')).toHaveLength(2)
  })
})
