// What can be asked of a front-end, by whatever answers the calls: the front-end itself, or one request for several.
import { Grouped, transformed } from '../lib/transformed.ts'
import type { PoolOptions, ReadCall } from './calls/common.ts'
import { datastorePool } from './calls/datastore.ts'
import type { Documents, Reads } from './calls/reads.ts'
import { userPool } from './calls/user.ts'
import type { Datastore, UserCredentials } from './documents.ts'
import { MalformedAnswer, OneError, type OneFault } from './errors.ts'
import type { OneReader, ReadResults, VmPageOptions } from './one.ts'
import { asUnavailable } from './transport.ts'
import { Flaw } from './xml/flaw.ts'
import { Pages } from './xml/pages.ts'
import type { Item } from './xml/stream.ts'
import type { Outcome } from './xml/xmlrpc.ts'

const PAGE = 100
const NO_EXISTS = 1024

export abstract class Reader<D extends Documents> implements OneReader<D> {
  readonly #reads: Reads<D>

  constructor(reads: Reads<D>) {
    this.#reads = reads
  }

  abstract answers<T>(calls: readonly ReadCall<T>[]): AsyncIterable<Item<T>[]>

  vm(id: number): Promise<D['vm']> {
    return this.#document(this.#reads.vm(id))
  }

  vms(ids: readonly number[]): AsyncIterable<D['vm']> {
    return ids.length > 0 ? this.stream(this.#reads.vmSet(ids)) : this.stream()
  }

  vmPages({ size = PAGE, after, ...options }: VmPageOptions = {}): Pages<D['vm']> {
    return new Pages(
      (start, count) => this.#all([this.#reads.vmPool({ ...options, page: { start, size: count } })]),
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
    for await (const items of this.answers(calls)) {
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

  stream<T>(...calls: readonly ReadCall<T>[]): AsyncIterable<T> {
    return transformed(this.#all(calls), each => (each instanceof Flaw ? undefined : each))
  }

  /** The objects that calls answer with, and those of them that cannot be read. */
  #all<T>(calls: readonly ReadCall<T>[]): AsyncIterable<T | Flaw> {
    return new Grouped(this.#groups(calls))
  }

  async *#groups<T>(calls: readonly ReadCall<T>[]): AsyncGenerator<(T | Flaw)[]> {
    for await (const items of this.answers(calls)) {
      yield items.map(({ error, flaw, object }) => {
        if (error) throw error
        return flaw ?? object
      })
    }
  }

  /** The one object that a call is about. One that cannot be read is no more there than one that does not exist. */
  async #document<T>(call: ReadCall<T>): Promise<T> {
    const [object] = await Array.fromAsync(this.#all([call]))
    if (object === undefined)
      throw asUnavailable(new MalformedAnswer('the object is missing'), { repeatable: true, methods: [call.method] })
    if (object instanceof Flaw) throw new OneError(call.method, NO_EXISTS, 'The object cannot be read', object.id)
    return object
  }
}
