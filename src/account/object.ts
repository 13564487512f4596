// The account's Durable Object: everything that changes an account runs here, once, and what is unfinished is finished.
import { DurableObject } from 'cloudflare:workers'
import type { KeyVersion } from '../auth/keys.ts'
import type { Variables } from '../config/names.ts'
import { regionName, toldRegion } from '../config/regions.ts'
import type { Account } from '../ec2/core/account.ts'
import type { Call } from '../ec2/core/call.ts'
import { causeOf } from '../ec2/core/cause.ts'
import type { ChangeContext, Context } from '../ec2/core/context.ts'
import { isFinal, toEc2Error } from '../ec2/core/failures.ts'
import type { OwnKey } from '../ec2/core/identity.ts'
import type { Tools, UnfinishedTask } from '../ec2/core/tasks.ts'
import { taskKinds } from '../ec2/tasks.ts'
import type { Span } from '../lib/days.ts'
import { log } from '../lib/log.ts'
import { type Meter, newMeter } from '../opennebula/transport.ts'
import { stopDryRun } from '../protocol/dryrun.ts'
import { Bucket } from './bucket/bucket.ts'
import type { BucketAnswer, BucketCall } from './bucket/calls.ts'
import { reads } from './bucket/operations.ts'
import type { Usage } from './bucket/quota.ts'
import { Departed } from './departed.ts'
import { askedOf } from './events/bucket.ts'
import type { Asked, EventPage, EventQuery, Refusal } from './events/event.ts'
import { type Entry, Events } from './events/events.ts'
import { KeyVersions } from './key-versions.ts'
import { LateWrites } from './late-writes.ts'
import { Locks } from './locks.ts'
import { keyChanges, OwnKeys } from './own-keys.ts'
import { tasksOf } from './own-tasks.ts'
import { asksItself, leaveOf } from './permissions/leave.ts'
import { Reconciler, type Round } from './reconciler.ts'
import { Rows } from './rows.ts'
import { changeOf, type Noted, type Performed, type Ran, replay } from './runs.ts'
import type { Defer, Services } from './services.ts'
import { type Stores, stagingOf, unstage } from './staging.ts'
import { TaskStore } from './task-store.ts'
import { type Attempt, ClientTokens } from './tokens.ts'
import { upgrade } from './upgrade.ts'
import { type Metering, UsageMeter } from './usage/meter.ts'
import { UserStanding } from './user-standing.ts'

const now = () => Date.now()

/** The bindings that the object needs itself. */
export interface AccountBindings extends Variables {
  readonly STAGING: R2Bucket
}

/** One per OpenNebula user, named by the account id. The Worker's entry says what it works with. */
export abstract class AccountObject<Env extends AccountBindings = AccountBindings> extends DurableObject<Env> {
  readonly #locks = new Locks()
  readonly #defer: Defer = work => this.ctx.waitUntil(work)
  readonly #whose = ({ id }: Account) => ({ ...toldRegion(this.env), account: id })
  readonly #rows: Rows
  readonly #tokens: ClientTokens
  readonly #tasks: TaskStore
  readonly #keys: OwnKeys
  readonly #events: Events
  readonly #usage: UsageMeter
  readonly #late: LateWrites
  readonly #reconciler: Reconciler
  readonly #bucket: Bucket
  readonly #departed: Departed
  readonly #user: UserStanding

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    this.#rows = new Rows(state.storage)
    upgrade(this.#rows)
    this.#tokens = new ClientTokens(this.#rows, this.#locks, now)
    this.#tasks = new TaskStore(this.#rows, taskKinds, now)
    const keys = () => this.services().accessKeys
    this.#keys = new OwnKeys({ rows: this.#rows, versions: new KeyVersions(this.#rows), keys, now })
    this.#events = new Events(state.storage, now)
    this.#usage = new UsageMeter(this.#rows, now)
    const [tasks, tokens, locks, usage, whose] = [this.#tasks, this.#tokens, this.#locks, this.#usage, this.#whose]
    this.#late = new LateWrites(tasks, locks)
    this.#reconciler = new Reconciler({
      ...{ kinds: taskKinds, tasks, tokens, locks, usage, whose, tools: this.#tools, now },
      refused: (account, each) => this.#tell(account, () => this.#events.refuseLater(account, each, regionName(env))),
    })
    this.#bucket = new Bucket({
      ...{ storage: state.storage, now, defer: this.#defer },
      r2: () => this.env.STAGING,
      mostBytes: () => this.services().config.bucketBytes,
    })
    const standings = () => this.services().ownStandings()
    this.#user = new UserStanding({ standings, tasks, defer: this.#defer, whose })
    this.#departed = new Departed({ rows: this.#rows, bucket: this.#bucket, user: this.#user, now, whose })
  }

  /** What it works with, wired by whoever made the Worker. */
  protected abstract services(): Services

  /** Runs a change of this account. */
  async perform(call: Call): Promise<Performed> {
    const meter = newMeter(call)
    const entry = this.#events.entryOf(call)
    try {
      this.#tasks.follow(call.account)
      const output = await this.#run(call, meter, entry)
      entry.end({ output })
      await this.#wake()
      return { output, meter }
    } catch (error) {
      const { code, message, status } = toEc2Error(error)
      await this.#tell(call.account, () => entry.end({ error: { code, message, status } }))
      return { error: { code, message, status, cause: status >= 500 ? causeOf(error) : undefined }, meter }
    }
  }

  /** An event of a request that was refused before it came here. */
  async refused(asked: Asked, error: Refusal): Promise<void> {
    await this.#tell(asked.account, () => this.#events.refuse(asked, error))
  }

  /** The account's events, the newest first. @throws Error where the storage fails */
  lookUp(query: EventQuery): EventPage {
    return this.#events.find(query)
  }

  /**
   * Whether a version of the record of one of the account's keys is the newest that was seen, and its user has not taken the key
   * back; remembers the version if so. @throws Error where the storage fails: nobody knows then whether the record counts
   */
  isNewestKey(found: Omit<KeyVersion, 'user'>): boolean {
    return this.#keys.counts(found)
  }

  /** The access keys that the account's user has. */
  async accessKeys(account: Account): Promise<OwnKey[]> {
    return this.#keys.list(account)
  }

  /** Asks the account's bucket: `bucket/calls.ts` has what. */
  async bucket(call: BucketCall): Promise<BucketAnswer> {
    const answer = await this.#bucket.answer(call)
    const asked = askedOf(call, answer)
    if (asked) await this.#tell(asked.account, () => this.#events.add(asked))
    if (!reads.has(call.name)) {
      if (call.asked) this.#departed.follow(call.asked.account)
      await this.#wake()
    }
    return answer
  }

  /** Keys of all that is staged or held, and followed up. */
  async staged(): Promise<string[]> {
    return this.#tasks.staged
  }

  readonly #stores = (): Stores => ({ r2: this.env.STAGING, bucket: this.#bucket })

  /** All that is unfinished, the oldest first: for the operator, who alone is told. */
  unfinished(): UnfinishedTask[] {
    return this.#tasks.unfinished()
  }

  /** How much the account has in its bucket: for the operator as well. */
  stored(): Usage {
    return this.#bucket.usage
  }

  /** What was used that OpenNebula has no record of. @param addresses by the names of their tasks @throws Error as `read` */
  metered(span: Span, addresses: readonly string[]): Metering {
    const { ending } = this.#tasks
    const { length } = addresses.filter(name => !ending.includes(name))
    return { used: this.#usage.read(span, length), ending }
  }

  /** Finishes what is unfinished, and comes again while something is. */
  override async alarm(): Promise<void> {
    try {
      const isDue = this.#tasks.begin()
      if (await this.#user.mayAct()) await this.#reconciler.round({ isDue })
    } finally {
      this.#tokens.expire()
      this.#events.expire()
      await this.#departed.look()
      await this.#bucket.tidy(this.#tasks.staged)
      await this.#wake()
    }
  }

  readonly #tools = (account: Account, round: Round): Tools => {
    const { client, mint, config } = this.services()
    const one = this.#late.watching(client(account.user.name, newMeter(round)), account)
    return {
      ...{ one, account, mint: mint.seenBy(account.user.id), now, importWithin: config.importWithin },
      unstage: keys => unstage(keys, this.#stores()),
      discardUsed: objects => this.#bucket.discardUsed(objects),
    }
  }

  /** Has the alarm ring when something is due; whatever changes something ends with it. */
  async #wake(): Promise<void> {
    this.#usage.stored(() => this.#bucket.usage)
    const due = [this.#tasks.due, this.#tokens.due, this.#bucket.due, this.#departed.due, this.#events.due]
    const times = due.filter(time => time !== undefined)
    if (times.length > 0) await this.#rows.wakeBy(Math.min(...times))
  }

  /** What was refused stays so, whether it can be written down or not, and what was done in the bucket as well. */
  async #tell(account: Account, tell: () => void): Promise<void> {
    try {
      tell()
      await this.#wake()
    } catch (error) {
      log('unrecorded', { ...this.#whose(account), cause: causeOf(error) }, true)
    }
  }

  async #run(call: Call, meter: Meter, entry: Entry): Promise<object | undefined> {
    const { ClientToken, ...request } = call.input
    if (ClientToken && !call.input.DryRun) return this.#runOnce(call, ClientToken, request, meter, entry)
    const attempt = { request: call.requestId, since: now(), resumed: false }
    return (await this.#locks.hold([attempt.request], () => this.#attempt(call, meter, attempt, entry))).output
  }

  /** An answer may be larger than a row: a repeat is answered from what its action remembers of it, if it does. */
  async #runOnce(call: Call, token: string, request: object, meter: Meter, entry: Entry): Promise<object | undefined> {
    let fresh: Ran | undefined
    const run = async (attempt: Attempt) => {
      fresh = await this.#attempt(call, meter, attempt, entry)
      const { output, memo } = fresh
      return memo ? { memo } : { output }
    }
    const { action, deadline } = call
    // What an action asks of the policy itself it asks once: the answer is for whoever has the same
    const asker = asksItself(call) ? { ...request, policies: call.grant?.policies } : request
    const kept = await this.#tokens.once({ action, token, request: asker, deadline }, run)
    if (fresh) return fresh.output
    return 'memo' in kept ? replay(action, kept.memo, await this.#readContext(call, meter)) : kept.output
  }

  async #attempt(call: Call, meter: Meter, attempt: Attempt, entry: Entry): Promise<Ran> {
    let memo: object | undefined
    const remember = (what: object) => {
      memo = what
    }
    try {
      await this.#late.setAgain(isDue => this.#reconciler.round({ isDue, deadline: call.deadline }))
      const context = await this.#context(call, meter, attempt, { remember, begin: () => entry.begin() })
      const output = await changeOf(call.action).change(call.input, context)
      return { output, memo }
    } catch (error) {
      // A request that will not be repeated leaves nothing to whoever might find it
      if (attempt.seed === undefined || isFinal(error)) await this.#fail(call.account, attempt.request)
      throw error
    }
  }

  async #fail(account: Account, request: string): Promise<void> {
    const failed = this.#tasks.all().flatMap(task => this.#tasks.kindOf(task).fail?.(task, request, now()) ?? [])
    this.#tasks.add(account, failed)
    if (failed.length > 0) await this.#wake()
  }

  #readContext(call: Call, meter: Meter): Promise<Context> {
    return this.services().contextOf(call, { meter, defer: this.#defer })
  }

  async #context(call: Call, meter: Meter, attempt: Attempt, { remember, begin }: Noted): Promise<ChangeContext> {
    const { account, input, deadline } = call
    const context = await this.#readContext(call, meter)
    const services = this.services()
    const one = this.#late.watching(services.client(account.user.name, meter), account)
    const { request, seed, since, resumed } = attempt
    const leave = leaveOf(call, services)
    return {
      ...context,
      staging: stagingOf(call, this.#stores(), services),
      keys: keyChanges(call, this.#keys, this.#locks),
      usage: this.#usage,
      authorize: leave.ask,
      may: leave.may,
      commit: () => {
        leave.check()
        stopDryRun(input)
        begin()
        return one
      },
      hold: (names, work) => this.#locks.hold(names, work, deadline),
      moment: () => this.#locks.moment(),
      seed: index => seed && `${seed} ${index}`,
      ...{ resumed, since, remember },
      request: { name: request, repeatable: seed !== undefined },
      tasks: tasksOf(call, { store: this.#tasks, reconciler: this.#reconciler, wake: () => this.#wake() }),
    }
  }
}
