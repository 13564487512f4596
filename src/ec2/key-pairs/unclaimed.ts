// Key pairs whose private keys nobody was told: they go, and their names are free again.
import { LATE_WITHIN, type Pending, type Progress, type TaskKind, type Tools } from '../core/tasks.ts'
import { ownKeyPairs, writeKeyPairsCall } from './attribute.ts'
import { KEY_PAIRS_LOCK } from './resource.ts'
import { CorruptKeyPairs, type KeyPair } from './view.ts'

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
  giveUp: () => [],
}

async function reconcile(tasks: readonly Pending<UnclaimedKeyPair>[], tools: Tools): Promise<Progress> {
  if (tasks.length === 0) return { finished: [], begun: [] }
  const unwanted = new Set(tasks.map(({ id }) => id))
  const pairs = await ownKeyPairs(tools).catch(noneOfOurs)
  const wanted = pairs.filter(({ id }) => !unwanted.has(id))
  if (wanted.length < pairs.length) await tools.one.call(writeKeyPairsCall(wanted, pairs, tools))
  // The call that makes one may take effect when its object is long gone
  return { finished: tasks.filter(({ since }) => tools.now() - since > LATE_WITHIN), begun: [] }
}

/** What cannot be read holds nothing that was written here. */
function noneOfOurs(error: unknown): KeyPair[] {
  if (error instanceof CorruptKeyPairs) return []
  throw error
}
