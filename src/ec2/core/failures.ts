// What OpenNebula's refusals and silences mean to an EC2 client: one table, from method, code and words to EC2's codes.
import { excerpt } from '../../lib/excerpt.ts'
import { releaseOf } from '../../opennebula/calls/methods.ts'
import { type OneCode, OneError, OneFault, OneUnavailable, UnsafeValue } from '../../opennebula/errors.ts'
import type { Outcome } from '../../opennebula/xml/xmlrpc.ts'
import { impossible, invalidBecause, nobodysCredentials, unauthorizedOperation } from '../../protocol/complaints.ts'
import { Ec2Error, type SpecificCode } from '../../protocol/errors.ts'
import type { LimitCode, Resource } from './resource.ts'
import { notFound } from './resource.ts'

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
}

const says = (code: SpecificCode, message: string) => (): Ec2Error => new Ec2Error(code, message)

const saysInvalid = (message: string) => (): Ec2Error => invalidBecause(message)

/** OpenNebula's messages quote what was sent and how it is set up: EC2 callers get words of our own. The first row counts. */
const refusals: readonly Refusal[] = [
  { words: /limit of [\d.]+ reached for \w+ quota/, means: (about, error) => overQuota(error, about) },
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
    words: /VMs using it/,
    means: ({ resource }) =>
      resource?.kind === 'volume'
        ? new Ec2Error('VolumeInUse', 'The volume is attached to an instance.')
        : new Ec2Error('IncorrectState', 'The image is in use by an instance.'),
  },
  { words: /New disk size/, means: saysInvalid('A volume can only grow.') },
  {
    methods: /^one\.(image\.(clone|delete)|vm\.disksaveas)$/,
    words: /Cannot clone image in state|Image locked|VM has to be|DISK does not exist/,
    means: says('IncorrectState', 'The resource is not in a state that allows this operation.'),
  },

  {
    methods: /^one\.vm\.attachsg$/,
    words: /SG does not exist/,
    means: says('InvalidGroup.NotFound', 'The security group does not exist.'),
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

/** What the words do not tell. */
const byCode: Readonly<Record<OneCode, (about: About, error: OneError) => Ec2Error>> = {
  AUTHENTICATION: () => nobodysCredentials(),
  AUTHORIZATION: () => unauthorizedOperation(),
  NO_EXISTS: ({ resource, id }) =>
    resource !== undefined && id !== undefined
      ? notFound(resource, id)
      : new Ec2Error('IncorrectState', 'A resource that the request needs no longer exists.'),
  ACTION: () => new Ec2Error('IncorrectState', 'The resource is not in a state that allows this operation.'),
  LOCKED: () => new Ec2Error('IncorrectState', 'The resource is locked.'),
  ALLOCATE: (_, cause) => internal(cause),
  INTERNAL: (_, cause) => internal(cause),
  XML_RPC_API: (_, cause) => internal(cause),
  // A front-end that follows another one, and cannot reach it
  REPLICATION: (_, cause) => unavailable(cause),
}

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

/** Nobody answered who could. @param cause for the log */
export const unavailable = (cause?: unknown): Ec2Error =>
  new Ec2Error('Unavailable', 'The cloud cannot be reached at the moment. Please try again.', { cause })

const internal = (cause: unknown): Ec2Error =>
  new Ec2Error('InternalError', 'An internal error has occurred.', { cause })

/** -506: the front-end is older than what is asked of it. */
const NO_SUCH_METHOD = -506

function missingMethod(fault: OneFault): Ec2Error {
  const release = releaseOf.get(fault.method)
  if (fault.faultCode !== NO_SUCH_METHOD || release === undefined) return internal(fault)
  return impossible(`This operation needs OpenNebula ${release} or newer on the cloud.`)
}

/**
 * The error that a caller sees for whatever went wrong.
 * @param about what the call was about that failed: it makes the code and the message say more
 */
export function toEc2Error(error: unknown, about: About = {}): Ec2Error {
  if (error instanceof Ec2Error) return error
  if (error instanceof OneUnavailable) return unavailable(error)
  if (error instanceof UnsafeValue) return invalidBecause(error.message)
  if (error instanceof OneFault) return missingMethod(error)
  if (!(error instanceof OneError)) return internal(error)
  const known = refusals.find(
    ({ methods, words }) => words.test(error.message) && (methods === undefined || methods.test(error.method)),
  )
  return (known?.means ?? byCode[error.code])(about, error)
}

/** Whether the request was refused for good: it had no effect, and to repeat it is of no use. */
export const isFinal = (error: unknown): boolean => toEc2Error(error).status < 500

/** Whether the answer of a call was lost, so that it may take effect, now or later. */
export const mayTakeEffect = (error: unknown): boolean => error instanceof OneUnavailable && error.outcome === 'unknown'

/** Whether OpenNebula refuses because of what the object is doing at this moment. */
export const isBusy = (error: unknown): boolean =>
  error instanceof OneError && (error.code === 'ACTION' || error.code === 'LOCKED' || saysBusy(error))

/** Calls that say INTERNAL where the others say ACTION: only the words tell it from a real failure. */
const busyWords = new Map([
  ['one.vm.disksaveas', 'VM has to be'],
  ['one.image.delete', 'Image locked'],
])

const saysBusy = ({ method, code, message }: OneError) => {
  const words = busyWords.get(method)
  return code === 'INTERNAL' && words !== undefined && message.includes(words)
}

/** Whether another object of the owner has the name: what was to be made may be that, made by an earlier call. */
export const isTaken = (error: unknown): boolean =>
  error instanceof OneError && error.message.includes('NAME is already taken')

/** Whether a network cannot be deleted since it is still being made, or is going already: for less than a second. */
export const isSettling = (error: unknown): boolean =>
  error instanceof OneError && error.code === 'ACTION' && error.message.includes('wrong state LOCK_')

/** The network in which there is no address for a VM, or not the one that it is to have. */
export function networkWithoutAddress(error: unknown): number | undefined {
  const [, number] =
    error instanceof OneError ? (/IP\/MAC lease from virtual network (\d+)/.exec(error.message) ?? []) : []
  return number === undefined ? undefined : Number(number)
}

/** @throws Ec2Error for the first of several calls that failed */
export function throwFirst(outcomes: readonly Outcome<unknown>[]): void {
  const failed = outcomes.find(({ error }) => error !== undefined)
  if (failed) throw toEc2Error(failed.error)
}

/** What a call answered. @throws Ec2Error where it failed */
export function answerOf<T>({ value, error }: Outcome<T>): T {
  if (error !== undefined) throw toEc2Error(error)
  return value
}
