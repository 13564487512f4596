// How the bytes of a request become part of an account's bucket: announced, stored, and only then made to count.
import type { Begun, StoredBytes } from '../../account/bucket/calls.ts'
import { receiveBody } from '../../s3/body.ts'
import { S3Error } from '../../s3/errors.ts'
import type { ObjectCall } from './call.ts'

/** What is told to the account's object before the bytes are read, and after they are stored. */
interface Steps<T> {
  readonly begin: (size: number) => Promise<Begun>
  readonly finish: (stored: StoredBytes) => Promise<T>
}

/**
 * Takes the body of a request.
 * @throws S3Error whatever is wrong with it: nothing of it is left then. Where even that fails, the account's object
 *   gives up in time what was begun
 */
export async function receive<T>(call: ObjectCall, { begin, finish }: Steps<T>): Promise<T> {
  const body = receiveBody(call.request, call.authentic)
  const { piece, until } = await begin(body.length)
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(tooSlow()), until - Date.now())
  try {
    const stored = await body.store(call.bytes, piece, { waitUntil: call.defer, signal: late.signal })
    return await finish({ piece, ...stored })
  } catch (error) {
    await call.ask('cancel', { piece }).catch(() => undefined)
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
