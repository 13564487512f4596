// What an image counts as where usage is reported, and how much of it.
import type { Image } from '../core/documents.ts'
import type { Used } from '../core/usage.ts'
import { volumeRecords } from '../volumes/view.ts'
import { type ImageRole, roleOf } from './roles.ts'

/** One that EC2 does not show takes up as much: a volume if it is kept, else an image. */
const kindOf = (image: Image): ImageRole => roleOf(image) ?? (image.PERSISTENT ? 'volume' : 'image')

/** As large as EC2 shows a volume, which OpenNebula may have yet to make so. */
const gibibytesOf = ({ SIZE, TEMPLATE }: Image): number =>
  Math.max(SIZE / 1024, volumeRecords.read(TEMPLATE)?.size ?? 0)

/** From when on an image counts. */
export const usedOf = (image: Image): Used => ({
  kind: kindOf(image),
  since: image.REGTIME,
  amount: gibibytesOf(image),
})
