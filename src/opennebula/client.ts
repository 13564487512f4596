// The OpenNebula client: what the rest of the Worker asks and tells a front-end, as one user, for one EC2 request.
import { idOf, outcomeOf, textOf } from './answer-values.ts'
import type { PoolOptions, ReadCall, WriteCall } from './calls/common.ts'
import { datastorePool } from './calls/datastore.ts'
import type { Documents, Reads } from './calls/reads.ts'
import { VERSION } from './calls/system.ts'
import { userPool } from './calls/user.ts'
import type { Datastore, UserCredentials } from './documents.ts'
import { MalformedAnswer, OneError, type OneFault } from './errors.ts'
import type { Changed, OneWriter, ReadResults, VmPageOptions } from './one.ts'
import type { SharedAnswers } from './shared-answers.ts'
import { asUnavailable, type Meter, readingAnswer, type Sending, type Transport } from './transport.ts'
import { Flaw } from './xml/flaw.ts'
import { Pages } from './xml/pages.ts'
import { type Item, readAnswers, type Shelves } from './xml/stream.ts'
import { type Outcome, writeMethodCall } from './xml/xmlrpc.ts'

const PAGE = 100
const NO_EXISTS = 1024

export interface OpenNebulaOptions<D extends Documents> {
  readonly reads: Reads<D>
  readonly transport: Transport
  /** The session string, asked for at each request. */
  readonly session: () => string | Promise<string>
  readonly meter: Meter
  /** Where objects are remembered that were read of this front-end; absent where all are read every time. */
  readonly shelves?: Shelves | undefined
  /** Where identical reads meet; absent where each is made. */
  readonly shared?: SharedAnswers
  /** Is told of every object that is left out of an answer because it cannot be read. */
  readonly onFlaw?: ((flaw: Flaw) => void) | undefined
}

/** The parser of whole answers, loaded when there is one: reads do without. */
const answers = () => import('./xml/answers.ts')

/** A front-end, as one user sees it. */
export class OpenNebula<D extends Documents = Documents> implements OneWriter<D> {
  readonly #reads: Reads<D>
  readonly #transport: Transport
  readonly #session: () => string | Promise<string>
  readonly #meter: Meter
  readonly #shelves: Shelves | undefined
  readonly #shared: SharedAnswers | undefined
  readonly #onFlaw: (flaw: Flaw) => void

  constructor({ reads, transport, session, meter, shelves, shared, onFlaw = () => {} }: OpenNebulaOptions<D>) {
    this.#reads = reads
    this.#transport = transport
    this.#session = session
    this.#meter = meter
    this.#shelves = shelves
    this.#shared = shared
    this.#onFlaw = onFlaw
  }

  async version(): Promise<string> {
    const sending = this.#reading([VERSION])
    const answer = await this.#transport.text(writeMethodCall(VERSION, [await this.#session()]), sending)
    const { readAnswer } = await answers()
    return readingAnswer(sending, () => textOf(outcomeOf(readAnswer(answer, VERSION))))
  }

  vm(id: number): Promise<D['vm']> {
    return this.#document(this.#reads.vm(id))
  }

  vms(ids: readonly number[]): AsyncIterable<D['vm']> {
    return ids.length > 0 ? this.stream(this.#reads.vmSet(ids)) : this.stream()
  }

  vmPages({ size = PAGE, after, ...options }: VmPageOptions = {}): Pages<D['vm']> {
    return new Pages(
      (start, count) => this.#page(this.#reads.vmPool({ ...options, page: { start, size: count } })),
      size,
      after,
    )
  }

  image(id: number): Promise<D['image']> {
    return this.#document(this.#reads.image(id))
  }

  images(options?: PoolOptions): AsyncIterable<D['image']> {
    return this.stream(this.#reads.imagePool(options))
  }

  template(id: number): Promise<D['template']> {
    return this.#document(this.#reads.template(id))
  }

  templates(options?: PoolOptions): AsyncIterable<D['template']> {
    return this.stream(this.#reads.templatePool(options))
  }

  network(id: number): Promise<D['vn']> {
    return this.#document(this.#reads.network(id))
  }

  networks(options?: PoolOptions): AsyncIterable<D['vn']> {
    return this.stream(this.#reads.networkPool(options))
  }

  securityGroup(id: number): Promise<D['secgroup']> {
    return this.#document(this.#reads.securityGroup(id))
  }

  securityGroups(options?: PoolOptions): AsyncIterable<D['secgroup']> {
    return this.stream(this.#reads.securityGroupPool(options))
  }

  user(id?: number): Promise<D['user']> {
    return this.#document(this.#reads.user(id))
  }

  users(): AsyncIterable<UserCredentials> {
    return this.stream(userPool())
  }

  datastores(): AsyncIterable<Datastore> {
    return this.stream(datastorePool())
  }

  async read<C extends readonly ReadCall<unknown>[]>(...calls: C): Promise<ReadResults<C>> {
    const objects: unknown[][] = calls.map(() => [])
    const errors: (OneError | OneFault | undefined)[] = []
    for await (const items of this.#answers(calls)) {
      for (const { call, error, flaw, object } of items) {
        if (error) errors[call] = error
        else if (!flaw) objects[call]?.push(object)
      }
    }
    const results = objects.map((value, call): Outcome<unknown[]> => {
      const error = errors[call]
      return error ? { error } : { value }
    })
    // Item `call` of the answer was read by the type of call number `call`.
    return results as ReadResults<C>
  }

  async *stream<T>(...calls: readonly ReadCall<T>[]): AsyncGenerator<T> {
    for await (const items of this.#answers(calls)) {
      for (const { error, flaw, object } of items) {
        if (error) throw error
        if (!flaw) yield object
      }
    }
  }

  /** The objects that a call answers with, and those of them that cannot be read. */
  async *#page<T>(call: ReadCall<T>): AsyncGenerator<T | Flaw> {
    for await (const items of this.#answers([call])) {
      for (const { error, flaw, object } of items) {
        if (error) throw error
        yield flaw ?? object
      }
    }
  }

  async call({ method, params }: WriteCall): Promise<number> {
    const sending = this.#changing([method])
    const answer = await this.#transport.text(writeMethodCall(method, [await this.#session(), ...params]), sending)
    const { readAnswer } = await answers()
    return readingAnswer(sending, () => outcomeOf(idOf(readAnswer(answer, method))))
  }

  async multicall(calls: readonly WriteCall[]): Promise<Outcome<number>[]> {
    if (calls.length === 0) return []
    const methods = calls.map(call => call.method)
    const sending = this.#changing(methods)
    const answer = await this.#transport.text(await this.#write(calls), sending)
    const { readMulticallAnswer } = await answers()
    return readingAnswer(sending, () => readMulticallAnswer(answer, methods).map(idOf))
  }

  async changeAndRead<T>(calls: readonly WriteCall[], read: ReadCall<T>): Promise<Changed<T>> {
    const objects: T[] = []
    const errors: (OneError | OneFault)[] = []
    for await (const items of this.#answers<T>([...calls, read])) {
      for (const { call, error, flaw, object } of items) {
        if (error && call === calls.length) throw error
        if (error) errors.push(error)
        else if (!flaw) objects.push(object)
      }
    }
    return { objects, errors }
  }

  /** The one object that a call is about. One that cannot be read is no more there than one that does not exist. */
  async #document<T>(call: ReadCall<T>): Promise<T> {
    const [object] = await Array.fromAsync(this.#page(call))
    if (object === undefined)
      throw asUnavailable(new MalformedAnswer('the object is missing'), this.#reading([call.method]))
    if (object instanceof Flaw) throw new OneError(call.method, NO_EXISTS, 'The object cannot be read', object.id)
    return object
  }

  /** What calls are answered with, as it comes: for each object that came a step of its own would cost as much as to know it. */
  async *#answers<T>(calls: readonly (ReadCall<T> | WriteCall)[]): AsyncGenerator<Item<T>[]> {
    if (calls.length === 0) return
    const sending = this.#reading(calls.map(({ method }) => method))
    const body = await this.#write(calls)
    const send = () => this.#transport.stream(body, sending)
    const isRead = calls.every(({ changes }) => !changes)
    const chunks = await (isRead && this.#shared ? this.#shared.stream(body, send) : send())
    try {
      for await (const items of readAnswers(chunks, calls, this.#shelves)) {
        for (const { flaw } of items) if (flaw) this.#onFlaw(flaw)
        yield items
      }
    } catch (error) {
      throw asUnavailable(error, sending)
    }
  }

  /** One call as it is, several as a multicall. */
  async #write(calls: readonly (ReadCall<unknown> | WriteCall)[]): Promise<string> {
    const session = await this.#session()
    const [only, another] = calls
    if (only?.changes === false && !another) return writeMethodCall(only.method, [session, ...only.params])
    const list = calls.map(({ method, params }) => ({ methodName: method, params: [session, ...params] }))
    return writeMethodCall('system.multicall', [list])
  }

  #reading(methods: readonly string[]): Sending {
    return { meter: this.#meter, repeatable: true, methods }
  }

  #changing(methods: readonly string[]): Sending {
    return { meter: this.#meter, repeatable: false, methods }
  }
}
