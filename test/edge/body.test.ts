// What a stranger can have read: no body where the key says enough, and never more of one than any request needs.
import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { app } from '../../src/edge/app.ts'
import type { Env } from '../../src/edge/services.ts'
import { limits } from '../../src/limits.ts'

const CHUNK = 16 * 1024
const FORM = 'application/x-www-form-urlencoded'

const own = (variables: Partial<Env>): Env => ({
  ...(env as Env),
  ...{ ONE_XMLRPC: 'http://localhost/RPC2', ONE_AUTH: 'serveradmin:x', EDGE_SECRET: 'a secret of the unit tests' },
  ...variables,
})

/** Sends an endless body; what is answered, and how many bytes of it were read. */
async function answer(headers: Record<string, string>, query = '', variables: Partial<Env> = {}) {
  let read = 0
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        read += CHUNK
        controller.enqueue(new Uint8Array(CHUNK).fill(0x41))
      },
    },
    { highWaterMark: 0 },
  )
  const request = new Request(`https://ec2.example.com/${query}`, {
    ...{ method: 'POST', body },
    headers: { 'content-type': FORM, ...headers },
  })
  const response = await app.fetch(request, own(variables), createExecutionContext())
  const text = await response.text()
  return { status: response.status, code: /<Code>([^<]*)/.exec(text)?.[1], sts: text.includes('<ErrorResponse'), read }
}

const authorization = (key: string, service: string) =>
  `AWS4-HMAC-SHA256 Credential=${key}/20261123/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=00`

const ISSUED_ONLY = { USER_NAME_KEYS: 'false', ISSUED_KEYS: 'true' }

describe('a body', () => {
  it.each<[string, Record<string, string>, string, number, string, boolean]>([
    ['in the header', { authorization: authorization('nobody', 'ec2') }, '', 401, 'AuthFailure', false],
    ['in the header for STS', { authorization: authorization('AKIA', 'sts') }, '', 403, 'InvalidClientTokenId', true],
    [
      'in the query',
      {},
      '?X-Amz-Credential=nobody%2F20261123%2Fus-east-1%2Fec2%2Faws4_request',
      ...([401, 'AuthFailure', false] as const),
    ],
    ['in the query, version 2', {}, '?AWSAccessKeyId=nobody', 401, 'AuthFailure', false],
  ])('is not read where the key cannot be anybody’s: %s', async (_, headers, query, status, code, sts) => {
    expect(await answer(headers, query, ISSUED_ONLY)).toEqual({ status, code, sts, read: 0 })
  })

  it.each<[string, Record<string, string>, Partial<Env>]>([
    ['nobody signed', {}, {}],
    ['an issued key may have signed', { authorization: authorization(`AKIA${'A'.repeat(16)}`, 'ec2') }, ISSUED_ONLY],
    ['a user may have signed', { authorization: authorization('nobody', 'ec2') }, { USER_NAME_KEYS: 'true' }],
  ])('that %s is read as far as a request may go', async (_, headers, variables) => {
    const { read, ...refused } = await answer(headers, '', variables)
    expect(refused).toMatchObject({ status: 413, code: 'RequestEntityTooLarge' })
    expect(read).toBeLessThanOrEqual(limits.requestBytes.most + 2 * CHUNK)
  })

  it('that announces more is not read', async () => {
    const length = String(limits.requestBytes.most + 1)
    expect(await answer({ 'content-length': length })).toMatchObject({ status: 413, read: 0 })
  })
})
