// Registering images: of a file in the bucket, or of a snapshot.
import type { Image } from '@aws-sdk/client-ec2'
import { call } from '../../api/client.ts'
import type { Answer } from '../../api/model.ts'
import { operation } from '../../resource/definition.ts'
import { tagSpecifications, tagsField } from '../../resource/tags.tsx'
import { api } from '../../session/session.ts'
import { texts } from '../../texts.ts'
import { type Choice, choice, plainly, text, type Values } from '../../ui/fields.ts'
import { bytesText, sizeText } from '../../ui/format.tsx'
import { listObjects } from '../../upload/door.ts'
import { bucket } from '../../upload/queue.ts'
import { nameField } from './fields.ts'
import { isAvailable } from './lists.ts'

const words = texts.images.register

/** What is known before the form is shown. */
interface Known {
  /** The key of an object. */
  readonly object?: string
  readonly name?: string
}

const isOf =
  (source: string) =>
  ({ source: chosen }: Values) =>
    chosen === source

/** Registers an image; of a file that is known, or of whatever is chosen. */
export const register = ({ object, name = '' }: Known = {}) =>
  operation<Image, ReturnType<typeof fields>>({
    key: 'register',
    label: words.label,
    title: () => words.title,
    fields: () => fields(object, name),
    calls: ({ source, object: key, snapshot, device, name, description, architecture, tags }) => [
      call('RegisterImage', {
        Name: name,
        ...(description && { Description: description }),
        Architecture: architecture === 'arm64' ? 'arm64' : 'x86_64',
        ...(source === 'bucket'
          ? { ImageLocation: `${bucket().name}/${key}` }
          : { RootDeviceName: device, BlockDeviceMappings: [{ DeviceName: device, Ebs: { SnapshotId: snapshot } }] }),
        ...tagSpecifications('image', tags),
      }),
    ],
    done: ({ name }) => words.done(name),
    made: ([made]) => [(made as Answer<'RegisterImage'>).ImageId ?? ''],
    until: image => isAvailable(image) || image?.State === 'failed',
    reached: words.reached,
  })

const fields = (object: string | undefined, name: string) => ({
  source: choice(
    words.source,
    [
      { value: 'bucket', label: words.sources.bucket },
      { value: 'snapshot', label: words.sources.snapshot },
    ],
    { initial: 'bucket', required: true, when: () => object === undefined },
  ),
  object: choice(words.object, object === undefined ? objects : plainly(object), {
    ...{ initial: object ?? '', required: true, when: isOf('bucket') },
    ...(object === undefined && { hint: words.objectHint }),
  }),
  snapshot: choice(words.snapshot, snapshots, { required: true, when: isOf('snapshot') }),
  device: text(words.device, { initial: '/dev/sda', required: true, when: isOf('snapshot') }),
  name: nameField(name),
  description: text(words.description),
  architecture: choice(words.architecture, plainly('x86_64', 'arm64'), { initial: 'x86_64', required: true }),
  tags: tagsField(),
})

async function objects(): Promise<Choice[]> {
  const found = await listObjects(bucket())
  return found
    .toSorted((one, other) => other.modified.getTime() - one.modified.getTime())
    .map(({ key, size }) => ({ value: key, label: `${key} (${bytesText(size)})` }))
}

async function snapshots(): Promise<Choice[]> {
  const { Snapshots = [] } = await api().call('DescribeSnapshots', {
    OwnerIds: ['self'],
    Filters: [{ Name: 'status', Values: ['completed'] }],
  })
  return Snapshots.map(({ SnapshotId = '', VolumeSize = 0, Description }) => ({
    value: SnapshotId,
    label: [SnapshotId, sizeText(VolumeSize), Description].filter(Boolean).join(', '),
  }))
}
