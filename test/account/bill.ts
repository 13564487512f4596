// What Cloudflare counts of a request, and bills: operations on KV, R2 and the account's object, and requests to OpenNebula.
//
// @see https://developers.cloudflare.com/workers/platform/pricing/
// @see https://developers.cloudflare.com/durable-objects/platform/pricing/
// @see https://developers.cloudflare.com/r2/pricing/
import type { Bill } from '../../docs/costs.ts'

export const nothing = (): Bill => ({
  ...{ upstream: 0, kvReads: 0, kvWrites: 0, kvLists: 0, objectRequests: 0, rowsRead: 0, rowsWritten: 0 },
  ...{ classA: 0, classB: 0 },
})

/** Per method of a binding, what a call of it counts as, and how often. */
type Tariff = Readonly<Record<string, readonly [item: keyof Bill, times: (argument: unknown) => number] | 'free'>>

const once = () => 1
/** Of many keys each counts. */
const each = (keys: unknown) => (Array.isArray(keys) ? keys.length : 1)

const KV: Tariff = {
  get: ['kvReads', each],
  getWithMetadata: ['kvReads', each],
  put: ['kvWrites', once],
  delete: ['kvWrites', once],
  list: ['kvLists', once],
}

const R2: Tariff = {
  put: ['classA', once],
  list: ['classA', once],
  createMultipartUpload: ['classA', once],
  uploadPart: ['classA', once],
  complete: ['classA', once],
  get: ['classB', once],
  head: ['classB', once],
  delete: 'free',
  abort: 'free',
}

/** The rows of an object's key-value interface, which are rows of a table like any other; a row that is not there counts as well. */
const ROWS: Tariff = {
  get: ['rowsRead', once],
  put: ['rowsWritten', once],
  delete: ['rowsWritten', once],
}

export const billedKv = <B extends object>(namespace: B, bill: Bill): B => billed(namespace, bill, KV)

export const billedR2 = <B extends object>(bucket: B, bill: Bill): B => billed(bucket, bill, R2)

/** @throws TypeError for a method that has no tariff */
const billed = <B extends object>(binding: B, bill: Bill, tariff: Tariff): B =>
  new Proxy(binding, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (...args: unknown[]): unknown => {
        charge(bill, tariff, String(name), args[0])
        const given: unknown = Reflect.apply(member, target, args)
        // What is done with an upload costs as much as it does
        return name === 'createMultipartUpload' && given instanceof Promise
          ? given.then((upload: object) => billed(upload, bill, tariff))
          : given
      }
    },
  })

function charge(bill: Bill, tariff: Tariff, method: string, argument: unknown): void {
  const price = tariff[method]
  if (price === undefined) throw new TypeError(`nobody knows what ${method} costs`)
  if (price !== 'free') bill[price[0]] += price[1](argument)
}

/** Charges for the rows of what objects do, until it is disposed. */
export interface RowCounter extends Disposable {
  /** Counts what the statements until now have touched: inside of the object that made them. */
  settle(): void
}

/** @param storage any object's: all of the isolate have the same prototypes */
export function countRows(storage: DurableObjectStorage, bill: Bill): RowCounter {
  const { kv, sql } = storage
  const cursors: { readonly rowsRead: number; readonly rowsWritten: number }[] = []
  const spies: Disposable[] = []
  const watch = (part: object, method: string, note: (given: unknown) => unknown) => {
    const prototype: unknown = Object.getPrototypeOf(part)
    if (prototype === null || typeof prototype !== 'object') throw new TypeError('storage has no prototype')
    const original: unknown = Reflect.get(prototype, method)
    if (typeof original !== 'function') throw new TypeError(`storage has no ${method}`)
    Reflect.set(prototype, method, function (this: object, ...args: unknown[]): unknown {
      return note(Reflect.apply(original, this, args))
    })
    spies.push({ [Symbol.dispose]: () => Reflect.set(prototype, method, original) })
  }
  for (const method of Object.keys(ROWS)) {
    watch(kv, method, given => {
      charge(bill, ROWS, method, undefined)
      return given
    })
  }
  watch(kv, 'list', given => {
    const found = [...(given as Iterable<unknown>)]
    bill.rowsRead += Math.max(1, found.length)
    return found
  })
  watch(storage, 'setAlarm', given => {
    bill.rowsWritten++
    return given
  })
  watch(sql, 'exec', given => {
    cursors.push(given as SqlStorageCursor<never>)
    return given
  })
  return {
    settle() {
      for (const { rowsRead, rowsWritten } of cursors.splice(0)) {
        bill.rowsRead += rowsRead
        bill.rowsWritten += rowsWritten
      }
    },
    [Symbol.dispose]() {
      for (const spy of spies) spy[Symbol.dispose]()
    },
  }
}
