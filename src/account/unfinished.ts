// Unfinished work: rows that outlive this object, and the alarm that works them off.
import type { Account } from '../ec2/context.ts'
import type { Goal, PendingGoal } from '../ec2/goals.ts'

const GOAL = 'goal:'
const ABANDONED = 'abandoned:'
const ACCOUNT = 'account'

/** The alarm comes soon at first and less often the longer something takes; milliseconds. */
const SOONEST = 500
const LATEST = 30_000

/** For so long a call whose connection broke may still take effect; milliseconds. */
const AFTERMATH = 10 * 60 * 1000

const goalKey = ({ kind, number }: Pick<Goal, 'kind' | 'number'>) => `${GOAL}${kind}:${number}`

/** What an account's object has accepted and not done yet, in its storage. */
export class Unfinished {
  readonly #storage: DurableObjectStorage
  readonly #now: () => number

  constructor(storage: DurableObjectStorage, now: () => number) {
    this.#storage = storage
    this.#now = now
  }

  /** Whom to act as: the alarm comes without a request. */
  account(): Promise<Account | undefined> {
    return this.#storage.get<Account>(ACCOUNT)
  }

  /** Remembers goals. One an object: to terminate an instance outweighs to stop it. */
  async add(account: Account, goals: readonly Goal[]): Promise<void> {
    if (goals.length === 0) return
    for (const goal of goals) {
      const earlier = await this.#storage.get<PendingGoal>(goalKey(goal))
      if (earlier?.goal !== 'terminate') await this.#storage.put(goalKey(goal), { ...goal, since: this.#now() })
    }
    await this.#storage.put(ACCOUNT, account)
    await this.wake()
  }

  async release(vms: readonly number[]): Promise<void> {
    for (const number of vms) await this.#storage.delete(goalKey({ kind: 'vm', number }))
  }

  async reached(goals: readonly PendingGoal[]): Promise<void> {
    for (const goal of goals) await this.#storage.delete(goalKey(goal))
  }

  /** Remembers instances that nobody will ever ask for, should they come about. */
  async abandon(account: Account, instances: readonly string[]): Promise<void> {
    for (const id of instances) await this.#storage.put(ABANDONED + id, this.#now())
    await this.#storage.put(ACCOUNT, account)
    await this.wake()
  }

  /** Everything that is open, and since when something of it was abandoned. */
  async all(): Promise<{ goals: PendingGoal[]; abandoned: Set<string>; since: number }> {
    const goals = await this.#storage.list<PendingGoal>({ prefix: GOAL })
    const abandoned = await this.#storage.list<number>({ prefix: ABANDONED })
    for (const [key, since] of abandoned) if (since < this.#now() - AFTERMATH) await this.#storage.delete(key)
    const since = Math.min(...abandoned.values()) - AFTERMATH
    const ids = [...abandoned.keys()].map(key => key.slice(ABANDONED.length))
    return { goals: [...goals.values()], abandoned: new Set(ids), since }
  }

  /** Sets the alarm if something is open. */
  async wake(): Promise<void> {
    const goals = await this.#storage.list<PendingGoal>({ prefix: GOAL })
    const abandoned = await this.#storage.list<number>({ prefix: ABANDONED })
    const since = [...[...goals.values()].map(goal => goal.since), ...abandoned.values()]
    if (since.length === 0) return
    const delay = Math.min(LATEST, Math.max(SOONEST, (this.#now() - Math.max(...since)) / 2))
    await this.#storage.setAlarm(this.#now() + delay)
  }
}
