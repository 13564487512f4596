// What AWS has and no cloud of OpenNebula: kinds whose ids can be asked for, and never name anything.
import { codesOf, phrase, type Resource } from '../core/resource.ts'

/** A kind whose id has AWS's usual form. Where AWS has no code for one that is malformed, it does not exist either. */
type Absent = Omit<Resource, 'type' | 'limitExceeded'>

export const VPC_PEERING_CONNECTION = {
  kind: 'vpcPeeringConnection',
  prefix: 'pcx',
  notFound: 'InvalidVpcPeeringConnectionID.NotFound',
  malformed: 'InvalidVpcPeeringConnectionId.Malformed',
  missing: phrase('vpcPeeringConnection ID', 'vpcPeeringConnection IDs'),
} as const satisfies Absent

export const NAT_GATEWAY = {
  kind: 'natGateway',
  prefix: 'nat',
  notFound: 'NatGatewayNotFound',
  malformed: 'NatGatewayMalformed',
  missing: phrase('natGateway ID', 'natGateway IDs'),
} as const satisfies Absent

export const VPN_GATEWAY = {
  kind: 'vpnGateway',
  prefix: 'vgw',
  notFound: 'InvalidVpnGatewayID.NotFound',
  malformed: 'InvalidVpnGatewayID.NotFound',
  missing: phrase('vpnGateway ID', 'vpnGateway IDs'),
} as const satisfies Absent

export const CUSTOMER_GATEWAY = {
  kind: 'customerGateway',
  prefix: 'cgw',
  notFound: 'InvalidCustomerGatewayID.NotFound',
  malformed: 'InvalidCustomerGatewayId.Malformed',
  missing: phrase('customerGateway ID', 'customerGateway IDs'),
} as const satisfies Absent

export const VPN_CONNECTION = {
  kind: 'vpnConnection',
  prefix: 'vpn',
  notFound: 'InvalidVpnConnectionID.NotFound',
  malformed: 'InvalidVpnConnectionID',
  missing: phrase('vpnConnection ID', 'vpnConnection IDs'),
} as const satisfies Absent

export const VPC_ENDPOINT = {
  kind: 'vpcEndpoint',
  prefix: 'vpce',
  ...codesOf('InvalidVpcEndpointId'),
  missing: phrase('Vpc Endpoint Id', 'Vpc Endpoint Ids'),
} as const satisfies Absent

export const EGRESS_ONLY_INTERNET_GATEWAY = {
  kind: 'egressOnlyInternetGateway',
  prefix: 'eigw',
  ...codesOf('InvalidEgressOnlyInternetGatewayId'),
  missing: phrase('egressOnlyInternetGateway ID', 'egressOnlyInternetGateway IDs'),
} as const satisfies Absent

export const FLOW_LOG = {
  kind: 'flowLog',
  prefix: 'fl',
  notFound: 'InvalidFlowLogId.NotFound',
  malformed: 'InvalidFlowLogId.NotFound',
  missing: phrase('flow log ID', 'flow log IDs'),
} as const satisfies Absent

export const PREFIX_LIST = {
  kind: 'prefixList',
  prefix: 'pl',
  notFound: 'InvalidPrefixListID.NotFound',
  malformed: 'InvalidPrefixListId.Malformed',
  missing: phrase('prefix list ID', 'prefix list IDs'),
} as const satisfies Absent

export const SPOT_INSTANCE_REQUEST = {
  kind: 'spotInstanceRequest',
  prefix: 'sir',
  ...codesOf('InvalidSpotInstanceRequestID'),
  missing: phrase('spot instance request ID', 'spot instance request IDs'),
} as const satisfies Absent

export const HOST = {
  kind: 'host',
  prefix: 'h',
  ...codesOf('InvalidHostID'),
  missing: phrase('host ID', 'host IDs'),
} as const satisfies Absent

export const CAPACITY_RESERVATION = {
  kind: 'capacityReservation',
  prefix: 'cr',
  ...codesOf('InvalidCapacityReservationId'),
  missing: phrase('capacity reservation ID', 'capacity reservation IDs'),
} as const satisfies Absent

export const PROFILE_ASSOCIATION = {
  kind: 'iamInstanceProfileAssociation',
  prefix: 'iip-assoc',
  ...codesOf('InvalidAssociationID'),
  missing: phrase('association ID', 'association IDs'),
} as const satisfies Absent
