// Whether an account is acted for when nobody asks: the alarm comes long after the keys of requests were checked.
import type { Standings } from '../auth/standing.ts'
import { causeOf } from '../ec2/core/cause.ts'
import { log } from '../lib/log.ts'
import type { Defer } from './services.ts'
import type { TaskStore } from './task-store.ts'

/**
 * Whether the account's user is still the one whose requests were accepted. What a user who was deleted had wanted is forgotten; of
 * one who was disabled, renamed or made an administrator it waits.
 */
export async function mayAct(tasks: TaskStore, standings: () => Standings, defer: Defer): Promise<boolean> {
  const { account } = tasks
  if (!account || tasks.due === undefined) return false
  try {
    const verdict = await standings().judge(account, defer)
    if (verdict === 'gone') log('dropped', { account: account.id, tasks: tasks.drop() })
    if (verdict === 'suspended') log('waiting', { account: account.id })
    return verdict === 'valid'
  } catch (error) {
    log('unfinished', { account: account.id, cause: causeOf(error) }, true)
    return false
  }
}
