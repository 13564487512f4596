// Requests as the tests of src/auth need them: from an HTTP message, taken apart, altered, put together again.
import { expect } from 'vitest'
import type { AccessKey, FindKey } from '../../src/auth/access-key.ts'
import { authenticate, type Caller } from '../../src/auth/authenticate.ts'
import { type SignedRequest, signedRequest } from '../../src/auth/request.ts'
import type { SignaturePolicy } from '../../src/auth/signature.ts'
import { Ec2Error } from '../../src/protocol/errors.ts'

export const SECRET = '32145d662f3331ba2e96541b97b8a8884e1f1b248ab554c619db6ed1a24c7198'
export const NOW = Date.parse('2026-11-23T10:15:00Z')

export const helen: AccessKey = {
  accessKeyId: 'helen',
  secret: SECRET,
  user: { id: 2, name: 'helen' },
  source: 'econe',
}

/** Knows helen and nobody else. */
export const findHelen: FindKey = async accessKeyId => (accessKeyId === 'helen' ? helen : undefined)

export function policy(changes: Partial<SignaturePolicy> = {}): SignaturePolicy {
  return { service: 'ec2', regions: ['opennebula', 'us-east-1'], anyRegion: false, now: () => NOW, ...changes }
}

/** The message that a Request stands for, in parts that can be altered one by one. */
export interface Message {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export async function messageOf(request: Request): Promise<Message> {
  const url = new URL(request.url)
  const headers = { host: url.host, ...Object.fromEntries(request.headers) }
  return {
    method: request.method,
    path: url.pathname,
    query: url.search.slice(1),
    headers,
    body: await textOf(request),
  }
}

async function textOf(request: Request): Promise<string> {
  return new TextDecoder().decode(await request.arrayBuffer())
}

/** The message as the Worker would read it. */
export function toSignedRequest({ method, path, query, headers, body }: Message): SignedRequest {
  return {
    method,
    path,
    query,
    parameters: parametersOf({ query, body }),
    headers: new Map(Object.entries(headers)),
    body: new TextEncoder().encode(body),
    defaultPort: '443',
  }
}

export function parametersOf({ query, body }: Pick<Message, 'query' | 'body'>): [string, string][] {
  return [...new URLSearchParams(query), ...new URLSearchParams(body)]
}

/** A Request through `signedRequest`, as the app reads it. */
export async function read(request: Request): Promise<SignedRequest> {
  const body = await textOf(request)
  const { search } = new URL(request.url)
  return signedRequest(request, new TextEncoder().encode(body), parametersOf({ query: search.slice(1), body }))
}

export function authenticateHelen(message: Message, changes: Partial<SignaturePolicy> = {}): Promise<Caller> {
  return authenticate(toSignedRequest(message), policy(changes), findHelen)
}

/** The error that refuses the request: its code, status and message. */
export async function refusal(attempt: Promise<unknown>): Promise<Pick<Ec2Error, 'code' | 'status' | 'message'>> {
  const outcome = await attempt.then(
    () => 'accepted',
    (error: unknown) => error,
  )
  expect(outcome).toBeInstanceOf(Ec2Error)
  if (!(outcome instanceof Ec2Error)) throw new TypeError('not refused')
  return { code: outcome.code, status: outcome.status, message: outcome.message }
}

/** Every text that differs from `text` in the bits `flip` of one character. */
export function* alterations(text: string, flip: number): Iterable<string> {
  for (let index = 0; index < text.length; index++) {
    const character = String.fromCharCode(text.charCodeAt(index) ^ flip)
    yield text.slice(0, index) + character + text.slice(index + 1)
  }
}
