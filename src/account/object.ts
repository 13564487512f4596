// The account's Durable Object: everything that changes an account runs here, once, and what is unfinished is finished.
import { DurableObject } from 'cloudflare:workers'
import type { Env } from '../config.ts'
import { actions } from '../ec2/actions.ts'
import type { Account, ChangeContext, Staging } from '../ec2/context.ts'
import { toEc2Error } from '../ec2/failures.ts'
import { endAbandoned, type Goal, noteGoal, type PendingGoal, pursue } from '../ec2/goals.ts'
import { uploadImage } from '../ec2/images.ts'
import type { Action } from '../ec2/model/types.ts'
import { type Meter, newMeter } from '../opennebula/transport.ts'
import { stopDryRun } from '../protocol/dryrun.ts'
import { stagingKey } from '../staging/key.ts'
import { signLink } from '../staging/link.ts'
import { contextFor, wire } from '../wiring.ts'
import { Locks } from './locks.ts'
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

/** econe's own action has no schema of AWS's, and no row. */
const changes = { ...actions, UploadImage: { changes: true, run: uploadImage } }

/** One per OpenNebula user, named by the account id. */
export class AccountObject extends DurableObject<Env> {
  readonly #locks = new Locks()
  readonly #tokens: ClientTokens
  readonly #unfinished: Unfinished

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    const now = () => Date.now()
    this.#tokens = new ClientTokens(state.storage, this.#locks, now)
    this.#unfinished = new Unfinished(state.storage, now)
  }

  /** Runs a change of this account. */
  async perform(order: Order): Promise<Performed> {
    const meter = newMeter()
    try {
      return { output: await this.#run(order, meter), meter }
    } catch (error) {
      const { code, message, status } = toEc2Error(error)
      return { error: { code, message, status }, meter }
    }
  }

  /** Finishes what is unfinished, and comes again while something is. */
  override async alarm(): Promise<void> {
    const account = await this.#unfinished.account()
    if (!account) return
    const { goals, abandoned, since } = await this.#unfinished.all()
    const one = wire(this.env).client(account.user.name, newMeter())
    const { mint } = wire(this.env)
    try {
      if (goals.length > 0) await this.#end(await pursue(goals, one, Date.now()))
      if (abandoned.size > 0) await endAbandoned(abandoned, since, one, mint)
      await this.#tokens.expire()
    } finally {
      await this.#unfinished.wake()
    }
  }

  async #end(goals: readonly PendingGoal[]): Promise<void> {
    const staged = goals.flatMap(goal => (goal.kind === 'import' ? [goal.key] : []))
    if (staged.length > 0) await this.env.STAGING.delete(staged)
    await this.#unfinished.reached(goals)
  }

  #run({ action, input, ...scope }: Order, meter: Meter): Promise<object | undefined> {
    const { ClientToken, ...request } = input
    const attempt = (attempt?: Attempt) => this.#attempt(action, input, scope, meter, attempt)
    if (ClientToken === undefined || ClientToken === '' || input.DryRun) return attempt()
    return this.#tokens.once(action, ClientToken, request, attempt)
  }

  async #attempt(
    action: string,
    input: OrderInput,
    scope: Omit<Order, 'action' | 'input'>,
    meter: Meter,
    attempt: Attempt | undefined,
  ): Promise<object | undefined> {
    const row = changeOf(action)
    return row(input, await this.#context(input, scope, meter, attempt))
  }

  async #context(
    input: OrderInput,
    scope: Omit<Order, 'action' | 'input'>,
    meter: Meter,
    attempt: Attempt | undefined,
  ): Promise<ChangeContext> {
    const { account } = scope
    const defer = (work: Promise<unknown>) => this.ctx.waitUntil(work)
    const context = await contextFor(this.env, { ...scope, meter, defer })
    const one = wire(this.env).client(account.user.name, meter)
    return {
      ...context,
      staging: this.#staging(scope),
      commit: () => {
        stopDryRun(input)
        return one
      },
      hold: (names, work) => this.#locks.hold(names, work),
      seed: index => attempt && `${attempt.seed} ${index}`,
      resumed: attempt?.resumed ?? false,
      pursue: async goals => {
        await this.#unfinished.add(account, goals)
        await one.multicall(goals.flatMap(note))
      },
      release: async vms => {
        await this.#unfinished.release(vms)
        await one.multicall(vms.map(vm => noteGoal(vm, '')))
      },
      abandon: instances => this.#unfinished.abandon(account, instances),
    }
  }

  #staging({ account, endpoint }: Pick<Order, 'account' | 'endpoint'>): Staging {
    return {
      find: async imageId => {
        const key = stagingKey({ account: account.id, imageId })
        if (!(await this.env.STAGING.head(key))) return undefined
        const { config, linkKey } = wire(this.env)
        const link = await signLink(config.publicUrl ?? endpoint, key, {
          linkKey: await linkKey(),
          now: () => Date.now(),
          lifetime: config.importWithin,
        })
        return { key, link }
      },
    }
  }
}

/** Only VMs show what is to become of them. */
const note = (goal: Goal) => (goal.kind === 'vm' ? [noteGoal(goal.number, goal.goal)] : [])

type Run = (input: object, context: ChangeContext) => Promise<object | undefined>

function changeOf(action: string): Run {
  const row = action in changes ? changes[action as Action] : undefined
  if (!row?.changes) throw new TypeError(`${action} is no change`)
  // The input was parsed by the schema of this very action
  return row.run as Run
}
