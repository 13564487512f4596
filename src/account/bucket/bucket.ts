// The bucket of an account: what it is asked, and what is to be done later. It is a room of the account's object, in whose
// storage its tables are.
import { causeOf } from '../../ec2/core/cause.ts'
import { S3Error, toldS3 } from '../../s3/errors.ts'
import { parseHeldKey } from '../../staging/key.ts'
import { isForOnce, type ObjectInfo, type StoredObject } from '../../staging/object.ts'
import type { Defer } from '../services.ts'
import type { BucketAnswer, BucketCall, BucketCalls, BucketOperation } from './calls.ts'
import { Contents } from './contents.ts'
import { Holds } from './holds.ts'
import { Objects } from './objects.ts'
import { type BucketRooms, type Operations, operationsOf, perform, reads } from './operations.ts'
import { Pieces } from './pieces.ts'
import { type Usage, usageOf } from './quota.ts'
import { Tables } from './tables.ts'
import { Uploads } from './uploads.ts'

export interface BucketParts {
  readonly storage: DurableObjectStorage
  readonly r2: () => R2Bucket
  readonly now: () => number
  /** Bytes that the account may have. */
  readonly mostBytes: () => number
  readonly defer: Defer
}

export class Bucket {
  readonly #tables: Tables
  readonly #rooms: BucketRooms
  readonly #operations: Operations
  readonly #defer: Defer

  constructor({ storage, r2, now, mostBytes, defer }: BucketParts) {
    const tables = new Tables(storage)
    const pieces = new Pieces({ tables, r2, now, mostBytes })
    const contents = new Contents(tables, pieces)
    const objects = new Objects(tables, contents, now)
    const uploads = new Uploads({ tables, pieces, contents, objects, now })
    const holds = new Holds({ tables, contents, objects, now })
    this.#tables = tables
    this.#rooms = { pieces, contents, objects, uploads, holds }
    this.#operations = operationsOf(this.#rooms)
    this.#defer = defer
  }

  /** Does what a call asks for. Nothing is thrown: errors cross as data. */
  async answer(call: BucketCall): Promise<BucketAnswer> {
    try {
      return { output: await this.#perform(call) }
    } catch (error) {
      if (error instanceof S3Error) return { error: { ...toldS3(error), cause: causeOf(error.cause) } }
      return { error: { ...toldS3(new S3Error('InternalError', DEFECT)), cause: causeOf(error) } }
    }
  }

  async #perform(call: BucketCall): Promise<BucketCalls[BucketOperation]['output']> {
    if (!Object.hasOwn(this.#operations, call.name)) throw new TypeError('the bucket has no such operation')
    const work = () => perform(this.#operations, call)
    return reads.has(call.name) ? work() : this.#write(call, work)
  }

  async #write<T>(call: BucketCall, work: () => T): Promise<T> {
    try {
      return this.#change(work)
    } catch (error) {
      // Bytes that do not count go, whatever it is that is wrong with them
      if (call.name === 'finishPut' || (call.name === 'finishPart' && this.#rooms.uploads.mayBeOf(call.input)))
        this.#giveUp(call.account, call.input.piece)
      // What is still to be deleted counts until it is
      else if (isQuota(error) && (await this.#rooms.pieces.collect()) > 0) return this.#change(work)
      throw error
    }
  }

  /** Changes rows, and deletes what nobody refers to any more: nobody waits for that. */
  #change<T>(work: () => T): T {
    const output = this.#tables.write(work)
    this.#defer(this.#rooms.pieces.collect())
    return output
  }

  #giveUp(account: string, piece: string): void {
    this.#change(() => this.#rooms.pieces.giveUp(account, piece))
  }

  /** What a key names; undefined where it names nothing. */
  find(key: string): ObjectInfo | undefined {
    return this.#rooms.objects.find(key)
  }

  /** Holds the bytes of what a key names under an id, until that is released. @returns undefined where it names nothing */
  hold(key: string, id: string): ObjectInfo | undefined {
    const object = this.find(key)
    if (object) this.#change(() => this.#rooms.holds.hold(key, id))
    return object
  }

  /** What is held under an id. */
  held(id: string): StoredObject | undefined {
    return this.#tables.exist ? this.#rooms.holds.held(id) : undefined
  }

  /** Deletes those of the objects that are still what was imported, and were uploaded for that alone. */
  discardUsed(objects: readonly { readonly key: string; readonly etag: string }[]): void {
    if (!this.#tables.exist) return
    this.#tables.write(() => {
      const used = objects.filter(({ key, etag }) => {
        const found = this.find(key)
        return found?.etag === etag && isForOnce(found)
      })
      this.#rooms.objects.remove({ objects: used.map(({ key, etag }) => ({ key, ifMatch: etag })) })
    })
    this.#defer(this.#rooms.pieces.collect())
  }

  release(ids: readonly string[]): void {
    if (!this.#tables.exist || ids.length === 0) return
    this.#change(() => this.#rooms.holds.release(ids))
  }

  /**
   * Ends what is over, and deletes what nobody refers to any more. What fails is tried again with the next alarm.
   * @param staged keys of what tasks look after: holds among them stay
   */
  async tidy(staged: readonly string[]): Promise<void> {
    if (!this.#tables.exist) return
    const wanted = staged.flatMap(key => parseHeldKey(key)?.imageId ?? [])
    const { pieces, uploads, holds } = this.#rooms
    this.#tables.write(() => {
      pieces.expire()
      uploads.expire()
      holds.expire(wanted)
    })
    await pieces.collect()
  }

  /** When to tidy up; milliseconds since 1970. */
  get due(): number | undefined {
    if (!this.#tables.exist) return undefined
    const { pieces, uploads, holds } = this.#rooms
    const times = [pieces.due, uploads.due, holds.due].filter(time => time !== undefined)
    return times.length > 0 ? Math.min(...times) : undefined
  }

  /** Deletes what is in it, a thousand objects and uploads at most. @returns whether there may be more */
  empty(): boolean {
    const { objects, uploads } = this.#rooms
    return this.#change(() => [objects.drop(A_GO), uploads.drop(A_GO)].some(dropped => dropped === A_GO))
  }

  get usage(): Usage {
    return usageOf(this.#tables)
  }
}

/** Objects, and uploads, that are dropped at once. */
const A_GO = 1000

const DEFECT = 'We encountered an internal error. Please try again.'

const isQuota = (error: unknown) => error instanceof S3Error && error.code === 'QuotaExceeded'
