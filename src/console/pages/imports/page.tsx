// Imports: tasks that make images, or snapshots, of disks from elsewhere.
import type { ImportImageTask, ImportSnapshotTask, Tag, UserBucketDetails } from '@aws-sdk/client-ec2'
import { call } from '../../api/client.ts'
import { type Column, type Operation, operation, type Resource, type ResourceTexts } from '../../resource/definition.ts'
import { type Listing, listing } from '../../resource/listing.ts'
import { factsTab } from '../../resource/tabs.tsx'
import { tagsTab } from '../../resource/tags.tsx'
import { texts } from '../../texts.ts'

const words = texts.imports

/** What both kinds have. */
interface Task {
  readonly ImportTaskId?: string | undefined
  readonly Tags?: Tag[] | undefined
}

/** Where the disk comes from. */
interface Disk {
  readonly UserBucket?: UserBucketDetails | undefined
  readonly Url?: string | undefined
}

const sourceOf = ({ UserBucket, Url }: Disk = {}) =>
  UserBucket ? `s3://${UserBucket.S3Bucket}/${UserBucket.S3Key}` : Url

const idOf = ({ ImportTaskId = '' }: Task) => ImportTaskId

function cancel<T extends Task>(statusOf: (task: T) => string | undefined): Operation<T> {
  return operation<T>({
    key: 'cancel',
    label: words.cancel.label,
    title: () => words.cancel.title,
    destroys: true,
    many: true,
    applies: task => statusOf(task) === 'active',
    about: tasks => <p>{words.cancel.about(tasks.map(idOf))}</p>,
    calls: (_, tasks) => tasks.map(task => call('CancelImportTask', { ImportTaskId: idOf(task) })),
    done: (_, tasks) => words.cancel.done(tasks.map(idOf)),
  })
}

interface Kind<T extends Task> {
  readonly path: string
  readonly texts: ResourceTexts
  readonly list: Listing<T>
  readonly statusOf: (task: T) => string | undefined
  /** Besides the id and the status, which come first. */
  readonly columns: readonly Column<T>[]
}

const pageOf = <T extends Task>({ statusOf, columns, ...kind }: Kind<T>): Resource<T> => {
  const all: readonly Column<T>[] = [
    { key: 'id', label: words.columns.id, value: idOf, as: 'code' },
    { key: 'status', label: words.columns.status, value: statusOf, as: 'status', filters: true },
    ...columns,
  ]
  return {
    ...kind,
    columns: all,
    isBusy: task => ['active', 'deleting'].includes(statusOf(task) ?? ''),
    operations: [cancel(statusOf)],
    tabs: [factsTab('description', words.description, all), tagsTab()],
  }
}

export const imports = pageOf<ImportImageTask>({
  path: 'imports',
  texts: words,
  list: listing('DescribeImportImageTasks', {
    byIds: ImportTaskIds => ({ ImportTaskIds: [...ImportTaskIds] }),
    items: ({ ImportImageTasks }) => ImportImageTasks,
    idOf,
  }),
  statusOf: ({ Status }) => Status,
  columns: [
    { key: 'image', label: words.columns.image, value: ({ ImageId }) => ImageId, as: 'code', link: 'images' },
    { key: 'source', label: words.columns.source, value: task => sourceOf(task.SnapshotDetails?.[0]), as: 'code' },
    { key: 'message', label: words.columns.message, value: ({ StatusMessage }) => StatusMessage },
    { key: 'description', label: words.columns.description, value: ({ Description }) => Description },
  ],
})

const { columns } = words

export const snapshotImports = pageOf<ImportSnapshotTask>({
  path: 'snapshot-imports',
  texts: texts.snapshotImports,
  list: listing('DescribeImportSnapshotTasks', {
    byIds: ImportTaskIds => ({ ImportTaskIds: [...ImportTaskIds] }),
    items: ({ ImportSnapshotTasks }) => ImportSnapshotTasks,
    idOf,
  }),
  statusOf: ({ SnapshotTaskDetail }) => SnapshotTaskDetail?.Status,
  columns: [
    {
      ...{ key: 'snapshot', label: columns.snapshot, as: 'code', link: 'snapshots' },
      value: ({ SnapshotTaskDetail }) => SnapshotTaskDetail?.SnapshotId,
    },
    { key: 'source', label: columns.source, value: task => sourceOf(task.SnapshotTaskDetail), as: 'code' },
    { key: 'message', label: columns.message, value: task => task.SnapshotTaskDetail?.StatusMessage },
    { key: 'description', label: columns.description, value: ({ Description }) => Description },
  ],
})
