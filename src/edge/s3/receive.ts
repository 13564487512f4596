// How the bytes of a request become part of an account's bucket: announced, stored, and only then made to count.
import type { Begun, StoredBytes } from '../../account/bucket/calls.ts'
import { receiveBody } from '../../s3/body.ts'
import { S3Error } from '../../s3/errors.ts'
import { newPieceKey } from '../../staging/key.ts'
import type { ObjectCall } from './call.ts'

/** What of a call brings a body. */
interface Incoming extends Pick<ObjectCall, 'request' | 'authentic' | 'bytes' | 'defer' | 'ask'> {
  readonly caller: { readonly account: Pick<ObjectCall['caller']['account'], 'id'> }
}

/** What is told to the account's object before the last byte is stored, and after it is. */
interface Steps<T> {
  readonly begin: (announced: { readonly piece: string; readonly size: number }) => Promise<Begun>
  readonly finish: (stored: StoredBytes) => Promise<T>
}

/**
 * Takes the body of a request. It comes while the account's object is told of it; what that refuses is answered at once.
 * @throws S3Error whatever is wrong with it: nothing of it is left then. Where even that fails, the account's object
 *   gives up in time what was begun
 */
export async function receive<T>(call: Incoming, { begin, finish }: Steps<T>): Promise<T> {
  const body = receiveBody(call.request, call.authentic)
  const piece = newPieceKey(call.caller.account.id)
  const over = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const allowed = begin({ piece, size: body.length }).then(({ until }) => {
    timer = setTimeout(() => over.abort(tooSlow()), until - Date.now())
  })
  allowed.catch((reason: unknown) => over.abort(reason))
  try {
    const stored = body.store(call.bytes, piece, { waitUntil: call.defer, signal: over.signal, allowed })
    // A refusal does not wait for a client that sends nothing more
    await allowed
    return await finish({ piece, ...(await stored) })
  } catch (error) {
    await allowed.then(() => call.ask('cancel', { piece })).catch(() => undefined)
    throw error
  } finally {
    clearTimeout(timer)
  }
}

const tooSlow = () =>
  new S3Error(
    'RequestTimeout',
    'Your socket connection to the server was not read from or written to within the timeout period.',
  )
