// Signature Version 4: requests that real clients signed, every byte of them altered, their hosts, times and scopes.
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { AwsV4Signer } from 'aws4fetch'
import { describe, expect, it } from 'vitest'
import { authenticate } from '../../src/auth/authenticate.ts'
import clients from './fixtures/clients.json'
import {
  alterations,
  authenticateHelen,
  findHelen,
  helen,
  type Message,
  messageOf,
  NOW,
  parametersOf,
  policy,
  read,
  refusal,
  SECRET,
  toSignedRequest,
} from './support.ts'

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const BODY = 'Action=DescribeInstances&Version=2016-11-15&Filter.1.Name=tag%3A*'

interface Signing {
  readonly url?: string
  readonly body?: string
  readonly headers?: Record<string, string>
  readonly presigned?: boolean
  readonly datetime?: string
  readonly region?: string
  readonly service?: string
  readonly secret?: string
  readonly accessKeyId?: string
}

/** A message signed by aws4fetch. */
async function signed(signing: Signing = {}): Promise<Message> {
  const { url = 'https://cloud.example.com:8443/services/Cloud/', presigned = false, body = BODY } = signing
  const signer = new AwsV4Signer({
    url,
    ...(!presigned && { method: 'POST', body }),
    headers: { ...(!presigned && FORM), ...signing.headers },
    accessKeyId: signing.accessKeyId ?? 'helen',
    secretAccessKey: signing.secret ?? SECRET,
    service: signing.service ?? 'ec2',
    region: signing.region ?? 'opennebula',
    datetime: signing.datetime ?? '20261123T101500Z',
    signQuery: presigned,
    allHeaders: true,
  })
  const { method, url: signedUrl, headers } = await signer.sign()
  return messageOf(new Request(signedUrl, { method, headers, ...(!presigned && { body }) }))
}

const PRESIGNED =
  'https://cloud.example.com/services/Cloud/?Action=DescribeInstances&Version=2016-11-15&Filter.1.Name=tag%3A%2A&' +
  'X-Amz-Expires=60'

function withHeaders(message: Message, headers: Record<string, string>): Message {
  return { ...message, headers: { ...message.headers, ...headers } }
}

function without(message: Message, header: string): Message {
  const { [header]: _, ...headers } = message.headers
  return { ...message, headers }
}

/** The message with its Authorization header rewritten. */
function reauthorized(message: Message, rewrite: (header: string) => string): Message {
  return withHeaders(message, { authorization: rewrite(message.headers['authorization'] ?? '') })
}

describe('requests of real clients', () => {
  it.each(clients.map(client => [client.name, client] as const))('%s', async (name, client) => {
    const url = new URL(client.url)
    const message: Message = {
      method: client.method,
      path: url.pathname,
      query: url.search.slice(1),
      headers: Object.fromEntries(Object.entries(client.headers)),
      body: client.body,
    }
    const service = name.includes('sts') ? 'sts' : 'ec2'
    const caller = await authenticateHelen(message, { service, now: () => Date.parse(client.time) })
    const scheme = name.includes('presigned') ? 'sigv4-query' : name.includes('sigv2') ? 'sigv2' : 'sigv4'
    expect(caller).toEqual({ accessKeyId: 'helen', key: helen, scheme })
  })

  it.each(['http://127.0.0.1:8787/', 'https://cloud.example.com/services/Cloud/'])(
    'AWS SDK for EC2 at %s',
    async url => {
      const message = await sentTo(handler =>
        new EC2Client({ ...sdk(url), requestHandler: handler }).send(
          new DescribeInstancesCommand({ Filters: [{ Name: 'tag:*', Values: ["a b*?+~!(x)'", 'Grüße 日本 😀', ''] }] }),
        ),
      )
      expect(message.headers).toHaveProperty('x-amz-content-sha256')
      const caller = await authenticateHelen(message, { now: Date.now })
      expect(caller.key).toBe(helen)
      const otherBody = { ...message, body: message.body.replace('tag', 'tug') }
      expect(await refusal(authenticateHelen(otherBody, { now: Date.now }))).toMatchObject({
        code: 'SignatureDoesNotMatch',
      })
    },
  )

  it('AWS SDK for STS', async () => {
    const message = await sentTo(handler =>
      new STSClient({ ...sdk('http://127.0.0.1:8787'), requestHandler: handler }).send(
        new GetCallerIdentityCommand({}),
      ),
    )
    expect((await authenticateHelen(message, { service: 'sts', now: Date.now })).scheme).toBe('sigv4')
    expect(await refusal(authenticateHelen(message, { now: Date.now }))).toMatchObject({
      code: 'SignatureDoesNotMatch',
      message: "Credential should be scoped to correct service: 'ec2', not 'sts'.",
    })
  })

  it('aws4fetch, header and query, through a Request', async () => {
    const signer = new AwsV4Signer({ ...aws4fetch, method: 'POST', headers: FORM, body: BODY })
    const { url, method, headers } = await signer.sign()
    const request = await read(new Request(url, { method, headers, body: BODY }))
    expect((await authenticate(request, policy(), findHelen)).scheme).toBe('sigv4')

    const presigned = await new AwsV4Signer({ ...aws4fetch, url: PRESIGNED, signQuery: true }).sign()
    expect((await authenticate(await read(new Request(presigned.url)), policy(), findHelen)).scheme).toBe('sigv4-query')
  })

  it('boto 2, which makes region and service of a bare address', async () => {
    const message = await signed({ url: 'http://127.0.0.1:8787/', region: '0', service: '127' })
    expect((await refusal(authenticateHelen(message))).message).toBe(
      "Credential should be scoped to a valid region, not '0'.",
    )
    expect((await authenticateHelen(message, { anyRegion: true })).key).toBe(helen)
  })

  it.each([
    ['another service', { url: 'http://127.0.0.1:8787/', region: '0', service: 's3' }],
    ['the number of another address', { url: 'http://127.0.0.1:8787/', region: '0', service: '10' }],
    ['a region that is not of the address', { url: 'http://127.0.0.1:8787/', region: '1', service: '127' }],
    ['a number where the host has a name', { url: 'http://127.example.com/', region: '0', service: '127' }],
  ])('no %s where any region is taken', async (_, options) => {
    const message = await signed(options)
    expect((await refusal(authenticateHelen(message, { anyRegion: true }))).message).toBe(
      `Credential should be scoped to correct service: 'ec2', not '${options.service}'.`,
    )
  })

  it('any region where any is taken', async () => {
    const message = await signed({ url: 'http://127.0.0.1:8787/', region: 'anywhere', service: 'ec2' })
    expect((await authenticateHelen(message, { anyRegion: true })).key).toBe(helen)
  })
})

const aws4fetch = {
  url: 'https://cloud.example.com/services/Cloud/',
  accessKeyId: 'helen',
  secretAccessKey: SECRET,
  service: 'ec2',
  region: 'opennebula',
  datetime: '20261123T101500Z',
}

function sdk(endpoint: string) {
  const credentials = { accessKeyId: 'helen', secretAccessKey: SECRET }
  return { region: 'opennebula', endpoint, credentials, maxAttempts: 1 }
}

interface SdkRequest {
  readonly method: string
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: string
}

/** The message that an SDK hands to its HTTP layer, which ends it there. */
async function sentTo(send: (handler: { handle(request: SdkRequest): Promise<never> }) => Promise<unknown>) {
  const sent: SdkRequest[] = []
  const handle = async (request: SdkRequest) => {
    sent.push(request)
    throw new Error('far enough')
  }
  await expect(send({ handle })).rejects.toThrow('far enough')
  const [request] = sent
  if (!request) throw new Error('nothing was sent')
  const { method, path, headers, body } = request
  return { method, path, query: '', headers, body } satisfies Message
}

describe('every altered byte is refused', () => {
  const flips = [0x01, 0x02, 0x20]

  async function expectRefused(texts: Iterable<string>, rebuild: (text: string) => Message): Promise<number> {
    let refused = 0
    for (const text of texts) {
      const outcome = await authenticateHelen(rebuild(text)).then(
        () => text,
        (error: { status: number }) => error.status,
      )
      expect([400, 401, 403], text).toContain(outcome)
      refused++
    }
    return refused
  }

  it.each(flips)('in a signed header request, bits %i', async flip => {
    const hash = await sha256(BODY)
    const message = await signed({ headers: { 'x-amz-content-sha256': hash, 'x-amz-custom': 'a b' } })
    expect((await authenticateHelen(message)).accessKeyId).toBe('helen')
    for (const part of ['method', 'path', 'body'] as const) {
      const refused = await expectRefused(alterations(message[part], flip), text => ({ ...message, [part]: text }))
      expect(refused).toBe(message[part].length)
    }
    expect(Object.keys(message.headers).sort()).toEqual([
      'authorization',
      'content-type',
      'host',
      'x-amz-content-sha256',
      'x-amz-custom',
      'x-amz-date',
    ])
    for (const [name, value] of Object.entries(message.headers)) {
      await expectRefused(alterations(value, flip), text => withHeaders(message, { [name]: text }))
      await expectRefused([''], () => without(message, name))
    }
    await expectRefused(['', 'a=b'], query => ({ ...message, query: `${query}&Extra=1` }))
  })

  it.each(flips)('in a presigned request, bits %i', async flip => {
    const message = await signed({ url: PRESIGNED, presigned: true })
    expect((await authenticateHelen(message)).accessKeyId).toBe('helen')
    for (const part of ['method', 'path'] as const) {
      await expectRefused(alterations(message[part], flip), text => ({ ...message, [part]: text }))
    }
    // %2F and %2f are two spellings of one parameter, whatever it is: not an alteration.
    const meaning = JSON.stringify(parametersOf(message))
    const queries = [...alterations(message.query, flip)].filter(
      query => JSON.stringify(parametersOf({ query, body: '' })) !== meaning,
    )
    expect(queries.length).toBeGreaterThan(message.query.length * 0.97)
    await expectRefused(queries, query => ({ ...message, query }))
    await expectRefused(alterations(message.headers['host'] ?? '', flip), host => withHeaders(message, { host }))
    await expectRefused(['x'], body => ({ ...message, body }))
  })

  it('and so is a body exchanged together with its declared hash', async () => {
    const message = await signed({ headers: { 'x-amz-content-sha256': await sha256(BODY) } })
    const body = BODY.replace('Describe', 'Terminate')
    const forged = withHeaders({ ...message, body }, { 'x-amz-content-sha256': await sha256(body) })
    expect(await refusal(authenticateHelen(forged))).toMatchObject({ code: 'SignatureDoesNotMatch', status: 403 })
  })
})

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return [...new Uint8Array(digest)].map(byte => byte.toString(16).padStart(2, '0')).join('')
}

describe('the host', () => {
  it.each([
    ['cloud.example.com:8443', 'cloud.example.com', 'econe and fog leave the port out of what they sign'],
    ['cloud.example.com', 'cloud.example.com:443', 'HTTP libraries leave the usual port out of what they send'],
    ['[::1]:8787', '[::1]', 'an IPv6 address'],
  ])('sent as %s may be signed as %s: %s', async (host, signedHost) => {
    const message = await signed({ url: `http://${signedHost}/` })
    expect((await authenticateHelen(withHeaders(message, { host }))).key).toBe(helen)
  })

  it.each([
    ['cloud.example.com:8443', 'cloud.example.com:443'],
    ['cloud.example.com', 'cloud.example.com:8443'],
    ['cloud.example.com', 'other.example.com'],
    ['[::1]:8787', '[::1]:8788'],
  ])('sent as %s may not be signed as %s', async (host, signedHost) => {
    const message = await signed({ url: `http://${signedHost}/` })
    expect(await refusal(authenticateHelen(withHeaders(message, { host })))).toMatchObject({
      code: 'SignatureDoesNotMatch',
    })
  })
})

describe('time', () => {
  const MINUTES = 60_000

  it.each([-5 * MINUTES, 0, 5 * MINUTES])('a header request is good %i ms from its date', async late => {
    expect((await authenticateHelen(await signed(), { now: () => NOW + late })).key).toBe(helen)
  })

  it('and not a millisecond longer', async () => {
    const message = await signed()
    const late = { now: () => NOW + 5 * MINUTES + 1 }
    expect(await refusal(authenticateHelen(message, late))).toEqual({
      code: 'RequestExpired',
      status: 400,
      message:
        'Request has expired. Signature expired: 20261123T101500Z is now earlier than 20261123T101500Z ' +
        '(20261123T102000Z - 5 min.)',
    })
    const early = { now: () => NOW - 5 * MINUTES - 1 }
    expect(await refusal(authenticateHelen(message, early))).toMatchObject({ code: 'RequestExpired', status: 400 })
    const sts = await signed({ service: 'sts' })
    expect(await refusal(authenticateHelen(sts, { ...early, service: 'sts' }))).toMatchObject({
      code: 'SignatureDoesNotMatch',
      status: 403,
      message:
        'Signature not yet current: 20261123T101500Z is still later than 20261123T101459Z (20261123T100959Z + 5 min.)',
    })
  })

  it.each(['1', '60', '604800'])('a presigned one for its %s seconds', async seconds => {
    const url = PRESIGNED.replace('X-Amz-Expires=60', `X-Amz-Expires=${seconds}`)
    const message = await signed({ url, presigned: true })
    const end = NOW + Number(seconds) * 1000
    expect((await authenticateHelen(message, { now: () => NOW - 5 * MINUTES })).key).toBe(helen)
    expect((await authenticateHelen(message, { now: () => end })).key).toBe(helen)
    expect(await refusal(authenticateHelen(message, { now: () => end + 1 }))).toMatchObject({ code: 'RequestExpired' })
    expect(await refusal(authenticateHelen(message, { now: () => NOW - 5 * MINUTES - 1 }))).toMatchObject({
      code: 'RequestExpired',
    })
  })

  it.each(['0', '604801', '-1', '', '1e3', 'x'])('X-Amz-Expires %j is none', async seconds => {
    const url = PRESIGNED.replace('X-Amz-Expires=60', `X-Amz-Expires=${seconds}`)
    expect(await refusal(authenticateHelen(await signed({ url, presigned: true })))).toMatchObject({
      code: 'IncompleteSignature',
    })
  })

  it('the scope is of the day', async () => {
    const message = await signed()
    const yesterday = reauthorized(message, header => header.replace('/20261123/', '/20261122/'))
    expect((await refusal(authenticateHelen(yesterday))).message).toBe(
      "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20261122' != " +
        "'20261123', from '20261123T101500Z'.",
    )
  })

  it.each(['Mon, 23 Nov 2026 10:15:00 GMT', '20261123T101500Z'])(
    'comes from Date where that is all: %s',
    async date => {
      const message = await signedByHand({ date })
      expect((await authenticateHelen(message)).key).toBe(helen)
      const unsignedDate = reauthorized(message, header => header.replace(';date;', ';'))
      expect(await refusal(authenticateHelen(unsignedDate))).toMatchObject({ code: 'SignatureDoesNotMatch' })
    },
  )

  it.each(['20261123T101500', '2026-11-23T10:15:00Z', '20261323T101500Z', '20260230T101500Z', 'now'])(
    'X-Amz-Date %s is none',
    async date => {
      const message = withHeaders(await signed(), { 'x-amz-date': date })
      expect(await refusal(authenticateHelen(message))).toMatchObject({ code: 'IncompleteSignature', status: 400 })
    },
  )
})

/** Signed with just these headers, the body hashed as it is: what aws4fetch would not make. */
async function signedByHand(more: Record<string, string>): Promise<Message> {
  const headers: Record<string, string> = { ...FORM, ...more, host: 'cloud.example.com' }
  const names = Object.keys(headers).sort()
  const canonical = [
    'POST\n/\n',
    ...names.map(name => `${name}:${headers[name]}`),
    '',
    names.join(';'),
    await sha256(BODY),
  ].join('\n')
  const scope = '20261123/opennebula/ec2/aws4_request'
  const text = `AWS4-HMAC-SHA256\n20261123T101500Z\n${scope}\n${await sha256(canonical)}`
  let key = new TextEncoder().encode(`AWS4${SECRET}`)
  for (const step of [...scope.split('/'), text]) {
    const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
    key = new Uint8Array(await crypto.subtle.sign('HMAC', imported, new TextEncoder().encode(step)))
  }
  const signature = [...key].map(byte => byte.toString(16).padStart(2, '0')).join('')
  const authorization = `AWS4-HMAC-SHA256 Credential=helen/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`
  return { method: 'POST', path: '/', query: '', headers: { ...headers, authorization }, body: BODY }
}

describe('the Authorization header', () => {
  it.each([
    ['no spaces after commas', (header: string) => header.replaceAll(', ', ',')],
    ['many spaces', (header: string) => header.replaceAll(', ', ' ,   ').replace(' ', '    ')],
    ['another order', (header: string) => header.replace(/(Credential=[^,]*), (.*), (Signature=.*)/, '$3, $2, $1')],
  ])('may have %s', async (_, rewrite) => {
    expect((await authenticateHelen(reauthorized(await signed(), rewrite))).key).toBe(helen)
  })

  it('may name a user with a slash, a comma and a space', async () => {
    const accessKeyId = 'corp/helen, the first'
    const message = await signed({ accessKeyId })
    const key = { ...helen, accessKeyId }
    const found = await authenticate(toSignedRequest(message), policy(), async id =>
      id === accessKeyId ? key : undefined,
    )
    expect(found.accessKeyId).toBe(accessKeyId)
  })

  it('may sign a header whose spaces a proxy changed', async () => {
    const message = await signed({ headers: { 'x-amz-meta': 'a  b' } })
    expect((await authenticateHelen(withHeaders(message, { 'x-amz-meta': '  a    b ' }))).key).toBe(helen)
  })

  it.each([
    ['twice', 'a,b', 'a, b'],
    ['three times', 'b,a,b', 'b, a, b'],
    ['once, a list with spaces', 'a, b', 'a, b'],
  ])('may sign a header that came %s', async (_, canonical, received) => {
    const message = await signed({ headers: { 'x-amz-meta': canonical, date: 'Mon, 23 Nov 2026 10:15:00 GMT' } })
    expect((await authenticateHelen(withHeaders(message, { 'x-amz-meta': received }))).key).toBe(helen)
  })

  it('keeps the order of a header that came twice', async () => {
    const message = await signed({ headers: { 'x-amz-meta': 'a,b' } })
    const swapped = withHeaders(message, { 'x-amz-meta': 'b, a' })
    expect(await refusal(authenticateHelen(swapped))).toMatchObject({ code: 'SignatureDoesNotMatch' })
  })

  it.each([
    ['Bearer abc', "Unsupported AWS 'algorithm' (only AWS4-HMAC-SHA256 for now)."],
    ['', "Unsupported AWS 'algorithm' (only AWS4-HMAC-SHA256 for now)."],
    ['AWS4-ECDSA-P256-SHA256 Credential=a', "Unsupported AWS 'algorithm' (only AWS4-HMAC-SHA256 for now)."],
    [
      'AWS4-HMAC-SHA256',
      "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. " +
        "Authorization header requires 'SignedHeaders' parameter.",
    ],
    [
      'AWS4-HMAC-SHA256 Credential=helen/20261123/ec2/aws4_request, SignedHeaders=host;x-amz-date, Signature=0',
      'Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.',
    ],
  ])('%j is incomplete', async (authorization, message) => {
    const broken = withHeaders(await signed(), { authorization })
    expect(await refusal(authenticateHelen(broken))).toEqual({ code: 'IncompleteSignature', status: 400, message })
  })

  it('may not name a header more than once: its canonical form would grow without bound', async () => {
    const repeated = Array.from({ length: 10_000 }, () => 'x-amz-meta').join(';')
    const message = withHeaders(await signed(), { 'x-amz-meta': 'm'.repeat(30_000) })
    const rewritten = reauthorized(message, header => header.replace(';x-amz-date', `;x-amz-date;${repeated}`))
    expect(await refusal(authenticateHelen(rewritten))).toEqual({
      code: 'IncompleteSignature',
      status: 400,
      message: 'SignedHeaders must not name a header more than once.',
    })
  })

  it('is read in linear time', async () => {
    const rewritten = reauthorized(await signed(), header => header.replace('helen', `helen${' '.repeat(500_000)}x`))
    expect(await refusal(authenticateHelen(rewritten))).toMatchObject({ code: 'AuthFailure' })
  })

  it('must be dated', async () => {
    expect(await refusal(authenticateHelen(without(await signed(), 'x-amz-date')))).toMatchObject({
      code: 'IncompleteSignature',
      message: "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    })
  })

  it.each([
    ['host;', '', "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."],
    [';x-amz-date', '', "There were headers present in the request which were not signed: 'x-amz-date'."],
    ['host;', 'host;nowhere;', "The signed header 'nowhere' is not in the request."],
    ['host;', 'Host;', "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."],
  ])('with %j for %j in its header set is refused', async (part, replacement, message) => {
    const altered = reauthorized(await signed(), header => header.replace(part, replacement))
    expect(await refusal(authenticateHelen(altered))).toEqual({ code: 'SignatureDoesNotMatch', status: 403, message })
  })

  it('must cover every x-amz-* header', async () => {
    const message = withHeaders(await signed(), { 'x-amz-target': 'other' })
    expect((await refusal(authenticateHelen(message))).message).toBe(
      "There were headers present in the request which were not signed: 'x-amz-target'.",
    )
  })

  it.each(['UNSIGNED-PAYLOAD', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD', 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'])(
    'does not leave the body out: %s',
    async declared => {
      const message = await signed({ headers: { 'x-amz-content-sha256': declared } })
      expect(await refusal(authenticateHelen(message))).toMatchObject({ code: 'SignatureDoesNotMatch', status: 403 })
    },
  )

  it('does not take a declaration that is not of the body, whatever was signed', async () => {
    const dated = { 'x-amz-date': '20261123T101500Z' }
    const right = await signedByHand({ ...dated, 'x-amz-content-sha256': await sha256(BODY) })
    expect((await authenticateHelen(right)).key).toBe(helen)
    const wrong = await signedByHand({ ...dated, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' })
    expect(await refusal(authenticateHelen(wrong))).toMatchObject({ code: 'SignatureDoesNotMatch', status: 403 })
  })

  it('takes no session token with a key that is not temporary, and lets an empty one be', async () => {
    const token = await signed({ headers: { 'x-amz-security-token': 'token' } })
    expect(await refusal(authenticateHelen(token))).toMatchObject({ code: 'InvalidClientTokenId', status: 403 })
    const url = `${PRESIGNED}&X-Amz-Security-Token=token`
    expect(await refusal(authenticateHelen(await signed({ url, presigned: true })))).toMatchObject({
      code: 'InvalidClientTokenId',
    })
    const empty = await signed({ headers: { 'x-amz-security-token': '' } })
    expect((await authenticateHelen(empty)).key).toBe(helen)
  })

  it('counts the Accept-Encoding that the client sent, not the one that Cloudflare did', async () => {
    const signer = new AwsV4Signer({ ...aws4fetch, headers: { 'accept-encoding': 'identity' }, allHeaders: true })
    const { url, method, headers } = await signer.sign()
    expect(headers.get('authorization')).toContain('accept-encoding;host')
    headers.set('accept-encoding', 'br, gzip')
    const arrived = new Request(url, { method, headers })
    expect(await refusal(authenticate(await read(arrived), policy(), findHelen))).toMatchObject({
      code: 'SignatureDoesNotMatch',
    })
    const atTheEdge = new Request(url, { method, headers, cf: { clientAcceptEncoding: 'identity' } })
    expect((await authenticate(await read(atTheEdge), policy(), findHelen)).key).toBe(helen)
  })
})

describe('the query string', () => {
  it.each([
    ['repeated and empty parameters', 'b=2&a&b=1&a=&c=%20'],
    ['bytes that are no UTF-8', 'a=%FF%fe'],
    ['over-encoded letters', 'a=%41%7E'],
    ['a plus for a space', 'a=1+2'],
    ['characters that should have been encoded', "a=*!'()&b=é"],
  ])('of a header request may have %s', async (_, query) => {
    const canonical = {
      'b=2&a&b=1&a=&c=%20': 'a=&a=&b=1&b=2&c=%20',
      'a=%FF%fe': 'a=%FF%FE',
      'a=%41%7E': 'a=A~',
      'a=1+2': 'a=1%202',
      "a=*!'()&b=é": 'a=%2A%21%27%28%29&b=%C3%A9',
    }[query]
    const { canonicalRequest } = await import('../../src/auth/canonical-request.ts')
    const request = { ...toSignedRequest(await signed()), query }
    expect(canonicalRequest(request, 'host', '').split('\n')[2]).toBe(canonical)
  })

  it.each(['X-Amz-Credential', 'X-Amz-Date', 'X-Amz-SignedHeaders', 'X-Amz-Signature', 'X-Amz-Algorithm'])(
    'must have %s, once',
    async name => {
      const message = await signed({ url: PRESIGNED, presigned: true })
      const parts = message.query.split('&')
      const missing = parts.filter(part => !part.startsWith(`${name}=`)).join('&')
      expect(missing).not.toBe(message.query)
      expect(await refusal(authenticateHelen({ ...message, query: missing }))).toEqual({
        code: 'IncompleteSignature',
        status: 400,
        message: `AWS query-string parameters must include '${name}'.`,
      })
      const repeated = `${message.query}&${parts.find(part => part.startsWith(`${name}=`))}`
      expect(await refusal(authenticateHelen({ ...message, query: repeated }))).toMatchObject({ status: 400 })
    },
  )
})
