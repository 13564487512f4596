// Rounds for what is unfinished: kind by kind, under the locks of what they are about, each failure a matter of its kind.
import type { Account } from '../ec2/core/account.ts'
import { causeOf } from '../ec2/core/cause.ts'
import type { Pending, Refused, Task, TaskKind, Tools } from '../ec2/core/tasks.ts'
import type { UsageNotes, Used } from '../ec2/core/usage.ts'
import { log } from '../lib/log.ts'
import { limits } from '../limits.ts'
import { OneUnavailable } from '../opennebula/errors.ts'
import type { Locks } from './locks.ts'
import type { TaskStore } from './task-store.ts'
import type { ClientTokens } from './tokens.ts'

const HOUR = 60 * 60 * 1000

/** So often tasks of a kind are tried in a round of which some fail. */
const TRIES = 6

/** A round for what is unfinished. */
export interface Round {
  /** Whose turn it is; everybody's where absent. */
  readonly isDue?: (task: Pending) => boolean
  /** When it has to be over; milliseconds since 1970. */
  readonly deadline?: number | undefined
  /** The request that asks for it; absent where the alarm does. */
  readonly requestId?: string
}

export interface ReconcilerParts {
  readonly kinds: readonly TaskKind<Task>[]
  readonly tasks: TaskStore
  readonly tokens: ClientTokens
  readonly locks: Locks
  readonly usage: UsageNotes
  readonly tools: (account: Account, round: Round) => Tools
  /** Tells the account that what was accepted came to nothing. */
  readonly refused: (account: Account, refused: Refused) => Promise<void>
  readonly now: () => number
  /** What a line of the log says of an account. */
  readonly whose: (account: Account) => object
}

/** Reconciles the tasks of one account with what there is. */
export class Reconciler {
  readonly #parts: ReconcilerParts

  constructor(parts: ReconcilerParts) {
    this.#parts = parts
  }

  /** One round for all kinds, in the order of their table: the first ones leave tasks to the later ones. */
  async round(round: Round): Promise<void> {
    const { kinds, tasks } = this.#parts
    // An account has tasks of few kinds: the others are not looked for one by one
    const present = () => new Set(tasks.all().map(({ kind }) => kind))
    let open = present()
    for (const kind of kinds) {
      if (!open.has(kind.kind)) continue
      await this.#roundOf(kind, round)
      open = present()
    }
  }

  /** Writes tasks down. The token of a request of which nothing is left begins a new one. */
  add(account: Account, tasks: readonly Task[]): void {
    const { tasks: store, tokens, usage } = this.#parts
    for (const task of store.add(account, tasks)) {
      const used = store.kindOf(task).used?.(task)
      if (used) usage.ended(used)
    }
    for (const task of tasks) {
      const request = store.kindOf(task).frees?.(task)
      if (request !== undefined) tokens.forget(request)
    }
  }

  /** What fails is tried again in the next round: no kind keeps the others waiting. */
  async #roundOf(kind: TaskKind<Task>, round: Round): Promise<void> {
    const { isDue = () => true, deadline } = round
    const { tasks: store, locks, tools } = this.#parts
    const { account } = store
    try {
      const tasks = store.of(kind).filter(task => this.#isRipe(kind, task) && isDue(task))
      if (!account || tasks.length === 0) return
      await locks.hold(
        tasks.flatMap(task => kind.locks?.(task) ?? []),
        () => this.#reconcile(kind, store.still(tasks), account, tools(account, round)),
        deadline,
      )
    } catch (error) {
      this.#logFailure(kind, error)
    }
  }

  /** What could not be done for too long is given up: its object stays, and is shown, as it is. */
  async #reconcile(kind: TaskKind<Task>, tasks: readonly Pending[], account: Account, tools: Tools): Promise<void> {
    const old = tasks.filter(task => kind.giveUp !== undefined && this.#isOld(task))
    if (old.length > 0) await this.#sayLast(kind, old, tools)
    this.#giveUp(old, account)
    const open = tasks.filter(task => !old.includes(task))
    await this.#take(kind, open, account, tools)
  }

  /** Whether it can be said or not, they end. @throws OneUnavailable */
  async #sayLast(kind: TaskKind<Task>, tasks: readonly Pending[], tools: Tools): Promise<void> {
    try {
      await tools.one.multicall((await kind.giveUp?.(tasks, tools)) ?? [])
    } catch (error) {
      if (error instanceof OneUnavailable) throw error
      this.#logFailure(kind, error)
    }
  }

  /**
   * Takes tasks further. One that always fails keeps no others waiting: they are tried in halves then, as far as a round may go;
   * it ends when it is old, whatever its kind says of that.
   */
  async #take(kind: TaskKind<Task>, tasks: readonly Pending[], account: Account, tools: Tools): Promise<void> {
    const lots = tasks.length > 0 ? [tasks] : []
    for (const lot of lots) {
      try {
        const { finished, refused = [], begun } = await kind.reconcile(lot, tools)
        this.#parts.tasks.remove([...finished, ...refused.map(({ task }) => task)])
        this.add(account, begun)
        for (const each of refused) await this.#parts.refused(account, each)
      } catch (error) {
        // Nobody knows anything then, of any of them
        if (error instanceof OneUnavailable) throw error
        this.#logFailure(kind, error)
        const middle = Math.ceil(lot.length / 2)
        if (lot.length === 1) this.#giveUp(kind.stays ? [] : lot.filter(task => this.#isOld(task)), account)
        else if (lots.length < TRIES) lots.push(lot.slice(0, middle), lot.slice(middle))
      }
    }
  }

  #isOld({ since }: Pending): boolean {
    return since < this.#parts.now() - limits.goalAge.most * HOUR
  }

  #giveUp(tasks: readonly Pending[], account: Account): void {
    const { tasks: store, whose } = this.#parts
    store.remove(tasks)
    for (const task of tasks) {
      this.#takeBack(store.kindOf(task).used?.(task), task)
      log('given-up', { ...whose(account), ...this.ageOf(task) }, true)
    }
  }

  #logFailure({ kind }: TaskKind<Task>, error: unknown): void {
    const {
      tasks: { account },
      whose,
    } = this.#parts
    log('unfinished', { ...(account && whose(account)), kind, cause: causeOf(error) }, true)
  }

  /** What is there still was never gone: OpenNebula says how long it has been there. */
  #takeBack(used: Used | undefined, { since }: Pending): void {
    if (used) this.#parts.usage.ended({ ...used, until: Math.floor(since / 1000), amount: -used.amount })
  }

  /** What is its request's own affair waits while that runs, or may be repeated; what may still come about as well. */
  #isRipe(kind: TaskKind<Task>, task: Pending): boolean {
    const { locks, now } = this.#parts
    const until = kind.restsUntil?.(task)
    return until === undefined || (until <= now() && !kind.locks?.(task).some(name => locks.isHeld(name)))
  }

  /** What a line of the log says of a task. */
  ageOf(task: Pending) {
    const { tasks: store, now } = this.#parts
    return { task: store.nameOf(task), wanted: task.wanted, seconds: Math.round((now() - task.since) / 1000) }
  }
}
