// The tags of import tasks: an attribute of the image that a task brings about.
import { encodeTags } from '../core/stored-tags.ts'
import type { Taggable } from '../core/taggable.ts'
import { checkCount } from '../core/tags.ts'
import { merge } from '../core/writes.ts'
import { findImports, isImported } from './find.ts'
import { type ImportRole, taskOf, taskTags } from './view.ts'

/** How the tasks that bring about AMIs, or snapshots, carry their tags. */
export const taggableTasks = (role: ImportRole): Taggable => ({
  async change(tasks, change, context) {
    const images = await findImports(role, tasks, context)
    return images.map(image => ({
      id: taskOf(role, image, context),
      call: merge('image', image.ID, { EC2_IMPORT_TAGS: encodeTags(checkCount(change(taskTags(image)))) }),
    }))
  },
  listed: {
    image: (image, context) =>
      isImported(role, image, context) ? [{ id: taskOf(role, image, context), tags: taskTags(image) }] : [],
  },
})
