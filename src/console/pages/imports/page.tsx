// Imports: tasks that make images of disks from elsewhere.
import type { ImportImageTask } from '@aws-sdk/client-ec2'
import { call } from '../../api/client.ts'
import { operation, type Resource } from '../../resource/definition.ts'
import { listing } from '../../resource/listing.ts'
import { factsTab } from '../../resource/tabs.tsx'
import { tagsTab } from '../../resource/tags.tsx'
import { texts } from '../../texts.ts'

const words = texts.imports

const isUnderWay = ({ Status }: ImportImageTask) => Status === 'active' || Status === 'deleting'

const idsOf = (tasks: readonly ImportImageTask[]) => tasks.map(({ ImportTaskId = '' }) => ImportTaskId)

/** Where the disk comes from. */
const sourceOf = ({ SnapshotDetails: [disk] = [] }: ImportImageTask) =>
  disk?.UserBucket ? `s3://${disk.UserBucket.S3Bucket}/${disk.UserBucket.S3Key}` : disk?.Url

const cancel = operation<ImportImageTask>({
  key: 'cancel',
  label: words.cancel.label,
  title: () => words.cancel.title,
  destroys: true,
  many: true,
  applies: ({ Status }) => Status === 'active',
  about: tasks => <p>{words.cancel.about(idsOf(tasks))}</p>,
  calls: (_, tasks) => idsOf(tasks).map(ImportTaskId => call('CancelImportTask', { ImportTaskId })),
  done: (_, tasks) => words.cancel.done(idsOf(tasks)),
})

const columns: Resource<ImportImageTask>['columns'] = [
  { key: 'id', label: words.columns.id, value: ({ ImportTaskId }) => ImportTaskId, as: 'code' },
  { key: 'status', label: words.columns.status, value: ({ Status }) => Status, as: 'status', filters: true },
  { key: 'image', label: words.columns.image, value: ({ ImageId }) => ImageId, as: 'code', link: 'images' },
  { key: 'source', label: words.columns.source, value: sourceOf, as: 'code' },
  { key: 'message', label: words.columns.message, value: ({ StatusMessage }) => StatusMessage },
  { key: 'description', label: words.columns.description, value: ({ Description }) => Description },
]

export const imports: Resource<ImportImageTask> = {
  path: 'imports',
  texts: words,
  list: listing('DescribeImportImageTasks', {
    byIds: ImportTaskIds => ({ ImportTaskIds: [...ImportTaskIds] }),
    items: ({ ImportImageTasks }) => ImportImageTasks,
    idOf: ({ ImportTaskId = '' }) => ImportTaskId,
  }),
  columns,
  isBusy: isUnderWay,
  operations: [cancel],
  tabs: [factsTab('description', words.description, columns), tagsTab()],
}
