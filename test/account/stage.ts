// One account's object before a front-end of its own, in one isolate: time, failures and crashes are the test's to make.
import { createExecutionContext, runInDurableObject, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { onTestFinished, vi } from 'vitest'
import type { Bill } from '../../docs/costs.ts'
import type { AskBucket } from '../../src/account/bucket/calls.ts'
import { type BucketStub, bucketOf } from '../../src/account/bucket/client.ts'
import { Tables } from '../../src/account/bucket/tables.ts'
import type { AccountEvent, Asked, EventPage, EventQuery, Refusal } from '../../src/account/events/event.ts'
import { EventTable } from '../../src/account/events/table.ts'
import type { AccountObject } from '../../src/account/object.ts'
import { permit } from '../../src/account/permissions/permit.ts'
import { Rows } from '../../src/account/rows.ts'
import type { Performed } from '../../src/account/runs.ts'
import { usageOf } from '../../src/account/usage/usage.ts'
import type { ToldRefusal } from '../../src/auth/policy/refusals.ts'
import { actions } from '../../src/ec2/actions.ts'
import type { Account } from '../../src/ec2/core/account.ts'
import type { Grant } from '../../src/ec2/core/call.ts'
import type { Signer } from '../../src/ec2/core/identity.ts'
import { INSTANCE } from '../../src/ec2/instances/resource.ts'
import { ec2, services } from '../../src/ec2/model/services.ts'
import { quantityOn } from '../../src/ec2/usage/types.ts'
import { app } from '../../src/edge/app.ts'
import { type Env, servicesOf } from '../../src/edge/services.ts'
import { dayOf, type Span } from '../../src/lib/days.ts'
import { WHOSE } from '../../src/opennebula/calls/common.ts'
import { newMeter } from '../../src/opennebula/transport.ts'
import { fromTold } from '../../src/protocol/errors.ts'
import { Dropped, ProxyAnswer } from '../../src/sandbox/control/faults.ts'
import type { Template } from '../../src/sandbox/protocol/template.ts'
import { parseCall, writeResponse } from '../../src/sandbox/protocol/xmlrpc.ts'
import { Dispatcher } from '../../src/sandbox/rpc/dispatcher.ts'
import type { Seed } from '../../src/sandbox/seed.ts'
import { createSandbox, type Sandbox } from '../../src/sandbox/server.ts'
import type { Vm } from '../../src/sandbox/world/model.ts'
import { billedKv, billedR2, countRows, nothing, type RowCounter } from './bill.ts'
import { type Cost, checkRow, limitedKv, limitedR2, spend } from './platform.ts'

/** The AMI of the seed, in the form of what OpenNebula made. */
export const IMAGE = 'ami-00000000'

const DONE = 6

/** The stage plays in the future, so that the runtime rings no alarm by itself: the test's time is not its time. */
const AHEAD = 30 * 24 * 60 * 60 * 1000

/** By what all requests of a test come. */
export const ORIGIN = { accessKeyId: 'AKIAHELEN', address: '203.0.113.7', userAgent: 'tests', region: 'opennebula' }

let accounts = 0

/** What OpenNebula downloads: a disk of a KiB. */
export const aDisk = (): Response => new Response('x'.repeat(1024), { headers: { 'content-length': '1024' } })

/** The object was killed: its memory is gone, and nobody got an answer. */
export class Killed extends Error {}

export interface Stage {
  /** Who makes the requests. */
  readonly account: Account
  readonly sandbox: Sandbox
  /** Has the object perform a change, as a request of its own. @throws Killed */
  perform(action: string, input: object, account?: Account, deadline?: number, by?: Signer): Promise<Performed>
  /** The output of a change that has to succeed. */
  succeed<T>(action: string, input: object): Promise<T>
  /** The output of an action that only reads, its lists read to their ends. */
  read<T>(action: string, input: object, account?: Account): Promise<T>
  /** Asks the account's bucket, as the S3 door does. @throws Killed */
  readonly ask: AskBucket
  /** The same by a request that the account's events tell of. */
  readonly askNamed: AskBucket
  /**
   * Asks for an action as a key with a policy does: the policy is asked first, and then it is answered here or by the object.
   * @param said what is known of the request, by condition keys
   * @throws Ec2Error
   */
  askAs<T>(policy: object, action: string, input: object, said?: Readonly<Record<string, string>>): Promise<T>
  /** What a refusal says to the operator alone. */
  explain(error: unknown): Promise<ToldRefusal>
  /**
   * Sends a request through the whole Worker, as a client does; it is over when all that it began is. What it has cost stands in
   * `bill`.
   */
  fetch(request: Request): Promise<Response>
  /** All that was done since the test last emptied it. */
  readonly bill: Bill
  /** The Worker's environment. */
  readonly env: Env
  /** What changes, and rings of the alarm, have cost: the most that one of them took. */
  readonly most: Cost
  /** Lets time pass, in the cloud and for the object, and rings its alarm as often as it is set for. */
  pass(ms: number): Promise<void>
  /** Puts the object's clock forward, or back, and the cloud's not. */
  jump(ms: number): void
  /** Sets variables of the Worker anew, as a deployment does: the object goes on with them. */
  deploy(variables: Readonly<Record<string, string>>): void
  /** The account's events, the newest first. */
  events(query?: Partial<EventQuery>): Promise<readonly AccountEvent[]>
  /** A page of them. */
  eventPage(query: EventQuery): Promise<EventPage>
  /** What the account used in a span of whole days, by usage types: in their units. */
  usage(span: Span): Promise<Record<string, number>>
  /** Tells the object of a request that was refused before it came to it. */
  refuse(asked: Partial<Asked>, error?: Partial<Refusal>): Promise<void>
  /** Rows that the object keeps besides tokens: what is unfinished. */
  unfinished(): Promise<string[]>
  /**
   * Kills the object at the nth step from now: before or after an upstream call, or before a write. Where nothing was changed
   * or written between two of them, and no time has passed, they are one step.
   */
  killAt(step: number): void
  /** Kills it no more. Says whether it was killed. */
  disarm(): boolean
  /**
   * Breaks the connection of a request off while the front-end has yet to work on it: of the next one with this method, or of the nth
   * from now that changes something.
   * @returns whether it has come
   */
  delay(which: string | number): () => boolean
  /** Has the front-end work on what was delayed: now, or when the next request with the method comes. */
  workOff(when?: 'now' | 'next'): Promise<void>
  /** Holds requests to the front-end back until so many wait at once, and lets them go on; so often, one after the other. */
  together(count: number, times: number): Promise<void>
  /** Holds the next request with this method back until `work` has ended, or waits for what sent that request. */
  meanwhile(method: string, work: () => Promise<unknown>): Promise<void>
  /** VMs of the cloud that are not DONE. */
  vms(): Vm[]
  /** The EC2 ids on them. */
  ids(): string[]
}

/** Bindings that a test makes fail, and variables that it sets. */
export type Broken = Partial<Pick<Env, 'INDEX' | 'STAGING' | 'DEFAULT_GROUP'>>

/** Sets the stage for one test. @param variables those of the Worker that differ */
export function setStage(broken: Broken = {}, seed: Seed = {}, variables: Record<string, string> = {}): Stage {
  const id = `9${String(++accounts).padStart(11, '0')}`
  const helen: Account = { id, user: { id: 2, name: 'helen' } }
  const signer: Signer = { accessKeyId: 'helen' }
  const start = Date.now() + AHEAD
  const time = vi.spyOn(Date, 'now')
  let [passed, ahead] = [0, 0]
  time.mockImplementation(() => start + passed + ahead)

  const sandbox = createSandbox({
    manualClock: true,
    seed: {
      privateAddresses: 100,
      ...seed,
      images: [
        { name: 'ttylinux', owner: 'oneadmin', public: true, size: 40, template: 'EC2_AMI="YES"' },
        ...(seed.images ?? []),
      ],
    },
  })

  let steps = Number.POSITIVE_INFINITY
  let isOwed = false
  let kill = (): void => undefined
  let durable = async (): Promise<void> => undefined
  let killed = false
  // A kill at a moment up to which nothing has happened since the step before leaves what the kill there left: it is no step
  let moved = true
  const move = () => {
    moved = true
  }
  const step = () => {
    if (!moved) return false
    moved = false
    if (--steps !== 0) return false
    killed = true
    kill()
    return true
  }
  const spies = [
    spyOnTransactions(step, move),
    ...(['put', 'delete'] as const).map(method => spyOnWrites(method, step, move)),
    ...(['add', 'update'] as const).map(method => spyOnEvents(method, move)),
  ]
  onTestFinished(() => {
    for (const spy of [time, ...spies]) spy.mockRestore()
  })

  const cost: Cost = { requests: 1, upstream: 0, operations: 0 }
  const most: Cost = { requests: 0, upstream: 0, operations: 0 }
  let running = 0
  /** Counts what requests cost: those that run at the same time together. */
  const counted = async <T>(work: () => Promise<T>): Promise<T> => {
    if (running++ === 0) Object.assign(cost, { requests: 0, upstream: 0, operations: 0 })
    cost.requests++
    try {
      return await work()
    } finally {
      running--
      for (const kind of ['requests', 'upstream', 'operations'] as const) most[kind] = Math.max(most[kind], cost[kind])
    }
  }

  const bill = nothing()
  let rows: RowCounter | undefined
  onTestFinished(() => rows?.[Symbol.dispose]())

  let delayed: Delayed | undefined
  const workOff = async () => {
    const body = delayed?.body
    delayed = undefined
    if (body !== undefined) await answer(sandbox, body)
  }
  let crowd: Crowd | undefined
  const join = async (held: Crowd) => {
    const { count, waiting, complete } = held
    const { promise, resolve } = Promise.withResolvers<void>()
    if (waiting.push(resolve) === count) {
      for (const release of waiting.splice(0)) release()
      if (--held.times === 0) {
        crowd = undefined
        complete()
      }
    }
    await promise
  }
  let heldBack: { method: string; arrived: () => void; released: Promise<void> } | undefined
  /** @param gate what a request waits for before it leaves */
  const front = (gate: () => Promise<void>) => ({
    fetch: async (_: string, init: { readonly body: string }) => {
      const { body } = init
      spend(cost, 'upstream')
      bill.upstream++
      if (crowd) await join(crowd)
      if (heldBack && body.includes(heldBack.method)) {
        const { arrived, released } = heldBack
        heldBack = undefined
        arrived()
        await released
      }
      if (delayed?.isIt(body)) {
        if (delayed.due) await workOff()
        else if (delayed.body === undefined) {
          delayed.body = body
          throw new TypeError('Network connection lost.')
        }
      }
      // The output gate: a request leaves the object when what was written before it is durable
      await gate()
      if (step()) await never
      const answered = answer(sandbox, body)
      const changes = CHANGE.test(body)
      // Whether it has begun by now or not
      if (changes) move()
      const response = await answered
      if (changes) move()
      if (step()) await never
      return response
    },
  })
  let own = {
    OWN_HOSTS: 'localhost',
    IMPORT_HOSTS: 'images.example.org mirror.example.org:8443',
    ...(env as Env),
    INDEX: limitedKv(billedKv(moving((env as Env).INDEX, move), bill), cost),
    STAGING: steppedR2(limitedR2(billedR2(moving((env as Env).STAGING, move), bill), cost), step),
    ...broken,
    ONE: front(() => durable()) as unknown as Fetcher,
    ONE_XMLRPC: 'http://localhost/RPC2',
    ONE_AUTH: sandbox.serverAdmin,
    ADDRESS_NETWORK_ID: '1',
    SUBNET_TEMPLATE_ID: '0',
    USER_NAME_KEYS: 'true',
    EDGE_SECRET: 'a secret of the unit tests',
    ...variables,
  }

  /** Runs work in the object, which may not be the one of the last time. */
  const inside = <T>(work: (object: AccountObject, state: DurableObjectState) => Promise<T>) =>
    runInDurableObject((env as Env).ACCOUNT.getByName(id), (object: AccountObject, state) => {
      Object.assign(object, { env: own })
      kill = () => state.abort('killed by the test')
      durable = () => state.storage.sync()
      return work(object, state)
    })

  /** The object as the Worker sees it, by whichever name: each call is one request more. */
  const remote = new Proxy(
    {},
    {
      get:
        (_, method) =>
        (...args: unknown[]): Promise<unknown> => {
          bill.objectRequests++
          return inside(async (object, { storage }) => {
            rows ??= countRows(storage, bill)
            const member: unknown = Reflect.get(object, method)
            if (typeof member !== 'function') throw new TypeError(`the object has no ${String(method)}`)
            try {
              const answer: unknown = await Reflect.apply(member, object, args)
              return answer
            } finally {
              rows.settle()
            }
          })
        },
    },
  )
  const outside = {
    ...own,
    ONE: front(async () => undefined) as unknown as Fetcher,
    ACCOUNT: { getByName: () => remote } as unknown as Env['ACCOUNT'],
  }

  const perform = async (
    action: string,
    input: object,
    account = helen,
    deadline?: number,
    { grant, by = signer }: { grant?: Grant; by?: Signer | undefined } = {},
  ): Promise<Performed> => {
    const order = {
      deadline,
      action,
      input,
      account,
      ...(grant && { grant }),
      signer: by,
      administrators: [0, 1],
      requestId: crypto.randomUUID(),
      endpoint: 'http://localhost',
      origin: ORIGIN,
    }
    try {
      return await counted(() => inside(object => object.perform(order)))
    } catch (error) {
      throw killed ? new Killed() : error
    }
  }

  const stub: BucketStub = {
    bucket: call =>
      counted(() => inside(object => object.bucket(call))).catch((error: unknown) => {
        throw killed ? new Killed() : error
      }),
  }
  const askBucket = bucketOf(stub, id)
  const asked = {
    account: helen,
    requestId: 'asked',
    origin: ORIGIN,
    service: 's3',
    action: 'PutObject',
    input: undefined,
  }

  const stage: Stage = {
    account: helen,
    askNamed: bucketOf(stub, id, asked),
    ask: async (name, input) => {
      try {
        return await askBucket(name, input)
      } catch (error) {
        throw error instanceof Error && error.cause instanceof Killed ? error.cause : error
      }
    },
    sandbox,
    most,
    bill,
    env: outside,
    fetch: request =>
      counted(async () => {
        const scope = createExecutionContext()
        const response = await app.fetch(request, outside, scope)
        const body = await response.arrayBuffer()
        await waitOnExecutionContext(scope)
        return new Response(response.body && body, response)
      }),
    perform: (action, input, account, deadline, by) => perform(action, input, account, deadline, { by }),
    async askAs<T>(policy: object, action: string, input: object, said: Readonly<Record<string, string>> = {}) {
      const policies = [{ of: 'identity-based' as const, text: JSON.stringify(policy) }]
      const grant = { accessKeyId: 'AKIA', policies, said }
      const row = actions.get(action)
      const service = services.find(each => each.knows(action)) ?? ec2
      if (!row) throw new TypeError(`there is no ${action}`)
      await counted(() =>
        inside(async () => {
          const call = {
            ...{ action, input, account: helen, signer, administrators: [0, 1], requestId: 'asked', grant },
            ...{ endpoint: 'http://localhost', origin: ORIGIN },
          }
          const scope = { meter: newMeter(), defer: () => undefined }
          await permit(call, { service, row }, servicesOf(own), () => servicesOf(own).contextOf(call, scope))
        }),
      )
      if (!('change' in row)) return stage.read<T>(action, input)
      const performed = await perform(action, input, helen, undefined, { grant })
      if (performed.error) throw fromTold(performed.error)
      // The caller knows the action that it named
      return structuredClone(performed.output) as T
    },
    explain: error =>
      servicesOf(own).refusals.open(/Encoded authorization failure message: (\S+)$/.exec(String(error))?.[1] ?? ''),
    async succeed<T>(action: string, input: object): Promise<T> {
      const performed = await perform(action, input)
      if (performed.error) throw new Error(`${action}: ${performed.error.code}: ${performed.error.message}`)
      // The caller knows the action that it named
      return structuredClone(performed.output) as T
    },
    read<T>(action: string, input: object, account = helen): Promise<T> {
      return counted(() =>
        // In the object, since that is where the way to the front-end is
        inside(async () => {
          const deferred: Promise<unknown>[] = []
          const call = {
            ...{ action, input, account, signer, administrators: [0, 1], requestId: crypto.randomUUID() },
            ...{ endpoint: 'http://localhost', origin: ORIGIN },
          }
          const scope = { meter: newMeter(), defer: (work: Promise<unknown>) => deferred.push(work) }
          const context = await servicesOf(own).contextOf(call, scope)
          const row = actions.get(action)
          if (!row || 'change' in row) throw new TypeError(`${action} is no read`)
          // The input is what the action's schema says, for the caller knows the action that it named
          const output = await row.read(input, context)
          const members = await Promise.all(Object.entries(output ?? {}).map(wholeMember))
          await Promise.all(deferred)
          return Object.fromEntries(members) as T
        }),
      )
    },
    pass: ms =>
      inside(async (object, { storage }) => {
        const until = passed + ms
        const ring = async () => {
          isOwed = true
          bill.objectRequests++
          await counted(() => object.alarm())
          isOwed = false
          rows?.settle()
        }
        // The platform rings again where an alarm came to no end
        if (isOwed) await ring()
        for (;;) {
          const due = await storage.getAlarm()
          const next = due === null ? until : Math.min(until, Math.max(passed, due - start - ahead))
          sandbox.advance(next - passed)
          passed = next
          move()
          if (due === null || due > Date.now()) return
          await storage.deleteAlarm()
          await ring()
        }
      }),
    jump(ms) {
      ahead += ms
    },
    deploy(variables) {
      own = { ...own, ...variables }
    },
    events: async (query = {}) => (await stage.eventPage({ most: 10_000, ...query })).events,
    eventPage: query => inside(async object => object.lookUp(query)),
    usage: span =>
      inside(async object => {
        const one = servicesOf(own).client(helen.user.name, newMeter())
        const question = { one, whose: WHOSE.OWN, addressNetwork: 1, now: Math.floor(Date.now() / 1000) }
        const usage = await usageOf(question, span, { metered: async (...asked) => object.metered(...asked) })
        const [first, next] = [dayOf(span.from), dayOf(span.until)]
        return Object.fromEntries(usage.map(each => [each.name, quantityOn(each, first, next)]))
      }),
    refuse: (asked, error) =>
      inside(object =>
        object.refused(
          {
            ...{ account: helen, requestId: crypto.randomUUID(), origin: ORIGIN, service: 'ec2' },
            ...{ action: 'RunInstances', input: undefined, ...asked },
          },
          { code: 'UnauthorizedOperation', message: 'You are not authorized.', status: 403, ...error },
        ),
      ),
    unfinished: () =>
      inside(async (_, state) => Array.from(state.storage.kv.list({ prefix: 'task:' }), ([key]) => key)),
    killAt(at) {
      steps = at
      killed = false
      move()
    },
    disarm() {
      const was = killed
      stage.killAt(Number.POSITIVE_INFINITY)
      return was
    },
    delay(which) {
      let left = Number(which)
      const isIt = (body: string) =>
        typeof which === 'string' ? body.includes(which) : CHANGE.test(body) && --left === 0
      const waiting: Delayed = { isIt }
      delayed = waiting
      return () => waiting.body !== undefined
    },
    async workOff(when = 'now') {
      if (when === 'now') await workOff()
      else if (delayed) delayed.due = true
    },
    together(count, times) {
      const { promise, resolve } = Promise.withResolvers<void>()
      crowd = { count, times, waiting: [], complete: resolve }
      return promise
    },
    async meanwhile(method, work) {
      const arrival = Promise.withResolvers<void>()
      const release = Promise.withResolvers<void>()
      heldBack = { method, arrived: arrival.resolve, released: release.promise }
      await arrival.promise
      const done = work()
      // Long enough to come to its end, for what does not wait
      await Promise.race([done, new Promise(resolve => setTimeout(resolve, 200))])
      release.resolve()
      await done
    },
    vms: () => sandbox.world.vms.all().filter(vm => vm.state !== DONE),
    ids() {
      const mint = servicesOf(own).mint.seenBy(helen.user.id)
      return stage.vms().map(vm => {
        const EC2_ID = attribute(vm.userTemplate, 'EC2_ID')
        return mint.idOf(INSTANCE, { ID: vm.id, UID: vm.uid, EC2_ID })
      })
    },
  }
  return stage
}

/** A request whose connection breaks off before the front-end works on it. */
interface Delayed {
  readonly isIt: (body: string) => boolean
  body?: string
  /** Whether it is worked on when the next one like it comes. */
  due?: boolean
}

/** Requests to the front-end that are held back until there are enough of them. */
interface Crowd {
  readonly count: number
  /** How often there are to be that many. */
  times: number
  readonly waiting: (() => void)[]
  readonly complete: () => void
}

async function wholeMember([name, value]: [string, unknown]): Promise<[string, unknown]> {
  const isStream = value !== null && typeof value === 'object' && Symbol.asyncIterator in value
  return [name, isStream ? await Array.fromAsync(value as AsyncIterable<unknown>) : value]
}

/** The text of an attribute in a template of the sandbox; '' where there is none. */
export function attribute(template: Template | undefined, name: string): string {
  const value = template?.[name]?.[0]
  return typeof value === 'string' ? value : ''
}

const never = new Promise<never>(() => undefined)

/** A method as it is, whatever a test puts in its place later. */
function original(prototype: object, name: string): (...args: never[]) => never {
  const method: unknown = Reflect.get(prototype, name)
  if (typeof method !== 'function') throw new TypeError(`there is no ${name}`)
  return method as (...args: never[]) => never
}

/** The same of the rows. */
export const methodOf = (name: keyof Rows): ((...args: never[]) => never) => original(Rows.prototype, name)

const writes = { put: methodOf('put'), delete: methodOf('delete') }

/** A kill right after a write takes it back, and is no other than one before it: the next step has it. */
function spyOnWrites(method: keyof typeof writes, step: () => boolean, move: () => void) {
  return vi.spyOn(Rows.prototype, method).mockImplementation(function (this: Rows, ...args: never[]) {
    if (step()) throw new Killed()
    if (method === 'put') checkRow(String(args[0]), args[1])
    Reflect.apply(writes[method], this, args)
    move()
  })
}

const events = { add: original(EventTable.prototype, 'add'), update: original(EventTable.prototype, 'update') }

/** Events are written beside what they tell of. */
const spyOnEvents = (method: keyof typeof events, move: () => void) =>
  vi.spyOn(EventTable.prototype, method).mockImplementation(function (this: EventTable, ...args: unknown[]) {
    move()
    // What either gives
    return Reflect.apply(events[method], this, args) as never
  })

const write = Reflect.get(Tables.prototype, 'write') as <T>(this: Tables, work: () => T) => T

/** The same for a transaction of the bucket's. */
function spyOnTransactions(step: () => boolean, move: () => void) {
  return vi.spyOn(Tables.prototype, 'write').mockImplementation(function <T>(this: Tables, work: () => T): T {
    if (step()) throw new Killed()
    const output = Reflect.apply(write, this, [work]) as T
    move()
    return output
  })
}

/** A kill before R2 deletes something, or behind it. */
const steppedR2 = (bucket: R2Bucket, step: () => boolean): R2Bucket =>
  new Proxy(bucket, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (name !== 'delete' || typeof member !== 'function') return member
      return async (...args: unknown[]): Promise<void> => {
        if (step()) await never
        await Reflect.apply(member, target, args)
        if (step()) await never
      }
    },
  })

/** A call that changes something. A request without one only looks. */
const CHANGE = /\bone\.\w+\.(?!(?:info|infoextended|infoset|monitoring|accounting|version)\b)\w/

/** Whether a method, or one of those in a request, changes something. */
export const changes = (text: string): boolean => CHANGE.test(text)

/** What looks at a binding. */
const LOOKS: ReadonlySet<string | symbol> = new Set(['get', 'getWithMetadata', 'head', 'list'])

/** Bindings that a change of moves the world on. */
const moving = <B extends object>(binding: B, move: () => void): B =>
  new Proxy(binding, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (...args: unknown[]): unknown => {
        if (!LOOKS.has(name)) move()
        return Reflect.apply(member, target, args)
      }
    },
  })

/** The sandbox's answer, without the network between. */
export async function answer({ world, faults }: Sandbox, body: string): Promise<Response> {
  try {
    const parts = writeResponse(await new Dispatcher(world, faults).answer(parseCall(new TextEncoder().encode(body))))
    return new Response([...parts].join(''), { headers: { 'content-type': 'text/xml; charset=utf-8' } })
  } catch (error) {
    if (error instanceof ProxyAnswer) return new Response('', { status: error.status })
    if (error instanceof Dropped) throw new TypeError('Network connection lost.')
    throw error
  }
}
