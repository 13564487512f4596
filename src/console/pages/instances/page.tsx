// Instances: the list, what is told of one, and what can be done with them.
import type { Instance, InstanceBlockDeviceMapping, InstanceNetworkInterface } from '@aws-sdk/client-ec2'
import type { Resource } from '../../resource/definition.ts'
import { listing } from '../../resource/listing.ts'
import { factsTab, relatedTab } from '../../resource/tabs.tsx'
import { tagOf, tagsTab } from '../../resource/tags.tsx'
import { texts } from '../../texts.ts'
import { eventsTab } from '../events/tab.tsx'
import { ConsoleOutput } from './console-output.tsx'
import { launch } from './launch.ts'
import { reboot, start, stop } from './operations.tsx'
import { terminate } from './terminate.tsx'

const words = texts.instances

const columns: Resource<Instance>['columns'] = [
  { key: 'name', label: words.columns.name, value: instance => tagOf(instance, 'Name') },
  { key: 'id', label: words.columns.id, value: ({ InstanceId }) => InstanceId, as: 'code' },
  { key: 'state', label: words.columns.state, value: ({ State }) => State?.Name, as: 'status', filters: true },
  { key: 'type', label: words.columns.type, value: ({ InstanceType }) => InstanceType, filters: true },
  { key: 'zone', label: words.columns.zone, value: ({ Placement }) => Placement?.AvailabilityZone, filters: true },
  { key: 'public', label: words.columns.publicAddress, value: ({ PublicIpAddress }) => PublicIpAddress, as: 'code' },
  {
    key: 'private',
    label: words.columns.privateAddress,
    value: ({ PrivateIpAddress }) => PrivateIpAddress,
    as: 'code',
  },
  { key: 'key', label: words.columns.keyPair, value: ({ KeyName }) => KeyName },
  {
    key: 'image',
    label: words.columns.image,
    value: ({ ImageId }) => ImageId,
    as: 'code',
    link: 'images',
    isHidden: true,
  },
  { key: 'launched', label: words.columns.launched, value: ({ LaunchTime }) => LaunchTime, as: 'time' },
]

const description = factsTab<Instance>('description', words.tabs.description, [
  ...columns,
  { key: 'reason', label: words.facts.reason, value: ({ StateTransitionReason }) => StateTransitionReason },
  { key: 'architecture', label: words.facts.architecture, value: ({ Architecture }) => Architecture },
  { key: 'platform', label: words.facts.platform, value: ({ PlatformDetails }) => PlatformDetails },
  { key: 'public-name', label: words.facts.publicName, value: ({ PublicDnsName }) => PublicDnsName, as: 'code' },
  { key: 'private-name', label: words.facts.privateName, value: ({ PrivateDnsName }) => PrivateDnsName, as: 'code' },
  { key: 'vpc', label: words.facts.vpc, value: ({ VpcId }) => VpcId, as: 'code', link: 'vpcs' },
  { key: 'subnet', label: words.facts.subnet, value: ({ SubnetId }) => SubnetId, as: 'code', link: 'subnets' },
  {
    key: 'groups',
    label: words.facts.groups,
    value: ({ SecurityGroups = [] }) => SecurityGroups.map(({ GroupName }) => GroupName).join(', '),
  },
  { key: 'root', label: words.facts.rootDevice, value: ({ RootDeviceName }) => RootDeviceName, as: 'code' },
])

const storage = relatedTab<Instance, InstanceBlockDeviceMapping>('storage', words.tabs.storage, {
  rows: ({ BlockDeviceMappings = [] }) => BlockDeviceMappings,
  keyOf: ({ DeviceName = '' }) => DeviceName,
  empty: words.storage.empty,
  columns: [
    { key: 'device', label: words.storage.device, value: ({ DeviceName }) => DeviceName, as: 'code' },
    { key: 'volume', label: words.storage.volume, value: ({ Ebs }) => Ebs?.VolumeId, as: 'code', link: 'volumes' },
    { key: 'state', label: words.columns.state, value: ({ Ebs }) => Ebs?.Status, as: 'status' },
    { key: 'attached', label: words.storage.attached, value: ({ Ebs }) => Ebs?.AttachTime, as: 'time' },
    {
      key: 'deleted',
      label: words.storage.deleted,
      value: ({ Ebs }) => (Ebs?.DeleteOnTermination ? words.storage.yes : words.storage.no),
    },
  ],
})

const networking = relatedTab<Instance, InstanceNetworkInterface>('networking', words.tabs.networking, {
  rows: ({ NetworkInterfaces = [] }) => NetworkInterfaces,
  keyOf: ({ NetworkInterfaceId = '' }) => NetworkInterfaceId,
  empty: words.networking.empty,
  columns: [
    {
      key: 'id',
      label: words.networking.interface,
      value: ({ NetworkInterfaceId }) => NetworkInterfaceId,
      as: 'code',
      link: 'network-interfaces',
    },
    {
      key: 'private',
      label: words.columns.privateAddress,
      value: ({ PrivateIpAddress }) => PrivateIpAddress,
      as: 'code',
    },
    {
      key: 'public',
      label: words.columns.publicAddress,
      value: ({ Association }) => Association?.PublicIp,
      as: 'code',
    },
    { key: 'subnet', label: words.facts.subnet, value: ({ SubnetId }) => SubnetId, as: 'code', link: 'subnets' },
    {
      key: 'groups',
      label: words.facts.groups,
      value: ({ Groups = [] }) => Groups.map(({ GroupName }) => GroupName).join(', '),
    },
    { key: 'mac', label: words.networking.mac, value: ({ MacAddress }) => MacAddress, as: 'code' },
  ],
})

export const instances: Resource<Instance> = {
  path: 'instances',
  texts: words,
  list: listing('DescribeInstances', {
    byIds: InstanceIds => ({ InstanceIds: [...InstanceIds] }),
    items: ({ Reservations = [] }) => Reservations.flatMap(({ Instances = [] }) => Instances),
    idOf: ({ InstanceId = '' }) => InstanceId,
  }),
  nameOf: instance => tagOf(instance, 'Name'),
  columns,
  operations: [start, stop, reboot, terminate],
  creations: [launch],
  tabs: [
    description,
    storage,
    networking,
    tagsTab(),
    { key: 'console', label: words.tabs.console, content: ({ id }) => <ConsoleOutput id={id} /> },
    eventsTab(),
  ],
}
