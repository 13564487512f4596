// Every documented filter of the Describes that have no file of their own: what it finds, and that it finds nothing else.
import { readFileSync } from 'node:fs'
import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  DescribeInstancesCommand,
  type Instance,
  RunInstancesCommand,
  TerminateInstancesCommand,
  waitUntilInstanceRunning,
} from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anImage, call, ec2, until } from './cloud.ts'

const client = ec2()
let instance: Instance = {}

beforeAll(async () => {
  const { Instances } = await client.send(
    new RunInstancesCommand({
      ImageId: await anImage(),
      MinCount: 1,
      MaxCount: 1,
      ClientToken: crypto.randomUUID(),
      BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs: { VolumeSize: 1 } }],
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'filter', Value: 'me' }] }],
    }),
  )
  const InstanceIds = [Instances?.[0]?.InstanceId ?? '']
  await waitUntilInstanceRunning({ client, maxWaitTime: 20, minDelay: 0.05, maxDelay: 0.1 }, { InstanceIds })
  const { AllocationId } = await client.send(new AllocateAddressCommand({ Domain: 'vpc' }))
  await client.send(new AssociateAddressCommand({ AllocationId, InstanceId: InstanceIds[0] }))
  instance = await until('the address', async () => {
    const { Reservations } = await client.send(new DescribeInstancesCommand({ InstanceIds }))
    const found = Reservations?.[0]?.Instances?.[0]
    return found?.PublicIpAddress === undefined ? undefined : found
  })
})

afterAll(async () => {
  await client.send(new TerminateInstancesCommand({ InstanceIds: [instance.InstanceId ?? ''] }))
})

/** The filters that the action's table has: their names, as they are written there. */
function filtersOf(file: string): string[] {
  const text = readFileSync(new URL(`../../src/ec2/${file}`, import.meta.url), 'utf8')
  const table = /FilterTable<\w+> = \{\n([\s\S]*?)\n\}/.exec(text)?.[1] ?? ''
  return [...table.matchAll(/^ {2}'?([a-z][a-z0-9.-]*)'?:/gm)].map(([, name = '']) => name)
}

type Look = (of: Instance) => unknown

const nic = (of: Instance) => of.NetworkInterfaces?.[0]
const association = (of: Instance) => nic(of)?.Association
const disk = (of: Instance) => of.BlockDeviceMappings?.[1]

/** What a filter has to be given to find the instance; of those that are not here nothing in this cloud has any. */
const values: Record<string, Look> = {
  architecture: of => of.Architecture,
  'availability-zone': of => of.Placement?.AvailabilityZone,
  'availability-zone-id': of => of.Placement?.AvailabilityZoneId,
  'block-device-mapping.attach-time': of => disk(of)?.Ebs?.AttachTime?.toISOString(),
  'block-device-mapping.delete-on-termination': of => disk(of)?.Ebs?.DeleteOnTermination,
  'block-device-mapping.device-name': of => disk(of)?.DeviceName,
  'block-device-mapping.status': of => disk(of)?.Ebs?.Status,
  'block-device-mapping.volume-id': of => disk(of)?.Ebs?.VolumeId,
  'capacity-reservation-specification.capacity-reservation-preference': of =>
    of.CapacityReservationSpecification?.CapacityReservationPreference,
  'client-token': of => of.ClientToken,
  'dns-name': of => of.PublicDnsName,
  'ebs-optimized': of => of.EbsOptimized,
  'ena-support': of => of.EnaSupport,
  'enclave-options.enabled': of => of.EnclaveOptions?.Enabled,
  'hibernation-options.configured': of => of.HibernationOptions?.Configured,
  hypervisor: of => of.Hypervisor,
  'image-id': of => of.ImageId,
  'instance-id': of => of.InstanceId,
  'instance-state-code': of => of.State?.Code,
  'instance-state-name': of => of.State?.Name,
  'instance-type': of => of.InstanceType,
  'instance.group-id': of => of.SecurityGroups?.[0]?.GroupId,
  'instance.group-name': of => of.SecurityGroups?.[0]?.GroupName,
  'ip-address': of => of.PublicIpAddress,
  'launch-index': of => of.AmiLaunchIndex,
  'launch-time': of => of.LaunchTime?.toISOString(),
  'maintenance-options.auto-recovery': of => of.MaintenanceOptions?.AutoRecovery,
  'metadata-options.http-endpoint': of => of.MetadataOptions?.HttpEndpoint,
  'metadata-options.http-protocol-ipv6': of => of.MetadataOptions?.HttpProtocolIpv6,
  'metadata-options.http-put-response-hop-limit': of => of.MetadataOptions?.HttpPutResponseHopLimit,
  'metadata-options.http-tokens': of => of.MetadataOptions?.HttpTokens,
  'metadata-options.instance-metadata-tags': of => of.MetadataOptions?.InstanceMetadataTags,
  'metadata-options.state': of => of.MetadataOptions?.State,
  'monitoring-state': of => of.Monitoring?.State,
  'network-interface.addresses.association.ip-owner-id': of => association(of)?.IpOwnerId,
  'network-interface.addresses.association.public-dns-name': of => association(of)?.PublicDnsName,
  'network-interface.addresses.association.public-ip': of => association(of)?.PublicIp,
  'network-interface.addresses.primary': () => true,
  'network-interface.addresses.private-dns-name': of => nic(of)?.PrivateDnsName,
  'network-interface.addresses.private-ip-address': of => nic(of)?.PrivateIpAddress,
  'network-interface.association.ip-owner-id': of => association(of)?.IpOwnerId,
  'network-interface.association.public-dns-name': of => association(of)?.PublicDnsName,
  'network-interface.association.public-ip': of => association(of)?.PublicIp,
  'network-interface.attachment.attach-time': of => nic(of)?.Attachment?.AttachTime?.toISOString(),
  'network-interface.attachment.attachment-id': of => nic(of)?.Attachment?.AttachmentId,
  'network-interface.attachment.delete-on-termination': of => nic(of)?.Attachment?.DeleteOnTermination,
  'network-interface.attachment.device-index': of => nic(of)?.Attachment?.DeviceIndex,
  'network-interface.attachment.instance-id': of => of.InstanceId,
  'network-interface.attachment.instance-owner-id': () => '000000000002',
  'network-interface.attachment.network-card-index': of => nic(of)?.Attachment?.NetworkCardIndex,
  'network-interface.attachment.status': of => nic(of)?.Attachment?.Status,
  'network-interface.availability-zone': of => of.Placement?.AvailabilityZone,
  'network-interface.description': () => '',
  'network-interface.group-id': of => nic(of)?.Groups?.[0]?.GroupId,
  'network-interface.group-name': of => nic(of)?.Groups?.[0]?.GroupName,
  'network-interface.mac-address': of => nic(of)?.MacAddress,
  'network-interface.network-interface-id': of => nic(of)?.NetworkInterfaceId,
  'network-interface.owner-id': of => nic(of)?.OwnerId,
  'network-interface.private-dns-name': of => nic(of)?.PrivateDnsName,
  'network-interface.private-ip-address': of => nic(of)?.PrivateIpAddress,
  'network-interface.public-dns-name': of => association(of)?.PublicDnsName,
  'network-interface.source-dest-check': of => nic(of)?.SourceDestCheck,
  'network-interface.status': of => nic(of)?.Status,
  'network-interface.subnet-id': of => nic(of)?.SubnetId,
  'network-interface.vpc-id': of => nic(of)?.VpcId,
  'owner-id': () => '000000000002',
  'placement-group-name': () => '',
  'platform-details': of => of.PlatformDetails,
  'private-dns-name': of => of.PrivateDnsName,
  'private-dns-name-options.hostname-type': of => of.PrivateDnsNameOptions?.HostnameType,
  'private-ip-address': of => of.PrivateIpAddress,
  reason: () => '',
  'root-device-name': of => of.RootDeviceName,
  'root-device-type': of => of.RootDeviceType,
  'source-dest-check': of => of.SourceDestCheck,
  'subnet-id': of => of.SubnetId,
  tenancy: of => of.Placement?.Tenancy,
  'usage-operation': of => of.UsageOperation,
  'virtualization-type': of => of.VirtualizationType,
  'vpc-id': of => of.VpcId,
}

/** These are tested where what they look at is made. */
const elsewhere = new Set([
  'key-name',
  'reservation-id',
  'state-reason-code',
  'state-reason-message',
  'network-interface.addresses.association.allocation-id',
  'network-interface.addresses.association.association-id',
  'network-interface.association.allocation-id',
  'network-interface.association.association-id',
])

const found = async (name: string, value: unknown) => {
  const id = instance.InstanceId ?? ''
  const { text, code } = await call('DescribeInstances', {
    'Filter.1.Name': name,
    'Filter.1.Value.1': String(value),
    'Filter.2.Name': 'instance-id',
    'Filter.2.Value.1': id,
  })
  return code ?? text.includes(`<instanceId>${id}</instanceId>`)
}

describe('DescribeInstances', () => {
  const names = filtersOf('instance-filters.ts').filter(name => !elsewhere.has(name))

  it.each(names)('by %s', async name => {
    const look = values[name]
    const value = look?.(instance)
    if (look) expect(value).toBeDefined()
    expect(await found(name, value ?? '*')).toBe(look !== undefined)
    expect(await found(name, 'what nothing has')).toBe(false)
  })

  it('by no filter that is not one', async () => {
    expect(await found('colour', 'red')).toBe('InvalidParameterValue')
  })
})

/** Actions that list what the cloud offers: each filter is given what the first of the list has. */
describe.each([
  ['DescribeInstanceTypes', 'instance-types.ts', 'instanceType', 'm1.small'],
  ['DescribeAvailabilityZones', 'regions.ts', 'zoneName', 'one-a'],
] as const)('%s', (action, file, element, first) => {
  const names = action === 'DescribeAvailabilityZones' ? zoneFilters() : filtersOf(file)

  it.each(names)('by %s', async name => {
    const any = await call(action, { 'Filter.1.Name': name, 'Filter.1.Value.1': '*' })
    expect(any.code).toBeUndefined()
    const other = await call(action, { 'Filter.1.Name': name, 'Filter.1.Value.1': 'what nothing has' })
    expect(other.text).not.toContain(`<${element}>${first}</${element}>`)
  })

  function zoneFilters(): string[] {
    return ['group-name', 'message', 'opt-in-status', 'region-name', 'state', 'zone-id', 'zone-name', 'zone-type']
  }
})
