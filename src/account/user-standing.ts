// How the account's user stands in OpenNebula when work goes on that no request waits for.
import type { Holder, Standings, Verdict } from '../auth/standing.ts'
import type { Account } from '../ec2/core/account.ts'
import { causeOf } from '../ec2/core/cause.ts'
import { log } from '../lib/log.ts'
import type { Defer } from './services.ts'
import type { TaskStore } from './task-store.ts'

export interface UserStandingParts {
  readonly standings: () => Standings
  readonly tasks: TaskStore
  readonly defer: Defer
  /** What the log says of an account. */
  readonly whose: (account: Account) => object
}

export class UserStanding {
  readonly #parts: UserStandingParts
  #standings: Standings | undefined

  constructor(parts: UserStandingParts) {
    this.#parts = parts
  }

  /** @throws Unavailable where OpenNebula does not say */
  judge(holder: Holder): Promise<Verdict> {
    this.#standings ??= this.#parts.standings()
    return this.#standings.judge(holder, this.#parts.defer)
  }

  /**
   * Whether the account's user is still the one whose requests were accepted: the alarm comes long after their keys were
   * checked. What a user who was deleted had wanted is forgotten; of one who was disabled, renamed or made an administrator
   * it waits.
   */
  async mayAct(): Promise<boolean> {
    const { tasks, whose } = this.#parts
    const { account } = tasks
    if (!account || tasks.due === undefined) return false
    try {
      const verdict = await this.judge(account)
      if (verdict === 'gone') log('dropped', { ...whose(account), tasks: tasks.drop() })
      if (verdict === 'suspended') log('waiting', whose(account))
      return verdict === 'valid'
    } catch (error) {
      log('unfinished', { ...whose(account), cause: causeOf(error) }, true)
      return false
    }
  }
}
