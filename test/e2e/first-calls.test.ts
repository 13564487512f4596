// What Terraform, Ansible, Packer and libcloud ask before they begin: in their order, with the SDK, over HTTP.
import {
  DescribeAccountAttributesCommand,
  DescribeAvailabilityZonesCommand,
  DescribeDhcpOptionsCommand,
  DescribeIamInstanceProfileAssociationsCommand,
  DescribeInstancesCommand,
  DescribeInternetGatewaysCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
  type Filter,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  TerminateInstancesCommand,
  VpcAttributeName,
  waitUntilInstanceRunning,
  waitUntilInstanceTerminated,
  waitUntilSubnetAvailable,
  waitUntilVpcAvailable,
  waitUntilVpcExists,
} from '@aws-sdk/client-ec2'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { describe, expect, it, onTestFinished } from 'vitest'
import { anImage, ec2, sts } from './cloud.ts'

const client = ec2()
const ACCOUNT = '000000000002'
const waiting = { client, maxWaitTime: 20, minDelay: 0.05, maxDelay: 0.1 }

const filters = (of: Readonly<Record<string, string>>): Filter[] =>
  Object.entries(of).map(([Name, value]) => ({ Name, Values: [value] }))

/** The one that there has to be. */
function only<T>(list: readonly T[] | undefined): T {
  const [first] = list ?? []
  if (first === undefined || list?.length !== 1) throw new Error(`there are ${list?.length ?? 0}`)
  return first
}

/** Launches an instance as a tool does, and gives it as it runs. */
async function launched(input: Partial<RunInstancesCommandInput>) {
  const { Instances } = await client.send(
    new RunInstancesCommand({ ImageId: await anImage(), MinCount: 1, MaxCount: 1, ...input }),
  )
  const { InstanceId = '' } = only(Instances)
  const InstanceIds = [InstanceId]
  onTestFinished(async () => {
    await client.send(new TerminateInstancesCommand({ InstanceIds }))
    await waitUntilInstanceTerminated(waiting, { InstanceIds })
  })
  await waitUntilInstanceRunning(waiting, { InstanceIds })
  const { Reservations } = await client.send(new DescribeInstancesCommand({ InstanceIds }))
  return only(only(Reservations).Instances)
}

describe('the first calls', () => {
  it('of Terraform: the account, the default VPC and all that belongs to it, an instance in its subnet', async () => {
    expect((await sts().send(new GetCallerIdentityCommand({}))).Account).toBe(ACCOUNT)
    // data "aws_vpc" { default = true }
    const { Vpcs } = await client.send(new DescribeVpcsCommand({ Filters: filters({ isDefault: 'true' }) }))
    const vpc = only(Vpcs)
    const VpcId = vpc.VpcId ?? ''
    expect(vpc.CidrBlockAssociationSet?.[0]).toMatchObject({
      CidrBlock: vpc.CidrBlock,
      CidrBlockState: { State: 'associated' },
    })
    for (const Attribute of Object.values(VpcAttributeName)) {
      const {
        VpcId: named,
        $metadata: _,
        ...answer
      } = await client.send(new DescribeVpcAttributeCommand({ VpcId, Attribute }))
      expect([named, Object.keys(answer)]).toEqual([VpcId, [`${Attribute[0]?.toUpperCase()}${Attribute.slice(1)}`]])
    }
    const main = filters({ 'association.main': 'true', 'vpc-id': VpcId })
    const table = only((await client.send(new DescribeRouteTablesCommand({ Filters: main }))).RouteTables)
    expect(table.Routes?.map(({ DestinationCidrBlock }) => DestinationCidrBlock)).toEqual([vpc.CidrBlock, '0.0.0.0/0'])
    const acls = new DescribeNetworkAclsCommand({ Filters: filters({ default: 'true', 'vpc-id': VpcId }) })
    expect(only((await client.send(acls)).NetworkAcls).IsDefault).toBe(true)
    const gateways = new DescribeInternetGatewaysCommand({ Filters: filters({ 'attachment.vpc-id': VpcId }) })
    const { InternetGatewayId } = only((await client.send(gateways)).InternetGateways)
    expect(table.Routes?.at(-1)?.GatewayId).toBe(InternetGatewayId)
    const options = new DescribeDhcpOptionsCommand({ DhcpOptionsIds: [vpc.DhcpOptionsId ?? ''] })
    expect(only((await client.send(options)).DhcpOptions).OwnerId).toBe(ACCOUNT)
    // data "aws_subnets", data "aws_subnet"
    const { Subnets } = await client.send(
      new DescribeSubnetsCommand({ Filters: filters({ 'vpc-id': VpcId, defaultForAz: 'true' }) }),
    )
    const { SubnetId = '' } = only(Subnets)
    await waitUntilVpcExists(waiting, { VpcIds: [VpcId] })
    await waitUntilVpcAvailable(waiting, { VpcIds: [VpcId] })
    await waitUntilSubnetAvailable(waiting, { SubnetIds: [SubnetId] })
    // resource "aws_instance", and what is read of it
    const instance = await launched({ SubnetId })
    expect([instance.SubnetId, instance.VpcId]).toEqual([SubnetId, VpcId])
    expect(only((await client.send(new DescribeVpcsCommand({ VpcIds: [VpcId] }))).Vpcs)).toEqual(vpc)
    // Before it deletes a security group or a subnet it looks for what is still in it
    for (const [name, value] of [
      ['group-id', instance.SecurityGroups?.[0]?.GroupId ?? ''],
      ['subnet-id', SubnetId],
    ] as const) {
      const { NetworkInterfaces = [] } = await client.send(
        new DescribeNetworkInterfacesCommand({ Filters: filters({ [name]: value }) }),
      )
      expect(NetworkInterfaces.map(({ Attachment }) => Attachment?.InstanceId)).toContain(instance.InstanceId)
    }
  })

  it('of Ansible: the default subnet, an instance in it, and what it looks for of that', async () => {
    const { Vpcs } = await client.send(new DescribeVpcsCommand({ Filters: filters({ isDefault: 'true' }) }))
    const { VpcId = '' } = only(Vpcs)
    const wanted = filters({ 'vpc-id': VpcId, state: 'available', 'default-for-az': 'true' })
    const { SubnetId = '' } = only((await client.send(new DescribeSubnetsCommand({ Filters: wanted }))).Subnets)
    const { InstanceId = '', NetworkInterfaces } = await launched({
      NetworkInterfaces: [{ DeviceIndex: 0, SubnetId }],
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: 'web' }] }],
    })
    const { NetworkInterfaceId = '' } = only(NetworkInterfaces)
    for (const of of [
      { 'tag:Name': 'web', 'subnet-id': SubnetId, 'instance-state-name': 'running' },
      { 'network-interface.network-interface-id': NetworkInterfaceId },
    ]) {
      const { Reservations = [] } = await client.send(new DescribeInstancesCommand({ Filters: filters(of) }))
      expect(Reservations.flatMap(({ Instances = [] }) => Instances.map(each => each.InstanceId))).toEqual([InstanceId])
    }
    const profiles = new DescribeIamInstanceProfileAssociationsCommand({
      Filters: filters({ 'instance-id': InstanceId }),
    })
    expect((await client.send(profiles)).IamInstanceProfileAssociations).toEqual([])
    // ec2_eip, ec2_eni_info
    const found = await client.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [NetworkInterfaceId] }))
    expect(only(found.NetworkInterfaces).Attachment?.InstanceId).toBe(InstanceId)
  })

  it('of Packer and libcloud: the VPC, the subnets with room, zones and attributes of the account', async () => {
    const { AccountAttributes = [] } = await client.send(new DescribeAccountAttributesCommand({}))
    const value = AccountAttributes.find(({ AttributeName }) => AttributeName === 'default-vpc')?.AttributeValues?.[0]
    const { Vpcs } = await client.send(new DescribeVpcsCommand({}))
    expect(only(Vpcs).VpcId).toBe(value?.AttributeValue)
    const { AvailabilityZones = [] } = await client.send(new DescribeAvailabilityZonesCommand({}))
    const { Subnets = [] } = await client.send(new DescribeSubnetsCommand({}))
    expect(AvailabilityZones.map(({ ZoneName }) => ZoneName)).toContain(Subnets[0]?.AvailabilityZone)
    expect(Subnets[0]?.AvailableIpAddressCount).toBeGreaterThan(0)
    expect((await client.send(new DescribeVpcPeeringConnectionsCommand({}))).VpcPeeringConnections).toEqual([])
  })
})
