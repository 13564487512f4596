// The tags of images in each of their roles: an attribute of the image.
import type { Tag } from '@aws-sdk/client-ec2'
import { named } from '../core/attribute-names.ts'
import type { Context } from '../core/context.ts'
import type { Image } from '../core/documents.ts'
import { followingItem, type Viewer } from '../core/following.ts'
import { decodeTagsOf } from '../core/stored-tags.ts'
import { changeOnObjects, type Taggable, type TagsIn } from '../core/taggable.ts'
import type { Tags } from '../core/tags.ts'
import { counts } from '../core/trust.ts'
import { merge } from '../core/writes.ts'
import { imageSource } from './find.ts'
import { type ImageRole, identityIn, isOf, resourceOf, roleOf } from './roles.ts'

/** The attribute that holds the tags of an image in a role. */
const tagsAttribute = (role: ImageRole, image: Image): 'EC2_TAGS' | 'EC2_SNAPSHOT_TAGS' =>
  role === 'snapshot' && roleOf(image) === 'image' ? 'EC2_SNAPSHOT_TAGS' : 'EC2_TAGS'

/** The tags of an image in a role. */
export const imageTags = (role: ImageRole, image: Image): Tags =>
  decodeTagsOf(image.TEMPLATE, tagsAttribute(role, image))

type Asking = Pick<Context, 'account' | 'operators'>

/** The same as they are told: another tenant's are that one's own notes, and prove nothing to the policy of a key. */
export const toldTags = (role: ImageRole, image: Image, asking: Asking): Tags =>
  counts(image, asking) ? imageTags(role, image) : new Map()

/**
 * Items of images with the tags that are told.
 * @param make gives all tags
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharingamis-explicit.html
 */
export function withToldTags<Item extends { Tags?: Tag[] | undefined }>(make: (image: Image, viewer: Viewer) => Item) {
  const untagged = followingItem((item: Item): Item => ({ ...item, Tags: [] }))
  return (image: Image, context: Viewer & Asking): Item =>
    counts(image, context) ? make(image, context) : untagged(make(image, context), context)
}

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
