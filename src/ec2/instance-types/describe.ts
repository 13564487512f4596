// Instance types: VM templates that the operator marked with `EC2_INSTANCE_TYPE`.

import type {
  _InstanceType,
  DescribeInstanceTypeOfferingsRequest,
  DescribeInstanceTypeOfferingsResult,
  DescribeInstanceTypesRequest,
  DescribeInstanceTypesResult,
  InstanceTypeInfo,
  InstanceTypeOffering,
} from '@aws-sdk/client-ec2'
import { limits } from '../../limits.ts'
import type { ReadCall } from '../../opennebula/calls/common.ts'
import { textOf } from '../../opennebula/xml/attributes.ts'
import { invalid } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { Streamed } from '../../protocol/response.ts'
import type { Context } from '../core/context.ts'
import { collected, describe, type Filters, type Listing, nextPage, whole } from '../core/describe.ts'
import { templatePool, type VmTemplate } from '../core/documents.ts'
import { decimal, digits } from '../core/fields.ts'
import { plain } from '../core/record.ts'
import { operatorsOf } from '../core/trust.ts'
import { zoneId } from '../regions/zones.ts'

export const typeName = (template: VmTemplate): string | undefined => textOf(template.TEMPLATE, 'EC2_INSTANCE_TYPE')

/** Reads the templates that instance types can be: the operator's, and nobody else's. */
export const typeTemplates = (context: Pick<Context, 'operators'>): ReadCall<VmTemplate>[] =>
  operatorsOf(templatePool, context)

/** The templates by type; of several for one type the lowest id counts, so that an operator's copy changes nothing. */
export function templatesByType(templates: Iterable<VmTemplate>): Map<string, VmTemplate> {
  const byType = new Map<string, VmTemplate>()
  for (const template of [...templates].sort((a, b) => a.ID - b.ID)) {
    const name = typeName(template)
    if (name !== undefined && !byType.has(name)) byType.set(name, template)
  }
  return byType
}

const virtualCpus = digits(1, limits.virtualCpus.most)
/** What a guest of the type sees: OpenNebula gives it one where the template does not say. */
export const virtualCpusOf = ({ TEMPLATE }: VmTemplate): number => plain(TEMPLATE, 'VCPU', virtualCpus) ?? 1

const memory = digits(1, limits.memory.most)
const cpus = decimal(limits.virtualCpus.most)

/** What OpenNebula gives to a VM: CPU is a share of a host's cores, MEMORY in MiB, VCPU what the guest sees. */
export interface Capacity {
  readonly CPU: number
  readonly MEMORY: number
  readonly VCPU: number
}

/** The capacity of a type; undefined where its template has none that a VM could have. */
export function capacityOf(template: VmTemplate): Capacity | undefined {
  const { TEMPLATE } = template
  const CPU = plain(TEMPLATE, 'CPU', cpus)
  const MEMORY = plain(TEMPLATE, 'MEMORY', memory)
  return CPU === undefined || MEMORY === undefined ? undefined : { CPU, MEMORY, VCPU: virtualCpusOf(template) }
}

/** OpenNebula schedules by CPU, the share of a host's cores; VCPU is what the guest sees. */
export function toInstanceType(name: string, template: VmTemplate): InstanceTypeInfo {
  const vcpus = virtualCpusOf(template)
  return {
    // AWS's type lists AWS's own names; an operator's are theirs to choose
    InstanceType: name as _InstanceType,
    CurrentGeneration: true,
    FreeTierEligible: false,
    SupportedUsageClasses: ['on-demand'],
    SupportedRootDeviceTypes: ['ebs'],
    SupportedVirtualizationTypes: ['hvm'],
    BareMetal: false,
    Hypervisor: 'xen',
    ProcessorInfo: { SupportedArchitectures: ['x86_64'] },
    VCpuInfo: { DefaultVCpus: vcpus, DefaultCores: vcpus, DefaultThreadsPerCore: 1 },
    MemoryInfo: { SizeInMiB: plain(template.TEMPLATE, 'MEMORY', memory) ?? 0 },
    InstanceStorageSupported: false,
    EbsInfo: { EbsOptimizedSupport: 'unsupported', EncryptionSupport: 'unsupported', NvmeSupport: 'unsupported' },
    NetworkInfo: {
      NetworkPerformance: 'Moderate',
      MaximumNetworkInterfaces: 8,
      MaximumNetworkCards: 1,
      DefaultNetworkCardIndex: 0,
      NetworkCards: [{ NetworkCardIndex: 0, NetworkPerformance: 'Moderate', MaximumNetworkInterfaces: 8 }],
      Ipv4AddressesPerInterface: 8,
      Ipv6AddressesPerInterface: 0,
      Ipv6Supported: false,
      EnaSupport: 'unsupported',
      EfaSupported: false,
      EncryptionInTransitSupported: false,
    },
    PlacementGroupInfo: { SupportedStrategies: ['cluster', 'spread'] },
    HibernationSupported: false,
    BurstablePerformanceSupported: false,
    DedicatedHostsSupported: false,
    AutoRecoverySupported: false,
    SupportedBootModes: ['legacy-bios'],
  }
}

export const instanceTypeFilters = {
  'auto-recovery-supported': type => type.AutoRecoverySupported,
  'bare-metal': type => type.BareMetal,
  'burstable-performance-supported': type => type.BurstablePerformanceSupported,
  'current-generation': type => type.CurrentGeneration,
  'dedicated-hosts-supported': type => type.DedicatedHostsSupported,
  'ebs-info.ebs-optimized-support': type => type.EbsInfo?.EbsOptimizedSupport,
  'ebs-info.encryption-support': type => type.EbsInfo?.EncryptionSupport,
  'ebs-info.nvme-support': type => type.EbsInfo?.NvmeSupport,
  'free-tier-eligible': type => type.FreeTierEligible,
  'hibernation-supported': type => type.HibernationSupported,
  hypervisor: type => type.Hypervisor,
  'instance-storage-supported': type => type.InstanceStorageSupported,
  'instance-type': type => type.InstanceType,
  'memory-info.size-in-mib': type => type.MemoryInfo?.SizeInMiB,
  'network-info.efa-supported': type => type.NetworkInfo?.EfaSupported,
  'network-info.ena-support': type => type.NetworkInfo?.EnaSupport,
  'network-info.encryption-in-transit-supported': type => type.NetworkInfo?.EncryptionInTransitSupported,
  'network-info.ipv4-addresses-per-interface': type => type.NetworkInfo?.Ipv4AddressesPerInterface,
  'network-info.ipv6-addresses-per-interface': type => type.NetworkInfo?.Ipv6AddressesPerInterface,
  'network-info.ipv6-supported': type => type.NetworkInfo?.Ipv6Supported,
  'network-info.maximum-network-cards': type => type.NetworkInfo?.MaximumNetworkCards,
  'network-info.maximum-network-interfaces': type => type.NetworkInfo?.MaximumNetworkInterfaces,
  'network-info.network-performance': type => type.NetworkInfo?.NetworkPerformance,
  'nitro-enclaves-support': () => 'unsupported',
  'nitro-tpm-support': () => 'unsupported',
  'processor-info.supported-architecture': type => type.ProcessorInfo?.SupportedArchitectures,
  'processor-info.sustained-clock-speed-in-ghz': () => undefined,
  'supported-boot-mode': type => type.SupportedBootModes,
  'supported-root-device-type': type => type.SupportedRootDeviceTypes,
  'supported-usage-class': type => type.SupportedUsageClasses,
  'supported-virtualization-type': type => type.SupportedVirtualizationTypes,
  'vcpu-info.default-cores': type => type.VCpuInfo?.DefaultCores,
  'vcpu-info.default-threads-per-core': type => type.VCpuInfo?.DefaultThreadsPerCore,
  'vcpu-info.default-vcpus': type => type.VCpuInfo?.DefaultVCpus,
} satisfies Filters<InstanceTypeInfo, NamedTemplate>

type NamedTemplate = readonly [name: string, template: VmTemplate]

const readTypes = async (context: Context): Promise<Map<string, VmTemplate>> =>
  templatesByType(await Array.fromAsync(context.one.stream(...typeTemplates(context))))

const types: Listing<DescribeInstanceTypesRequest, NamedTemplate, InstanceTypeInfo, string> = {
  action: 'DescribeInstanceTypes',
  ...collected({
    all: readTypes,
    names: [[({ InstanceTypes }) => InstanceTypes, ([name]) => name]],
    missing: names =>
      new Ec2Error('InvalidInstanceType', `The following supplied instance types do not exist: [${names.join(', ')}]`),
    set: 'instanceTypes',
    key: ([name]) => name,
  }),
  pages: { min: 5, max: 100 },
  item: ([name, template]) => toInstanceType(name, template),
  filters: instanceTypeFilters,
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypes.html */
export async function describeInstanceTypes(
  input: DescribeInstanceTypesRequest,
  context: Context,
): Promise<Streamed<DescribeInstanceTypesResult>> {
  const page = await describe(types, input, context)
  return { InstanceTypes: page.items, ...nextPage(page) }
}

export const offeringFilters = {
  location: offering => offering.Location,
  'instance-type': offering => offering.InstanceType,
} satisfies Filters<InstanceTypeOffering, Offering>

/** What types are offered in, by each kind of location: every type everywhere. */
const locations: Readonly<Record<string, (settings: Context['settings']) => readonly string[]>> = {
  region: ({ region }) => [region],
  'availability-zone': ({ zones }) => zones,
  'availability-zone-id': settings => settings.zones.map(zone => zoneId(zone, settings)),
  outpost: () => [],
}

type Offering = readonly [type: string, location: string]

const offerings: Listing<DescribeInstanceTypeOfferingsRequest, Offering, InstanceTypeOffering, string> = {
  action: 'DescribeInstanceTypeOfferings',
  ...whole(
    async (context, { LocationType = 'region' }) => {
      const offeredIn = locations[LocationType]?.(context.settings) ?? []
      return [...(await readTypes(context)).keys()].flatMap(type => offeredIn.map((place): Offering => [type, place]))
    },
    // By the type, then by the location; neither has this character
    offering => offering.join('\0'),
  ),
  item: ([type, Location], _, { LocationType = 'region' }) => ({
    InstanceType: type as _InstanceType,
    LocationType,
    Location,
  }),
  filters: offeringFilters,
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypeOfferings.html */
export async function describeInstanceTypeOfferings(
  input: DescribeInstanceTypeOfferingsRequest,
  context: Context,
): Promise<Streamed<DescribeInstanceTypeOfferingsResult>> {
  const { LocationType = 'region' } = input
  if (!Object.hasOwn(locations, LocationType)) throw invalid('LocationType', LocationType)
  const page = await describe(offerings, input, context)
  return { InstanceTypeOfferings: page.items, ...nextPage(page) }
}
