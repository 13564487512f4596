// What the rest of the Worker asks and tells a front-end.
import type { ObjectOf, PoolOptions, ReadCall, WriteCall } from './calls/common.ts'
import type { Documents } from './calls/reads.ts'
import type { VmPoolOptions } from './calls/vm.ts'
import type { Datastore, UserCredentials } from './documents.ts'
import type { OneError, OneFault } from './errors.ts'
import type { Cursor, Pages } from './xml/pages.ts'
import type { Item } from './xml/stream.ts'
import type { Outcome } from './xml/xmlrpc.ts'

/**
 * What can be asked. Every method throws OneError, OneFault or OneUnavailable; those that stream also in the middle.
 * Leaving a stream early closes its connection. An object that cannot be read is left out; asked for by its number, it
 * does not exist.
 * @typeParam D what objects are read as
 */
export interface OneReader<D extends Documents = Documents> {
  vm(id: number): Promise<D['vm']>
  /** The VMs of these ids, in one request; ids that do not exist or may not be seen are left out. */
  vms(ids: readonly number[]): AsyncIterable<D['vm']>
  /** VMs newest first, page by page; one's own that are not DONE where nothing else is said. */
  vmPages(options?: VmPageOptions): Pages<D['vm']>
  image(id: number): Promise<D['image']>
  images(options?: PoolOptions): AsyncIterable<D['image']>
  template(id: number): Promise<D['template']>
  templates(options?: PoolOptions): AsyncIterable<D['template']>
  /** A network with its leases. */
  network(id: number): Promise<D['vn']>
  networks(options?: PoolOptions): AsyncIterable<D['vn']>
  securityGroup(id: number): Promise<D['secgroup']>
  securityGroups(options?: PoolOptions): AsyncIterable<D['secgroup']>
  /** Oneself, where no id is said. */
  user(id?: number): Promise<D['user']>
  /** Every user with password hash, asked as the server's account. */
  users(): AsyncIterable<UserCredentials>
  datastores(): AsyncIterable<Datastore>
  /** Several reads in one request, all of them held: for single objects and small pools. */
  read<C extends readonly ReadCall<unknown>[]>(...calls: C): Promise<ReadResults<C>>
  /** Several reads in one request, object by object in the order of the calls; the first that fails is thrown. */
  stream<T>(...calls: readonly ReadCall<T>[]): AsyncIterable<T>
  /** What calls are answered with, as it comes: for each object that came a step of its own would cost as much as to know it. */
  answers<T>(calls: readonly ReadCall<T>[]): AsyncIterable<Item<T>[]>
}

/** What can be asked and told. */
export interface OneWriter<D extends Documents = Documents> extends OneReader<D> {
  /**
   * Changes something; answers the id of what was made or changed.
   * @throws OneError | OneFault nothing was changed
   * @throws OneUnavailable see its `outcome`
   */
  call(call: WriteCall): Promise<number>
  /**
   * Changes several things, in order, in one request; each may fail by itself.
   * @throws OneUnavailable for all of them together
   */
  multicall(calls: readonly WriteCall[]): Promise<Outcome<number>[]>
  /**
   * Changes several things and then reads, all in one request: for changes that may be made twice, since the request is
   * repeated where its answer is lost.
   * @throws OneError | OneFault of the read
   * @throws OneUnavailable for all of it
   */
  changeAndRead<T>(calls: readonly WriteCall[], read: ReadCall<T>): Promise<Changed<T>>
}

/** What was read after changes, and why those of them that were not made were not. */
export interface Changed<T> {
  readonly objects: readonly T[]
  readonly errors: readonly (OneError | OneFault)[]
}

export interface VmPageOptions extends Omit<VmPoolOptions, 'page'> {
  /** VMs a request; 100. */
  readonly size?: number
  /** Goes on behind the VM that another walk gave last. */
  readonly after?: Cursor | undefined
}

/** For each call its objects (exactly one for a call that is not about a pool), or why there are none. */
export type ReadResults<C extends readonly ReadCall<unknown>[]> = {
  -readonly [K in keyof C]: Outcome<readonly ObjectOf<C[K]>[]>
}
