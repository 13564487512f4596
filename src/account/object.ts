// The account's Durable Object: everything that changes an account runs here, once, and what is unfinished is finished.
import { DurableObject } from 'cloudflare:workers'
import type { Env } from '../config.ts'
import { actions } from '../ec2/actions.ts'
import { decide, decidedAt, isComplete, type Launch, type Launched } from '../ec2/aftermath.ts'
import type { Account, ChangeContext, Context, NewLaunch, Staging } from '../ec2/context.ts'
import { isFinal, toEc2Error, unavailable } from '../ec2/failures.ts'
import { type Goal, type Kind, lockOf, type Pending, type Tools } from '../ec2/goals.ts'
import { uploadImage } from '../ec2/images.ts'
import { describeLaunch } from '../ec2/launch.ts'
import type { Action } from '../ec2/model/types.ts'
import { goalKinds, pursue } from '../ec2/pursuit.ts'
import { causeOf, log } from '../log.ts'
import { type Meter, newMeter } from '../opennebula/transport.ts'
import { stopDryRun } from '../protocol/dryrun.ts'
import { stagingKey } from '../staging/key.ts'
import { signLink } from '../staging/link.ts'
import { contextFor, wire } from '../wiring.ts'
import { Locks } from './locks.ts'
import { Rows } from './rows.ts'
import { type Attempt, ClientTokens } from './tokens.ts'
import { Unfinished } from './unfinished.ts'

/** A change that the Worker hands over: already authenticated, its input parsed. */
export interface Order {
  readonly action: string
  readonly input: OrderInput
  readonly account: Account
  readonly requestId: string
  readonly endpoint: string
}

/** What the mechanisms around an action look at in its input. */
export interface OrderInput {
  readonly ClientToken?: string
  readonly DryRun?: boolean
}

/** How it went. Errors cross as data: a thrown one would lose its code on the way. */
export type Performed = { readonly meter: Meter } & (
  | { readonly output: object | undefined; readonly error?: undefined }
  | { readonly error: { readonly code: string; readonly message: string; readonly status: number } }
)

const now = () => Date.now()

/** econe's own action has no schema of AWS's, and no row. */
const changes = { ...actions, UploadImage: { changes: true, run: uploadImage } }

/** One per OpenNebula user, named by the account id. */
export class AccountObject extends DurableObject<Env> {
  readonly #locks = new Locks()
  readonly #rows: Rows
  readonly #tokens: ClientTokens
  readonly #unfinished: Unfinished

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    this.#rows = new Rows(state.storage)
    this.#tokens = new ClientTokens(this.#rows, this.#locks, now)
    this.#unfinished = new Unfinished(this.#rows, now)
  }

  /** Runs a change of this account. */
  async perform(order: Order): Promise<Performed> {
    const meter = newMeter()
    try {
      const output = await this.#run(order, meter)
      await this.#wake()
      return { output, meter }
    } catch (error) {
      const { code, message, status } = toEc2Error(error)
      if (status >= 500) log('failure', { requestId: order.requestId, cause: causeOf(error) }, true)
      return { error: { code, message, status }, meter }
    }
  }

  /** Finishes what is unfinished, and comes again while something is. */
  override async alarm(): Promise<void> {
    try {
      for (const kind of goalKinds) await this.#look(kind)
    } finally {
      this.#tokens.expire()
      await this.#wake()
    }
  }

  /** One round for the goals of a kind. What fails is tried again in the next: no kind keeps the others waiting. */
  async #look<K extends Kind>(kind: K): Promise<void> {
    const account = this.#unfinished.account
    const goals = this.#unfinished.all(kind).filter(goal => this.#isRipe(goal))
    if (!account || goals.length === 0) return
    try {
      await this.#locks.hold(
        goals.flatMap(goal => lockOf(goal) ?? []),
        async () => {
          const progress = await pursue(kind, this.#unfinished.still(goals), this.#tools(account))
          this.#unfinished.note(account, progress)
          for (const goal of progress.added) this.#letGo(goal)
        },
      )
    } catch (error) {
      log('unfinished', { account: account.id, kind, cause: causeOf(error) }, true)
    }
  }

  /** A launch that nobody decided yet is its request's own affair while that runs, or may be repeated. */
  #isRipe(goal: Pending): boolean {
    if (goal.kind !== 'launch' || goal.kept !== undefined) return true
    return decidedAt(goal) <= now() && !this.#locks.isHeld(goal.request)
  }

  /** The token of a launch of which nothing is kept begins a new one: its ids are those of instances that go. */
  #letGo(goal: Goal): void {
    if (goal.kind === 'launch' && goal.repeatable && goal.kept?.size === 0) this.#tokens.forget(goal.request)
  }

  #tools(account: Account): Tools {
    const { client, mint } = wire(this.env)
    const one = client(account.user.name, newMeter())
    return { one, account, mint, now, unstage: keys => this.env.STAGING.delete(keys) }
  }

  /** Has the alarm ring when something is due. */
  async #wake(): Promise<void> {
    const times = [this.#unfinished.due, this.#tokens.due].filter(time => time !== undefined)
    if (times.length > 0) await this.#rows.wakeBy(Math.min(...times))
  }

  async #run(order: Order, meter: Meter): Promise<object | undefined> {
    const { ClientToken, ...request } = order.input
    if (ClientToken && !order.input.DryRun) return this.#runOnce(order, ClientToken, request, meter)
    const attempt = { request: order.requestId, since: now(), resumed: false }
    const { output } = await this.#locks.hold([attempt.request], () => this.#attempt(order, meter, attempt))
    return output
  }

  /** The answer of a launch may be larger than a row: a repeat is answered from what it launched. */
  async #runOnce(order: Order, token: string, request: object, meter: Meter): Promise<object | undefined> {
    let fresh: Ran | undefined
    const kept = await this.#tokens.once(order.action, token, request, async attempt => {
      fresh = await this.#attempt(order, meter, attempt)
      const { output, launched } = fresh
      return launched ? { launched } : { output }
    })
    if (fresh) return fresh.output
    return 'launched' in kept ? describeLaunch(kept.launched, await this.#readContext(order, meter)) : kept.output
  }

  async #attempt(order: Order, meter: Meter, attempt: Attempt): Promise<Ran> {
    let launched: Launched | undefined
    const keep = (launch: Launched) => {
      launched = launch
    }
    try {
      const output = await changeOf(order.action)(order.input, await this.#context(order, meter, attempt, keep))
      return { output, launched }
    } catch (error) {
      // A request that will not be repeated leaves nothing to whoever might find it
      if (attempt.seed === undefined || isFinal(error)) {
        const lost = this.#unfinished.undecided(attempt.request).map(launch => decide(launch, new Map(), false, now()))
        this.#unfinished.add(order.account, lost)
        if (lost.length > 0) await this.#wake()
      }
      throw error
    }
  }

  #readContext(order: Order, meter: Meter): Promise<Context> {
    const defer = (work: Promise<unknown>) => this.ctx.waitUntil(work)
    return contextFor(this.env, { ...order, meter, defer })
  }

  async #context(
    order: Order,
    meter: Meter,
    attempt: Attempt,
    keep: (launched: Launched) => void,
  ): Promise<ChangeContext> {
    const { account, input } = order
    const context = await this.#readContext(order, meter)
    const one = wire(this.env).client(account.user.name, meter)
    return {
      ...context,
      staging: this.#staging(order),
      commit: () => {
        stopDryRun(input)
        return one
      },
      hold: (names, work) => this.#locks.hold(names, work),
      seed: index => attempt.seed && `${attempt.seed} ${index}`,
      resumed: attempt.resumed,
      since: attempt.since,
      pursue: async goals => {
        this.#unfinished.add(account, goals)
        await this.#wake()
      },
      forget: async goals => this.#unfinished.forget(goals),
      unclaimedKeyPairs: () => new Set(this.#unfinished.all('keyPair').map(({ id }) => id)),
      begin: async launch => {
        this.#unfinished.add(account, [asGoal(launch, attempt)])
        await this.#wake()
      },
      conclude: async (launch, kept) => {
        keep({ reservation: launch.reservation, kept })
        const decided = decide(asGoal(launch, attempt), kept, !attempt.resumed, now())
        if (isComplete(decided, !attempt.resumed)) return this.#unfinished.forget([decided])
        this.#unfinished.add(account, [decided])
        this.#letGo(decided)
        for (const kind of goalKinds) await this.#look(kind)
        await this.#wake()
      },
    }
  }

  async #isStaged(key: string): Promise<boolean> {
    try {
      return (await this.env.STAGING.head(key)) !== null
    } catch {
      throw unavailable()
    }
  }

  #staging({ account, endpoint }: Pick<Order, 'account' | 'endpoint'>): Staging {
    return {
      find: async imageId => {
        const key = stagingKey({ account: account.id, imageId })
        if (!(await this.#isStaged(key))) return undefined
        const { config, linkKey } = wire(this.env)
        const link = await signLink(config.publicUrl ?? endpoint, key, {
          linkKey: await linkKey(),
          now,
          lifetime: config.importWithin,
        })
        return { key, link }
      },
    }
  }
}

/** What came of a run. */
interface Ran {
  readonly output: object | undefined
  readonly launched?: Launched | undefined
}

const asGoal = (launch: NewLaunch, { request, seed }: Attempt): Launch => ({
  ...launch,
  kind: 'launch',
  request,
  repeatable: seed !== undefined,
})

type Run = (input: object, context: ChangeContext) => Promise<object | undefined>

function changeOf(action: string): Run {
  const row = action in changes ? changes[action as Action] : undefined
  if (!row?.changes) throw new TypeError(`${action} is no change`)
  // The input was parsed by the schema of this very action
  return row.run as Run
}
