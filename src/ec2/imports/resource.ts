// Import tasks: each goes with the AMI or the snapshot that comes of it, and has its id with a word before it.
import { excerpt } from '../../lib/excerpt.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { Resource } from '../core/resource.ts'

const PREFIX = 'import-'
const CODE = 'InvalidConversionTaskId'

const missing = (tasks: readonly string[]): string =>
  `There is no such import task: ${tasks.map(task => `'${task}'`).join(', ')}`

const alike = { notFound: CODE, malformed: CODE, missing } as const

export const IMPORT_IMAGE_TASK = {
  kind: 'import-image-task',
  prefix: `${PREFIX}ami`,
  type: 'import-image-task',
  ...alike,
} as const satisfies Resource

export const IMPORT_SNAPSHOT_TASK = {
  kind: 'import-snapshot-task',
  prefix: `${PREFIX}snap`,
  type: 'import-snapshot-task',
  ...alike,
} as const satisfies Resource

/** The id of the task that an AMI or a snapshot comes of. */
export const taskIdOf = (id: string): string => `${PREFIX}${id}`

/** The id of what comes of a task; undefined where the text is no task's id. */
export const idOfTask = (task: string): string | undefined =>
  /^import-(?:ami|snap)-[0-9a-f]{1,17}$/.test(task) ? task.slice(PREFIX.length) : undefined

/** @returns InvalidConversionTaskId */
export const noSuchTask = (...tasks: readonly string[]): Ec2Error =>
  new Ec2Error(CODE, missing(tasks.map(task => excerpt(task))))
