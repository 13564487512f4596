// What the filters of DescribeInstances look at: every one that AWS documents.
import type {
  Instance,
  InstanceBlockDeviceMapping,
  InstanceNetworkInterface,
  InstancePrivateIpAddress,
} from '@aws-sdk/client-ec2'
import type { Filterable } from '../../protocol/filters.ts'
import { associationsOf } from '../addresses/view.ts'
import { accountId } from '../core/account.ts'
import { type Filters, no, none } from '../core/describe.ts'
import { interfaces as interfacesOf, ownOf } from '../network-interfaces/view.ts'
import { type InstanceView, reservationId } from './view.ts'

type Look = Filters<Instance, InstanceView>[string]

const volumes =
  (look: (mapping: InstanceBlockDeviceMapping) => Filterable): Look =>
  ({ BlockDeviceMappings = [] }) =>
    BlockDeviceMappings.map(look)

const interfaces =
  (look: (nic: InstanceNetworkInterface) => Filterable): Look =>
  ({ NetworkInterfaces = [] }) =>
    NetworkInterfaces.map(look)

const groups =
  (member: 'GroupId' | 'GroupName'): Look =>
  ({ SecurityGroups = [] }) =>
    SecurityGroups.map(group => group[member])

const interfaceGroups =
  (member: 'GroupId' | 'GroupName'): Look =>
  ({ NetworkInterfaces = [] }) =>
    NetworkInterfaces.flatMap(({ Groups = [] }) => Groups.map(group => group[member]))

const addresses =
  (look: (address: InstancePrivateIpAddress) => Filterable): Look =>
  ({ NetworkInterfaces = [] }) =>
    NetworkInterfaces.flatMap(({ PrivateIpAddresses = [] }) => PrivateIpAddresses.map(look))

const ipv6: Look = ({ NetworkInterfaces = [] }) =>
  NetworkInterfaces.flatMap(({ Ipv6Addresses = [] }) => Ipv6Addresses.map(({ Ipv6Address }) => Ipv6Address))

/** Of its elastic addresses: AWS filters by what it does not show here. */
const associations =
  (member: 'AllocationId' | 'AssociationId'): Look =>
  (_, { vm }) =>
    associationsOf(vm).map(association => association[member])

/** Of its interfaces, for the same reason. */
const interfaceTags =
  (part: 0 | 1): Look =>
  (_, { vm, interfaces }) =>
    [...interfacesOf(vm), ...vm.TEMPLATE.NIC.flatMap(nic => ownOf(nic, { interfaces }) ?? [])].flatMap(({ tags }) =>
      Array.from(tags, tag => tag[part]),
    )

const owner: Look = (_, { vm }) => accountId(vm.UID)

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html */
export const instanceFilters = {
  affinity: none,
  architecture: instance => instance.Architecture,
  'availability-zone': instance => instance.Placement?.AvailabilityZone,
  'availability-zone-id': instance => instance.Placement?.AvailabilityZoneId,
  'block-device-mapping.attach-time': volumes(({ Ebs }) => Ebs?.AttachTime),
  'block-device-mapping.delete-on-termination': volumes(({ Ebs }) => Ebs?.DeleteOnTermination),
  'block-device-mapping.device-name': volumes(({ DeviceName }) => DeviceName),
  'block-device-mapping.status': volumes(({ Ebs }) => Ebs?.Status),
  'block-device-mapping.volume-id': volumes(({ Ebs }) => Ebs?.VolumeId),
  'boot-mode': none,
  'capacity-reservation-id': none,
  'capacity-reservation-specification.capacity-reservation-preference': instance =>
    instance.CapacityReservationSpecification?.CapacityReservationPreference,
  'capacity-reservation-specification.capacity-reservation-target.capacity-reservation-id': none,
  'capacity-reservation-specification.capacity-reservation-target.capacity-reservation-resource-group-arn': none,
  'client-token': instance => instance.ClientToken,
  'current-instance-boot-mode': none,
  'dns-name': instance => instance.PublicDnsName,
  'ebs-optimized': instance => instance.EbsOptimized,
  'ena-support': instance => instance.EnaSupport,
  'enclave-options.enabled': instance => instance.EnclaveOptions?.Enabled,
  'hibernation-options.configured': instance => instance.HibernationOptions?.Configured,
  'host-id': none,
  hypervisor: instance => instance.Hypervisor,
  'iam-instance-profile.arn': none,
  'iam-instance-profile.id': none,
  'image-id': instance => instance.ImageId,
  'instance-id': instance => instance.InstanceId,
  'instance-lifecycle': none,
  'instance-state-code': instance => instance.State?.Code,
  'instance-state-name': instance => instance.State?.Name,
  'instance-type': instance => instance.InstanceType,
  'instance.group-id': groups('GroupId'),
  'instance.group-name': groups('GroupName'),
  'ip-address': instance => instance.PublicIpAddress,
  'ipv6-address': ipv6,
  'kernel-id': none,
  'key-name': instance => instance.KeyName,
  'launch-index': instance => instance.AmiLaunchIndex,
  'launch-time': instance => instance.LaunchTime,
  'maintenance-options.auto-recovery': instance => instance.MaintenanceOptions?.AutoRecovery,
  'metadata-options.http-endpoint': instance => instance.MetadataOptions?.HttpEndpoint,
  'metadata-options.http-protocol-ipv4': none,
  'metadata-options.http-protocol-ipv6': instance => instance.MetadataOptions?.HttpProtocolIpv6,
  'metadata-options.http-put-response-hop-limit': instance => instance.MetadataOptions?.HttpPutResponseHopLimit,
  'metadata-options.http-tokens': instance => instance.MetadataOptions?.HttpTokens,
  'metadata-options.instance-metadata-tags': instance => instance.MetadataOptions?.InstanceMetadataTags,
  'metadata-options.state': instance => instance.MetadataOptions?.State,
  'monitoring-state': instance => instance.Monitoring?.State,
  'network-interface.addresses.association.allocation-id': associations('AllocationId'),
  'network-interface.addresses.association.association-id': associations('AssociationId'),
  'network-interface.addresses.association.carrier-ip': none,
  'network-interface.addresses.association.customer-owned-ip': none,
  'network-interface.addresses.association.ip-owner-id': addresses(({ Association }) => Association?.IpOwnerId),
  'network-interface.addresses.association.public-dns-name': addresses(({ Association }) => Association?.PublicDnsName),
  'network-interface.addresses.association.public-ip': addresses(({ Association }) => Association?.PublicIp),
  'network-interface.addresses.primary': addresses(({ Primary }) => Primary),
  'network-interface.addresses.private-dns-name': addresses(({ PrivateDnsName }) => PrivateDnsName),
  'network-interface.addresses.private-ip-address': addresses(({ PrivateIpAddress }) => PrivateIpAddress),
  'network-interface.association.allocation-id': associations('AllocationId'),
  'network-interface.association.association-id': associations('AssociationId'),
  'network-interface.association.carrier-ip': none,
  'network-interface.association.customer-owned-ip': none,
  'network-interface.association.ip-owner-id': interfaces(({ Association }) => Association?.IpOwnerId),
  'network-interface.association.public-dns-name': interfaces(({ Association }) => Association?.PublicDnsName),
  'network-interface.association.public-ip': interfaces(({ Association }) => Association?.PublicIp),
  'network-interface.attachment.attach-time': interfaces(({ Attachment }) => Attachment?.AttachTime),
  'network-interface.attachment.attachment-id': interfaces(({ Attachment }) => Attachment?.AttachmentId),
  'network-interface.attachment.delete-on-termination': interfaces(({ Attachment }) => Attachment?.DeleteOnTermination),
  'network-interface.attachment.device-index': interfaces(({ Attachment }) => Attachment?.DeviceIndex),
  'network-interface.attachment.instance-id': instance => instance.InstanceId,
  'network-interface.attachment.instance-owner-id': owner,
  'network-interface.attachment.network-card-index': interfaces(({ Attachment }) => Attachment?.NetworkCardIndex),
  'network-interface.attachment.status': interfaces(({ Attachment }) => Attachment?.Status),
  'network-interface.availability-zone': instance => instance.Placement?.AvailabilityZone,
  'network-interface.deny-all-igw-traffic': interfaces(no),
  'network-interface.description': interfaces(({ Description }) => Description),
  'network-interface.group-id': interfaceGroups('GroupId'),
  'network-interface.group-name': interfaceGroups('GroupName'),
  'network-interface.ipv4-prefixes.ipv4-prefix': none,
  'network-interface.ipv6-address': ipv6,
  'network-interface.ipv6-addresses.ipv6-address': ipv6,
  'network-interface.ipv6-addresses.is-primary-ipv6': ({ NetworkInterfaces = [] }) =>
    NetworkInterfaces.flatMap(({ Ipv6Addresses = [] }) => Ipv6Addresses.map(({ IsPrimaryIpv6 }) => IsPrimaryIpv6)),
  'network-interface.ipv6-native': interfaces(no),
  'network-interface.ipv6-prefixes.ipv6-prefix': none,
  'network-interface.mac-address': interfaces(({ MacAddress }) => MacAddress),
  'network-interface.network-interface-id': interfaces(({ NetworkInterfaceId }) => NetworkInterfaceId),
  'network-interface.operator.managed': interfaces(no),
  'network-interface.operator.principal': none,
  'network-interface.outpost-arn': none,
  'network-interface.owner-id': interfaces(({ OwnerId }) => OwnerId),
  'network-interface.private-dns-name': interfaces(({ PrivateDnsName }) => PrivateDnsName),
  'network-interface.private-ip-address': interfaces(({ PrivateIpAddress }) => PrivateIpAddress),
  'network-interface.public-dns-name': interfaces(({ Association }) => Association?.PublicDnsName),
  'network-interface.requester-id': none,
  'network-interface.requester-managed': interfaces(no),
  'network-interface.source-dest-check': interfaces(({ SourceDestCheck }) => SourceDestCheck),
  'network-interface.status': interfaces(({ Status }) => Status),
  'network-interface.subnet-id': interfaces(({ SubnetId }) => SubnetId),
  'network-interface.tag-key': interfaceTags(0),
  'network-interface.tag-value': interfaceTags(1),
  'network-interface.vpc-id': interfaces(({ VpcId }) => VpcId),
  'network-performance-options.bandwidth-weighting': none,
  'operator.managed': no,
  'operator.principal': none,
  'outpost-arn': none,
  'owner-id': owner,
  'placement-group-name': instance => instance.Placement?.GroupName,
  'placement-partition-number': none,
  platform: none,
  'platform-details': instance => instance.PlatformDetails,
  'private-dns-name': instance => instance.PrivateDnsName,
  'private-dns-name-options.enable-resource-name-dns-a-record': no,
  'private-dns-name-options.enable-resource-name-dns-aaaa-record': no,
  'private-dns-name-options.hostname-type': instance => instance.PrivateDnsNameOptions?.HostnameType,
  'private-ip-address': instance => instance.PrivateIpAddress,
  'product-code': none,
  'product-code.type': none,
  'ramdisk-id': none,
  reason: instance => instance.StateTransitionReason,
  'requester-id': none,
  'reservation-id': (_, view) => reservationId(view),
  'root-device-name': instance => instance.RootDeviceName,
  'root-device-type': instance => instance.RootDeviceType,
  'source-dest-check': instance => instance.SourceDestCheck,
  'spot-instance-request-id': none,
  'state-reason-code': instance => instance.StateReason?.Code,
  'state-reason-message': instance => instance.StateReason?.Message,
  'subnet-id': instance => instance.SubnetId,
  tenancy: instance => instance.Placement?.Tenancy,
  'tpm-support': none,
  'usage-operation': instance => instance.UsageOperation,
  'usage-operation-update-time': none,
  'virtualization-type': instance => instance.VirtualizationType,
  'vpc-id': instance => instance.VpcId,
} satisfies Filters<Instance, InstanceView>
