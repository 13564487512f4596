// AMIs that are copies: of another AMI, of a snapshot, or of what can be had in the marketplace.
import type { WriteCall } from '../../opennebula/calls/common.ts'
import { cloneImage } from '../../opennebula/calls/image.ts'
import { IMAGE_STATE } from '../../opennebula/states.ts'
import type { ChangeContext } from '../core/context.ts'
import type { Image } from '../core/documents.ts'
import { parseId } from '../core/ids.ts'
import { notFound } from '../core/resource.ts'
import { type Copy, copyImages, type Making } from '../disk-images/copies.ts'
import { creationFailure } from '../disk-images/making.ts'
import { identityIn, resourceOf } from '../disk-images/roles.ts'
import { isUsable } from '../disk-images/sharing.ts'
import { refuseNamesake } from './names.ts'
import { amiAttributes, type NewImage } from './new-image.ts'
import { IMAGE } from './resource.ts'
import { rootDevice } from './view.ts'

/**
 * What copies are made of, by the ids that name it. One look at the pool finds it, and tells that the name, if any, is free.
 * @throws Ec2Error NotFound, Malformed, InvalidAMIName.Duplicate
 */
export async function findSources(
  kind: 'image' | 'snapshot',
  ids: readonly string[],
  { name, except }: { readonly name: string | undefined; readonly except: string | undefined },
  context: ChangeContext,
): Promise<Map<string, Image>> {
  const wanted = ids.map(id => ({ id, parsed: parseId(resourceOf[kind], id) }))
  const found = new Map<string, Image>()
  for await (const image of context.one.images()) {
    refuseNamesake(name, image, context, except)
    if (image.STATE === IMAGE_STATE.DELETE || !isUsable(kind, image, context.account)) continue
    const identity = identityIn(kind)(image)
    for (const { id, parsed } of wanted)
      if (context.mint.names(resourceOf[kind], parsed, identity)) found.set(id, image)
  }
  const unknown = ids.filter(id => !found.has(id))
  if (unknown.length > 0) throw notFound(resourceOf[kind], ...unknown)
  return found
}

/** Makes an AMI of another or of a snapshot. @param parts copies that come with it, and are made before it */
export const cloneAs = (
  id: string,
  source: Image,
  ami: NewImage,
  context: ChangeContext,
  parts: readonly Making[] = [],
): Promise<void> => {
  const record = { ...ami.record, rootDevice: ami.record.rootDevice ?? rootDevice(source) }
  return copyAs(id, cloneImage(source.ID, id), { ...ami, record }, context, parts)
}

/** Makes an AMI by a call that makes an image of its id's name. @param parts as `cloneAs` */
export async function copyAs(
  id: string,
  make: WriteCall,
  ami: NewImage,
  context: ChangeContext,
  parts: readonly Making[] = [],
): Promise<void> {
  const names = parts.map(({ copy: { name } }) => name)
  const copy: Copy = {
    ...{ name: id, snapshot: ami.snapshot?.id, attributes: amiAttributes(ami), type: 'OS', persistent: false },
    parts: names.length > 0 ? names : undefined,
  }
  try {
    await copyImages([...parts, { copy, make }], context)
  } catch (error) {
    throw creationFailure(error, IMAGE)
  }
}
