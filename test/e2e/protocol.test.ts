// What every request is held to, over real HTTP: actions, versions, forms, signatures, and how errors look.
import { connect } from 'node:net'
import { DescribeRegionsCommand, EC2Client } from '@aws-sdk/client-ec2'
import { AwsClient } from 'aws4fetch'
import { describe, expect, it } from 'vitest'
import { signV2 } from '../../src/auth/sigv2.ts'
import { call, credentials, endpoint, front, post, raw } from './cloud.ts'

const version: [string, string] = ['Version', '2016-11-15']
const host = new URL(endpoint).host

describe('an answer', () => {
  it('has the request id first, in the namespace of the version that was asked for', async () => {
    const { text, headers } = await post([
      ['Action', 'DescribeRegions'],
      ['Version', '2012-12-01'],
    ])
    const id = headers.get('x-amzn-requestid')
    expect(text).toMatch(
      new RegExp(
        `^<\\?xml version="1.0" encoding="UTF-8"\\?>\\n?<DescribeRegionsResponse xmlns="http://ec2.amazonaws.com/doc/2012-12-01/">\\s*<requestId>${id}</requestId>`,
      ),
    )
    expect(headers.get('content-type')).toBe('text/xml;charset=UTF-8')
  })

  it('to an error has exactly two elements in Error', async () => {
    const { text, status } = await call('DescribeInstances', { 'InstanceId.1': 'i-0123456789abcdef0' })
    expect(status).toBe(400)
    expect(text).toMatch(
      /<Response><Errors><Error><Code>InvalidInstanceID\.NotFound<\/Code><Message>The instance ID 'i-0123456789abcdef0' does not exist<\/Message><\/Error><\/Errors><RequestID>[-0-9a-f]{36}<\/RequestID><\/Response>$/,
    )
  })

  it('of STS is in the form of STS', async () => {
    const sts = new AwsClient({ ...credentials(), service: 'sts', region: 'us-east-1', retries: 0 })
    const ok = await raw(await sts.fetch(`${endpoint}/?Action=GetCallerIdentity&Version=2011-06-15`))
    expect(ok.text).toContain('<GetCallerIdentityResult>')
    const stranger = new AwsClient({
      accessKeyId: 'nobody',
      secretAccessKey: 'x',
      service: 'sts',
      region: 'us-east-1',
      retries: 0,
    })
    const refused = await raw(await stranger.fetch(`${endpoint}/?Action=GetCallerIdentity&Version=2011-06-15`))
    expect([refused.status, refused.code]).toEqual([403, 'InvalidClientTokenId'])
    expect(refused.text).toContain('<ErrorResponse')
  })
})

describe('a request', () => {
  it.each<[string, [string, string][], number, string]>([
    ['without an action', [version], 400, 'MissingAction'],
    ['for what AWS does not have either', [['Action', 'BrewCoffee'], version], 400, 'InvalidAction'],
    ['for what only AWS has', [['Action', 'CreateVpnGateway'], version], 400, 'UnsupportedOperation'],
    [
      'of no version',
      [
        ['Action', 'DescribeRegions'],
        ['Version', 'latest'],
      ],
      400,
      'NoSuchVersion',
    ],
    ['with a parameter too many', [['Action', 'DescribeRegions'], version, ['Colour', 'red']], 400, 'UnknownParameter'],
    [
      'with a control character',
      [['Action', 'DescribeKeyPairs'], version, ['KeyName.1', 'a\u0001b']],
      400,
      'InvalidParameterValue',
    ],
    [
      'with an unknown filter',
      [['Action', 'DescribeImages'], version, ['Filter.1.Name', 'x'], ['Filter.1.Value.1', 'y']],
      400,
      'InvalidParameterValue',
    ],
    [
      'with too small a page',
      [['Action', 'DescribeInstances'], version, ['MaxResults', '3']],
      400,
      'InvalidParameterValue',
    ],
    [
      'with ids and a page size',
      [['Action', 'DescribeInstances'], version, ['MaxResults', '10'], ['InstanceId.1', 'i-1']],
      400,
      'InvalidParameterCombination',
    ],
    [
      'with a made-up page token',
      [['Action', 'DescribeInstances'], version, ['MaxResults', '10'], ['NextToken', 'abcd']],
      400,
      'InvalidPaginationToken',
    ],
    ['with DryRun', [['Action', 'DescribeRegions'], version, ['DryRun', 'true']], 412, 'DryRunOperation'],
  ])('%s is answered clearly', async (_, parameters, status, code) => {
    const answer = await post(parameters)
    expect([answer.status, answer.code]).toEqual([status, code])
  })

  it('may have a path, and be a GET', async () => {
    const signer = new AwsClient({ ...credentials(), service: 'ec2', region: 'us-east-1', retries: 0 })
    const answer = await signer.fetch(`${endpoint}/services/Cloud/?Action=DescribeRegions&Version=2010-08-31`)
    expect(answer.status).toBe(200)
  })

  it('with a body of another kind is refused', async () => {
    const signer = new AwsClient({ ...credentials(), service: 'ec2', region: 'us-east-1', retries: 0 })
    const json = await raw(
      await signer.fetch(endpoint, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }),
    )
    expect([json.status, json.code]).toEqual([400, 'InvalidRequest'])
  })
})

describe('a parameter that old versions had', () => {
  const launch = (sent: string, more: [string, string][] = []) =>
    post([['Action', 'RunInstances'], ['Version', sent], ['MinCount', '1'], ['MaxCount', '1'], ...more])
  const addressing: [string, string][] = [['AddressingType', 'public']]

  it.each(['2008-12-01', '2014-10-01'])('is passed by in %s', async sent => {
    const answer = await launch(sent, [...addressing, ['ImageId', 'ami-0123456789abcdef0']])
    expect(answer.code).toBe('InvalidAMIID.NotFound')
  })

  it.each(['2015-03-01', '2016-11-15'])('is unknown in %s', async sent => {
    const answer = await launch(sent, addressing)
    expect([answer.code, answer.message]).toEqual([
      'UnknownParameter',
      'The parameter AddressingType is not recognized',
    ])
  })

  it('is unknown to another action', async () => {
    const answer = await post([['Action', 'DescribeRegions'], ['Version', '2008-12-01'], ...addressing])
    expect(answer.code).toBe('UnknownParameter')
  })
})

describe('a signature', () => {
  it.each<[string, [string, string][]]>([
    ['no action', [version]],
    ['two actions', [['Action', 'DescribeRegions'], ['Action', 'DescribeImages'], version]],
    ['an action that is none', [['Action', 'BrewCoffee'], version]],
    ['an action that is not served', [['Action', 'CreateVpnGateway'], version]],
    ['no version', [['Action', 'DescribeRegions']]],
    [
      'a version that is none',
      [
        ['Action', 'DescribeRegions'],
        ['Version', 'latest'],
      ],
    ],
    ['an unknown parameter', [['Action', 'DescribeRegions'], version, ['Colour', 'red']]],
    ['a value that is none', [['Action', 'DescribeInstances'], version, ['MaxResults', 'many']]],
  ])('is looked at before anything is judged: %s', async (_, parameters) => {
    const form = new URLSearchParams(parameters)
    const unsigned = await raw(await fetch(endpoint, { method: 'POST', body: form }))
    expect([unsigned.status, unsigned.code]).toEqual([403, 'MissingAuthenticationToken'])
    const wrong = { accessKeyId: 'nobody', secretAccessKey: 'guess', service: 'ec2', region: 'us-east-1', retries: 0 }
    const signed = await raw(
      await new AwsClient(wrong).fetch(endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: form.toString(),
      }),
    )
    expect([signed.status, signed.code]).toEqual([401, 'AuthFailure'])
  })

  it.each([
    ['parameters that nobody can read', 'Action=%ZZ', 'application/x-www-form-urlencoded'],
    ['a body that is no form', '{}', 'application/yaml'],
  ])('of a header is looked at before %s', async (_, body, type) => {
    const ask = async (secretAccessKey: string) => {
      const signer = new AwsClient({
        ...credentials(),
        secretAccessKey,
        service: 'ec2',
        region: 'us-east-1',
        retries: 0,
      })
      const answer = await raw(
        await signer.fetch(endpoint, { method: 'POST', headers: { 'content-type': type }, body }),
      )
      return answer.code
    }
    expect(await ask('guess')).toBe('AuthFailure')
    expect(await ask(credentials().secretAccessKey)).toMatch(/^(MalformedQueryString|InvalidRequest)$/)
  })

  it('may be over a header that comes twice, joined as AWS joins it', async () => {
    const signer = new AwsClient({ ...credentials(), service: 'ec2', region: 'us-east-1', retries: 0 })
    const signed = await signer.sign(`${endpoint}/?Action=DescribeRegions&Version=2016-11-15`, {
      headers: { 'x-amz-meta': 'a,b' },
    })
    signed.headers.delete('x-amz-meta')
    expect(await statusOf(signed, ['x-amz-meta: a', 'x-amz-meta: b'])).toBe(200)
    expect(await statusOf(signed, ['x-amz-meta: b', 'x-amz-meta: a'])).toBe(401)
  })

  it('is asked for', async () => {
    const answer = await raw(await fetch(`${endpoint}/?Action=DescribeRegions&Version=2016-11-15`))
    expect([answer.status, answer.code]).toEqual([403, 'MissingAuthenticationToken'])
  })

  it.each(['HmacSHA256', 'HmacSHA1'] as const)(
    'of version 2 counts: %s, host with and without port, GET and POST',
    async hash => {
      const { accessKeyId, secretAccessKey: secret } = credentials()
      const parameters: [string, string][] = [['Action', 'DescribeRegions'], version]
      for (const method of ['GET', 'POST'] as const) {
        for (const signedHost of [host, new URL(endpoint).hostname]) {
          const request = { method, host: signedHost, path: '/', parameters }
          const signed = await signV2(request, { accessKeyId, secret }, Date.now, hash)
          const form = new URLSearchParams(signed.map(([name, value]): [string, string] => [name, value]))
          const answer =
            method === 'GET'
              ? await fetch(`${endpoint}/?${form.toString()}`)
              : await fetch(endpoint, { method, body: form })
          expect([method, signedHost, answer.status]).toEqual([method, signedHost, 200])
        }
      }
    },
  )

  it('in the query counts until it expires, and for nothing else', async () => {
    const signer = new AwsClient({ ...credentials(), service: 'ec2', region: 'us-east-1', retries: 0 })
    const presigned = await signer.sign(`${endpoint}/?Action=DescribeRegions&Version=2016-11-15&X-Amz-Expires=60`, {
      aws: { signQuery: true },
    })
    expect((await fetch(presigned.url)).status).toBe(200)
    const altered = await raw(await fetch(presigned.url.replace('DescribeRegions', 'DescribeImages')))
    expect([altered.status, altered.code]).toEqual([401, 'AuthFailure'])
  })

  it('over Accept-Encoding is checked against what the client sent, not what Cloudflare made of it', async () => {
    const signer = new AwsClient({ ...credentials(), service: 'ec2', region: 'us-east-1', retries: 0 })
    const signed = await signer.sign(`${front}/?Action=DescribeRegions&Version=2016-11-15`, {
      headers: { 'accept-encoding': 'identity' },
      aws: { allHeaders: true },
    })
    expect(signed.headers.get('authorization')).toContain('accept-encoding')
    expect(await statusOf(signed)).toBe(200)
  })

  it.each<[string, Partial<{ accessKeyId: string; secretAccessKey: string }>, string, string]>([
    ['of somebody unknown', { accessKeyId: 'nobody' }, 'us-east-1', 'AuthFailure'],
    ['with another secret', { secretAccessKey: 'guess' }, 'us-east-1', 'AuthFailure'],
    ['for another region', {}, 'eu-west-9', 'SignatureDoesNotMatch'],
    ['of serveradmin, whose driver is not for clients', { accessKeyId: 'serveradmin' }, 'us-east-1', 'AuthFailure'],
  ])('%s is refused', async (_, changed, region, code) => {
    const client = new EC2Client({
      endpoint,
      region,
      credentials: { ...credentials(), ...changed },
      maxAttempts: 1,
    })
    await expect(client.send(new DescribeRegionsCommand({}))).rejects.toThrow(expect.objectContaining({ name: code }))
  })
})

/** Sends a request as it is: fetch would put an Accept-Encoding of its own. */
async function statusOf(request: Request, more: readonly string[] = []): Promise<number> {
  const { host: named, hostname, port, pathname, search } = new URL(request.url)
  const head = [`GET ${pathname}${search} HTTP/1.1`, `host: ${named}`, 'connection: close']
  const headers = [...request.headers].map(([name, value]) => `${name}: ${value}`)
  const socket = connect(Number(port), hostname)
  socket.write(`${[...head, ...headers, ...more].join('\r\n')}\r\n\r\n`)
  let answer = ''
  for await (const chunk of socket) answer += String(chunk)
  return Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1])
}
