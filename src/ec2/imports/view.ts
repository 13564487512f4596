// An import as EC2 sees it: how far OpenNebula is with the image that it fetches.
import type { ImportImageTask, ImportSnapshotTask, SnapshotDetail, SnapshotTaskDetail } from '@aws-sdk/client-ec2'
import { IMAGE_STATE } from '../../opennebula/states.ts'
import type { Context } from '../core/context.ts'
import type { Image } from '../core/documents.ts'
import { decodeTagsOf } from '../core/stored-tags.ts'
import { type Tags, tagItems } from '../core/tags.ts'
import { type ImageRecord, imageRecord } from '../disk-images/ami-record.ts'
import { failureOf } from '../disk-images/failure.ts'
import type { Imported } from '../disk-images/imported.ts'
import { isGoing } from '../disk-images/marks.ts'
import { type ImageRole, identityIn, resourceOf, sealedImageId, sealedSnapshotId } from '../disk-images/roles.ts'
import { isBeingMade } from '../disk-images/states.ts'
import { IMAGE } from '../images/resource.ts'
import { rootDevice } from '../images/view.ts'
import { SNAPSHOT } from '../snapshots/resource.ts'
import { snapshotRecord } from '../snapshots/view.ts'
import { taskIdOf } from './resource.ts'

/** What an image may be imported as. */
export type ImportRole = Exclude<ImageRole, 'volume'>

/** What is kept of the import of an image; undefined for one that came about by other ways. */
export const importedIn = (role: ImportRole, image: Image): Imported | undefined =>
  (role === 'image' ? imageRecord(image) : snapshotRecord(image)).imported

/** The id of the task that an image comes of in a role. */
export const taskOf = (role: ImportRole, image: Image, { mint }: Context): string =>
  taskIdOf(mint.idOf(resourceOf[role], identityIn(role)(image)))

/** The tags of the task that an image comes of. */
export const taskTags = (image: Image): Tags => decodeTagsOf(image.TEMPLATE, 'EC2_IMPORT_TAGS')

/** How far an import is. OpenNebula does not tell what share of an image it has, and so it has no `Progress`. */
export interface Standing {
  readonly Status: 'active' | 'completed' | 'deleting' | 'deleted'
  readonly StatusMessage?: string
}

/** In a word of AWS's: OpenNebula tells apart no more than this. */
const BEGUN: Standing = { Status: 'active', StatusMessage: 'downloading/converting' }

export function standingOf(image: Image): Standing {
  if (isGoing(image)) return { Status: 'deleting' }
  if (image.STATE === IMAGE_STATE.ERROR) {
    return {
      Status: 'deleted',
      StatusMessage: `ClientError: ${failureOf(image) ?? 'The cloud could not import the disk.'}`,
    }
  }
  return isBeingMade(image) ? BEGUN : { Status: 'completed' }
}

const MIB = 2 ** 20

/** What is said of an imported disk, whatever it becomes. @param image absent before there is one */
const detail = ({ url, bucket, key, format, diskDescription }: Imported, image: Image | undefined) => ({
  ...{ Url: url, Format: format ?? image?.FORMAT?.toUpperCase(), Description: diskDescription },
  ...(image ? standingOf(image) : BEGUN),
  UserBucket: bucket === undefined ? undefined : { S3Bucket: bucket, S3Key: key },
  DiskImageSize: image && image.SIZE * MIB,
})

/** An AMI that is imported. */
interface ImageImport {
  readonly id: string
  readonly record: ImageRecord
  readonly imported: Imported
  readonly tags: Tags
  readonly device: string
  readonly snapshot?: string
  /** Absent before there is one. */
  readonly image?: Image
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImportImageTask.html */
export function importImageTask(view: ImageImport): ImportImageTask {
  const { id, record, imported, tags, device, snapshot, image } = view
  const disk: SnapshotDetail = { ...detail(imported, image), DeviceName: device, SnapshotId: snapshot }
  return {
    ImportTaskId: taskIdOf(id),
    ImageId: id,
    ...(image ? standingOf(image) : BEGUN),
    Architecture: record.architecture ?? 'x86_64',
    Description: imported.description ?? '',
    Encrypted: false,
    Hypervisor: 'xen',
    LicenseType: 'BYOL',
    Platform: 'Linux',
    UsageOperation: 'RunInstances',
    SnapshotDetails: [disk],
    Tags: tagItems(tags),
  }
}

/** The import of an AMI. */
export const imageTask = (image: Image, imported: Imported, { mint }: Context): ImportImageTask =>
  importImageTask({
    id: mint.idOf(IMAGE, sealedImageId(image)),
    record: imageRecord(image),
    imported,
    tags: taskTags(image),
    device: rootDevice(image),
    snapshot: mint.idOf(SNAPSHOT, sealedSnapshotId(image)),
    image,
  })

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImportSnapshotTask.html */
export function importSnapshotTask(
  id: string,
  imported: Imported,
  tags: Tags,
  image?: Image,
): ImportSnapshotTask & { readonly SnapshotTaskDetail: SnapshotTaskDetail } {
  return {
    ImportTaskId: taskIdOf(id),
    Description: imported.description ?? '',
    SnapshotTaskDetail: { ...detail(imported, image), SnapshotId: id, Encrypted: false },
    Tags: tagItems(tags),
  }
}
