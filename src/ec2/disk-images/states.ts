// The states of images: how far OpenNebula is with one, and what an AMI shows of it.
import type { ImageState } from '@aws-sdk/client-ec2'
import { IMAGE_STATE } from '../../opennebula/states.ts'
import type { Image } from '../core/documents.ts'
import { imageRecord } from './ami-record.ts'
import { awaitsParts, isPlaceholder, lacksParts, placeholderState } from './marks.ts'

/** Whether OpenNebula is still about to fetch or copy an image; a VM may already wait for it. */
export const isBeingMade = ({ STATE }: Pick<Image, 'STATE'>): boolean => BEING_MADE.has(STATE)

const BEING_MADE: ReadonlySet<number> = new Set([
  IMAGE_STATE.INIT,
  IMAGE_STATE.LOCKED,
  IMAGE_STATE.LOCKED_USED,
  IMAGE_STATE.LOCKED_USED_PERS,
])

const states: Readonly<Record<number, ImageState>> = {
  [IMAGE_STATE.ERROR]: 'failed',
  [IMAGE_STATE.DISABLED]: 'disabled',
}

/** The state of an AMI. */
export function imageState(image: Image): ImageState {
  if (isPlaceholder(image)) return placeholderState(image) === 'PENDING' ? 'pending' : 'failed'
  if (isBeingMade(image) || (awaitsParts(image) && !states[image.STATE])) return 'pending'
  return states[image.STATE] ?? settledState(image)
}

function settledState(image: Image): ImageState {
  if (lacksParts(image)) return 'failed'
  return imageRecord(image).disabled ? 'disabled' : 'available'
}
