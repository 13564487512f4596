// What is asked about a volume that is to be: its size, its type, and how fast it shall be.
import type { Volume, VolumeType } from '@aws-sdk/client-ec2'
import { call } from '../../api/client.ts'
import { zones } from '../../resource/choices.ts'
import { tagSpecifications, tagsField } from '../../resource/tags.tsx'
import { texts } from '../../texts.ts'
import { choice, number, plainly, text, textOf, type Values, type ValuesOf } from '../../ui/fields.ts'

const words = texts.volumes

const TYPES: readonly VolumeType[] = ['gp3', 'gp2', 'io2', 'io1', 'st1', 'sc1', 'standard']

/** Types that are told their IOPS. */
const isProvisioned = (type: unknown) => type === 'io1' || type === 'io2'

const hasIops = ({ type }: Values) => type === 'gp3' || isProvisioned(type)

const hasThroughput = ({ type }: Values) => type === 'gp3'

/** The type of a volume and what follows from it, at first as it is now. */
export const speedFields = ({ VolumeType: type = 'gp3', Iops, Throughput }: Partial<Volume> = {}) => ({
  type: choice(texts.terms.type, plainly(...TYPES), { required: true, initial: type, hint: words.typeHint }),
  iops: text(words.iops, {
    type: 'number',
    initial: hasIops({ type }) ? String(Iops ?? '') : '',
    when: hasIops,
    check: ({ type, iops }) => (isProvisioned(type) && iops === '' ? texts.form.required : undefined),
  }),
  throughput: text(words.throughput, { type: 'number', initial: String(Throughput ?? ''), when: hasThroughput }),
})

/** What of it is sent. */
export const speedOf = (values: ValuesOf<ReturnType<typeof speedFields>>) => ({
  VolumeType: values.type as VolumeType,
  ...(hasIops(values) && values.iops && { Iops: Number(values.iops) }),
  ...(hasThroughput(values) && values.throughput && { Throughput: Number(values.throughput) }),
})

/** @param least the least size in GiB: that of the snapshot which it is made of */
export const volumeFields = (least = 1) => ({
  name: text(texts.terms.name),
  size: number(texts.terms.sizeInGib, Math.max(least, 8), { least }),
  zone: choice(texts.terms.zone, zones, { required: true, hint: words.zoneHint }),
  ...speedFields(),
  tags: tagsField(),
})

/** The call that makes a volume, empty or of a snapshot. */
export const createVolume = (values: ValuesOf<ReturnType<typeof volumeFields>>, SnapshotId?: string) =>
  call('CreateVolume', {
    ...(SnapshotId !== undefined && { SnapshotId }),
    Size: Number(values.size),
    AvailabilityZone: textOf(values.zone),
    ...speedOf(values),
    ...tagSpecifications('volume', values.tags, values.name),
  })
