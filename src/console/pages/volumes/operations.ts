// What can be done with volumes.
import type { Snapshot, Volume } from '@aws-sdk/client-ec2'
import { call } from '../../api/client.ts'
import type { Answer } from '../../api/model.ts'
import { instances } from '../../resource/choices.ts'
import { operation } from '../../resource/definition.ts'
import { removal } from '../../resource/removal.tsx'
import { tagSpecifications, tagsField } from '../../resource/tags.tsx'
import { until } from '../../resource/watch.ts'
import { texts } from '../../texts.ts'
import { choice, number, text } from '../../ui/fields.ts'
import { snapshotList } from '../snapshots/list.ts'
import { createVolume, speedFields, speedOf, volumeFields } from './fields.ts'
import { attachmentOf, volumeId } from './list.ts'

const words = texts.volumes

const hasState = (state: string) => (volume: Volume | undefined) => volume?.State === state

export const create = operation({
  key: 'create',
  label: words.create.label,
  title: () => words.create.title,
  fields: () => volumeFields(),
  calls: values => [createVolume(values)],
  done: () => words.create.done,
  made: ([volume]) => [volumeId(volume as Answer<'CreateVolume'>)],
  until: hasState('available'),
  reached: words.create.reached,
})

export const attach = operation({
  key: 'attach',
  label: words.attach.label,
  title: ([volume]: readonly Volume[]) => words.attach.title(volumeId(volume)),
  applies: hasState('available'),
  fields: () => ({
    instance: choice(texts.terms.instance, instances(), { required: true, hint: words.attach.instanceHint }),
    device: text(texts.terms.device, { required: true, initial: '/dev/sdf', hint: words.attach.deviceHint }),
  }),
  calls: ({ instance, device }, [volume]) => [
    call('AttachVolume', { VolumeId: volumeId(volume), InstanceId: instance, Device: device }),
  ],
  done: ({ instance }, [volume]) => words.attach.done(volumeId(volume), instance),
  until: volume => volume !== undefined && attachmentOf(volume)?.State === 'attached',
  reached: words.attach.reached,
})

export const detach = operation<Volume>({
  key: 'detach',
  label: words.detach.label,
  title: ([volume]) => words.detach.title(volumeId(volume)),
  applies: volume => attachmentOf(volume)?.State === 'attached',
  about: ([volume]) => words.detach.about((volume && attachmentOf(volume)?.InstanceId) ?? ''),
  calls: (_, [volume]) => [call('DetachVolume', { VolumeId: volumeId(volume) })],
  done: (_, [volume]) => words.detach.done(volumeId(volume)),
  until: hasState('available'),
  reached: words.detach.reached,
})

export const modify = operation({
  key: 'modify',
  label: words.modify.label,
  title: ([volume]: readonly Volume[]) => words.modify.title(volumeId(volume)),
  applies: ({ State = '' }) => ['available', 'in-use'].includes(State),
  about: () => words.modify.about,
  fields: ([volume]) => ({
    size: number(texts.terms.sizeInGib, volume?.Size ?? 1, { least: volume?.Size ?? 1 }),
    ...speedFields(volume),
  }),
  calls: (values, [volume]) => [
    call('ModifyVolume', { VolumeId: volumeId(volume), Size: Number(values.size), ...speedOf(values) }),
  ],
  done: (_, [volume]) => words.modify.done(volumeId(volume)),
})

export const snapshot = operation({
  key: 'snapshot',
  label: words.snapshot.label,
  title: ([volume]: readonly Volume[]) => words.snapshot.title(volumeId(volume)),
  applies: ({ State = '' }) => ['available', 'in-use'].includes(State),
  about: () => words.snapshot.about,
  fields: () => ({
    name: text(texts.terms.name),
    description: text(texts.terms.description),
    tags: tagsField(),
  }),
  calls: ({ name, description, tags }, [volume]) => [
    call('CreateSnapshot', {
      VolumeId: volumeId(volume),
      ...(description && { Description: description }),
      ...tagSpecifications('snapshot', tags, name),
    }),
  ],
  done: (_, [volume]) => words.snapshot.done(volumeId(volume)),
  made: ([made]) => [(made as Snapshot).SnapshotId ?? ''],
  wait: ids => until(snapshotList, ids, made => made?.State === 'completed'),
  reached: texts.snapshots.reached,
})

export const remove = removal<Volume>({
  words,
  idOf: volumeId,
  call: volume => call('DeleteVolume', { VolumeId: volumeId(volume) }),
  applies: ({ State = '' }) => ['available', 'error'].includes(State),
})
