// What is marked on an image: what it is to EC2, how far it is on its way to be that, and that it is going.
import { IMAGE_STATE } from '../../opennebula/states.ts'
import { textOf } from '../../opennebula/xml/attributes.ts'
import type { NameOn } from '../core/attribute-names.ts'
import type { Image } from '../core/documents.ts'
import { oneOf } from '../core/fields.ts'
import { isMinted } from '../core/ids.ts'
import { plain } from '../core/record.ts'

/** Whether an image has one of the marks that econe introduced. */
export const isMarked = (image: Image, name: NameOn<'image', 'mark'>): boolean =>
  textOf(image.TEMPLATE, name)?.toUpperCase() === 'YES'

/** A copy that carries its name, a minted id, and not yet its own attributes: its original's, or none. */
export const isUnfinished = ({ NAME, TEMPLATE }: Image): boolean =>
  isMinted(NAME) && textOf(TEMPLATE, 'EC2_ID')?.split(':')[0] !== NAME

/** Whether an image is being deleted, or will be as soon as OpenNebula lets it. */
export const isGoing = (image: Image): boolean =>
  image.STATE === IMAGE_STATE.DELETE || textOf(image.TEMPLATE, 'EC2_GOAL') === 'delete'

/** What stands in for an image until there is one, by the id of the AMI or snapshot that it is of. */
export const placeholderName = (id: string): string => `${id}-pending`

/** The mark of what stands in for an image: `PENDING` until the disk is saved, `FAILED` where that never came about. */
export const placeholderState = (image: Image): string | undefined => textOf(image.TEMPLATE, 'EC2_CAPTURE')

export const isPlaceholder = (image: Image): boolean => placeholderState(image) !== undefined

/** The attribute of a copied AMI while the snapshots of its other disks are not all there, and where they never were. */
const partsState = oneOf('PENDING', 'FAILED')

/** Notes how things stand with the other disks of a copied AMI; nothing where they are there. */
export const noteParts = (state?: NonNullable<ReturnType<typeof partsState>>) => ({ EC2_PARTS: state ?? '' }) as const

const standingOfParts = ({ TEMPLATE }: Image) => plain(TEMPLATE, 'EC2_PARTS', partsState)

/** Whether an AMI has yet to get some of its disks, or never will. */
export const lacksParts = (image: Image): boolean => standingOfParts(image) !== undefined

/** Whether it is still waited for them. */
export const awaitsParts = (image: Image): boolean => standingOfParts(image) === 'PENDING'
