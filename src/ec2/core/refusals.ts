// What OpenNebula's refusals mean to an EC2 client, by method and words: one table. What the words do not tell is told by the
// code, in failures.ts.
import { excerpt } from '../../lib/excerpt.ts'
import type { OneError } from '../../opennebula/errors.ts'
import { combination, impossible, invalidBecause } from '../../protocol/complaints.ts'
import { Ec2Error, type SpecificCode } from '../../protocol/errors.ts'
import type { LimitCode, Resource } from './resource.ts'

/** What a refused call was about, as far as whoever made it knows: OpenNebula's words alone do not tell it. */
export interface About {
  /** The kind of resource that was to be made or changed. */
  readonly resource?: Resource | undefined
  /** Its id, as the caller wrote it. */
  readonly id?: string | undefined
  /** The private address that was asked for. */
  readonly address?: string | undefined
}

/** A refusal by its words: OpenNebula uses one code for many, and several for one. */
interface Refusal {
  /** The methods that say so; any where absent. */
  readonly methods?: RegExp
  readonly words: RegExp
  readonly means: (about: About, error: OneError) => Ec2Error
  /** It stays so, whatever the object is doing at the moment: OpenNebula has one code for that and for what is busy. */
  readonly forGood?: true
}

const says = (code: SpecificCode, message: string) => (): Ec2Error => new Ec2Error(code, message)

const saysInvalid = (message: string) => (): Ec2Error => invalidBecause(message)

/** OpenNebula's messages quote what was sent and how it is set up: EC2 callers get words of our own. The first row counts. */
const refusals: readonly Refusal[] = [
  {
    words: /limit of [\d.]+ reached for \w+ quota/,
    means: (about, error) => overQuota(error, about),
    forGood: true,
  },
  {
    methods: /^one\.vm\.resize$|^one\.template\.instantiate$/,
    words: /not enough (cpu|memory|capacity)/i,
    means: says('InsufficientInstanceCapacity', 'The cloud has not enough capacity for the instance at the moment.'),
  },
  {
    words: /not enough space/i,
    means: () => noSpace(),
  },

  {
    methods: /^one\.image\./,
    words: /NAME is already taken/,
    means: says('InvalidAMIName.Duplicate', 'There is another image, volume or snapshot of this name.'),
  },
  {
    methods: /^one\.secgroup\./,
    words: /NAME is already taken/,
    means: says('InvalidGroup.Duplicate', 'There is another security group of this name.'),
  },
  {
    methods: /^one\.vmgroup\./,
    words: /NAME is already taken/,
    means: says('InvalidPlacementGroup.Duplicate', 'There is another placement group of this name.'),
  },
  { words: /NAME is already taken/, means: saysInvalid('There is another resource of this name.') },
  { words: /Invalid NAME/, means: saysInvalid('The name has characters that it may not have.') },

  {
    words: /cannot get IP\/MAC lease/i,
    means: ({ address }) => (address === undefined ? noAddressLeft() : addressInUse(address)),
  },
  {
    methods: /^one\.vn\.reserve$/,
    words: /AR_ID|in address range \d/,
    means: ({ address = 'that was asked for' }) => addressInUse(address),
  },
  { words: /not enough free addresses/i, means: () => noAddressLeft() },
  {
    methods: /^one\.vn\.delete$/,
    words: /leases in use/,
    means: says('DependencyViolation', 'The network has addresses that are in use.'),
  },
  {
    words: /virtual network with ID: \d+ does not exist/i,
    means: says('InvalidSubnetID.NotFound', 'The subnet does not exist.'),
  },

  {
    words: /same target|target \S+ is already in use/i,
    means: says('InvalidBlockDeviceMapping', 'Two disks of the instance have the same device name.'),
  },
  {
    methods: /^one\.vm\.attach$/,
    words: /image with ID: \d+ does not exist/i,
    means: says('InvalidVolume.NotFound', 'The volume does not exist.'),
  },
  { words: /image with ID: \d+ does not exist/i, means: says('InvalidAMIID.NotFound', 'The image does not exist.') },
  {
    methods: /^one\.image\.allocate$/,
    words: /Cannot determine image SIZE|appliance's market/,
    means: says('InvalidAMIID.NotFound', 'The appliance is not in the marketplace any more.'),
  },
  {
    methods: /^one\.template\.instantiate$/,
    words: /cannot acquire image/i,
    means: says('InvalidAMIID.Unavailable', 'An image or a volume of the launch is not available.'),
  },
  {
    words: /persistent and already in use/,
    means: says('VolumeInUse', 'The volume is already attached to an instance.'),
  },
  {
    methods: /^one\.image\.delete$/,
    words: /active clone|There are 0 VMs/,
    means: says('IncorrectState', 'The resource is being copied.'),
  },
  {
    methods: /^one\.image\.delete$/,
    words: /VMs using it/,
    means: ({ resource }) =>
      resource?.kind === 'volume'
        ? new Ec2Error('VolumeInUse', 'The volume is attached to an instance.')
        : new Ec2Error('IncorrectState', 'The image is in use by an instance.'),
  },
  { words: /New (disk )?size has to be/, means: saysInvalid('A volume can only grow.') },
  {
    words: /SIZE attribute is not supported|SIZE of \d+MB is less than|cannot be used as DISK/,
    means: says(
      'InvalidBlockDeviceMapping',
      'A disk of the instance cannot be as large as the mapping says, or be none.',
    ),
  },
  {
    words: /more than \d+ (hd )?disks/,
    means: says('AttachmentLimitExceeded', 'The instance can have no more disks of that kind.'),
    forGood: true,
  },
  {
    methods: /^one\.vm\.attach$/,
    words: /not part of cluster/,
    means: says('InvalidVolume.ZoneMismatch', 'The volume is not where the instance is.'),
    forGood: true,
  },
  {
    words: /not part of cluster|(incompatible|missing) clusters/i,
    means: () => combination('The image, the volumes and the networks of the instance are not in one place'),
    forGood: true,
  },
  {
    words: /Alias is incompatible/,
    means: () => impossible('Interfaces of the network have no further addresses.'),
    forGood: true,
  },
  {
    methods: /^one\.vm\.disksaveas$/,
    words: /cannot use DISK|Cannot save an image/i,
    means: says('IncorrectState', 'The disk of the instance is none that can be saved.'),
    forGood: true,
  },
  {
    methods: /^one\.image\.(clone|delete|enable|persistent|chtype)$|^one\.vm\.disksaveas$/,
    words: /cannot be in state|Image locked|VM has to be/i,
    means: says('IncorrectState', 'The resource is not in a state that allows this operation.'),
  },
  {
    methods: /^one\.image\.clone$/,
    words: /Cannot clone image|Target image deleted/,
    means: says('IncorrectState', 'The image or the volume is not in a state that allows a copy.'),
  },
  {
    methods: /^one\.vm\.updateconf$/,
    words: /in state|wrong state/,
    means: says('IncorrectInstanceState', 'The instance is not in a state that allows the change.'),
  },
  {
    methods: /^one\.vm\.updateconf$/,
    words: /does not have context/,
    means: () => impossible('The instance has no context disk, by which its guest could learn of it.'),
  },
  {
    methods: /^one\.vm\.resize$/,
    words: /pinned VM|not supported by driver/,
    means: () => impossible('The cloud cannot give the instance another type.'),
  },
  {
    methods: /^one\.vm\.attachsg$/,
    words: /SG does not exist/,
    means: says('InvalidGroup.NotFound', 'The security group does not exist.'),
  },
  {
    methods: /^one\.vm\.attachsg$/,
    words: /doesn't have NIC/,
    means: says('IncorrectState', 'The instance has no such network interface any more.'),
  },
  {
    methods: /^one\.vntemplate\.instantiate$/,
    words: /Cannot automatically assign/,
    means: says('SubnetLimitExceeded', 'The cloud has no room for another subnet.'),
  },

  {
    methods: /^one\.vmgroup\.delete$/,
    words: /has \d+ VMs/,
    means: says('InvalidPlacementGroup.InUse', 'Instances are in the placement group.'),
  },
  {
    words: /VM Group/,
    means: says('InvalidPlacementGroup.Unknown', 'The placement group does not exist.'),
  },
  {
    methods: /^one\.secgroup\.(allocate|update)$/,
    words: /PROTOCOL|RANGE|SIZE|ports/,
    means: saysInvalid('The cloud has no such rule of a security group.'),
  },
  {
    methods: /^one\.secgroup\.delete$/,
    words: /VMs using it/,
    means: says('DependencyViolation', 'The security group is in use by an instance.'),
  },
]

/** @returns InsufficientVolumeCapacity */
export const noSpace = (): Ec2Error =>
  new Ec2Error('InsufficientVolumeCapacity', 'There is not enough capacity to fulfill your EBS volume create request.')

/** @returns InvalidIPAddress.InUse */
export const addressInUse = (ip: string): Ec2Error =>
  new Ec2Error('InvalidIPAddress.InUse', `Address ${excerpt(ip)} is in use.`)

const noAddressLeft = () =>
  new Ec2Error('InsufficientFreeAddressesInSubnet', 'There are not enough free addresses in the subnet.')

/** The row that a refusal is of. */
export const refusalOf = ({ method, message }: OneError): Refusal | undefined =>
  refusals.find(({ methods, words }) => words.test(message) && (methods === undefined || methods.test(method)))

type Limited = (method: string, about: About) => LimitCode

const always =
  (code: LimitCode): Limited =>
  () =>
    code

/** Networks count what is reserved, for addresses and for interfaces, and what instances take. */
const ofNetwork: Limited = (method, { resource }) => {
  if (resource?.limitExceeded) return resource.limitExceeded
  const isAddress = method === 'one.vn.reserve' || method === 'one.vm.attachnic'
  return isAddress ? 'AddressLimitExceeded' : 'NetworkInterfaceLimitExceeded'
}

/** Datastores count all kinds of images: what was to be made tells which limit it is. */
const ofDatastore: Limited = (_, { resource }) =>
  resource === undefined ? 'VolumeLimitExceeded' : (resource.limitExceeded ?? 'ResourceLimitExceeded')

/** The metrics of OpenNebula's quotas: the code of EC2's limit, and what is counted. */
const metrics: Readonly<Record<string, readonly [code: Limited, counted: string]>> = {
  VMS: [always('InstanceLimitExceeded'), 'instances'],
  RUNNING_VMS: [always('InstanceLimitExceeded'), 'running instances'],
  RVMS: [always('InstanceLimitExceeded'), 'instances of the image'],
  MEMORY: [always('InstanceLimitExceeded'), 'MiB of memory'],
  RUNNING_MEMORY: [always('InstanceLimitExceeded'), 'MiB of memory in running instances'],
  CPU: [always('VcpuLimitExceeded'), 'CPUs'],
  RUNNING_CPU: [always('VcpuLimitExceeded'), 'CPUs in running instances'],
  SYSTEM_DISK_SIZE: [always('VolumeLimitExceeded'), 'MiB of disks that end with their instances'],
  SIZE: [ofDatastore, 'MiB of images, volumes and snapshots'],
  IMAGES: [ofDatastore, 'images, volumes and snapshots'],
  LEASES: [ofNetwork, 'addresses of the network'],
}

/** `user [2] limit of 1 reached for LEASES quota in NETWORK with ID: 0.` */
function overQuota({ method, message }: OneError, about: About): Ec2Error {
  const [, limit = '', metric = ''] = /limit of ([\d.]+) reached for (\w+) quota/.exec(message) ?? []
  return limitReached({ method, metric, limit }, about)
}

/** A limit of OpenNebula's, by the metric that it is of, which a call would pass. */
export function limitReached(
  { method, metric, limit }: { readonly method: string; readonly metric: string; readonly limit: string | number },
  about: About,
): Ec2Error {
  const [code, counted] = metrics[metric] ?? [always('ResourceLimitExceeded'), 'resources of this kind']
  return new Ec2Error(code(method, about), `The limit of the account is reached: ${limit} ${counted}.`)
}
