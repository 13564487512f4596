// The tags of volumes: on their images, but for the disks that end with their instances, whose tags are on the VM.
import { unauthorizedOperation } from '../../protocol/complaints.ts'
import type { Taggable } from '../core/taggable.ts'
import { checkCount } from '../core/tags.ts'
import { tagsInRole } from '../disk-images/tags.ts'
import { isInstance, isKept, viewInstance } from '../instances/view.ts'
import { findVolumes } from './find.ts'
import { diskVolumes, type VolumeView, writeTags } from './view.ts'

export const volumeTags: Taggable = {
  async change(ids, change, context) {
    const views = await findVolumes(ids, context)
    if (!views.every(isOwnVolume)) throw unauthorizedOperation()
    return views.flatMap(view => {
      const calls = writeTags(view, checkCount(change(view.tags)))
      return calls.map(call => ({ id: view.id, call }))
    })
  },
  listed: {
    vm: (vm, context) => (isInstance(vm, context) ? diskVolumes(viewInstance(vm, context)) : []),
    ...tagsInRole('volume'),
  },
}

/** A volume of the account may be another's image that an instance has. */
const isOwnVolume = ({ image, attachment }: VolumeView) =>
  image !== undefined || !(attachment?.disk && isKept(attachment.disk))
