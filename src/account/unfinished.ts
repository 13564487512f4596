// Unfinished work: what an account's object has accepted and not done yet, as rows that outlive it.
import { decidedAt, type Launch, RUNS_FOR } from '../ec2/aftermath.ts'
import type { Account } from '../ec2/context.ts'
import { type Goal, type GoalOf, type Kind, keyOf, type Pending, type Progress, type VmGoal } from '../ec2/goals.ts'
import type { Rows } from './rows.ts'

const GOAL = 'goal:'
const ACCOUNT = 'account'

/** A goal is looked after soon at first, and less often the longer it takes; milliseconds. */
const SOONEST = 500
const LATEST = 10 * 60 * 1000

const rowOf = (goal: Goal) => GOAL + keyOf(goal)

const weights = { stop: 0, terminate: 1, discard: 2 } as const satisfies Record<VmGoal['goal'], number>

const weight = (goal: Goal | undefined): number => (goal?.kind === 'vm' ? weights[goal.goal] : 0)

/**
 * Whether a goal is another one than what was wanted of the same object before. An import is looked after from when
 * OpenNebula begins it: the upload before took its own time.
 */
const begins = (goal: Goal, earlier: Goal): boolean =>
  weight(goal) > weight(earlier) ||
  (goal.kind === 'import' && goal.number !== undefined && earlier.kind === 'import' && earlier.number === undefined)

/** The goals of one account. */
export class Unfinished {
  readonly #rows: Rows
  readonly #now: () => number
  /** When each goal was last looked after, by its row; in memory, for a new object may look at once. */
  readonly #looked = new Map<string, number>()

  constructor(rows: Rows, now: () => number) {
    this.#rows = rows
    this.#now = now
  }

  /** Whom to act as: the alarm comes without a request. */
  get account(): Account | undefined {
    return this.#rows.get<Account>(ACCOUNT)
  }

  /** Remembers goals. One an object: to terminate an instance outweighs to stop it. */
  add(account: Account, goals: readonly Goal[]): void {
    for (const goal of goals) {
      const earlier = this.#rows.get<Pending>(rowOf(goal))
      if (weight(earlier) > weight(goal)) continue
      const since = earlier === undefined || begins(goal, earlier) ? this.#now() : earlier.since
      this.#rows.put(rowOf(goal), { ...goal, since })
    }
    if (goals.length > 0) this.#rows.put(ACCOUNT, account)
  }

  /** Follows a user who got another name: whoever acts for the account acts by that. */
  follow(account: Account): void {
    const known = this.account
    if (known && known.user.name !== account.user.name) this.#rows.put(ACCOUNT, account)
  }

  /** Forgets all goals: nobody is there any more to act as. @returns how many there were */
  drop(): number {
    const rows = [...this.#rows.list(GOAL).keys()]
    this.#rows.delete(...rows)
    this.#looked.clear()
    return rows.length
  }

  /** Forgets goals, unless something that outweighs them is wanted of the same object. */
  forget(goals: readonly Goal[]): void {
    const rows = goals.filter(goal => weight(goal) >= weight(this.#rows.get<Pending>(rowOf(goal)))).map(rowOf)
    this.#rows.delete(...rows)
    for (const row of rows) this.#looked.delete(row)
  }

  /** Writes down how far a round came. What was forgotten meanwhile stays so. */
  note(account: Account, { reached, added, abandoned = [] }: Progress): void {
    this.forget([...reached, ...abandoned])
    this.add(account, added)
  }

  /**
   * Begins a round, at a ring of the alarm.
   * @returns whether it is the turn of a goal: of those that wait for theirs it is not, of those that are new it is
   */
  begin(): (goal: Pending) => boolean {
    const now = this.#now()
    const resting = new Set<string>()
    for (const [row, goal] of this.#rows.list<Pending>(GOAL)) {
      if (this.#dueAt(goal) > now) resting.add(row)
      else this.#looked.set(row, now)
    }
    return goal => !resting.has(rowOf(goal))
  }

  /** The goals of a kind. */
  all<K extends Kind>(kind: K): Pending<GoalOf<K>>[] {
    return [...this.#rows.list<Pending<GoalOf<K>>>(`${GOAL}${kind}:`).values()]
  }

  /** Those of the goals that are still wanted, as they are now. */
  still<G extends Goal>(goals: readonly G[]): Pending<G>[] {
    return goals.flatMap(goal => this.#rows.get<Pending<G>>(rowOf(goal)) ?? [])
  }

  /** The launches of a request of which nobody knows how they went. */
  undecided(request: string): Pending<Launch>[] {
    return this.all('launch').filter(launch => launch.request === request && launch.kept === undefined)
  }

  /** When to look after the goals again; undefined where there are none. */
  get due(): number | undefined {
    const times = [...this.#rows.list<Pending>(GOAL).values()].map(goal => this.#dueAt(goal))
    // What could be looked after now, and was not, has to wait as well
    return times.length > 0 ? Math.max(Math.min(...times), this.#now() + SOONEST) : undefined
  }

  #dueAt(goal: Pending): number {
    const looked = this.#looked.get(rowOf(goal)) ?? goal.since
    const next = looked + Math.min(LATEST, Math.max(SOONEST, (looked - goal.since) / 2))
    return Math.max(next, restsUntil(goal) ?? 0)
  }
}

/**
 * Until when a goal is the affair of the request that set it, or of calls that may yet take effect; undefined where it is
 * not, or not any more.
 */
export function restsUntil(goal: Pending): number | undefined {
  if (goal.kind === 'capture') return goal.until
  if (goal.kind === 'launch' && goal.kept === undefined) return decidedAt(goal)
  if (goal.kind === 'reservation' && !goal.lost) return goal.since + RUNS_FOR
  if (goal.kind === 'import' && goal.number === undefined) return goal.until
  return undefined
}
