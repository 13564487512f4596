// CopyImage: an AMI of another AMI, with copies of its disks.
import type { CopyImageRequest, CopyImageResult } from '@aws-sdk/client-ec2'
import { cloneImage } from '../../opennebula/calls/image.ts'
import { impossible, invalid, unsupported } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext } from '../core/context.ts'
import { notFound } from '../core/resource.ts'
import { checkCount, type Tags, tagsFor } from '../core/tags.ts'
import { type ImageDisk, type ImageRecord, imageRecord } from '../disk-images/ami-record.ts'
import type { Making } from '../disk-images/copies.ts'
import { sealedSnapshotId } from '../disk-images/roles.ts'
import { imageState } from '../disk-images/states.ts'
import { imageTags } from '../disk-images/tags.ts'
import { checkCloneable, findSnapshots } from '../snapshots/find.ts'
import { SNAPSHOT } from '../snapshots/resource.ts'
import { NO_VOLUME, snapshotCopy } from '../snapshots/view.ts'
import { cloneAs, findSources } from './clone.ts'
import { checkImageName } from './names.ts'
import { type NewImage, TAGGED } from './new-image.ts'
import { IMAGE, IMAGE_NAMES_LOCK, imageUnavailable } from './resource.ts'

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopyImage.html */
export function copyImage(input: CopyImageRequest, context: ChangeContext): Promise<CopyImageResult> {
  const { Name = '', Description, SourceImageId = '' } = input
  checkImageName(Name)
  checkCopy(input, context)
  const given = tagsFor('image', input.TagSpecifications, TAGGED)
  return context.hold([IMAGE_NAMES_LOCK], async () => {
    const id = context.mint.mint(IMAGE, context.seed(0))
    const found = await findSources('image', [SourceImageId], { name: Name, except: id }, context)
    const source = found.get(SourceImageId)
    if (!source || imageState(source) !== 'available') {
      throw imageUnavailable(SourceImageId)
    }
    const kept = { ...imageRecord(source), ...NOT_COPIED }
    const tags = input.CopyImageTags && source.UID === context.account.user.id ? imageTags('image', source) : []
    const snapshotTags = tagsFor('snapshot', input.TagSpecifications, TAGGED)
    const description = `Copied for DestinationAmi ${id} from SourceAmi ${SourceImageId}`
    const copies = await copiedDisks(kept.disks ?? [], { description, tags: snapshotTags }, context)
    const disks = kept.disks && copies.map(({ disk }) => disk)
    const ami: NewImage = {
      record: { ...kept, disks, name: Name, description: Description, sourceImage: SourceImageId },
      tags: checkCount(new Map([...tags, ...given])),
      snapshot: {
        id: context.mint.mint(SNAPSHOT, context.seed(1)),
        record: { volume: NO_VOLUME, description },
        tags: snapshotTags,
      },
    }
    await cloneAs(
      id,
      source,
      ami,
      context,
      copies.flatMap(({ making }) => making ?? []),
    )
    return { ImageId: id }
  })
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
  disks: readonly ImageDisk[],
  { description, tags }: { readonly description: string; readonly tags: Tags },
  context: ChangeContext,
): Promise<{ readonly disk: ImageDisk; readonly making?: Making }[]> {
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
    checkCloneable(snapshot, source)
    const id = context.mint.mint(SNAPSHOT, context.seed(index + 2))
    const copy = snapshotCopy(id, { volume: NO_VOLUME, description }, tags)
    return { disk: { ...disk, snapshot: id }, making: { copy, make: cloneImage(source.ID, id) } }
  })
}

function hidden(error: unknown): never {
  if (!(error instanceof Ec2Error) || error.code !== 'InvalidSnapshot.NotFound') throw error
  throw new Ec2Error('InvalidRequest', 'You do not have permission to access the storage of this ami')
}

function checkCopy(input: CopyImageRequest, { settings }: ChangeContext): void {
  const { SourceRegion, Encrypted, DestinationOutpostArn, DestinationAvailabilityZone } = input
  if (SourceRegion !== settings.region) {
    throw invalid('sourceRegion', SourceRegion ?? '', `This cloud has the region '${settings.region}'.`)
  }
  if (Encrypted) throw impossible('Encrypted images are not supported.')
  if (DestinationOutpostArn !== undefined) throw unsupported('DestinationOutpostArn')
  if (DestinationAvailabilityZone !== undefined) throw unsupported('DestinationAvailabilityZone')
}
