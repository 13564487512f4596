// The actions that are about what no cloud of OpenNebula has: each answers in AWS's form, as for an account that has none.
import { excerpt } from '../../lib/excerpt.ts'
import { Ec2Error, type SpecificCode } from '../../protocol/errors.ts'
import type { ActionTable } from '../core/action.ts'
import { emptyAnswers } from '../core/empty-answers.ts'
import { absentFilters } from './filters.ts'
import {
  CAPACITY_RESERVATION,
  CUSTOMER_GATEWAY,
  EGRESS_ONLY_INTERNET_GATEWAY,
  FLOW_LOG,
  HOST,
  NAT_GATEWAY,
  PREFIX_LIST,
  PROFILE_ASSOCIATION,
  SPOT_INSTANCE_REQUEST,
  VPC_ENDPOINT,
  VPC_PEERING_CONNECTION,
  VPN_CONNECTION,
  VPN_GATEWAY,
} from './resource.ts'

/** Of things whose names have no form of their own. @param what that there is not: `fleet`, say */
const unknown = (code: SpecificCode, what: string) => (names: readonly string[]) =>
  new Ec2Error(code, `There is no such ${what}: ${names.map(name => `'${excerpt(name)}'`).join(', ')}`)

const PAGES = ['NextToken', 'MaxResults'] as const

const none = emptyAnswers(absentFilters)

export const absent = {
  DescribeVpcPeeringConnections: none(
    'DescribeVpcPeeringConnections',
    { VpcPeeringConnections: [] },
    ['VpcPeeringConnectionIds', VPC_PEERING_CONNECTION],
    ['Filters', ...PAGES],
    { tagged: true },
  ),
  DescribeNatGateways: none(
    'DescribeNatGateways',
    { NatGateways: [] },
    ['NatGatewayIds', NAT_GATEWAY],
    ['Filter', ...PAGES],
    { tagged: true },
  ),
  DescribeEgressOnlyInternetGateways: none(
    'DescribeEgressOnlyInternetGateways',
    { EgressOnlyInternetGateways: [] },
    ['EgressOnlyInternetGatewayIds', EGRESS_ONLY_INTERNET_GATEWAY],
    ['Filters', ...PAGES],
    { tagged: true },
  ),
  DescribeVpnGateways: none('DescribeVpnGateways', { VpnGateways: [] }, ['VpnGatewayIds', VPN_GATEWAY], ['Filters'], {
    tagged: true,
  }),
  DescribeCustomerGateways: none(
    'DescribeCustomerGateways',
    { CustomerGateways: [] },
    ['CustomerGatewayIds', CUSTOMER_GATEWAY],
    ['Filters'],
    { tagged: true },
  ),
  DescribeVpnConnections: none(
    'DescribeVpnConnections',
    { VpnConnections: [] },
    ['VpnConnectionIds', VPN_CONNECTION],
    ['Filters'],
    { tagged: true },
  ),
  DescribeVpcEndpoints: none(
    'DescribeVpcEndpoints',
    { VpcEndpoints: [] },
    ['VpcEndpointIds', VPC_ENDPOINT],
    ['Filters', ...PAGES],
    { tagged: true },
  ),
  DescribeVpcEndpointServices: none(
    'DescribeVpcEndpointServices',
    { ServiceNames: [], ServiceDetails: [] },
    ['ServiceNames', unknown('InvalidServiceName', 'endpoint service')],
    ['Filters', ...PAGES, 'ServiceRegions'],
    { tagged: true },
  ),
  DescribeFlowLogs: none('DescribeFlowLogs', { FlowLogs: [] }, ['FlowLogIds', FLOW_LOG], ['Filter', ...PAGES], {
    tagged: true,
  }),
  DescribePrefixLists: none(
    'DescribePrefixLists',
    { PrefixLists: [] },
    ['PrefixListIds', PREFIX_LIST],
    ['Filters', ...PAGES],
  ),
  DescribeManagedPrefixLists: none(
    'DescribeManagedPrefixLists',
    { PrefixLists: [] },
    ['PrefixListIds', PREFIX_LIST],
    ['Filters', ...PAGES],
    { pages: { min: 1, max: 100 } },
  ),
  DescribeMovingAddresses: none(
    'DescribeMovingAddresses',
    { MovingAddressStatuses: [] },
    ['PublicIps', unknown('InvalidAddress.NotFound', 'address on its way')],
    ['Filters', ...PAGES],
  ),
  DescribeIamInstanceProfileAssociations: none(
    'DescribeIamInstanceProfileAssociations',
    { IamInstanceProfileAssociations: [] },
    ['AssociationIds', PROFILE_ASSOCIATION],
    ['Filters', ...PAGES],
  ),
  DescribeFastSnapshotRestores: none(
    'DescribeFastSnapshotRestores',
    { FastSnapshotRestores: [] },
    undefined,
    ['Filters', ...PAGES],
    { pages: { min: 0, max: 200 } },
  ),
  DescribeSnapshotTierStatus: none(
    'DescribeSnapshotTierStatus',
    { SnapshotTierStatuses: [] },
    undefined,
    ['Filters', ...PAGES],
    { tagged: true },
  ),
  DescribeExportImageTasks: none(
    'DescribeExportImageTasks',
    { ExportImageTasks: [] },
    ['ExportImageTaskIds', unknown('InvalidExportTaskID.NotFound', 'export task')],
    ['Filters', ...PAGES],
    { pages: { min: 1, max: 500 } },
  ),
  DescribeExportTasks: none(
    'DescribeExportTasks',
    { ExportTasks: [] },
    ['ExportTaskIds', unknown('InvalidExportTaskID.NotFound', 'export task')],
    ['Filters'],
  ),
  DescribeBundleTasks: none(
    'DescribeBundleTasks',
    { BundleTasks: [] },
    ['BundleIds', unknown('InvalidBundleID.NotFound', 'bundle task')],
    ['Filters'],
  ),
  DescribeConversionTasks: none(
    'DescribeConversionTasks',
    { ConversionTasks: [] },
    ['ConversionTaskIds', unknown('InvalidConversionTaskId', 'conversion task')],
    [],
  ),
  DescribePublicIpv4Pools: none(
    'DescribePublicIpv4Pools',
    { PublicIpv4Pools: [] },
    ['PoolIds', unknown('InvalidPublicIpv4PoolID.NotFound', 'address pool')],
    ['Filters', ...PAGES],
    { tagged: true, pages: { min: 1, max: 10 } },
  ),
  DescribeSpotInstanceRequests: none(
    'DescribeSpotInstanceRequests',
    { SpotInstanceRequests: [] },
    ['SpotInstanceRequestIds', SPOT_INSTANCE_REQUEST],
    ['Filters', ...PAGES],
    { tagged: true },
  ),
  DescribeSpotPriceHistory: none(
    'DescribeSpotPriceHistory',
    { SpotPriceHistory: [] },
    undefined,
    [
      'Filters',
      ...PAGES,
      'AvailabilityZone',
      'AvailabilityZoneId',
      'InstanceTypes',
      'ProductDescriptions',
      'StartTime',
      'EndTime',
    ],
    { pages: { min: 1, max: 1000 } },
  ),
  DescribeReservedInstances: none(
    'DescribeReservedInstances',
    { ReservedInstances: [] },
    ['ReservedInstancesIds', unknown('InvalidReservedInstancesId', 'reserved instances')],
    ['Filters', 'OfferingClass', 'OfferingType'],
    { tagged: true },
  ),
  DescribeReservedInstancesOfferings: none(
    'DescribeReservedInstancesOfferings',
    { ReservedInstancesOfferings: [] },
    ['ReservedInstancesOfferingIds', unknown('InvalidReservedInstancesOfferingId', 'offering of reserved instances')],
    [
      'Filters',
      ...PAGES,
      'AvailabilityZone',
      'AvailabilityZoneId',
      'IncludeMarketplace',
      'InstanceTenancy',
      'InstanceType',
      'MaxDuration',
      'MaxInstanceCount',
      'MinDuration',
      'OfferingClass',
      'OfferingType',
      'ProductDescription',
    ],
  ),
  DescribeScheduledInstances: none(
    'DescribeScheduledInstances',
    { ScheduledInstanceSet: [] },
    ['ScheduledInstanceIds', unknown('InvalidScheduledInstance', 'scheduled instance')],
    ['Filters', ...PAGES, 'SlotStartTimeRange'],
    { pages: { min: 5, max: 300 } },
  ),
  DescribeHosts: none('DescribeHosts', { Hosts: [] }, ['HostIds', HOST], ['Filter', ...PAGES], {
    tagged: true,
    pages: { min: 5, max: 500 },
  }),
  DescribeCapacityReservations: none(
    'DescribeCapacityReservations',
    { CapacityReservations: [] },
    ['CapacityReservationIds', CAPACITY_RESERVATION],
    ['Filters', ...PAGES],
    { tagged: true },
  ),
  DescribeFleets: none(
    'DescribeFleets',
    { Fleets: [] },
    ['FleetIds', unknown('InvalidFleetId.NotFound', 'fleet')],
    ['Filters', ...PAGES],
    { pages: { min: 1, max: 1000 } },
  ),
} satisfies ActionTable
