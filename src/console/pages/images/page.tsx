// Images: the lists, what is told of one, and what can be done with them.
import type { BlockDeviceMapping, Image } from '@aws-sdk/client-ec2'
import { call } from '../../api/client.ts'
import type { Resource } from '../../resource/definition.ts'
import { factsTab, relatedTab, useAnswer, WithAnswer } from '../../resource/tabs.tsx'
import { tagsTab } from '../../resource/tags.tsx'
import { texts } from '../../texts.ts'
import type { Element } from '../../ui/types.ts'
import { eventsTab } from '../events/tab.tsx'
import { launchFrom } from './launch.ts'
import { isOwn, marketplace, nameOf, open, own, shared, sizeOf } from './lists.ts'
import { copy, deregister, describe, share } from './operations.tsx'
import { register } from './register.ts'

const words = texts.images

const columns: Resource<Image>['columns'] = [
  { key: 'name', label: words.columns.name, value: nameOf },
  { key: 'id', label: words.columns.id, value: ({ ImageId }) => ImageId, as: 'code' },
  { key: 'state', label: words.columns.state, value: ({ State }) => State, as: 'status', filters: true },
  {
    key: 'visibility',
    label: words.columns.visibility,
    value: ({ Public }) => (Public ? words.visibility.public : words.visibility.private),
    filters: true,
  },
  { key: 'architecture', label: words.columns.architecture, value: ({ Architecture }) => Architecture, filters: true },
  { key: 'size', label: words.columns.size, value: sizeOf, as: 'gib' },
  { key: 'owner', label: words.columns.owner, value: ({ OwnerId }) => OwnerId, as: 'code' },
  {
    key: 'created',
    label: words.columns.created,
    value: ({ CreationDate }) => (CreationDate ? new Date(CreationDate) : undefined),
    as: 'time',
  },
  { key: 'description', label: words.description, value: ({ Description }) => Description, isHidden: true },
]

const description = factsTab<Image>('description', words.tabs.description, [
  ...columns,
  { key: 'reason', label: words.facts.reason, value: ({ StateReason }) => StateReason?.Message },
  { key: 'location', label: words.facts.location, value: ({ ImageLocation }) => ImageLocation, as: 'code' },
  { key: 'root', label: words.facts.rootDevice, value: ({ RootDeviceName }) => RootDeviceName, as: 'code' },
  {
    key: 'deprecated',
    label: words.facts.deprecated,
    value: ({ DeprecationTime }) => (DeprecationTime ? new Date(DeprecationTime) : undefined),
    as: 'time',
  },
])

const storage = relatedTab<Image, BlockDeviceMapping>('storage', words.tabs.storage, {
  rows: ({ BlockDeviceMappings = [] }) => BlockDeviceMappings,
  keyOf: ({ DeviceName = '' }) => DeviceName,
  empty: words.storage.empty,
  columns: [
    { key: 'device', label: words.storage.device, value: ({ DeviceName }) => DeviceName, as: 'code' },
    { key: 'size', label: words.columns.size, value: ({ Ebs }) => Ebs?.VolumeSize, as: 'gib' },
    {
      ...{ key: 'snapshot', label: words.storage.snapshot, as: 'code', link: 'snapshots' },
      value: ({ Ebs }) => Ebs?.SnapshotId,
    },
  ],
})

/** Who may launch it: its owner alone is told. */
function Permissions({ item }: { item: Image }): Element {
  return isOwn(item) ? <OwnPermissions item={item} /> : <p class="hint">{words.permissions.others}</p>
}

function OwnPermissions({ item: { ImageId } }: { item: Image }): Element {
  const asked = useAnswer('DescribeImageAttribute', { ImageId, Attribute: 'launchPermission' })
  return (
    <WithAnswer asked={asked}>
      {({ LaunchPermissions = [] }) =>
        LaunchPermissions.length === 0 ? (
          <p class="hint">{words.permissions.nobody}</p>
        ) : (
          <ul>
            {LaunchPermissions.map(({ UserId, Group }) => (
              <li key={UserId ?? Group}>{UserId ? <code>{UserId}</code> : words.permissions.everybody}</li>
            ))}
          </ul>
        )
      }
    </WithAnswer>
  )
}

export const images: Resource<Image> = {
  path: 'images',
  texts: words,
  list: own,
  views: [
    { key: 'own', label: words.views.own, list: own },
    { key: 'shared', label: words.views.shared, list: shared },
    { key: 'public', label: words.views.public, list: open },
    { key: 'marketplace', label: words.views.marketplace, list: marketplace },
  ],
  nameOf,
  columns,
  operations: [launchFrom, share, describe, copy, deregister],
  creations: [register()],
  tabs: [
    description,
    storage,
    {
      ...{ key: 'permissions', label: words.tabs.permissions, content: Permissions },
      calls: ImageId => [call('DescribeImageAttribute', { ImageId, Attribute: 'launchPermission' })],
    },
    tagsTab(),
    eventsTab(),
  ],
}
