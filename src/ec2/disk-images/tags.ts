// The tags of images in each of their roles: an attribute of the image.
import { named } from '../core/attribute-names.ts'
import type { Image } from '../core/documents.ts'
import { changeOnObjects, type Taggable, type TagsIn } from '../core/taggable.ts'
import { merge } from '../core/writes.ts'
import { type ImageRole, identityIn, imageTags, isOf, roleOf, tagsAttribute } from './image.ts'
import { imageSource } from './lookup.ts'
import { resourceOf } from './roles.ts'

/** The tags that images have in a role; what an instance's disk is besides has its tags on the VM. */
export const tagsInRole = (role: ImageRole): TagsIn => ({
  image(image, { mint }) {
    const isSo = role === 'snapshot' ? isSnapshot(image) : roleOf(image) === role
    return isSo ? [{ id: mint.idOf(resourceOf[role], identityIn(role)(image)), tags: imageTags(role, image) }] : []
  },
})

const isSnapshot = (image: Image): boolean => {
  const role = roleOf(image)
  return role === 'snapshot' || (role === 'image' && isOf('snapshot', image))
}

export const taggableInRole = (role: 'image' | 'snapshot'): Taggable => ({
  change: changeOnObjects<Image>(context => imageSource(role, context), {
    read: image => imageTags(role, image),
    write: (image, tags) => merge('image', image.ID, named(tagsAttribute(role, image), tags)),
  }),
  listed: tagsInRole(role),
})
