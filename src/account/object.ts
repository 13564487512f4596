// The account's Durable Object: everything that changes an account runs here, once, and what is unfinished is finished.
import { DurableObject } from 'cloudflare:workers'
import type { Env } from '../config.ts'
import { actions } from '../ec2/actions.ts'
import { decide, isComplete, type Launch, type Launched } from '../ec2/aftermath.ts'
import type { Account, ChangeContext, Context, NewLaunch, Staging } from '../ec2/context.ts'
import { isFinal, toEc2Error, unavailable } from '../ec2/failures.ts'
import { type Goal, type Kind, keyOf, locksOf, type Pending, type Tools } from '../ec2/goals.ts'
import { uploadImage } from '../ec2/images.ts'
import { describeLaunch } from '../ec2/launch.ts'
import type { Action } from '../ec2/model/types.ts'
import { goalKinds, pursue } from '../ec2/pursuit.ts'
import { noDownloads, stageImage, unstageImage } from '../ec2/uploads.ts'
import { causeOf, log } from '../log.ts'
import { type Meter, newMeter } from '../opennebula/transport.ts'
import { stopDryRun } from '../protocol/dryrun.ts'
import type { ToldError } from '../protocol/errors.ts'
import { stagingKey } from '../staging/key.ts'
import { signLink } from '../staging/link.ts'
import { originForDownloads } from '../staging/own-address.ts'
import { type Caller, contextFor, type Defer, type Wiring, wire } from '../wiring.ts'
import { KeyVersions } from './key-versions.ts'
import { Locks } from './locks.ts'
import { Rows } from './rows.ts'
import { type Attempt, ClientTokens } from './tokens.ts'
import { restsUntil, Unfinished } from './unfinished.ts'

/** A change that the Worker hands over: already authenticated, its input parsed. */
export interface Order extends Caller {
  readonly action: string
  readonly input: OrderInput
  readonly requestId: string
  readonly endpoint: string
  /** When it has to be answered; milliseconds since 1970. What is not known by then goes on by itself. */
  readonly deadline?: number | undefined
}

/** What the mechanisms around an action look at in its input. */
export interface OrderInput {
  readonly ClientToken?: string
  readonly DryRun?: boolean
}

/** How it went. Errors cross as data: a thrown one would lose its code on the way. */
export type Performed = { readonly meter: Meter } & (
  | { readonly output: object | undefined; readonly error?: undefined }
  | { readonly error: Refused }
)

/** An error, and for the log what is behind one that is not the caller's. */
interface Refused extends ToldError {
  readonly cause?: string | undefined
}

const now = () => Date.now()

/** What an upload consists of: econe's own action has no schema of AWS's, and no row. Nobody can ask for the others. */
const changes = {
  ...actions,
  StageImage: { changes: true, run: stageImage },
  UnstageImage: { changes: true, run: unstageImage },
  UploadImage: { changes: true, run: uploadImage },
}

/** One per OpenNebula user, named by the account id. */
export class AccountObject extends DurableObject<Env> {
  readonly #locks = new Locks()
  readonly #defer: Defer = work => this.ctx.waitUntil(work)
  readonly #rows: Rows
  readonly #tokens: ClientTokens
  readonly #unfinished: Unfinished
  readonly #keys: KeyVersions
  #ownStandings: ReturnType<Wiring['ownStandings']> | undefined

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    this.#rows = new Rows(state.storage)
    this.#tokens = new ClientTokens(this.#rows, this.#locks, now)
    this.#unfinished = new Unfinished(this.#rows, now)
    this.#keys = new KeyVersions(this.#rows)
  }

  /** Runs a change of this account. */
  async perform(order: Order): Promise<Performed> {
    const meter = newMeter(order.deadline)
    try {
      this.#unfinished.follow(order.account)
      const output = await this.#run(order, meter)
      await this.#wake()
      return { output, meter }
    } catch (error) {
      const { code, message, status } = toEc2Error(error)
      return { error: { code, message, status, cause: status >= 500 ? causeOf(error) : undefined }, meter }
    }
  }

  /**
   * Whether a version of the record of one of the account's keys is the newest that was seen anywhere; remembers it if so.
   * @throws Error where the storage fails: nobody knows then whether the record counts
   */
  isNewestKey(accessKeyId: string, version: number): boolean {
    return this.#keys.isNewest(accessKeyId, version)
  }

  /** Keys of all that is staged and followed up. */
  async staged(): Promise<string[]> {
    return this.#unfinished.all('import').map(({ key }) => key)
  }

  /** Finishes what is unfinished, and comes again while something is. */
  override async alarm(): Promise<void> {
    try {
      const isDue = this.#unfinished.begin()
      if (await this.#mayAct()) for (const kind of goalKinds) await this.#look(kind, { isDue })
    } finally {
      this.#tokens.expire()
      await this.#wake()
    }
  }

  /**
   * Whether the account's user is still the one whose requests were accepted: the alarm comes long after their keys were
   * checked. What a user who was deleted had wanted is forgotten; of one who was disabled, renamed or made an administrator
   * it waits.
   */
  async #mayAct(): Promise<boolean> {
    const account = this.#unfinished.account
    if (!account || this.#unfinished.due === undefined) return false
    try {
      const verdict = await this.#standings().judge(account, this.#defer)
      if (verdict === 'gone') log('dropped', { account: account.id, goals: this.#unfinished.drop() })
      if (verdict === 'suspended') log('waiting', { account: account.id })
      return verdict === 'valid'
    } catch (error) {
      log('unfinished', { account: account.id, cause: causeOf(error) }, true)
      return false
    }
  }

  #standings() {
    this.#ownStandings ??= wire(this.env).ownStandings()
    return this.#ownStandings
  }

  /** One round for the goals of a kind. What fails is tried again in the next: no kind keeps the others waiting. */
  async #look<K extends Kind>(kind: K, { isDue = () => true, deadline }: Round): Promise<void> {
    const account = this.#unfinished.account
    const goals = this.#unfinished.all(kind).filter(goal => this.#isRipe(goal) && isDue(goal))
    if (!account || goals.length === 0) return
    try {
      await this.#locks.hold(
        goals.flatMap(locksOf),
        async () => {
          const progress = await pursue(kind, this.#unfinished.still(goals), this.#tools(account, deadline))
          this.#unfinished.note(account, progress)
          for (const goal of progress.added) this.#letGo(goal)
          for (const goal of progress.abandoned ?? []) log('abandoned', { account: account.id, ...ageOf(goal) }, true)
        },
        deadline,
      )
    } catch (error) {
      log('unfinished', { account: account.id, kind, cause: causeOf(error) }, true)
    }
  }

  /** What is its request's own affair waits while that runs, or may be repeated; what may still come about as well. */
  #isRipe(goal: Pending): boolean {
    const until = restsUntil(goal)
    return until === undefined || (until <= now() && !locksOf(goal).some(name => this.#locks.isHeld(name)))
  }

  /** The token of a launch of which nothing is kept begins a new one: its ids are those of instances that go. */
  #letGo(goal: Goal): void {
    if (goal.kind === 'launch' && goal.repeatable && goal.kept?.size === 0) this.#tokens.forget(goal.request)
  }

  #tools(account: Account, deadline: number | undefined): Tools {
    const { client, mint, config } = wire(this.env)
    const one = client(account.user.name, newMeter(deadline))
    const { importWithin } = config
    const unstage = (keys: string[]) => this.env.STAGING.delete(keys)
    return { one, account, mint: mint.seenBy(account.user.id), now, importWithin, unstage }
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
    const run = async (attempt: Attempt) => {
      fresh = await this.#attempt(order, meter, attempt)
      const { output, launched } = fresh
      return launched ? { launched } : { output }
    }
    const kept = await this.#tokens.once({ action: order.action, token, request, deadline: order.deadline }, run)
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
    return contextFor(this.env, { ...order, meter, defer: this.#defer })
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
      hold: (names, work) => this.#locks.hold(names, work, order.deadline),
      seed: index => attempt.seed && `${attempt.seed} ${index}`,
      resumed: attempt.resumed,
      since: attempt.since,
      pursue: async goals => {
        this.#unfinished.add(account, goals)
        await this.#wake()
      },
      captures: () => this.#unfinished.all('capture'),
      forget: async goals => this.#unfinished.forget(goals),
      unclaimedKeyPairs: () => new Set(this.#unfinished.all('keyPair').map(({ id }) => id)),
      begin: async launch => {
        this.#unfinished.add(account, [asGoal(launch, attempt)])
        await this.#wake()
      },
      conclude: async (launch, kept, shown) => {
        keep({ reservation: launch.reservation, kept })
        const certain = shown && !attempt.resumed
        const decided = decide(asGoal(launch, attempt), kept, certain, now())
        if (isComplete(decided, certain)) return this.#unfinished.forget([decided])
        this.#unfinished.add(account, [decided])
        this.#letGo(decided)
        for (const kind of goalKinds) await this.#look(kind, order)
        await this.#wake()
      },
    }
  }

  async #stagedObject(key: string): Promise<R2Object | null> {
    try {
      return await this.env.STAGING.head(key)
    } catch {
      throw unavailable()
    }
  }

  #staging({ account, endpoint }: Pick<Order, 'account' | 'endpoint'>): Staging {
    const keyOf = (imageId: string) => stagingKey({ account: account.id, imageId })
    return {
      keyOf,
      find: async imageId => {
        const object = await this.#stagedObject(keyOf(imageId))
        if (object === null) return undefined
        const { config, linkKeys } = wire(this.env)
        const origin = originForDownloads(endpoint, config)
        if (origin === undefined) throw noDownloads()
        const { key, size: bytes } = object
        const link = await signLink(origin, key, { linkKeys: await linkKeys(), now, lifetime: config.importWithin })
        return { key, bytes, link }
      },
      all: () => this.#unfinished.all('import'),
      discard: async goal => {
        const gone = await this.env.STAGING.delete(goal.key).then(
          () => true,
          () => false,
        )
        // What could not be deleted stays written down, and the alarm does it
        if (gone) this.#unfinished.forget([goal])
      },
    }
  }
}

/** A round for what is unfinished. */
interface Round {
  /** Whose turn it is; everybody's where absent. */
  readonly isDue?: (goal: Pending) => boolean
  /** When it has to be over; milliseconds since 1970. */
  readonly deadline?: number | undefined
}

/** What a line of the log says of a goal. */
const ageOf = (goal: Pending) => ({
  goal: keyOf(goal),
  wanted: 'goal' in goal ? goal.goal : undefined,
  seconds: Math.round((now() - goal.since) / 1000),
})

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
