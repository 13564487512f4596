// RegisterImage: an AMI of the snapshot of its root disk, of an image of OpenNebula's, of one that was uploaded, or of a disk
// that OpenNebula fetches.
import type { RegisterImageRequest, RegisterImageResult } from '@aws-sdk/client-ec2'
import { excerpt } from '../../lib/excerpt.ts'
import { encodeRfc3986 } from '../../lib/percent-encoding.ts'
import { IMAGE_TYPE } from '../../opennebula/states.ts'
import { invalid, missing } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext } from '../core/context.ts'
import type { Image } from '../core/documents.ts'
import { notFound } from '../core/resource.ts'
import { sideBySide } from '../core/side-by-side.ts'
import { merge } from '../core/writes.ts'
import { type FoundDisk, fetchDisk, findDisk, type Named } from '../disk-images/fetching.ts'
import { type Location, locationOf, objectAt } from '../disk-images/location.ts'
import { roleOf, sealedImageId } from '../disk-images/roles.ts'
import { readRoom } from '../disk-images/room.ts'
import { isUsable } from '../disk-images/sharing.ts'
import { SNAPSHOT } from '../snapshots/resource.ts'
import { emptyDisk } from './block-devices.ts'
import { checkOwner, imageAt } from './find.ts'
import { importStaged } from './import.ts'
import { findMapped } from './mapped-snapshots.ts'
import { checkImageName } from './names.ts'
import { amiAttributes, type Registration, registered, registration } from './new-image.ts'
import { registerSnapshot, registersSnapshot } from './register-snapshot.ts'
import { IMAGE, IMAGE_NAMES_LOCK } from './resource.ts'

/**
 * Registers an image: by the snapshot of its root disk; by an object of the account's bucket, or an address, in
 * `ImageLocation`; or in econe's way, where that is the id of an OpenNebula image, or of one that was uploaded.
 *
 * Registering what is an AMI already answers its id again.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RegisterImage.html
 */
export async function registerImage(input: RegisterImageRequest, context: ChangeContext): Promise<RegisterImageResult> {
  if (registersSnapshot(input)) return registerSnapshot(input, context)
  const { ImageLocation: location, Name } = input
  if (!location) throw missing('ImageLocation')
  if (Name) checkImageName(Name)
  const ami = registration(input)
  const place = placeOf(location, context)
  if (place && !Name) throw missing('Name')
  const named: Named = { parameter: PARAMETER, inaccessible: inaccessible(context) }
  // Whoever answers there may take his time: nobody waits for that
  const disk = place && (await findDisk(place, named, context))
  return context.hold([`register:${location}`, IMAGE_NAMES_LOCK], async () => {
    if (disk) return registerDisk(disk, ami, named, context)
    const image = await imageAt(location, context)
    if (image !== undefined) return markAsAmi(image, ami, context)
    return importStaged(location, async look => registered(ami, await disksOf(ami, look)), context)
  })
}

/** Where the disk is; undefined for an id. @throws Ec2Error InvalidParameterValue */
function placeOf(location: string, { settings }: ChangeContext): Location | undefined {
  if (!location.includes('/')) return undefined
  // A path would be one on the front-end
  const place = locationOf(PARAMETER, location, settings) ?? objectAt(location)
  if (place) return place
  throw invalid(PARAMETER, location, 'It is neither bucket/key, s3://bucket/key, an http(s) address nor an id.')
}

const PARAMETER = 'ImageLocation'

/** The other disks, found; and the name is free. @throws Ec2Error as `findMapped` */
async function disksOf({ record: { name }, others }: Registration, context: ChangeContext, except?: string) {
  if (name === undefined && others.every(({ snapshot }) => snapshot === undefined))
    return others.map(({ device, ebs }) => emptyDisk(device, ebs))
  return (await findMapped(others, { name, ...(except !== undefined && { except }) }, context)).map(({ disk }) => disk)
}

async function registerDisk(
  disk: FoundDisk,
  ami: Registration,
  named: Named,
  context: ChangeContext,
): Promise<RegisterImageResult> {
  const id = context.mint.mint(IMAGE, context.seed(0))
  const snapshot = context.mint.mint(SNAPSHOT, context.seed(1))
  const [disks, room] = await sideBySide(
    context,
    look => disksOf(ami, look, id),
    look => readRoom(IMAGE, look),
  )
  const attributes = {
    TYPE: 'OS',
    EC2_SNAPSHOT_ID: context.mint.attribute(snapshot, context.account.user.id),
    ...amiAttributes(registered(ami, disks, snapshot)),
  } as const
  await fetchDisk(disk, { id, resource: IMAGE, attributes }, { ...named, room }, context)
  return { ImageId: id }
}

/** What AWS says of a manifest that S3 does not give out. */
const inaccessible =
  ({ endpoint }: Pick<ChangeContext, 'endpoint'>): Named['inaccessible'] =>
  ({ bucket, key }, status) => {
    const url = excerpt(`${endpoint}/${[bucket, ...key.split('/')].map(encodeRfc3986).join('/')}`, 200)
    const reason = status === 403 ? 'Forbidden' : 'Not Found'
    return new Ec2Error('InvalidManifest', `HTTP ${status} (${reason}) response for URL ${url}`)
  }

async function markAsAmi(image: Image, ami: Registration, context: ChangeContext): Promise<RegisterImageResult> {
  const role = roleOf(image)
  const ImageId = context.mint.idOf(IMAGE, sealedImageId(image))
  if (role === 'volume' || role === 'snapshot' || image.TYPE !== IMAGE_TYPE.OS) throw notFound(IMAGE, ImageId)
  if (role === 'image' && isUsable('image', image, context.account)) return { ImageId }
  checkOwner(image, context)
  const disks = await disksOf(ami, context)
  await context.commit().call(merge('image', image.ID, amiAttributes(registered(ami, disks))))
  return { ImageId }
}
