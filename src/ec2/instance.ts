// An OpenNebula VM as an EC2 instance: everything DescribeInstances says of it.
import type {
  GroupIdentifier,
  Instance,
  InstanceBlockDeviceMapping,
  InstanceNetworkInterface,
  StateReason,
} from '@aws-sdk/client-ec2'
import type { Vm } from '../opennebula/documents.ts'
import { textOf } from '../opennebula/shape.ts'
import { accountId, type Context } from './context.ts'
import { numericId, pairId } from './ids.ts'
import { decodeRecord, decodeTags } from './record.ts'
import { failureReason, type GoalState, shownState, stateItem } from './states.ts'
import { type Tags, tagItems } from './tags.ts'

/** What of an instance only EC2 knows: the VM's attribute `EC2_INSTANCE`. */
export interface InstanceRecord {
  readonly reservation: string
  /** Which of its reservation's instances it is, from 0. */
  readonly index: number
  readonly image: string
  readonly key?: string | undefined
  readonly token?: string | undefined
  readonly zone?: string | undefined
  readonly monitored?: boolean | undefined
  /** DisableApiTermination */
  readonly keep?: boolean | undefined
  /** InstanceInitiatedShutdownBehavior; `stop` where absent */
  readonly shutdown?: 'terminate' | undefined
  /** The volumes it was launched with. */
  readonly volumes?: readonly LaunchedVolume[] | undefined
}

export interface LaunchedVolume {
  readonly id: string
  /** As the caller wrote it. */
  readonly device: string
  readonly deleteOnTermination: boolean
}

/** A VM and what was read off it once, for an answer or for its filters. */
export interface InstanceView {
  readonly vm: Vm
  readonly id: string
  readonly record: Partial<InstanceRecord>
  readonly tags: Tags
  readonly goal: GoalState | undefined
}

const isGoal = (text: string | undefined): text is GoalState => text === 'stop' || text === 'terminate'

export const sealedId = (vm: Vm) => ({ ID: vm.ID, UID: vm.UID, EC2_ID: textOf(vm.USER_TEMPLATE, 'EC2_ID') })

/** Reads what the facade wrote on a VM. */
export function viewInstance(vm: Vm, { mint }: Context): InstanceView {
  const goal = textOf(vm.USER_TEMPLATE, 'EC2_GOAL')
  return {
    vm,
    id: mint.idOf('instance', sealedId(vm)),
    record: decodeRecord<InstanceRecord>(vm.USER_TEMPLATE, 'EC2_INSTANCE'),
    tags: decodeTags(vm.USER_TEMPLATE),
    goal: isGoal(goal) ? goal : undefined,
  }
}

/** The reservation an instance belongs to; one that was made by other ways is a reservation of its own. */
export const reservationId = ({ record, vm }: InstanceView): string =>
  record.reservation ?? numericId('reservation', vm.ID)

export const instanceType = ({ vm }: InstanceView): string => textOf(vm.USER_TEMPLATE, 'EC2_INSTANCE_TYPE') ?? 'custom'

const time = (seconds: number) => new Date(seconds * 1000)

/** OpenNebula's security groups of a NIC: their numbers, with commas between them. */
const groupsOf = (nic: { readonly SECURITY_GROUPS: readonly number[] }, { vm }: InstanceView) =>
  nic.SECURITY_GROUPS.map(
    (number): GroupIdentifier => ({
      GroupId: numericId('securityGroup', number),
      GroupName: vm.TEMPLATE.SECURITY_GROUP_RULE.find(rule => rule.SECURITY_GROUP_ID === number)?.SECURITY_GROUP_NAME,
    }),
  )

/** The device name as EC2 clients know them: `sda` → `/dev/sda`. */
const deviceName = (target: string) => (target.startsWith('/') ? target : `/dev/${target}`)

type Disk = Vm['TEMPLATE']['DISK'][number]

function blockDevice(disk: Disk, { vm, record }: InstanceView): InstanceBlockDeviceMapping {
  const VolumeId = volumeId(disk, vm)
  const launched = record.volumes?.find(({ id }) => id === VolumeId)
  return {
    DeviceName: launched?.device ?? deviceName(disk.TARGET ?? ''),
    Ebs: {
      VolumeId,
      Status: 'attached',
      AttachTime: time(vm.STIME),
      DeleteOnTermination: launched?.deleteOnTermination ?? !disk.PERSISTENT,
    },
  }
}

/** A persistent image is a volume of its own; any other disk is one that lives and ends with its instance. */
const volumeId = (disk: Disk, vm: Vm): string =>
  disk.PERSISTENT && disk.IMAGE_ID !== undefined
    ? (disk.EC2_VOLUME_ID ?? numericId('volume', disk.IMAGE_ID))
    : pairId('volume', vm.ID, disk.DISK_ID)

function networkInterface(
  nic: Vm['TEMPLATE']['NIC'][number],
  view: InstanceView,
  { account }: Context,
): InstanceNetworkInterface {
  const { vm } = view
  const elastic = vm.TEMPLATE.NIC_ALIAS.find(alias => alias.PARENT_ID === nic.NIC_ID && alias.EXTERNAL)
  const association = elastic && {
    Association: { PublicIp: elastic.IP, PublicDnsName: '', IpOwnerId: account.id },
  }
  return {
    NetworkInterfaceId: pairId('networkInterface', vm.ID, nic.NIC_ID),
    SubnetId: numericId('subnet', nic.NETWORK_ID ?? 0),
    VpcId: numericId('vpc', vm.UID),
    Description: '',
    OwnerId: accountId(vm.UID),
    Status: 'in-use',
    MacAddress: nic.MAC,
    PrivateIpAddress: nic.IP,
    SourceDestCheck: true,
    Groups: groupsOf(nic, view),
    Attachment: {
      AttachmentId: `eni-attach-${pairId('networkInterface', vm.ID, nic.NIC_ID).slice('eni-'.length)}`,
      DeviceIndex: nic.NIC_ID,
      Status: 'attached',
      AttachTime: time(vm.STIME),
      DeleteOnTermination: true,
      NetworkCardIndex: 0,
    },
    ...association,
    PrivateIpAddresses: [{ PrivateIpAddress: nic.IP, Primary: true, ...association }],
    Ipv6Addresses: [],
    InterfaceType: 'interface',
  }
}

/** Why an instance is in the state it is in, where AWS would say so. */
function stateReason({ vm }: InstanceView, state: string): StateReason | undefined {
  const failure = failureReason(vm)
  if (failure !== undefined) return { Code: 'Server.InternalError', Message: failure }
  if (state !== 'stopped' && state !== 'terminated') return undefined
  return { Code: 'Client.UserInitiatedShutdown', Message: 'Client.UserInitiatedShutdown: User initiated shutdown' }
}

/** The address that others on the Internet would use, if the instance has one. */
export const publicIp = ({ vm }: InstanceView): string | undefined =>
  vm.TEMPLATE.NIC_ALIAS.find(alias => alias.EXTERNAL)?.IP

const imageId = ({ record, vm }: InstanceView): string => {
  const image = vm.TEMPLATE.DISK[0]?.IMAGE_ID
  return record.image ?? (image === undefined ? '' : numericId('image', image))
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html */
export function toInstance(view: InstanceView, context: Context): Instance {
  const { vm, record } = view
  const state = shownState(vm, view.goal)
  const gone = state === 'terminated'
  const [nic] = vm.TEMPLATE.NIC
  const [root] = vm.TEMPLATE.DISK
  const stopped = state === 'stopped' || gone
  return {
    InstanceId: view.id,
    ImageId: imageId(view),
    State: stateItem(state),
    PrivateDnsName: '',
    PublicDnsName: '',
    StateTransitionReason: stopped ? 'User initiated' : '',
    KeyName: record.key,
    AmiLaunchIndex: record.index ?? 0,
    ProductCodes: [],
    InstanceType: instanceType(view) as Instance['InstanceType'],
    LaunchTime: time(vm.STIME),
    Placement: {
      AvailabilityZone: record.zone ?? context.settings.zones[0],
      GroupName: '',
      Tenancy: 'default',
    },
    Monitoring: { State: record.monitored ? 'enabled' : 'disabled' },
    Architecture: 'x86_64',
    RootDeviceType: 'ebs',
    RootDeviceName: deviceName(root?.TARGET ?? 'sda'),
    BlockDeviceMappings: gone ? [] : vm.TEMPLATE.DISK.map(disk => blockDevice(disk, view)),
    VirtualizationType: 'hvm',
    ClientToken: record.token ?? '',
    Tags: tagItems(view.tags),
    Hypervisor: 'xen',
    NetworkInterfaces: gone ? [] : vm.TEMPLATE.NIC.map(each => networkInterface(each, view, context)),
    SecurityGroups: gone || !nic ? [] : groupsOf(nic, view),
    EbsOptimized: false,
    EnaSupport: false,
    SourceDestCheck: true,
    StateReason: stateReason(view, state),
    ...(nic &&
      !gone && {
        SubnetId: numericId('subnet', nic.NETWORK_ID ?? 0),
        VpcId: numericId('vpc', vm.UID),
        PrivateIpAddress: nic.IP,
        PublicIpAddress: publicIp(view),
      }),
    MetadataOptions: {
      State: 'applied',
      HttpTokens: 'optional',
      HttpPutResponseHopLimit: 1,
      HttpEndpoint: 'disabled',
      HttpProtocolIpv6: 'disabled',
      InstanceMetadataTags: 'disabled',
    },
    CpuOptions: { CoreCount: vm.TEMPLATE.VCPU ?? 1, ThreadsPerCore: 1 },
    HibernationOptions: { Configured: false },
    EnclaveOptions: { Enabled: false },
    PlatformDetails: 'Linux/UNIX',
    UsageOperation: 'RunInstances',
    PrivateDnsNameOptions: { HostnameType: 'ip-name' },
    MaintenanceOptions: { AutoRecovery: 'default' },
  }
}
