// The tags of AMIs. What can be had in the marketplace has none: they are those of a copy.
import { unauthorizedOperation } from '../../protocol/complaints.ts'
import type { Taggable } from '../core/taggable.ts'
import { taggableInRole } from '../disk-images/tags.ts'
import { lookUpAppliances } from '../marketplace/find.ts'

const ofImages = taggableInRole('image')

export const imageTags: Taggable = {
  ...ofImages,
  async change(ids, change, context) {
    const appliances = await lookUpAppliances(ids, context)
    if (appliances.size > 0) throw unauthorizedOperation()
    return ofImages.change(ids, change, context)
  },
}
