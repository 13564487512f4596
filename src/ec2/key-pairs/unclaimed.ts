// Key pairs whose private keys nobody was told: they go, and their names are free again.
import type { Pending, Progress, TaskKind, Tools } from '../core/tasks.ts'
import { ownKeyPairs, writeKeyPairsCall } from './attribute.ts'
import { KEY_PAIRS_LOCK } from './resource.ts'

/** A key pair that is to be deleted unless its request comes to its end. */
export interface UnclaimedKeyPair {
  readonly kind: 'keyPair'
  readonly id: string
}

export const unclaimedKeyPairs: TaskKind<UnclaimedKeyPair> = {
  kind: 'keyPair',
  id: ({ id }) => id,
  locks: () => [KEY_PAIRS_LOCK],
  reconcile,
}

async function reconcile(tasks: readonly Pending<UnclaimedKeyPair>[], tools: Tools): Promise<Progress> {
  if (tasks.length === 0) return { finished: [], begun: [] }
  const unwanted = new Set(tasks.map(({ id }) => id))
  const pairs = await ownKeyPairs(tools)
  const wanted = pairs.filter(({ id }) => !unwanted.has(id))
  if (wanted.length < pairs.length) await tools.one.call(writeKeyPairsCall(wanted, pairs, tools))
  return { finished: tasks, begun: [] }
}
