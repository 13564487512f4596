// Queues in memory, one a resource: what one request changes, no other request of the account changes meanwhile.
import { within } from '../lib/within.ts'
import { Ec2Error } from '../protocol/errors.ts'

/** Names of which it is remembered when they were let go. */
const REMEMBERED = 1000

/** Locks by name. Works because everything that changes an account runs in the account's one Durable Object. */
export class Locks {
  readonly #tails = new Map<string, Promise<void>>()
  #moment = 0
  /** The moments in which names were let go last, the latest behind. */
  readonly #left = new Map<string, number>()
  /** The latest of those that are not remembered. */
  #forgotten = 0

  /** This moment: it is later than all that was let go before, and earlier than all that will be. */
  moment(): number {
    return ++this.#moment
  }

  /** Whether somebody holds `name`, or waits for it. */
  isHeld(name: string): boolean {
    return this.#tails.has(name)
  }

  /**
   * Runs `work` when everybody who asked for one of `names` before is done.
   *
   * All names are queued for at once, so two requests that share several cannot wait for each other.
   * @param work is told the moment in which one of them was let go last
   * @param deadline when there is no time left to wait; milliseconds since 1970
   * @throws Ec2Error RequestLimitExceeded after it; `work` did not run
   */
  async hold<T>(names: Iterable<string>, work: (left: number) => Promise<T>, deadline?: number): Promise<T> {
    const wanted = new Set(names)
    const ahead = Promise.all([...wanted].flatMap(name => this.#tails.get(name) ?? []))
    const { promise: done, resolve: release } = Promise.withResolvers<void>()
    for (const name of wanted) this.#tails.set(name, done)
    const leave = () => {
      for (const name of wanted) if (this.#tails.get(name) === done) this.#tails.delete(name)
      this.#letGo(wanted)
      release()
    }
    if (!(await isOverBy(ahead, deadline))) {
      // Those behind wait for those ahead all the same
      void ahead.then(leave)
      throw stillAtWork()
    }
    try {
      return await work(Math.max(this.#forgotten, ...Array.from(wanted, name => this.#left.get(name) ?? 0)))
    } finally {
      leave()
    }
  }

  #letGo(names: ReadonlySet<string>): void {
    const moment = this.moment()
    for (const name of names) {
      this.#left.delete(name)
      this.#left.set(name, moment)
    }
    for (const [name, left] of this.#left) {
      if (this.#left.size <= REMEMBERED) return
      this.#left.delete(name)
      this.#forgotten = left
    }
  }
}

/** Clients ask again after a while, as where they ask too often. */
const stillAtWork = () =>
  new Ec2Error('RequestLimitExceeded', 'What was asked for earlier is still being worked on. Please try again.')

async function isOverBy(work: Promise<unknown>, deadline: number | undefined): Promise<boolean> {
  const over = work.then(() => true)
  if (deadline === undefined) return over
  return (await within(Math.max(0, deadline - Date.now()), over)) ?? false
}
