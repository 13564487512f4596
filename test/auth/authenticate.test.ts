// Which scheme a request is taken to be signed by, and what a wrong signature and an unknown key cost and are answered.
import { AwsV4Signer } from 'aws4fetch'
import { describe, expect, it, vi } from 'vitest'
import { type AccessKey, findKeyIn } from '../../src/auth/access-key.ts'
import { authenticate } from '../../src/auth/authenticate.ts'
import { Guesses } from '../../src/auth/guesses.ts'
import { signV2 } from '../../src/auth/sigv2.ts'
import { limits } from '../../src/limits.ts'
import { Ec2Error } from '../../src/protocol/errors.ts'
import {
  authenticateHelen,
  findHelen,
  helen,
  type Message,
  messageOf,
  NOW,
  policy,
  refusal,
  SECRET,
  toSignedRequest,
} from './support.ts'

const now = () => NOW

async function inHeader(accessKeyId = 'helen', secret = SECRET, service = 'ec2'): Promise<Message> {
  const signer = new AwsV4Signer({
    url: 'https://cloud.example.com/?Action=DescribeRegions',
    accessKeyId,
    secretAccessKey: secret,
    service,
    region: 'us-east-1',
    datetime: '20261123T101500Z',
  })
  const { url, headers } = await signer.sign()
  return messageOf(new Request(url, { headers }))
}

async function version2(accessKeyId = 'helen', secret = SECRET): Promise<Message> {
  const request = {
    method: 'GET',
    host: 'cloud.example.com',
    path: '/',
    parameters: [['Action', 'DescribeRegions']] as const,
  }
  const parameters = await signV2(request, { accessKeyId, secret }, () => NOW)
  const query = new URLSearchParams(parameters.map(([name, value]) => [name, value])).toString()
  return { method: 'GET', path: '/', query, headers: { host: 'cloud.example.com' }, body: '' }
}

describe('a request', () => {
  const unsigned = { method: 'POST', path: '/', query: '', headers: { host: 'h' }, body: 'Action=DescribeRegions' }

  it('must be signed', async () => {
    expect(await refusal(authenticateHelen(unsigned))).toEqual({
      code: 'MissingAuthenticationToken',
      status: 403,
      message: 'Request is missing Authentication Token',
    })
  })

  it.each([
    ['header and version 2', async () => ({ ...(await version2()), headers: (await inHeader()).headers })],
    ['header and presigned', async () => ({ ...(await inHeader()), query: 'X-Amz-Algorithm=AWS4-HMAC-SHA256' })],
    ['presigned and version 2', async () => ({ ...(await version2()), body: 'X-Amz-Signature=0' })],
  ])('may not be signed twice: %s', async (_, make) => {
    expect(await refusal(authenticateHelen(await make()))).toMatchObject({
      code: 'InvalidParameterCombination',
      status: 400,
      message:
        'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or ' +
        'the Authorization header should be specified',
    })
  })
})

const UNKNOWN = 'AKIAIOSFODNN7EXAMPLE'
const ways = { sigv4: inHeader, sigv2: version2 }

const invalidKey = {
  code: 'AuthFailure',
  status: 401,
  message: 'AWS was not able to validate the provided access credentials',
}

/** How an attempt is refused, and how often anything was hashed for that. */
async function refusedAfter(attempt: () => Promise<unknown>) {
  const spies = (['verify', 'digest', 'sign'] as const).map(method => vi.spyOn(crypto.subtle, method))
  const refused = await refusal(attempt())
  const work = spies.map(spy => spy.mock.calls.length)
  for (const spy of spies) spy.mockRestore()
  return { refused, work }
}

describe.each(['sigv4', 'sigv2'] as const)('issued keys, %s', way => {
  it('that do not exist are refused before anything is hashed', async () => {
    const message = await ways[way](UNKNOWN)
    const { refused, work } = await refusedAfter(() => authenticateHelen(message))
    expect(refused).toEqual(invalidKey)
    expect(work).toEqual([0, 0, 0])
  })

  it('with a wrong secret are told apart from unknown ones', async () => {
    const find = async (): Promise<AccessKey> => ({ ...helen, source: 'issued' })
    const attempt = authenticate(
      toSignedRequest(await ways[way](UNKNOWN, 'wrong')),
      policy(),
      find,
      new Guesses({ now }),
    )
    expect(await refusal(attempt)).toEqual({
      code: 'SignatureDoesNotMatch',
      status: 403,
      message:
        'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access ' +
        'Key and signing method. Consult the service documentation for details.',
    })
  })
})

describe.each(['sigv4', 'sigv2'] as const)("econe's keys, %s", way => {
  const attempt = async (guesses: Guesses, name: string, secret = 'wrong', address = '192.0.2.1') => {
    const { headers, ...rest } = await ways[way](name, secret)
    const message = { ...rest, headers: { ...headers, 'cf-connecting-ip': address } }
    return () => authenticate(toSignedRequest(message), policy(), findHelen, guesses)
  }

  it('are refused with one answer and the same work for a wrong name and a wrong secret', async () => {
    const guesses = new Guesses({ now })
    // The first attempts fill the cache of signing keys
    for (const name of ['nobody', 'helen']) await refusal((await attempt(guesses, name))())
    const unknown = await refusedAfter(await attempt(guesses, 'nobody'))
    const wrong = await refusedAfter(await attempt(guesses, 'helen'))
    expect(unknown.refused).toEqual(invalidKey)
    expect(unknown).toEqual(wrong)
    expect(unknown.work[0]).toBeGreaterThan(0)
  })

  it('are refused unread after too many failures', async () => {
    const guesses = new Guesses({ now })
    for (let count = 0; count < limits.failedNames.most; count++) await refusal((await attempt(guesses, 'helen'))())
    const barred = await refusedAfter(await attempt(guesses, 'helen', SECRET, '192.0.2.2'))
    expect(barred).toMatchObject({ refused: { code: 'RequestLimitExceeded', status: 503 }, work: [0, 0, 0] })
  })

  it('that are right are counted by nobody', async () => {
    const guesses = new Guesses({ now })
    for (let count = 0; count <= limits.failedNames.most; count++) {
      expect((await (await attempt(guesses, 'helen', SECRET))()).key).toBe(helen)
    }
  })

  it('where the scheme is off are unknown, and nothing is hashed', async () => {
    const message = await ways[way]('nobody')
    expect(await refusedAfter(() => authenticateHelen(message))).toEqual({ refused: invalidKey, work: [0, 0, 0] })
  })
})

describe('unknown keys', () => {
  it('have a code of their own with STS', async () => {
    const message = await inHeader('nobody', SECRET, 'sts')
    expect(await refusal(authenticateHelen(message, { service: 'sts' }))).toEqual({
      code: 'InvalidClientTokenId',
      status: 403,
      message: 'The security token included in the request is invalid.',
    })
  })

  it('a request signed with the decoy is as unknown', async () => {
    const message = toSignedRequest(await inHeader('nobody', 'decoy'))
    const attempt = authenticate(message, policy(), findHelen, new Guesses({ now }))
    expect(await refusal(attempt)).toMatchObject({ code: 'AuthFailure' })
  })
})

describe('the follow-up', () => {
  const noteUse = vi.fn(async () => {})
  const find = async (): Promise<AccessKey> => ({ ...helen, source: 'issued', noteUse })

  it('is begun for a genuine request alone', async () => {
    await refusal(authenticate(toSignedRequest(await inHeader('helen', 'wrong')), policy(), find))
    expect(noteUse).not.toHaveBeenCalled()
    const caller = await authenticate(toSignedRequest(await inHeader()), policy(), find)
    expect(noteUse).toHaveBeenCalledTimes(1)
    await expect(caller.followUp).resolves.toBeUndefined()
  })
})

describe('sources of keys', () => {
  it('are asked in order until one knows the key', async () => {
    const asked: string[] = []
    const source = (name: string, key?: AccessKey) => async (accessKeyId: string) => {
      asked.push(`${name} ${accessKeyId}`)
      return key
    }
    const find = findKeyIn([source('first'), source('second', helen), source('third')])
    expect(await find('helen')).toBe(helen)
    expect(asked).toEqual(['first helen', 'second helen'])
  })

  it('can all be switched off', async () => {
    const message = toSignedRequest(await inHeader())
    expect(await refusal(authenticate(message, policy(), findKeyIn([])))).toMatchObject({ code: 'AuthFailure' })
  })

  it('that cannot answer do not make a key unknown', async () => {
    const down = async () => {
      throw new Ec2Error('Unavailable', 'later')
    }
    const message = toSignedRequest(await inHeader())
    expect(await refusal(authenticate(message, policy(), findKeyIn([down, findHelen])))).toMatchObject({ status: 503 })
  })
})
