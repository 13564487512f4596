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
import { type ImageRecord, imageRecords } from '../disk-images/ami-record.ts'
import { IMAGE } from '../images/resource.ts'
import { SNAPSHOT } from '../snapshots/resource.ts'
import { NO_VOLUME, snapshotCopy } from '../snapshots/view.ts'
import { taskIdOf } from './resource.ts'
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
  const attributes = { TYPE: 'OS', EC2_AMI: true, EC2_IMAGE: imageRecords.write(record) } as const
  await importDisk(source, { id, resource: IMAGE, attributes }, context)
  return importImageTask({ id, record, imported, device: ROOT })
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImportSnapshot.html */
export async function importSnapshot(
  input: ImportSnapshotRequest,
  context: ChangeContext,
): Promise<ImportSnapshotResult> {
  if (!input.DiskContainer) throw missing('DiskContainer')
  const source = sourceOf('DiskContainer', input.DiskContainer, input.Description, context)
  const { imported } = source
  const id = context.mint.mint(SNAPSHOT, context.seed(0))
  const record = { volume: NO_VOLUME, description: imported.description, imported }
  const { attributes } = snapshotCopy(id, record, new Map())
  await importDisk(source, { id, resource: SNAPSHOT, attributes: { ...attributes, TYPE: 'DATABLOCK' } }, context)
  return importSnapshotTask(id, imported)
}
