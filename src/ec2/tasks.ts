// The table of all kinds of tasks, in the order in which they are reconciled: the first ones leave tasks to the later ones.
import { addressTasks } from './addresses/task.ts'
import { itemTasks } from './core/item-task.ts'
import { lateWrites } from './core/late-writes.ts'
import { reservationTasks } from './core/reservations.ts'
import type { Task, TaskKind } from './core/tasks.ts'
import { captureTasks } from './disk-images/capture-task.ts'
import { copyTasks } from './disk-images/copies.ts'
import { deletionTasks } from './disk-images/deletion.ts'
import { importTasks } from './disk-images/import-task.ts'
import { launchTasks } from './instances/launch/journal.ts'
import { stateTasks } from './instances/state-task.ts'
import { unclaimedKeyPairs } from './key-pairs/unclaimed.ts'
import { aliasTasks } from './network-interfaces/alias-task.ts'
import { interfaceTasks } from './network-interfaces/task.ts'
import { joiningTasks } from './security-groups/joining.ts'
import { referencesTasks } from './security-groups/references.ts'
import { unclaimedGroups } from './security-groups/unclaimed.ts'
import { hotPlugTasks } from './volumes/hot-plug.ts'

export const taskKinds: readonly TaskKind<Task>[] = [
  // What others find is as it was set last
  lateWrites,
  launchTasks,
  stateTasks,
  deletionTasks,
  importTasks,
  unclaimedKeyPairs,
  unclaimedGroups,
  itemTasks,
  reservationTasks,
  addressTasks,
  captureTasks,
  copyTasks,
  hotPlugTasks,
  interfaceTasks,
  aliasTasks,
  joiningTasks,
  referencesTasks,
]
