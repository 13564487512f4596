// A VM template that the operator marked with `EC2_INSTANCE_TYPE`, as an instance type.
import type { _InstanceType, InstanceTypeInfo } from '@aws-sdk/client-ec2'
import { limits } from '../../limits.ts'
import { textOf } from '../../opennebula/xml/attributes.ts'
import type { VmTemplate } from '../core/documents.ts'
import { decimal, digits } from '../core/fields.ts'
import { plain } from '../core/record.ts'

/** The type that a template is, by its mark; undefined where it has none. */
export const typeName = (template: VmTemplate): string | undefined => textOf(template.TEMPLATE, 'EC2_INSTANCE_TYPE')

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
    VCpuInfo: {
      DefaultVCpus: vcpus,
      DefaultCores: vcpus,
      DefaultThreadsPerCore: 1,
      ValidCores: [vcpus],
      ValidThreadsPerCore: [1],
    },
    MemoryInfo: { SizeInMiB: plain(template.TEMPLATE, 'MEMORY', memory) ?? 0 },
    InstanceStorageSupported: false,
    EbsInfo: { EbsOptimizedSupport: 'unsupported', EncryptionSupport: 'unsupported', NvmeSupport: 'unsupported' },
    NetworkInfo: {
      NetworkPerformance: 'Moderate',
      MaximumNetworkInterfaces: limits.interfacesOfInstance.most,
      MaximumNetworkCards: 1,
      DefaultNetworkCardIndex: 0,
      NetworkCards: [
        {
          NetworkCardIndex: 0,
          NetworkPerformance: 'Moderate',
          MaximumNetworkInterfaces: limits.interfacesOfInstance.most,
        },
      ],
      Ipv4AddressesPerInterface: limits.addressesOfInterface.most,
      Ipv6AddressesPerInterface: 0,
      Ipv6Supported: false,
      EnaSupport: 'unsupported',
      EfaSupported: false,
      EncryptionInTransitSupported: false,
    },
    PlacementGroupInfo: { SupportedStrategies: ['cluster', 'partition', 'spread'] },
    HibernationSupported: false,
    BurstablePerformanceSupported: false,
    DedicatedHostsSupported: false,
    AutoRecoverySupported: false,
    SupportedBootModes: ['legacy-bios'],
  }
}
