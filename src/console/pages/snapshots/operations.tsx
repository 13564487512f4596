// What can be done with snapshots: volumes, copies and images made of them, who may use them, and deleting them.
import type { Image, Snapshot } from '@aws-sdk/client-ec2'
import { call } from '../../api/client.ts'
import type { Answer } from '../../api/model.ts'
import { having, labelOf } from '../../resource/choices.ts'
import { operation } from '../../resource/definition.ts'
import { listing } from '../../resource/listing.ts'
import { removal } from '../../resource/removal.tsx'
import { tagSpecifications, tagsField } from '../../resource/tags.tsx'
import { until } from '../../resource/watch.ts'
import { api } from '../../session/session.ts'
import { texts } from '../../texts.ts'
import { type Choice, check, choice, many, plainly, rows, text } from '../../ui/fields.ts'
import { Lines } from '../../ui/notice.tsx'
import { createVolume, volumeFields } from '../volumes/fields.ts'
import { volumeId, volumeList } from '../volumes/list.ts'
import { isOwn, snapshotId } from './list.ts'

const words = texts.snapshots

const isCompleted = (snapshot: Snapshot | undefined) => snapshot?.State === 'completed'

export const toVolume = operation({
  key: 'volume',
  label: words.toVolume.label,
  title: ([snapshot]: readonly Snapshot[]) => words.toVolume.title(snapshotId(snapshot)),
  applies: isCompleted,
  fields: ([snapshot]) => volumeFields(snapshot?.VolumeSize),
  calls: (values, [snapshot]) => [createVolume(values, snapshotId(snapshot))],
  done: (_, [snapshot]) => words.toVolume.done(snapshotId(snapshot)),
  made: ([volume]) => [volumeId(volume as Answer<'CreateVolume'>)],
  wait: ids => until(volumeList, ids, volume => volume?.State === 'available'),
  reached: texts.volumes.create.reached,
})

export const copy = operation({
  key: 'copy',
  label: words.copy.label,
  title: ([snapshot]: readonly Snapshot[]) => words.copy.title(snapshotId(snapshot)),
  applies: isCompleted,
  about: () => words.copy.about,
  fields: ([snapshot]) => ({
    name: text(texts.terms.name),
    description: text(texts.terms.description, { initial: snapshot?.Description ?? '' }),
    tags: tagsField(),
  }),
  calls: ({ name, description, tags }, [snapshot]) => [
    call('CopySnapshot', {
      SourceRegion: api().region,
      SourceSnapshotId: snapshotId(snapshot),
      ...(description && { Description: description }),
      ...tagSpecifications('snapshot', tags, name),
    }),
  ],
  done: (_, [snapshot]) => words.copy.done(snapshotId(snapshot)),
  made: ([made]) => [snapshotId(made as Snapshot)],
  until: isCompleted,
  reached: words.reached,
})

export const share = operation({
  key: 'share',
  label: words.share.label,
  title: ([snapshot]: readonly Snapshot[]) => words.share.title(snapshotId(snapshot)),
  applies: isOwn,
  about: () => words.share.about,
  fields: () => ({
    accounts: rows(words.share.accounts, words.share.addAccount, {
      account: text(words.share.account, { required: true, placeholder: '000000000042' }),
    }),
    isPublic: check(words.share.everybody),
  }),
  calls: ({ accounts, isPublic }, [snapshot]) => [
    call('ModifySnapshotAttribute', {
      SnapshotId: snapshotId(snapshot),
      Attribute: 'createVolumePermission',
      CreateVolumePermission: {
        Add: [...accounts.map(({ account }) => ({ UserId: String(account).trim() })), ...(isPublic ? [EVERYBODY] : [])],
      },
    }),
  ],
  done: (_, [snapshot]) => words.share.done(snapshotId(snapshot)),
})

const EVERYBODY = { Group: 'all' } as const

export const unshare = operation({
  key: 'unshare',
  label: words.unshare.label,
  title: ([snapshot]: readonly Snapshot[]) => words.unshare.title(snapshotId(snapshot)),
  applies: isOwn,
  about: () => words.unshare.about,
  fields: ([snapshot]) => ({
    from: many(words.unshare.from, () => sharedWith(snapshotId(snapshot)), { required: true }),
  }),
  calls: ({ from }, [snapshot]) => [
    call('ModifySnapshotAttribute', {
      SnapshotId: snapshotId(snapshot),
      Attribute: 'createVolumePermission',
      CreateVolumePermission: { Remove: from.map(user => (user === EVERYBODY.Group ? EVERYBODY : { UserId: user })) },
    }),
  ],
  done: (_, [snapshot]) => words.unshare.done(snapshotId(snapshot)),
})

async function sharedWith(SnapshotId: string): Promise<readonly Choice[]> {
  const { CreateVolumePermissions = [] } = await api().call('DescribeSnapshotAttribute', {
    SnapshotId,
    Attribute: 'createVolumePermission',
  })
  return CreateVolumePermissions.map(({ Group, UserId = '' }) =>
    Group ? { value: Group, label: words.share.everybody } : { value: UserId, label: UserId },
  )
}

const images = listing('DescribeImages', {
  byIds: ImageIds => ({ ImageIds: [...ImageIds] }),
  items: ({ Images }) => Images,
  idOf: ({ ImageId = '' }: Image) => ImageId,
})

export const toImage = operation({
  key: 'image',
  label: words.toImage.label,
  title: ([snapshot]: readonly Snapshot[]) => words.toImage.title(snapshotId(snapshot)),
  applies: isCompleted,
  about: () => words.toImage.about,
  fields: () => ({
    name: text(texts.terms.name, { required: true }),
    description: text(texts.terms.description),
    architecture: choice(words.toImage.architecture, plainly('x86_64', 'arm64'), { required: true }),
    device: text(words.toImage.rootDevice, { required: true, initial: '/dev/sda1' }),
    tags: tagsField(),
  }),
  calls: ({ name, description, architecture, device, tags }, [snapshot]) => [
    call('RegisterImage', {
      Name: name,
      ...(description && { Description: description }),
      Architecture: architecture === 'arm64' ? 'arm64' : 'x86_64',
      RootDeviceName: device,
      BlockDeviceMappings: [{ DeviceName: device, Ebs: { SnapshotId: snapshotId(snapshot) } }],
      ...tagSpecifications('image', tags),
    }),
  ],
  done: ({ name }) => words.toImage.done(name),
  made: ([made]) => [(made as Answer<'RegisterImage'>).ImageId ?? ''],
  wait: ids => until(images, ids, image => image?.State === 'available'),
  reached: words.toImage.reached,
})

export const remove = removal<Snapshot>({
  words,
  idOf: snapshotId,
  call: snapshot => call('DeleteSnapshot', { SnapshotId: snapshotId(snapshot) }),
  applies: isOwn,
  about: async snapshots => {
    const { Images = [] } = await api().call('DescribeImages', {
      Owners: ['self'],
      ...having('block-device-mapping.snapshot-id', ...snapshots.map(snapshotId)),
    })
    return (
      Images.length > 0 && (
        <Lines head={words.usedBy} lines={Images.map(({ ImageId = '', Name }) => labelOf(Name, ImageId))} />
      )
    )
  },
})
