// DescribeImportImageTasks and DescribeImportSnapshotTasks: what was imported, and what is on its way.
import type {
  DescribeImportImageTasksRequest,
  DescribeImportImageTasksResult,
  DescribeImportSnapshotTasksRequest,
  DescribeImportSnapshotTasksResult,
  ImportImageTask,
  ImportSnapshotTask,
} from '@aws-sdk/client-ec2'
import { WHOSE } from '../../opennebula/calls/common.ts'
import type { Streamed } from '../../protocol/response.ts'
import type { Context } from '../core/context.ts'
import { type DescribeInput, describe, type Filters, type Listing, nextPage } from '../core/describe.ts'
import type { Image } from '../core/documents.ts'
import { isImagePlace, placedImages } from '../disk-images/find.ts'
import type { Imported } from '../disk-images/imported.ts'
import { sealedSnapshotId } from '../disk-images/roles.ts'
import { SNAPSHOT } from '../snapshots/resource.ts'
import { findImports, isImported } from './find.ts'
import { type ImportRole, imageTask, importedIn, importSnapshotTask, taskTags } from './view.ts'

export const importImageFilters = {
  'task-state': ({ Status }) => Status,
} satisfies Filters<ImportImageTask, Image>

export const importSnapshotFilters = {
  'task-state': ({ SnapshotTaskDetail }) => SnapshotTaskDetail?.Status,
} satisfies Filters<ImportSnapshotTask, Image>

interface TasksRequest extends DescribeInput {
  readonly ImportTaskIds?: readonly string[] | undefined
}

/** What both have in common: which images there are. */
const imports = <Task>(role: ImportRole, task: (image: Image, imported: Imported, context: Context) => Task) => ({
  named: {
    ids: ({ ImportTaskIds }: TasksRequest) => ImportTaskIds,
    find: (tasks: readonly string[], context: Context) => findImports(role, tasks, context),
  },
  pages: { min: 1, max: 1000 },
  isPlace: isImagePlace,
  list: (context: Context, before: number | undefined) => placedImages(role, context, before, WHOSE.OWN),
  item: (image: Image, context: Context) => {
    const imported = isImported(role, image, context) ? importedIn(role, image) : undefined
    return imported && task(image, imported, context)
  },
})

const ofImages: Listing<TasksRequest, Image, ImportImageTask, number> = {
  ...{ action: 'DescribeImportImageTasks', ...imports('image', imageTask) },
  filters: importImageFilters,
  tags: ({ Tags }) => Tags,
}

const ofSnapshots: Listing<TasksRequest, Image, ImportSnapshotTask, number> = {
  action: 'DescribeImportSnapshotTasks',
  ...imports('snapshot', (image, imported, { mint }) =>
    importSnapshotTask(mint.idOf(SNAPSHOT, sealedSnapshotId(image)), imported, taskTags(image), image),
  ),
  filters: importSnapshotFilters,
  tags: ({ Tags }) => Tags,
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImportImageTasks.html */
export async function describeImportImageTasks(
  input: DescribeImportImageTasksRequest,
  context: Context,
): Promise<Streamed<DescribeImportImageTasksResult>> {
  const page = await describe(ofImages, input, context)
  return { ImportImageTasks: page.items, ...nextPage(page) }
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImportSnapshotTasks.html */
export async function describeImportSnapshotTasks(
  input: DescribeImportSnapshotTasksRequest,
  context: Context,
): Promise<Streamed<DescribeImportSnapshotTasksResult>> {
  const page = await describe(ofSnapshots, input, context)
  return { ImportSnapshotTasks: page.items, ...nextPage(page) }
}
