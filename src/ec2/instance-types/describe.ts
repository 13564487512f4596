// DescribeInstanceTypes: the types that the operator has made.
import type { DescribeInstanceTypesRequest, DescribeInstanceTypesResult, InstanceTypeInfo } from '@aws-sdk/client-ec2'
import { Ec2Error } from '../../protocol/errors.ts'
import type { Streamed } from '../../protocol/response.ts'
import type { Context } from '../core/context.ts'
import { collected, describe, type Filters, type Listing, nextPage, none } from '../core/describe.ts'
import type { VmTemplate } from '../core/documents.ts'
import { findTypes } from './find.ts'
import { toInstanceType } from './view.ts'

type NamedTemplate = readonly [name: string, template: VmTemplate]

export const instanceTypeFilters = {
  'auto-recovery-supported': type => type.AutoRecoverySupported,
  'bare-metal': type => type.BareMetal,
  'burstable-performance-supported': type => type.BurstablePerformanceSupported,
  'current-generation': type => type.CurrentGeneration,
  'dedicated-hosts-supported': type => type.DedicatedHostsSupported,
  'ebs-info.attachment-limit-type': none,
  'ebs-info.ebs-optimized-info.baseline-bandwidth-in-mbps': none,
  'ebs-info.ebs-optimized-info.baseline-iops': none,
  'ebs-info.ebs-optimized-info.baseline-throughput-in-mbps': none,
  'ebs-info.ebs-optimized-info.maximum-bandwidth-in-mbps': none,
  'ebs-info.ebs-optimized-info.maximum-iops': none,
  'ebs-info.ebs-optimized-info.maximum-throughput-in-mbps': none,
  'ebs-info.ebs-optimized-support': type => type.EbsInfo?.EbsOptimizedSupport,
  'ebs-info.encryption-support': type => type.EbsInfo?.EncryptionSupport,
  'ebs-info.maximum-ebs-attachments': none,
  'ebs-info.nvme-support': type => type.EbsInfo?.NvmeSupport,
  'free-tier-eligible': type => type.FreeTierEligible,
  'hibernation-supported': type => type.HibernationSupported,
  hypervisor: type => type.Hypervisor,
  'instance-storage-info.disk.count': none,
  'instance-storage-info.disk.size-in-gb': none,
  'instance-storage-info.disk.type': none,
  'instance-storage-info.encryption-support': none,
  'instance-storage-info.nvme-support': none,
  'instance-storage-info.total-size-in-gb': none,
  'instance-storage-supported': type => type.InstanceStorageSupported,
  'instance-type': type => type.InstanceType,
  'memory-info.size-in-mib': type => type.MemoryInfo?.SizeInMiB,
  'network-info.bandwidth-weightings': none,
  'network-info.efa-info.maximum-efa-interfaces': none,
  'network-info.efa-supported': type => type.NetworkInfo?.EfaSupported,
  'network-info.ena-support': type => type.NetworkInfo?.EnaSupport,
  'network-info.encryption-in-transit-supported': type => type.NetworkInfo?.EncryptionInTransitSupported,
  'network-info.flexible-ena-queues-support': () => 'unsupported',
  'network-info.ipv4-addresses-per-interface': type => type.NetworkInfo?.Ipv4AddressesPerInterface,
  'network-info.ipv6-addresses-per-interface': type => type.NetworkInfo?.Ipv6AddressesPerInterface,
  'network-info.ipv6-supported': type => type.NetworkInfo?.Ipv6Supported,
  'network-info.maximum-network-cards': type => type.NetworkInfo?.MaximumNetworkCards,
  'network-info.maximum-network-interfaces': type => type.NetworkInfo?.MaximumNetworkInterfaces,
  'network-info.network-performance': type => type.NetworkInfo?.NetworkPerformance,
  'nitro-enclaves-support': () => 'unsupported',
  'nitro-tpm-info.supported-versions': none,
  'nitro-tpm-support': () => 'unsupported',
  'processor-info.supported-architecture': type => type.ProcessorInfo?.SupportedArchitectures,
  'processor-info.supported-features': none,
  'processor-info.sustained-clock-speed-in-ghz': none,
  'reboot-migration-support': () => 'unsupported',
  'supported-boot-mode': type => type.SupportedBootModes,
  'supported-root-device-type': type => type.SupportedRootDeviceTypes,
  'supported-usage-class': type => type.SupportedUsageClasses,
  'supported-virtualization-type': type => type.SupportedVirtualizationTypes,
  'vcpu-info.default-cores': type => type.VCpuInfo?.DefaultCores,
  'vcpu-info.default-threads-per-core': type => type.VCpuInfo?.DefaultThreadsPerCore,
  'vcpu-info.default-vcpus': type => type.VCpuInfo?.DefaultVCpus,
  'vcpu-info.valid-cores': type => type.VCpuInfo?.ValidCores,
  'vcpu-info.valid-threads-per-core': type => type.VCpuInfo?.ValidThreadsPerCore,
} satisfies Filters<InstanceTypeInfo, NamedTemplate>

const types: Listing<DescribeInstanceTypesRequest, NamedTemplate, InstanceTypeInfo, string> = {
  action: 'DescribeInstanceTypes',
  ...collected({
    all: findTypes,
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
