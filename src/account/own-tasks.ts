// The tasks of an account, as its changes have them: what they begin the alarm looks after, and what they end it leaves alone.
import type { Call } from '../ec2/core/call.ts'
import type { Tasks } from '../ec2/core/tasks.ts'
import type { Reconciler } from './reconciler.ts'
import type { TaskStore } from './task-store.ts'

/** What keeps tasks, and finishes them. */
interface Keepers {
  readonly store: TaskStore
  readonly reconciler: Reconciler
  /** Has the alarm ring when something is due. */
  readonly wake: () => Promise<void>
}

/** @param call whose request it is, and until when it waits */
export function tasksOf({ account, deadline, requestId }: Call, { store, reconciler, wake }: Keepers): Tasks {
  return {
    begin: async tasks => {
      reconciler.add(account, tasks)
      await wake()
    },
    end: async tasks => store.remove(tasks),
    of: kind => store.of(kind),
    reconcile: async () => {
      await reconciler.round({ deadline, requestId })
      await wake()
    },
  }
}
