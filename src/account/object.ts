// The account's Durable Object: everything that changes an account runs here, once, and what is unfinished is finished.
import { DurableObject } from 'cloudflare:workers'
import type { KeyVersion } from '../auth/keys.ts'
import { actions, changes } from '../ec2/actions.ts'
import type { Account } from '../ec2/core/account.ts'
import type { Call } from '../ec2/core/call.ts'
import { causeOf } from '../ec2/core/cause.ts'
import type { ChangeContext, Context } from '../ec2/core/context.ts'
import { isFinal, toEc2Error } from '../ec2/core/failures.ts'
import type { OwnKey } from '../ec2/core/identity.ts'
import type { Tools, UnfinishedTask } from '../ec2/core/tasks.ts'
import { ec2 } from '../ec2/model/services.ts'
import { taskKinds } from '../ec2/tasks.ts'
import { log } from '../lib/log.ts'
import { type Meter, newMeter } from '../opennebula/transport.ts'
import { stopDryRun } from '../protocol/dryrun.ts'
import type { ToldError } from '../protocol/errors.ts'
import { Bucket } from './bucket/bucket.ts'
import type { BucketAnswer, BucketCall } from './bucket/calls.ts'
import { reads } from './bucket/operations.ts'
import type { Usage } from './bucket/quota.ts'
import { KeyVersions } from './key-versions.ts'
import { Locks } from './locks.ts'
import { keyChanges, OwnKeys } from './own-keys.ts'
import { authorize } from './permissions/authorize.ts'
import { Reconciler, type Round } from './reconciler.ts'
import { Rows } from './rows.ts'
import type { Defer, Services } from './services.ts'
import { type Stores, stagingOf, unstage } from './staging.ts'
import { TaskStore } from './task-store.ts'
import { type Attempt, ClientTokens } from './tokens.ts'
import { upgrade } from './upgrade.ts'

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

/** The bindings that the object needs itself. */
export interface AccountBindings {
  readonly STAGING: R2Bucket
}

/** One per OpenNebula user, named by the account id. The Worker's entry says what it works with. */
export abstract class AccountObject<Env extends AccountBindings = AccountBindings> extends DurableObject<Env> {
  readonly #locks = new Locks()
  readonly #defer: Defer = work => this.ctx.waitUntil(work)
  readonly #rows: Rows
  readonly #tokens: ClientTokens
  readonly #tasks: TaskStore
  readonly #keys: OwnKeys
  readonly #reconciler: Reconciler
  readonly #bucket: Bucket
  #ownStandings: ReturnType<Services['ownStandings']> | undefined

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    this.#rows = new Rows(state.storage)
    upgrade(this.#rows)
    this.#tokens = new ClientTokens(this.#rows, this.#locks, now)
    this.#tasks = new TaskStore(this.#rows, taskKinds, now)
    const keys = () => this.services().accessKeys
    this.#keys = new OwnKeys({ rows: this.#rows, versions: new KeyVersions(this.#rows), keys, now })
    const tools = (account: Account, round: Round) => this.#tools(account, round)
    const parts = { kinds: taskKinds, tasks: this.#tasks, tokens: this.#tokens, locks: this.#locks }
    this.#reconciler = new Reconciler({ ...parts, tools, now })
    this.#bucket = new Bucket({
      ...{ storage: state.storage, now, defer: this.#defer },
      r2: () => this.env.STAGING,
      mostBytes: () => this.services().config.bucketBytes,
    })
  }

  /** What it works with, wired by whoever made the Worker. */
  protected abstract services(): Services

  /** Runs a change of this account. */
  async perform(call: Call): Promise<Performed> {
    const meter = newMeter(call)
    try {
      this.#tasks.follow(call.account)
      const output = await this.#run(call, meter)
      await this.#wake()
      return { output, meter }
    } catch (error) {
      const { code, message, status } = toEc2Error(error)
      return { error: { code, message, status, cause: status >= 500 ? causeOf(error) : undefined }, meter }
    }
  }

  /** Whether a record of one of the account's keys counts. @throws Error where the storage fails: nobody knows then */
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
    if (!reads.has(call.name)) await this.#wake()
    return answer
  }

  /** Keys of all that is staged or held, and followed up. */
  async staged(): Promise<string[]> {
    return this.#staged()
  }

  #staged(): string[] {
    return this.#tasks.all().flatMap(task => this.#tasks.kindOf(task).staged?.(task) ?? [])
  }

  get #stores(): Stores {
    return { r2: this.env.STAGING, bucket: this.#bucket }
  }

  /** All that is unfinished, the oldest first: for the operator, who alone is told. */
  unfinished(): UnfinishedTask[] {
    return this.#tasks.unfinished()
  }

  /** How much the account has in its bucket: for the operator as well. */
  stored(): Usage {
    return this.#bucket.usage
  }

  /** Finishes what is unfinished, and comes again while something is. */
  override async alarm(): Promise<void> {
    try {
      const isDue = this.#tasks.begin()
      if (await this.#mayAct()) await this.#reconciler.round({ isDue })
    } finally {
      this.#tokens.expire()
      await this.#bucket.tidy(this.#staged())
      await this.#wake()
    }
  }

  /**
   * Whether the account's user is still the one whose requests were accepted: the alarm comes long after their keys were
   * checked. What a user who was deleted had wanted is forgotten; of one who was disabled, renamed or made an administrator
   * it waits.
   */
  async #mayAct(): Promise<boolean> {
    const { account } = this.#tasks
    if (!account || this.#tasks.due === undefined) return false
    try {
      this.#ownStandings ??= this.services().ownStandings()
      const verdict = await this.#ownStandings.judge(account, this.#defer)
      if (verdict === 'gone') log('dropped', { account: account.id, tasks: this.#tasks.drop() })
      if (verdict === 'suspended') log('waiting', { account: account.id })
      return verdict === 'valid'
    } catch (error) {
      log('unfinished', { account: account.id, cause: causeOf(error) }, true)
      return false
    }
  }

  #tools(account: Account, round: Round): Tools {
    const { client, mint, config } = this.services()
    const one = client(account.user.name, newMeter(round))
    const { importWithin } = config
    const discard = (keys: string[]) => unstage(keys, this.#stores)
    const discardUsed: Tools['discardUsed'] = objects => this.#bucket.discardUsed(objects)
    return { one, account, mint: mint.seenBy(account.user.id), now, importWithin, unstage: discard, discardUsed }
  }

  /** Has the alarm ring when something is due. */
  async #wake(): Promise<void> {
    const times = [this.#tasks.due, this.#tokens.due, this.#bucket.due].filter(time => time !== undefined)
    if (times.length > 0) await this.#rows.wakeBy(Math.min(...times))
  }

  async #run(call: Call, meter: Meter): Promise<object | undefined> {
    const { ClientToken, ...request } = call.input
    if (ClientToken && !call.input.DryRun) return this.#runOnce(call, ClientToken, request, meter)
    const attempt = { request: call.requestId, since: now(), resumed: false }
    const { output } = await this.#locks.hold([attempt.request], () => this.#attempt(call, meter, attempt))
    return output
  }

  /** An answer may be larger than a row: a repeat is answered from what its action remembers of it, if it does. */
  async #runOnce(call: Call, token: string, request: object, meter: Meter): Promise<object | undefined> {
    let fresh: Ran | undefined
    const run = async (attempt: Attempt) => {
      fresh = await this.#attempt(call, meter, attempt)
      const { output, memo } = fresh
      return memo ? { memo } : { output }
    }
    const { action, deadline } = call
    // What an action asks of the policy itself it asks once: the answer is for whoever has the same
    const asker =
      actions.get(action)?.authorizes && call.grant ? { ...request, policies: call.grant.policies } : request
    const kept = await this.#tokens.once({ action, token, request: asker, deadline }, run)
    if (fresh) return fresh.output
    return 'memo' in kept ? replay(action, kept.memo, await this.#readContext(call, meter)) : kept.output
  }

  async #attempt(call: Call, meter: Meter, attempt: Attempt): Promise<Ran> {
    let memo: object | undefined
    const remember = (what: object) => {
      memo = what
    }
    try {
      const output = await changeOf(call.action).change(call.input, await this.#context(call, meter, attempt, remember))
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

  async #context(call: Call, meter: Meter, attempt: Attempt, remember: (memo: object) => void): Promise<ChangeContext> {
    const { account, input, deadline } = call
    const context = await this.#readContext(call, meter)
    const services = this.services()
    const { config, refusals } = services
    const one = services.client(account.user.name, meter)
    const { request, seed, since, resumed } = attempt
    const asksItself = call.grant !== undefined && actions.get(call.action)?.authorizes === true
    let isAllowed = !asksItself
    return {
      ...context,
      staging: stagingOf(call, this.#stores, services),
      keys: keyChanges(call, this.#keys, this.#locks),
      authorize: async resources => {
        if (call.grant)
          await authorize(call.grant, { ...call, service: ec2, region: config.region }, resources(), refusals)
        isAllowed = true
      },
      commit: () => {
        if (!isAllowed) throw new TypeError(`${call.action} has not asked for leave`)
        stopDryRun(input)
        return one
      },
      hold: (names, work) => this.#locks.hold(names, work, deadline),
      seed: index => seed && `${seed} ${index}`,
      resumed,
      since,
      request: { name: request, repeatable: seed !== undefined },
      remember,
      tasks: {
        begin: async tasks => {
          this.#reconciler.add(account, tasks)
          await this.#wake()
        },
        end: async tasks => this.#tasks.remove(tasks),
        of: kind => this.#tasks.of(kind),
        reconcile: async () => {
          await this.#reconciler.round({ deadline, requestId: call.requestId })
          await this.#wake()
        },
      },
    }
  }
}

/** What came of a run. */
interface Ran {
  readonly output: object | undefined
  /** What a repeat is answered from, where that is not the output itself. */
  readonly memo?: object | undefined
}

function changeOf(action: string) {
  const row = changes.get(action)
  if (!row) throw new TypeError(`${action} is no change`)
  return row
}

async function replay(action: string, memo: object, context: Context): Promise<object | undefined> {
  const row = changeOf(action)
  if (!row.replay) throw new TypeError(`${action} remembers nothing`)
  return row.replay(memo, context)
}
