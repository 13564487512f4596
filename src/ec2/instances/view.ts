// An OpenNebula VM as an EC2 instance: everything DescribeInstances says of it, and its disks as EC2 sees them.
import type {
  AttachmentStatus,
  Instance,
  InstanceBlockDeviceMapping,
  InstanceMetadataOptionsResponse,
  StateReason,
} from '@aws-sdk/client-ec2'
import { limits } from '../../limits.ts'
import type { WriteCall } from '../../opennebula/calls/common.ts'
import { textOf } from '../../opennebula/xml/attributes.ts'
import { named, numberedName } from '../core/attribute-names.ts'
import type { Context } from '../core/context.ts'
import type { Disk, Vm } from '../core/documents.ts'
import { device, flag, id, seconds, text, valid, whole } from '../core/fields.ts'
import { following, followingItem, type Viewer } from '../core/following.ts'
import { numericId, pairId } from '../core/ids.ts'
import { plain, record, storedEach } from '../core/record.ts'
import { decodeTags } from '../core/stored-tags.ts'
import { type Tags, tagItems } from '../core/tags.ts'
import { isOwn } from '../core/trust.ts'
import { merge } from '../core/writes.ts'
import { zoneId } from '../core/zones.ts'
import { IMAGE } from '../images/resource.ts'
import {
  groupsOf,
  type Holder,
  ipv6Addresses,
  networkInterface,
  networkPlaceOf,
  nicKnowledge,
  ownOf,
  privateName,
  publicIp,
  publicName,
} from '../network-interfaces/view.ts'
import { VOLUME } from '../volumes/resource.ts'
import { choices, type InstanceRecord, type LaunchedVolume, recordOf } from './record.ts'
import { INSTANCE, RESERVATION } from './resource.ts'
import { failureReason, shownState, stateItem, type WantedNote } from './states.ts'

/** A VM and what was read off it once, for an answer or for its filters. */
export interface InstanceView {
  readonly vm: Vm
  readonly id: string
  readonly record: InstanceRecord
  readonly tags: Tags
  readonly wanted: WantedNote | undefined
  /** Those of its interfaces that have addresses of their own, where they were read. */
  readonly interfaces?: Holder['interfaces']
  /** The account's own subnets, where they were read. */
  readonly subnets?: Holder['subnets']
  /** Which of its private addresses its elastic addresses lead to, where that was read. */
  readonly leads?: Holder['leads']
}

const isWanted = (text: string | undefined): text is WantedNote =>
  text === 'stop' || text === 'terminate' || text === 'discard' || text === 'reboot'

export const sealedId = (vm: Vm) => ({ ID: vm.ID, UID: vm.UID, EC2_ID: textOf(vm.USER_TEMPLATE, 'EC2_ID') })

/**
 * Whether a VM of the account is an instance of it. Those of a launch are to be discarded, until it is decided that they
 * are the caller's: what of them comes about too late, or was left over, never was one.
 */
export const isInstance = (vm: Vm, context: Pick<Context, 'account'>): boolean =>
  isOwn(vm, context) && textOf(vm.USER_TEMPLATE, 'EC2_GOAL') !== 'discard'

function newView(vm: Vm, { mint }: Viewer): InstanceView {
  const wanted = textOf(vm.USER_TEMPLATE, 'EC2_GOAL')
  const known = recordOf(vm)
  return {
    vm,
    id: mint.idOf(INSTANCE, sealedId(vm)),
    record: known,
    tags: new Map([...systemTags(known), ...decodeTags(vm.USER_TEMPLATE)]),
    wanted: isWanted(wanted) ? wanted : undefined,
  }
}

/** Reads what the facade wrote on a VM. */
export const viewInstance = following(newView)

/** The tags that AWS gives to an instance by itself, and nobody may change. */
const systemTags = ({ template }: InstanceRecord): Tags =>
  new Map(
    template && [
      ['aws:ec2launchtemplate:id', template.id],
      ['aws:ec2launchtemplate:version', String(template.version)],
    ],
  )

const typeName = text(limits.text.most)

/** The reservation an instance belongs to; one that was made by other ways is a reservation of its own. */
export const reservationId = ({ record, vm }: InstanceView): string =>
  record.reservation ?? numericId(RESERVATION, vm.ID)

/** Its number in its launch. */
export const launchIndex = ({ record: { index = 0 } }: InstanceView): number => index

export const instanceType = ({ vm }: InstanceView): string =>
  plain(vm.USER_TEMPLATE, 'EC2_INSTANCE_TYPE', typeName) ?? 'custom'

const time = (seconds: number) => new Date(seconds * 1000)

/** The device name as EC2 clients know them: `sda` → `/dev/sda`. */
export const deviceName = (target: string) => (target.startsWith('/') ? target : `/dev/${target}`)

const detachment = record({ since: seconds, queued: flag }, 'since', 'queued')
/** The attribute of a VM for it, by the number of the disk. */
export const detachments = storedEach('EC2_DISK_n_DETACH', detachment)

/** What a VM says of a disk that is on its way out. */
export interface Detachment {
  /** When the disk was attached, in seconds since 1970: the number of a disk may become another's. */
  readonly since: number
  /** True while it waits for its turn; else OpenNebula has begun with it. */
  readonly queued: boolean
}

/** Notes on a VM that a disk of it is on its way out; none takes the note away. */
export const noteDetachment = (vm: number, { DISK_ID }: Disk, note?: Detachment): WriteCall =>
  merge('vm', vm, named(numberedName('EC2_DISK_n_DETACH', DISK_ID), note ? detachments(DISK_ID).write(note) : ''))

/** OpenNebula says of a disk that it is on its way, and the VM which way that is. */
function attachmentStatus(disk: Disk, { vm }: InstanceView): AttachmentStatus {
  const note = detachments(disk.DISK_ID).read(vm.USER_TEMPLATE)
  const isOfDisk = note !== undefined && (attachTime(disk) ?? note.since) === note.since
  if (isOfDisk && (note.queued || disk.ATTACH)) return 'detaching'
  return disk.ATTACH ? 'attaching' : 'attached'
}

function blockDevice(disk: Disk, view: InstanceView): InstanceBlockDeviceMapping {
  return {
    DeviceName: diskDevice(disk, view),
    Ebs: {
      VolumeId: volumeId(disk, view.vm),
      Status: attachmentStatus(disk, view),
      AttachTime: time(attachTime(disk) ?? view.vm.STIME),
      DeleteOnTermination: endsWith(disk, view),
    },
  }
}

const ofVolume = id(VOLUME)

/** A persistent image is a volume of its own; any other disk is one that lives and ends with its instance. */
export const isKept = (disk: Disk): boolean => disk.PERSISTENT && disk.IMAGE_ID !== undefined

/** The id of a disk as a volume. */
export const volumeId = (disk: Disk, vm: Vm): string =>
  disk.PERSISTENT && disk.IMAGE_ID !== undefined
    ? (valid(ofVolume, disk.EC2_VOLUME_ID) ?? numericId(VOLUME, disk.IMAGE_ID))
    : pairId(VOLUME, vm.ID, disk.DISK_ID)

/** What the record says of a disk. What it says of an earlier attachment of the same volume is past. */
const recordedVolume = (disk: Disk, { vm, record }: InstanceView): LaunchedVolume | undefined =>
  record.volumes?.find(({ id, attached }) => id === volumeId(disk, vm) && attached === attachTime(disk))

/** When a disk was attached, in seconds since 1970, where that was noted on it. */
export const attachTime = (disk: Disk): number | undefined => valid(seconds, disk.EC2_ATTACH_TIME)

/** A disk's device as the caller wrote it who attached it. */
export const notedDevice = (disk: Disk): string | undefined => valid(device, disk.EC2_DEVICE)

/** The number of the disk that an instance is launched from: OpenNebula counts them in the order of the launch's list. */
export const ROOT_DISK = 0

/** The same, else as the AMI had it, else as OpenNebula has it. */
export const diskDevice = (disk: Disk, view: InstanceView): string =>
  notedDevice(disk) ??
  recordedVolume(disk, view)?.device ??
  (disk.DISK_ID === ROOT_DISK ? view.record.rootDevice : undefined) ??
  deviceName(disk.TARGET ?? '')

/** DeleteOnTermination of a disk: a volume that was attached later stays, unless it was said to go. */
export const endsWith = (disk: Disk, view: InstanceView): boolean =>
  recordedVolume(disk, view)?.deleteOnTermination ?? !disk.PERSISTENT

/** The volumes that are to be deleted when their instance has ended, by the numbers of their images. */
export const volumesEndingWith = (view: InstanceView): number[] =>
  view.vm.TEMPLATE.DISK.filter(disk => isKept(disk) && endsWith(disk, view)).flatMap(({ IMAGE_ID }) => IMAGE_ID ?? [])

/** Why an instance is in the state it is in, where AWS would say so. */
function stateReason({ vm }: InstanceView, state: string): StateReason | undefined {
  const failure = failureReason(vm)
  if (failure !== undefined) return { Code: 'Server.InternalError', Message: failure }
  if (state !== 'stopped' && state !== 'terminated') return undefined
  return { Code: 'Client.UserInitiatedShutdown', Message: 'Client.UserInitiatedShutdown: User initiated shutdown' }
}

const imageId = ({ record, vm }: InstanceView): string => {
  const image = vm.TEMPLATE.DISK[0]?.IMAGE_ID
  return record.image ?? (image === undefined ? '' : numericId(IMAGE, image))
}

/** OpenNebula has no metadata service: guests are told what they need by their context disk. */
export const metadataOptions = ({ metadata }: InstanceRecord): InstanceMetadataOptionsResponse => ({
  State: 'applied',
  HttpTokens: metadata?.tokens ?? 'optional',
  HttpPutResponseHopLimit: metadata?.hopLimit ?? 1,
  HttpEndpoint: metadata?.endpoint ?? 'enabled',
  HttpProtocolIpv6: metadata?.ipv6 ?? 'disabled',
  InstanceMetadataTags: metadata?.tags ?? 'disabled',
})

const coreCount = whole(1, limits.virtualCpus.most)

/** An instance as its interfaces know it. */
export const holderOf = (view: InstanceView): Holder => {
  const {
    vm,
    record: { sourceDestCheck = true },
    interfaces,
    leads,
    subnets,
  } = view
  return { vm, sourceDestCheck, interfaces, leads, subnets }
}

/** The ids of those of its interfaces with addresses of their own that end with it, of an instance with them. */
export function interfacesEndingWith(view: InstanceView): string[] {
  const holder = holderOf(view)
  return view.vm.TEMPLATE.NIC.flatMap(nic => {
    const own = ownOf(nic, holder)
    return own && nicKnowledge(nic, holder).attachment.ends ? own.id : []
  })
}

export function newInstance(view: InstanceView, context: Viewer): Instance {
  const { vm, record } = view
  const state = shownState(vm, view.wanted)
  const gone = state === 'terminated'
  const [nic] = gone ? [] : vm.TEMPLATE.NIC
  const [root] = vm.TEMPLATE.DISK
  const stopped = state === 'stopped' || gone
  const zone = record.zone ?? context.settings.zones[0]
  const holder = holderOf(view)
  const place = nic && networkPlaceOf(nic, holder, context)
  return {
    InstanceId: view.id,
    ImageId: imageId(view),
    State: stateItem(state),
    PrivateDnsName: privateName(nic?.IP, context),
    PublicDnsName: nic ? publicName(publicIp(vm), context) : '',
    StateTransitionReason: stopped ? 'User initiated' : '',
    KeyName: record.key,
    AmiLaunchIndex: launchIndex(view),
    ProductCodes: [],
    InstanceType: instanceType(view) as Instance['InstanceType'],
    LaunchTime: time(vm.STIME),
    Placement: {
      AvailabilityZone: zone,
      AvailabilityZoneId: zoneId(zone, context.settings),
      GroupName: record.placement?.name ?? '',
      GroupId: record.placement?.id,
      Tenancy: 'default',
    },
    Monitoring: { State: record.monitored ? 'enabled' : 'disabled' },
    Architecture: 'x86_64',
    RootDeviceType: 'ebs',
    RootDeviceName: root && diskDevice(root, view),
    BlockDeviceMappings: gone ? [] : vm.TEMPLATE.DISK.map(disk => blockDevice(disk, view)),
    VirtualizationType: 'hvm',
    ClientToken: record.token ?? '',
    Tags: tagItems(view.tags),
    Hypervisor: 'xen',
    NetworkInterfaces: gone ? [] : vm.TEMPLATE.NIC.map(each => networkInterface(each, holder, context)),
    SecurityGroups: nic ? groupsOf(nic, holder, context) : [],
    EbsOptimized: record.ebsOptimized ?? false,
    EnaSupport: record.enaSupport ?? false,
    SriovNetSupport: record.sriovNetSupport,
    SourceDestCheck: nic ? nicKnowledge(nic, holder).sourceDestCheck : holder.sourceDestCheck,
    StateReason: stateReason(view, state),
    SubnetId: place?.subnet,
    VpcId: place?.vpc,
    PrivateIpAddress: nic?.IP,
    PublicIpAddress: nic && publicIp(vm),
    Ipv6Address: nic && ipv6Addresses(nic)[0],
    MetadataOptions: metadataOptions(record),
    CpuOptions: { CoreCount: valid(coreCount, vm.TEMPLATE.VCPU) ?? 1, ThreadsPerCore: 1 },
    CapacityReservationSpecification: {
      CapacityReservationPreference: record.capacityReservation ?? choices.capacityReservation.usual,
    },
    HibernationOptions: { Configured: false },
    EnclaveOptions: { Enabled: false },
    PlatformDetails: 'Linux/UNIX',
    UsageOperation: 'RunInstances',
    PrivateDnsNameOptions: { HostnameType: 'ip-name' },
    MaintenanceOptions: { AutoRecovery: record.autoRecovery ?? choices.autoRecovery.usual },
  }
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html */
export const toInstance = followingItem(newInstance)
