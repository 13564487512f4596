// CopyImage: an AMI of another AMI, with copies of its disks, or of what can be had in the marketplace.
import type { CopyImageRequest, CopyImageResult } from '@aws-sdk/client-ec2'
import { cloneImage } from '../../opennebula/calls/image.ts'
import { impossible, unsupported } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext } from '../core/context.ts'
import type { Image } from '../core/documents.ts'
import { notFound } from '../core/resource.ts'
import { checkCount, tagsFor } from '../core/tags.ts'
import { type ImageDisk, type ImageRecord, imageRecord } from '../disk-images/ami-record.ts'
import type { Making } from '../disk-images/copies.ts'
import { sealedSnapshotId } from '../disk-images/roles.ts'
import { mayBring } from '../disk-images/sharing.ts'
import { checkSourceRegion } from '../disk-images/source-region.ts'
import { imageState } from '../disk-images/states.ts'
import { imageTags } from '../disk-images/tags.ts'
import { applianceNumbers } from '../marketplace/resource.ts'
import { checkCloneable, findSnapshots } from '../snapshots/find.ts'
import { SNAPSHOT } from '../snapshots/resource.ts'
import { NO_VOLUME, snapshotCopy, snapshotSize } from '../snapshots/view.ts'
import { cloneAs, findSources } from './clone.ts'
import { copyAppliance } from './copy-appliance.ts'
import { checkImageName } from './names.ts'
import { type NewImage, TAGGED } from './new-image.ts'
import { IMAGE, IMAGE_NAMES_LOCK, imageUnavailable } from './resource.ts'

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopyImage.html */
export async function copyImage(input: CopyImageRequest, context: ChangeContext): Promise<CopyImageResult> {
  const { Name = '', SourceImageId = '' } = input
  checkImageName(Name)
  checkCopy(input, context)
  const ImageId = context.mint.mint(IMAGE, context.seed(0))
  const copy = newCopy(ImageId, input, context)
  const appliance = applianceNumbers(SourceImageId)
  return context.hold([IMAGE_NAMES_LOCK], async () => {
    if (appliance) await copyAppliance(appliance, ImageId, copy, context)
    else await copyAmi(input, ImageId, copy, context)
    return { ImageId }
  })
}

/** An AMI that is to be a copy, with the snapshot that it is besides. */
type NewCopy = Required<NewImage>

/** What the request says of the copy. @throws Ec2Error as `tagsFor` */
const newCopy = (
  id: string,
  { Name, Description, SourceImageId, TagSpecifications }: CopyImageRequest,
  context: ChangeContext,
): NewCopy => ({
  record: { name: Name, description: Description, sourceImage: SourceImageId },
  tags: tagsFor('image', TagSpecifications, TAGGED),
  snapshot: {
    id: context.mint.mint(SNAPSHOT, context.seed(1)),
    record: { volume: NO_VOLUME, description: `Copied for DestinationAmi ${id} from SourceAmi ${SourceImageId}` },
    tags: tagsFor('snapshot', TagSpecifications, TAGGED),
  },
})

async function copyAmi(input: CopyImageRequest, id: string, copy: NewCopy, context: ChangeContext): Promise<void> {
  const { Name = '', SourceImageId = '', CopyImageTags } = input
  const found = await findSources('image', [SourceImageId], { name: Name, except: id }, context)
  const source = found.get(SourceImageId)
  if (!source || imageState(source) !== 'available') throw imageUnavailable(SourceImageId)
  const kept = { ...imageRecord(source), ...NOT_COPIED }
  const tags = CopyImageTags && source.UID === context.account.user.id ? imageTags('image', source) : []
  const copies = await copiedDisks(source, copy.snapshot, context)
  const ami: NewImage = {
    ...copy,
    record: { ...kept, ...copy.record, disks: kept.disks && copies.map(({ disk }) => disk) },
    tags: checkCount(new Map([...tags, ...copy.tags])),
  }
  await cloneAs(
    id,
    source,
    ami,
    context,
    copies.flatMap(({ making }) => making ?? []),
  )
}

/** What an AMI has for itself. */
const NOT_COPIED = {
  snapshot: undefined,
  sourceInstance: undefined,
  accounts: undefined,
  deprecation: undefined,
  imported: undefined,
} satisfies ImageRecord

/**
 * The disks of a copy besides its root, and what makes their snapshots, where they are not empty.
 * @throws Ec2Error InvalidRequest where they are not the caller's to copy, IncorrectState
 */
async function copiedDisks(
  ami: Image,
  { record, tags }: NewCopy['snapshot'],
  context: ChangeContext,
): Promise<{ readonly disk: ImageDisk; readonly making?: Making }[]> {
  const { disks = [] } = imageRecord(ami)
  const images = await findSnapshots(
    disks.flatMap(({ snapshot }) => snapshot ?? []),
    context,
  ).catch(hidden)
  const sources = new Map(images.map(image => [context.mint.idOf(SNAPSHOT, sealedSnapshotId(image)), image]))
  return disks.map((disk, index) => {
    const { snapshot } = disk
    if (snapshot === undefined) return { disk }
    const source = sources.get(snapshot)
    if (!source) throw notFound(SNAPSHOT, snapshot)
    if (!mayBring(ami, source, context)) throw noPermission()
    checkCloneable(snapshot, source)
    const id = context.mint.mint(SNAPSHOT, context.seed(index + 2))
    const copy = snapshotCopy(id, { ...record, size: snapshotSize(source) }, tags)
    return { disk: { ...disk, snapshot: id }, making: { copy, make: cloneImage(source.ID, id) } }
  })
}

function hidden(error: unknown): never {
  if (!(error instanceof Ec2Error) || error.code !== 'InvalidSnapshot.NotFound') throw error
  throw noPermission()
}

const noPermission = () =>
  new Ec2Error('InvalidRequest', 'You do not have permission to access the storage of this ami')

function checkCopy(input: CopyImageRequest, { settings }: ChangeContext): void {
  const { SourceRegion, Encrypted, DestinationOutpostArn, DestinationAvailabilityZone } = input
  checkSourceRegion(SourceRegion, settings)
  if (Encrypted) throw impossible('Encrypted images are not supported.')
  if (DestinationOutpostArn !== undefined) throw unsupported('DestinationOutpostArn')
  if (DestinationAvailabilityZone !== undefined) throw unsupported('DestinationAvailabilityZone')
}
