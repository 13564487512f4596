// The tasks of an account, as rows that outlive its object. What a task is about only its kind knows.
import type { Account } from '../ec2/core/account.ts'
import type { Pending, Progress, Task, TaskKind, UnfinishedTask } from '../ec2/core/tasks.ts'
import type { Rows } from './rows.ts'

const TASK = 'task:'
const ACCOUNT = 'account'

/** A task is looked after soon at first, and less often the longer it takes; milliseconds. */
const SOONEST = 500
const LATEST = 10 * 60 * 1000

/** The tasks of one account. */
export class TaskStore {
  readonly #rows: Rows
  /** By name, in the order of the table. */
  readonly #kinds: ReadonlyMap<string, TaskKind<Task>>
  readonly #now: () => number
  /** When each task was last looked after, by its row; in memory, for a new object may look at once. */
  readonly #looked = new Map<string, number>()

  constructor(rows: Rows, kinds: readonly TaskKind<Task>[], now: () => number) {
    this.#rows = rows
    this.#kinds = new Map(kinds.map(kind => [kind.kind, kind]))
    this.#now = now
  }

  /** Whom to act as: the alarm comes without a request. */
  get account(): Account | undefined {
    return this.#rows.get<Account>(ACCOUNT)
  }

  /**
   * Writes tasks down. One an object: to terminate an instance outweighs to stop it.
   * @returns those whose objects had none
   */
  add(account: Account, tasks: readonly Task[]): readonly Task[] {
    const fresh: Task[] = []
    for (const task of tasks) {
      const kind = this.kindOf(task)
      const earlier = this.#rows.get<Pending>(this.#rowOf(task))
      if (earlier === undefined) fresh.push(task)
      if (earlier !== undefined && weight(kind, earlier) > weight(kind, task)) continue
      const goesOn = earlier !== undefined && weight(kind, earlier) === weight(kind, task)
      const since = goesOn && !kind.isAnother?.(task, earlier) ? earlier.since : this.#now()
      this.#rows.put(this.#rowOf(task), { ...task, since })
    }
    if (tasks.length > 0 && !isSame(this.account, account)) this.#rows.put(ACCOUNT, account)
    return fresh
  }

  /** Follows a user who got another name: whoever acts for the account acts by that. */
  follow(account: Account): void {
    const known = this.account
    if (known && known.user.name !== account.user.name) this.#rows.put(ACCOUNT, account)
  }

  /** Forgets all tasks: nobody is there any more to act as. @returns how many there were */
  drop(): number {
    const rows = [...this.#rows.list(TASK).keys()]
    this.#rows.delete(...rows)
    this.#looked.clear()
    return rows.length
  }

  /** Forgets tasks, unless something that outweighs them is wanted of the same object. */
  remove(tasks: readonly Task[]): void {
    const rows = tasks.filter(task => !this.#isOutweighed(task)).map(task => this.#rowOf(task))
    this.#rows.delete(...rows)
    for (const row of rows) this.#looked.delete(row)
  }

  /** Writes down how far a round came. What was forgotten meanwhile stays so. */
  note(account: Account, { finished, begun }: Progress): void {
    this.remove(finished)
    this.add(account, begun)
  }

  /**
   * Begins a round, at a ring of the alarm.
   * @returns whether it is the turn of a task: of those that wait for theirs it is not, of those that are new it is
   */
  begin(): (task: Pending) => boolean {
    const now = this.#now()
    const resting = new Set<string>()
    for (const task of this.all()) {
      const row = this.#rowOf(task)
      if (this.#dueAt(task) > now) resting.add(row)
      else this.#looked.set(row, now)
    }
    return task => !resting.has(this.#rowOf(task))
  }

  /** The tasks of a kind. */
  of<T extends Task>({ kind }: Pick<TaskKind<T>, 'kind'>): Pending<T>[] {
    return [...this.#rows.list<Pending<T>>(`${TASK}${kind}:`).values()]
  }

  /** All tasks. Of a kind that only a later release knows they wait for that. */
  all(): Pending[] {
    return [...this.#rows.list<Pending>(TASK).values()].filter(({ kind }) => this.#kinds.has(kind))
  }

  /** Keys of what is staged, and followed up. */
  get staged(): string[] {
    return this.all().flatMap(task => this.kindOf(task).staged?.(task) ?? [])
  }

  /** The names of those by which something goes that counts as used. */
  get ending(): string[] {
    return this.all().flatMap(task => (this.kindOf(task).ends?.(task) ? this.nameOf(task) : []))
  }

  /** What there is to tell of all tasks, the oldest first; those too that only a later release knows. */
  unfinished(): UnfinishedTask[] {
    return [...this.#rows.list<Pending>(TASK)]
      .filter(([, { kind }]) => !this.#kinds.get(kind)?.stays)
      .map(([row, task]) => {
        const { kind, wanted, since } = task
        const next = this.#kinds.has(kind) ? this.#dueAt(task) : undefined
        const id = row.slice(`${TASK}${kind}:`.length)
        return { kind, id, since, ...(wanted !== undefined && { wanted }), ...(next !== undefined && { next }) }
      })
      .toSorted((one, other) => one.since - other.since)
  }

  /** Those of the tasks that are still wanted, as they are now. */
  still<T extends Task>(tasks: readonly T[]): Pending<T>[] {
    return tasks.flatMap(task => this.#rows.get<Pending<T>>(this.#rowOf(task)) ?? [])
  }

  /** When to look after the tasks again; undefined where there are none. */
  get due(): number | undefined {
    const times = this.all().map(task => this.#dueAt(task))
    // What could be looked after now, and was not, has to wait as well
    return times.length > 0 ? Math.max(Math.min(...times), this.#now() + SOONEST) : undefined
  }

  /** The name of a task among all of the account. */
  nameOf(task: Task): string {
    return `${task.kind}:${this.kindOf(task).id(task)}`
  }

  kindOf(task: Task): TaskKind<Task> {
    const kind = this.#kinds.get(task.kind)
    if (!kind) throw new TypeError(`there is no kind of task '${task.kind}'`)
    return kind
  }

  #rowOf(task: Task): string {
    return TASK + this.nameOf(task)
  }

  #isOutweighed(task: Task): boolean {
    const kind = this.kindOf(task)
    const current = this.#rows.get<Pending>(this.#rowOf(task))
    return current !== undefined && weight(kind, current) > weight(kind, task)
  }

  #dueAt(task: Pending): number {
    const looked = this.#looked.get(this.#rowOf(task)) ?? task.since
    const next = looked + Math.min(LATEST, Math.max(SOONEST, (looked - task.since) / 2))
    return Math.max(next, this.kindOf(task).restsUntil?.(task) ?? 0)
  }
}

/** Whether it says the same of whom to act as. */
const isSame = (known: Account | undefined, { id, user, allowAdmin }: Account): boolean =>
  known?.id === id && known.user.id === user.id && known.user.name === user.name && known.allowAdmin === allowAdmin

const weight = (kind: TaskKind<Task>, task: Task): number => kind.weight?.(task) ?? 0
