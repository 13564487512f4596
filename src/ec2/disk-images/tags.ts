// The tags of images in each of their roles: an attribute of the image.
import { named } from '../core/attribute-names.ts'
import type { Image } from '../core/documents.ts'
import { decodeTagsOf } from '../core/stored-tags.ts'
import { changeOnObjects, type Taggable, type TagsIn } from '../core/taggable.ts'
import type { Tags } from '../core/tags.ts'
import { merge } from '../core/writes.ts'
import { imageSource } from './find.ts'
import { type ImageRole, identityIn, isOf, resourceOf, roleOf } from './roles.ts'

/** The attribute that holds the tags of an image in a role. */
const tagsAttribute = (role: ImageRole, image: Image): 'EC2_TAGS' | 'EC2_SNAPSHOT_TAGS' =>
  role === 'snapshot' && roleOf(image) === 'image' ? 'EC2_SNAPSHOT_TAGS' : 'EC2_TAGS'

/** The tags of an image in a role. */
export const imageTags = (role: ImageRole, image: Image): Tags =>
  decodeTagsOf(image.TEMPLATE, tagsAttribute(role, image))

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

/** How AMIs and snapshots carry their tags. */
export const taggableInRole = (role: 'image' | 'snapshot'): Taggable => ({
  change: changeOnObjects<Image>(context => imageSource(role, context), {
    read: image => imageTags(role, image),
    write: (image, tags) => merge('image', image.ID, named(tagsAttribute(role, image), tags)),
  }),
  listed: tagsInRole(role),
})
