// Snapshots: own ones and those of others, what is told of one, and whom it is shared with.
import type { CreateVolumePermission, Snapshot } from '@aws-sdk/client-ec2'
import type { Resource } from '../../resource/definition.ts'
import { askedTab, factsTab } from '../../resource/tabs.tsx'
import { tagOf, tagsTab } from '../../resource/tags.tsx'
import { texts } from '../../texts.ts'
import { snapshotColumns } from './columns.ts'
import { foreignList, snapshotList } from './list.ts'
import { copy, remove, share, toImage, toVolume, unshare } from './operations.tsx'

const { snapshots: words, terms } = texts

const sharing = askedTab('sharing', words.sharing.label, {
  action: 'DescribeSnapshotAttribute',
  input: SnapshotId => ({ SnapshotId, Attribute: 'createVolumePermission' }),
  rows: ({ CreateVolumePermissions }) => CreateVolumePermissions,
  keyOf: ({ UserId, Group }: CreateVolumePermission) => UserId ?? Group ?? '',
  empty: words.sharing.empty,
  columns: [
    {
      key: 'account',
      label: words.share.account,
      value: ({ UserId, Group }) => (Group ? words.share.everybody : UserId),
    },
  ],
})

export const snapshots: Resource<Snapshot> = {
  path: 'snapshots',
  texts: words,
  list: snapshotList,
  views: [
    { key: 'own', label: words.views.own, list: snapshotList },
    { key: 'others', label: words.views.others, list: foreignList },
  ],
  nameOf: snapshot => tagOf(snapshot, 'Name'),
  columns: snapshotColumns,
  operations: [toVolume, toImage, copy, share, unshare, remove],
  tabs: [
    factsTab('description', terms.description, [
      ...snapshotColumns,
      { key: 'owner', label: terms.owner, value: ({ OwnerId }) => OwnerId, as: 'code' },
    ]),
    sharing,
    tagsTab(),
  ],
}
