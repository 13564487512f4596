// What is kept of an image that was imported: where its disk came from. It is a field of the records of AMIs and snapshots.
import { limits } from '../../limits.ts'
import { description, oneOf, text } from '../core/fields.ts'
import { record } from '../core/record.ts'
import { DISK_FORMATS } from './disk-format.ts'

export const imported = record({
  /** As the caller wrote it. */
  url: text(limits.importUrl.most),
  /** The place in the bucket, where it is named so. */
  bucket: text(63),
  key: text(limits.importUrl.most),
  /** As the caller said. */
  format: oneOf(...DISK_FORMATS),
  /** What was said of the task, which is not what is said of the image. */
  description,
  /** What was said of the disk. */
  diskDescription: description,
})
export type Imported = NonNullable<ReturnType<typeof imported>>
