// Import tasks: each goes with the AMI or the snapshot that comes of it, and has its id with a word before it.
import { excerpt } from '../../lib/excerpt.ts'
import { Ec2Error } from '../../protocol/errors.ts'

const PREFIX = 'import-'

/** The id of the task that an AMI or a snapshot comes of. */
export const taskIdOf = (id: string): string => `${PREFIX}${id}`

/** The id of what comes of a task; undefined where the text is no task's id. */
export const idOfTask = (task: string): string | undefined =>
  /^import-(?:ami|snap)-[0-9a-f]{1,17}$/.test(task) ? task.slice(PREFIX.length) : undefined

/** @returns InvalidConversionTaskId */
export const noSuchTask = (...tasks: readonly string[]): Ec2Error =>
  new Ec2Error(
    'InvalidConversionTaskId',
    `There is no such import task: ${tasks.map(task => `'${excerpt(task)}'`).join(', ')}`,
  )
