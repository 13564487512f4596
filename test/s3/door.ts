// What a door does with a request: who signed it, then its body into R2. With miniflare's bucket and nothing else.
import { env } from 'cloudflare:workers'
import type { AccessKey } from '../../src/auth/access-key.ts'
import { authenticate, type Caller } from '../../src/auth/authenticate.ts'
import { type SignedRequest, signedRequest } from '../../src/auth/request.ts'
import type { SignaturePolicy } from '../../src/auth/signature.ts'
import { readParameters } from '../../src/protocol/parameters.ts'
import { receiveBody } from '../../src/s3/body.ts'
import type { Authentic } from '../../src/s3/payload.ts'
import type { StoredBody } from '../../src/s3/store.ts'
import { ACCESS_KEY, type Message, NOW, SECRET } from './support.ts'

export const bucket: R2Bucket = env.STAGING

const key: AccessKey = { accessKeyId: ACCESS_KEY, secret: SECRET, user: { id: 2, name: 'helen' }, source: 'issued' }

export function policy(changes: Partial<SignaturePolicy> = {}): SignaturePolicy {
  return { service: 's3', regions: ['us-east-1'], anyRegion: false, now: () => NOW, ...changes }
}

/** The request as the runtime hands it in: its URL as it was sent, which a constructor would resolve. */
export function requestOf({ method, path, query, headers, body }: Message): Request {
  const url = `https://${headers['host']}${path}${query === '' ? '' : `?${query}`}`
  const init = method === 'GET' || method === 'HEAD' ? {} : { body }
  return Object.defineProperty(new Request('https://h/', { method, headers, ...init }), 'url', { value: url })
}

export function read(request: Request): SignedRequest {
  const query = /\?(.*)$/s.exec(request.url)?.[1] ?? ''
  return signedRequest(request, new Uint8Array(), readParameters({ query }, { count: 100, bytes: 16_384 }))
}

/** Who signed a message. */
export const callerOf = (message: Message, changes: Partial<SignaturePolicy> = {}): Promise<Caller> =>
  authenticate(read(requestOf(message)), policy(changes), async id => (id === ACCESS_KEY ? key : undefined))

/** What its signature says of a message. */
export async function authenticOf(message: Message, changes: Partial<SignaturePolicy> = {}): Promise<Authentic> {
  const { authentic } = await callerOf(message, changes)
  if (!authentic) throw new TypeError('nothing is said of the body')
  return authentic
}

/** Stores a message's body. @returns what is stored, when all that was begun is over */
export async function storeMessage(message: Message, name: string, signal?: AbortSignal): Promise<StoredBody> {
  const authentic = await authenticOf(message)
  const work: Promise<unknown>[] = []
  const waitUntil = (promise: Promise<unknown>) => void work.push(promise)
  const stored = receiveBody(requestOf(message), authentic).store(bucket, name, {
    allowed: Promise.resolve(),
    waitUntil,
    signal,
  })
  await Promise.allSettled([stored])
  await Promise.allSettled(work)
  return stored
}
