// The table of all kinds of tasks, in the order in which they are reconciled: the first ones leave tasks to the later ones.
import { addressTasks } from './address-steps.ts'
import { captureTasks } from './capture.ts'
import type { Task, TaskKind } from './core/tasks.ts'
import { copyTasks } from './disk-images/copies.ts'
import { deletionTasks } from './disk-images/deletion.ts'
import { hotPlugTasks } from './hot-plug.ts'
import { importTasks } from './images/import-task.ts'
import { launchTasks } from './instances/launch-journal.ts'
import { stateTasks } from './instances/state-task.ts'
import { unclaimedKeyPairs } from './key-pairs/unclaimed.ts'

export const taskKinds: readonly TaskKind<Task>[] = [
  launchTasks,
  stateTasks,
  deletionTasks,
  importTasks,
  unclaimedKeyPairs,
  addressTasks,
  captureTasks,
  copyTasks,
  hotPlugTasks,
]
