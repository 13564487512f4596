// ImportImage and ImportSnapshot: an AMI or a snapshot of a disk that OpenNebula fetches, from its address or out of the bucket.
import type {
  ImportImageRequest,
  ImportImageResult,
  ImportSnapshotRequest,
  ImportSnapshotResult,
} from '@aws-sdk/client-ec2'
import { impossible, invalid, missing } from '../../protocol/complaints.ts'
import type { ChangeContext } from '../core/context.ts'
import { architecture, valid } from '../core/fields.ts'
import { encodeTags } from '../core/stored-tags.ts'
import { type Tags, tagsFor } from '../core/tags.ts'
import { type ImageRecord, imageRecords } from '../disk-images/ami-record.ts'
import { IMAGE } from '../images/resource.ts'
import { SNAPSHOT } from '../snapshots/resource.ts'
import { NO_VOLUME, snapshotCopy } from '../snapshots/view.ts'
import { IMPORT_IMAGE_TASK, IMPORT_SNAPSHOT_TASK, taskIdOf } from './resource.ts'
import { importDisk, sourceOf } from './source.ts'
import { importImageTask, importSnapshotTask } from './view.ts'

const ROOT = '/dev/sda1'

/**
 * The AMI is called as its task, as EC2 has it.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImportImage.html
 */
export async function importImage(input: ImportImageRequest, context: ChangeContext): Promise<ImportImageResult> {
  const [container, ...more] = input.DiskContainers ?? []
  if (!container) throw missing('DiskContainer')
  if (more.length > 0) throw impossible('An image is imported with one disk: import the others as snapshots.')
  const { Architecture: wanted = 'x86_64' } = input
  const known = valid(architecture, wanted)
  if (known === undefined) throw invalid('architecture', wanted)
  const tags = tagsFor(IMPORT_IMAGE_TASK.type, input.TagSpecifications)
  const source = sourceOf('DiskContainer.1', container, input.Description, context)
  const { imported } = source
  const id = context.mint.mint(IMAGE, context.seed(0))
  const record: ImageRecord = {
    name: taskIdOf(id),
    description: imported.description,
    architecture: known,
    rootDevice: ROOT,
    imported,
  }
  const attributes = { TYPE: 'OS', EC2_AMI: true, EC2_IMAGE: imageRecords.write(record), ...kept(tags) } as const
  await importDisk(source, { id, resource: IMAGE, attributes }, context)
  return importImageTask({ id, record, imported, tags, device: ROOT })
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImportSnapshot.html */
export async function importSnapshot(
  input: ImportSnapshotRequest,
  context: ChangeContext,
): Promise<ImportSnapshotResult> {
  if (!input.DiskContainer) throw missing('DiskContainer')
  const tags = tagsFor(IMPORT_SNAPSHOT_TASK.type, input.TagSpecifications)
  const source = sourceOf('DiskContainer', input.DiskContainer, input.Description, context)
  const { imported } = source
  const id = context.mint.mint(SNAPSHOT, context.seed(0))
  const record = { volume: NO_VOLUME, description: imported.description, imported }
  const { attributes: ofSnapshot } = snapshotCopy(id, record, new Map())
  const attributes = { ...ofSnapshot, ...kept(tags), TYPE: 'DATABLOCK' } as const
  await importDisk(source, { id, resource: SNAPSHOT, attributes }, context)
  return importSnapshotTask(id, imported, tags)
}

/** The tags of a task as its image has them. */
const kept = (tags: Tags) => (tags.size > 0 ? { EC2_IMPORT_TAGS: encodeTags(tags) } : {})
