// What is kept of an image that was imported: where its disk came from. It is a field of the records of AMIs and snapshots.
import { limits } from '../../limits.ts'
import { description, oneOf, text } from '../core/fields.ts'
import { record } from '../core/record.ts'

/** The formats of disks that OpenNebula takes as they are. */
export const importedFormat = oneOf('RAW', 'QCOW2')

export const imported = record(
  {
    /** As the caller wrote it. */
    url: text(limits.importUrl.most),
    format: importedFormat,
    /** What was said of the task, which is not what is said of the image. */
    description,
    /** What was said of the disk. */
    diskDescription: description,
  },
  'url',
  'format',
)
export type Imported = NonNullable<ReturnType<typeof imported>>
