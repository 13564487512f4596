// Descriptions that are not EC2's: OpenNebula has one of every image.
import { limits } from '../../limits.ts'
import type { Image } from '../core/documents.ts'
import { beginning } from '../core/fields.ts'
import { plain } from '../core/record.ts'

const shownDescription = beginning(limits.description.most)

/** What OpenNebula has of a description, as much as EC2 would have taken. */
export const describedIn = ({ TEMPLATE }: Image): string | undefined => plain(TEMPLATE, 'DESCRIPTION', shownDescription)
