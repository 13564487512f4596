// What no cloud of OpenNebula has: answered in AWS's form, and checked as everywhere.
import * as sdk from '@aws-sdk/client-ec2'
import { describe, expect, it } from 'vitest'
import { absent } from '../../src/ec2/absent/rows.ts'
import { actions } from '../../src/ec2/actions.ts'
import { call, ec2, upstream } from './cloud.ts'

const client = ec2()

/** Of each action that can be asked for something by name, the parameter, such a name, and what is said of it. */
const named: readonly (readonly [action: keyof typeof absent, parameter: string, id: string, code: string])[] = [
  ['DescribeVpcPeeringConnections', 'VpcPeeringConnectionId.1', 'pcx-1', 'InvalidVpcPeeringConnectionID.NotFound'],
  ['DescribeVpcPeeringConnections', 'VpcPeeringConnectionId.1', 'pcx', 'InvalidVpcPeeringConnectionId.Malformed'],
  ['DescribeNatGateways', 'NatGatewayId.1', 'nat-1234567890abcdef0', 'NatGatewayNotFound'],
  ['DescribeNatGateways', 'NatGatewayId.1', 'igw-1', 'NatGatewayMalformed'],
  [
    ...(['DescribeEgressOnlyInternetGateways', 'EgressOnlyInternetGatewayId.1', 'eigw-1'] as const),
    'InvalidEgressOnlyInternetGatewayId.NotFound',
  ],
  ['DescribeVpnGateways', 'VpnGatewayId.1', 'vgw-1', 'InvalidVpnGatewayID.NotFound'],
  ['DescribeVpnGateways', 'VpnGatewayId.1', 'x', 'InvalidVpnGatewayID.NotFound'],
  ['DescribeCustomerGateways', 'CustomerGatewayId.1', 'cgw-1', 'InvalidCustomerGatewayID.NotFound'],
  ['DescribeCustomerGateways', 'CustomerGatewayId.1', 'x', 'InvalidCustomerGatewayId.Malformed'],
  ['DescribeVpnConnections', 'VpnConnectionId.1', 'vpn-1', 'InvalidVpnConnectionID.NotFound'],
  ['DescribeVpcEndpoints', 'VpcEndpointId.1', 'vpce-1', 'InvalidVpcEndpointId.NotFound'],
  ['DescribeVpcEndpointServices', 'ServiceName.1', 'com.amazonaws.us-east-1.s3', 'InvalidServiceName'],
  ['DescribeFlowLogs', 'FlowLogId.1', 'fl-1', 'InvalidFlowLogId.NotFound'],
  ['DescribePrefixLists', 'PrefixListId.1', 'pl-1', 'InvalidPrefixListID.NotFound'],
  ['DescribeManagedPrefixLists', 'PrefixListId.1', 'pl-x', 'InvalidPrefixListId.Malformed'],
  ['DescribeMovingAddresses', 'PublicIp.1', '203.0.113.9', 'InvalidAddress.NotFound'],
  ['DescribeIamInstanceProfileAssociations', 'AssociationId.1', 'iip-assoc-1', 'InvalidAssociationID.NotFound'],
  ['DescribeExportImageTasks', 'ExportImageTaskId.1', 'export-ami-1', 'InvalidExportTaskID.NotFound'],
  ['DescribeExportTasks', 'ExportTaskId.1', 'export-i-1', 'InvalidExportTaskID.NotFound'],
  ['DescribeBundleTasks', 'BundleId.1', 'bun-1', 'InvalidBundleID.NotFound'],
  ['DescribeConversionTasks', 'ConversionTaskId.1', 'import-i-1', 'InvalidConversionTaskId'],
  ['DescribePublicIpv4Pools', 'PoolId.1', 'ipv4pool-ec2-1', 'InvalidPublicIpv4PoolID.NotFound'],
  ['DescribeSpotInstanceRequests', 'SpotInstanceRequestId.1', 'sir-1', 'InvalidSpotInstanceRequestID.NotFound'],
  ['DescribeSpotInstanceRequests', 'SpotInstanceRequestId.1', '1', 'InvalidSpotInstanceRequestID.Malformed'],
  ['DescribeReservedInstances', 'ReservedInstancesId.1', 'x', 'InvalidReservedInstancesId'],
  ['DescribeReservedInstancesOfferings', 'ReservedInstancesOfferingId.1', 'x', 'InvalidReservedInstancesOfferingId'],
  ['DescribeScheduledInstances', 'ScheduledInstanceId.1', 'sci-1', 'InvalidScheduledInstance'],
  ['DescribeHosts', 'HostId.1', 'h-1', 'InvalidHostID.NotFound'],
  ['DescribeCapacityReservations', 'CapacityReservationId.1', 'cr-1', 'InvalidCapacityReservationId.NotFound'],
  ['DescribeFleets', 'FleetId.1', 'fleet-1', 'InvalidFleetId.NotFound'],
]

const paged = Object.entries(absent).flatMap(([action, { honours }]) =>
  (honours as readonly string[]).includes('MaxResults') ? action : [],
)

describe('what there is none of', () => {
  it.each(Object.keys(absent))('%s has no item, and asks OpenNebula for nothing', async action => {
    const Command = (sdk as unknown as Record<string, new (input: object) => never>)[`${action}Command`]
    if (!Command) throw new Error(`the SDK has no ${action}`)
    let answer: Readonly<Record<string, unknown>> = {}
    const requests = await upstream(async () => {
      answer = await (client.send as (command: never) => Promise<Record<string, unknown>>).call(client, new Command({}))
    })
    expect(requests).toEqual([])
    const { $metadata: _, ...lists } = answer
    expect(Object.keys(lists)).not.toEqual([])
    expect(Object.values(lists).flat()).toEqual([])
  })

  it.each(named)('%s with %s %s is %s', async (action, parameter, id, code) => {
    const { status, code: answered, message } = await call(action, { [parameter]: id })
    expect([status, answered, message]).toEqual([400, code, expect.stringContaining(id)])
  })

  it('is asked for by name in every action that takes names', () => {
    const takes = Object.entries(absent).flatMap(([action, { honours }]) =>
      (honours as readonly string[]).some(member => /(Ids|ServiceNames|PublicIps)$/.test(member)) ? action : [],
    )
    expect(new Set(named.map(([action]) => action))).toEqual(new Set(takes))
  })

  it.each(paged)('%s has no page of such a size, and none behind a token', async action => {
    const answers = await Promise.all([
      call(action, { MaxResults: '5' }),
      call(action, { MaxResults: '1001' }),
      call(action, { NextToken: 'bm9uZQ' }),
    ])
    expect(answers.map(({ code }) => code)).toEqual([undefined, 'InvalidParameterValue', 'InvalidPaginationToken'])
  })

  it('says of encryption that there is none', async () => {
    const { EbsEncryptionByDefault, SseType } = await client.send(new sdk.GetEbsEncryptionByDefaultCommand({}))
    const { KmsKeyId } = await client.send(new sdk.GetEbsDefaultKmsKeyIdCommand({}))
    expect([EbsEncryptionByDefault, SseType, KmsKeyId]).toEqual([false, 'none', 'alias/aws/ebs'])
  })
})

describe('the formats of ids', () => {
  it('are long for all types', async () => {
    const { Statuses = [] } = await client.send(new sdk.DescribeIdFormatCommand({}))
    expect(Statuses.every(({ UseLongIds }) => UseLongIds)).toBe(true)
    expect(Statuses.map(({ Resource }) => Resource)).toEqual(expect.arrayContaining(['instance', 'vpc', 'volume']))
    const one = await client.send(new sdk.DescribeIdFormatCommand({ Resource: 'vpc' }))
    expect(one.Statuses).toEqual([{ Resource: 'vpc', UseLongIds: true }])
    const PrincipalArn = 'arn:aws:iam::000000000002:root'
    const mine = await client.send(new sdk.DescribeIdentityIdFormatCommand({ PrincipalArn, Resource: 'vpc' }))
    expect(mine.Statuses).toEqual(one.Statuses)
    const all = await client.send(new sdk.DescribeAggregateIdFormatCommand({}))
    expect([all.UseLongIdsAggregated, all.Statuses]).toEqual([true, Statuses])
    const { Principals } = await client.send(new sdk.DescribePrincipalIdFormatCommand({ Resources: ['vpc'] }))
    expect(Principals).toEqual([])
  })

  it('cannot be others', async () => {
    await client.send(new sdk.ModifyIdFormatCommand({ Resource: 'instance', UseLongIds: true }))
    const modified = async (Resource: string, UseLongIds: string) =>
      (await call('ModifyIdFormat', { Resource, UseLongIds })).code
    expect(await modified('instance', 'false')).toBe('UnsupportedOperation')
    expect(await modified('planet', 'true')).toBe('InvalidResourceType.Unknown')
    expect(await modified('all-current', 'true')).toBeUndefined()
    expect((await call('DescribeIdFormat', { Resource: 'planet' })).code).toBe('InvalidResourceType.Unknown')
    expect((await call('DescribePrincipalIdFormat', { 'Resource.1': 'x' })).code).toBe('InvalidResourceType.Unknown')
  })
})

it('is no action of which nothing is honoured', () => {
  for (const action of Object.keys(absent)) expect(actions.get(action)?.honours, action).not.toEqual([])
})
