// Which scheme a request is taken to be signed by, and that a wrong signature and an unknown key go the same way.
import { AwsV4Signer } from 'aws4fetch'
import { describe, expect, it, vi } from 'vitest'
import { type AccessKey, findKeyIn } from '../../src/auth/access-key.ts'
import { authenticate } from '../../src/auth/authenticate.ts'
import { signV2 } from '../../src/auth/sigv2.ts'
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

describe('unknown keys and wrong secrets', () => {
  const ways = { sigv4: inHeader, sigv2: version2 }

  it.each(['sigv4', 'sigv2'] as const)('are told apart by the code alone: %s', async way => {
    const verify = vi.spyOn(crypto.subtle, 'verify')
    const digest = vi.spyOn(crypto.subtle, 'digest')
    const count = async (attempt: Promise<unknown>) => {
      verify.mockClear()
      digest.mockClear()
      const refused = await refusal(attempt)
      return { refused, work: [verify.mock.calls.length, digest.mock.calls.length] }
    }
    // The first attempts fill the cache of signing keys.
    await refusal(authenticateHelen(await ways[way]('nobody')))
    await refusal(authenticateHelen(await ways[way]('helen', 'wrong')))
    const unknown = await count(authenticateHelen(await ways[way]('nobody')))
    const wrong = await count(authenticateHelen(await ways[way]('helen', 'wrong')))
    vi.restoreAllMocks()
    expect(unknown.work[0]).toBeGreaterThan(0)
    expect(unknown.work).toEqual(wrong.work)
    expect(unknown.refused).toEqual({
      code: 'AuthFailure',
      status: 401,
      message: 'AWS was not able to validate the provided access credentials',
    })
    expect(wrong.refused).toEqual({
      code: 'SignatureDoesNotMatch',
      status: 403,
      message:
        'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access ' +
        'Key and signing method. Consult the service documentation for details.',
    })
  })

  it('an unknown key has its own code with STS', async () => {
    const message = await inHeader('nobody', SECRET, 'sts')
    expect(await refusal(authenticateHelen(message, { service: 'sts' }))).toEqual({
      code: 'InvalidClientTokenId',
      status: 403,
      message: 'The security token included in the request is invalid.',
    })
  })

  it('a request signed with the decoy is as unknown', async () => {
    expect(await refusal(authenticateHelen(await inHeader('nobody', 'decoy')))).toMatchObject({ code: 'AuthFailure' })
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
      throw new Ec2Error('Unavailable', 'later', 503)
    }
    const message = toSignedRequest(await inHeader())
    expect(await refusal(authenticate(message, policy(), findKeyIn([down, findHelen])))).toMatchObject({ status: 503 })
  })
})
