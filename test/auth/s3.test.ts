// Who signs a request to S3: AWS's examples and real clients' requests, and what is said to those that are wrong.
import { GetObjectCommand, PutObjectCommand, S3Client, UploadPartCommand } from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { authenticate } from '../../src/auth/authenticate.ts'
import { Guesses } from '../../src/auth/guesses.ts'
import { limits } from '../../src/limits.ts'
import { S3Error } from '../../src/s3/errors.ts'
import { authenticOf, callerOf, policy, read, requestOf } from '../s3/door.ts'
import { ACCESS_KEY, inHeader, linkV2, type Message, NOW, presigned, SECRET, sha256 } from '../s3/support.ts'

const EMPTY = new Uint8Array()

const BUCKET = '/images_000000000002'

async function refusal(attempt: Promise<unknown>) {
  const error = await attempt.then(
    () => 'accepted',
    (reason: unknown) => reason,
  )
  if (!(error instanceof S3Error)) throw new Error('not refused', { cause: error })
  const { code, message, status, elements } = error
  return { code, message, status, elements }
}

/** A message with a line of its query or its Authorization header changed. */
const changed = (message: Message, from: string | RegExp, to: string): Message => ({
  ...message,
  query: message.query.replace(from, to),
  headers: Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [
      name,
      name === 'authorization' ? value.replace(from, to) : value,
    ]),
  ),
})

const without = (message: Message, header: string): Message => {
  const { [header]: _, ...headers } = message.headers
  return { ...message, headers }
}

/** An example of AWS's documentation. */
const example = (
  method: string,
  path: string,
  query: string,
  signed: string,
  signature: string,
  more = {},
): Message => ({
  method,
  path,
  query,
  body: EMPTY,
  headers: {
    host: 'examplebucket.s3.amazonaws.com',
    'x-amz-content-sha256': sha256(''),
    'x-amz-date': '20130524T000000Z',
    ...more,
    authorization: `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=${signed},Signature=${signature}`,
  },
})

const HOST_AND_DATE = 'host;x-amz-content-sha256;x-amz-date'

describe("AWS's examples", () => {
  it.each([
    [
      'an object',
      example(
        'GET',
        '/test.txt',
        '',
        'host;range;x-amz-content-sha256;x-amz-date',
        'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
        { range: 'bytes=0-9' },
      ),
    ],
    [
      'storing one',
      example(
        'PUT',
        '/test%24file.text',
        '',
        `date;${HOST_AND_DATE};x-amz-storage-class`,
        '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
        {
          date: 'Fri, 24 May 2013 00:00:00 GMT',
          'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
          'x-amz-storage-class': 'REDUCED_REDUNDANCY',
        },
      ),
    ],
    [
      'a subresource',
      example(
        'GET',
        '/',
        'lifecycle',
        HOST_AND_DATE,
        'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
      ),
    ],
    [
      'a list',
      example(
        'GET',
        '/',
        'max-keys=2&prefix=J',
        HOST_AND_DATE,
        '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
      ),
    ],
    [
      'a presigned object',
      {
        method: 'GET',
        path: '/test.txt',
        query:
          'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z' +
          '&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
        headers: { host: 'examplebucket.s3.amazonaws.com' },
        body: EMPTY,
      },
    ],
  ])('%s', async (_, message) => {
    expect((await callerOf(message)).key.user.name).toBe('helen')
  })
})

type Link = readonly [name: string, method: string, link: string, headers?: Readonly<Record<string, string>>]

/** What botocore 1.43 makes of a call, with each signature version. */
const links: readonly Link[] = [
  [
    'an object',
    'GET',
    '/disk.img?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=hOOVJSWl1n1Ia2vIBUKvHxgjkv0%3D&Expires=1369357200',
  ],
  [
    'an object of another name and type',
    'GET',
    '/a%20b/%C3%BC%2B%281%29//x.img?response-content-disposition=attachment%3B%20filename%3D%22a%20b%2Bc.img%22&response-content-type=application%2Fx-qcow2' +
      '&AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=kyNhRa3PFR3uymiai%2BzLZ13CJBU%3D&Expires=1369357200',
  ],
  [
    'storing one with metadata',
    'PUT',
    '/disk.img?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=VlNpSa0W78rIAf%2F50bKqL4JjSjE%3D&content-type=image%2Fx&x-amz-meta-name=a%20b&x-amz-acl=private&Expires=1369357200',
  ],
  [
    'a part',
    'PUT',
    '/disk.img?uploadId=u%2F1%2B2%3D&partNumber=7&AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=VctwvJ0TpwweCD5UQ7WXuJtXrrY%3D&Expires=1369357200',
  ],
  [
    'an object, version 4',
    'GET',
    '/a%20b/%C3%BC%2B%281%29//x.img?response-content-disposition=attachment%3B%20filename%3D%22a%20b%2Bc.img%22&response-content-type=application%2Fx-qcow2' +
      '&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z' +
      '&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&X-Amz-Signature=990503815d4fbde95a1de2c6c6b257611ecb9cfda7979f50a817edc18fdde065',
  ],
  [
    'storing one with metadata, version 4',
    'PUT',
    '/disk.img?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z' +
      '&X-Amz-Expires=3600&X-Amz-SignedHeaders=content-type%3Bhost%3Bx-amz-acl%3Bx-amz-meta-name&X-Amz-Signature=5d712e4d30848ab85219883d161211da343a110f14e185fcc3e0e3f5ccb8bc2e',
    { 'content-type': 'image/x', 'x-amz-acl': 'private', 'x-amz-meta-name': 'a b' },
  ],
]

function messageOf(method: string, link: string, headers: Readonly<Record<string, string>> = {}): Message {
  const [path = '', query = ''] = link.split('?')
  return { method, path: BUCKET + path, query, headers: { host: 'cloud.example.com', ...headers }, body: EMPTY }
}

describe('links of the AWS CLI', () => {
  it.each(links.map(each => [each[0], each] as const))('%s', async (_, [, method, link, headers]) => {
    expect(await authenticOf(messageOf(method, link, headers))).toMatchObject({ payload: { kind: 'unsigned' } })
  })

  it('carry the headers that whoever uses one does not send', async () => {
    const message = messageOf('PUT', links[2]?.[2] ?? '')
    const counting = { 'content-type': 'image/x', 'x-amz-meta-name': 'a b', 'x-amz-acl': 'private' }
    expect(Object.fromEntries((await authenticOf(message)).headers)).toMatchObject(counting)
    const sent = { ...message, headers: { ...message.headers, 'content-type': 'image/x' } }
    expect(Object.fromEntries((await authenticOf(sent)).headers)).toMatchObject(counting)
    const other = { ...message, headers: { ...message.headers, 'content-type': 'text/html' } }
    expect(await refusal(authenticOf(other))).toMatchObject({ code: 'InvalidArgument' })
  })

  it('of version 2 are good for nothing that version 2 does not sign', async () => {
    const link = `${BUCKET}?prefix=a&encoding-type=url&AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=w9etyaslhmiGS6V0bPoQ2VW%2FRnM%3D&Expires=1369357200`
    const [path = '', query = ''] = link.split('?')
    const message = { ...messageOf('GET', ''), path, query }
    expect(await refusal(authenticOf(message))).toMatchObject({
      code: 'AccessDenied',
      message: 'The parameter "prefix" is not covered by a signature of version 2. Sign with version 4.',
    })
  })
})

interface SdkRequest {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
}

/** The message that AWS's SDK hands to its HTTP layer, which ends it there. */
async function sentBy(send: (client: S3Client) => Promise<unknown>): Promise<Message> {
  const sent: SdkRequest[] = []
  const client = new S3Client({
    region: 'us-east-1',
    endpoint: 'https://cloud.example.com',
    credentials: { accessKeyId: ACCESS_KEY, secretAccessKey: SECRET },
    maxAttempts: 1,
    requestHandler: {
      handle: async (request: SdkRequest) => {
        sent.push(request)
        throw new Error('far enough')
      },
    },
  })
  await expect(send(client)).rejects.toThrow('far enough')
  const [request] = sent
  if (!request) throw new Error('nothing was sent')
  const query = Object.entries(request.query)
    .map(([name, value]) => (value === '' ? name : `${name}=${encodeURIComponent(value)}`))
    .join('&')
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
  )
  return { method: request.method, path: request.path, query, headers, body: EMPTY }
}

describe("AWS's SDK", () => {
  const Bucket = 'images_000000000002'

  it.each(['disk.img', 'a b/ü+(1)//x.img', 'quotes\'"!*~.img', 'a/../b/./c', 'pct%41'])('stores %s', async Key => {
    const message = await sentBy(client =>
      client.send(new PutObjectCommand({ Bucket, Key, Body: 'data', CacheControl: 'no-store' })),
    )
    expect(message.path).toMatch(/^\/images_000000000002\//)
    expect((await callerOf(message, { now: Date.now })).accessKeyId).toBe(ACCESS_KEY)
    const other = { ...message, path: `${message.path}x` }
    expect(await refusal(callerOf(other, { now: Date.now }))).toMatchObject({ code: 'SignatureDoesNotMatch' })
  })

  it('reads one, and sends a part', async () => {
    const get = await sentBy(client => client.send(new GetObjectCommand({ Bucket, Key: 'a', Range: 'bytes=0-9' })))
    expect((await callerOf(get, { now: Date.now })).scheme).toBe('sigv4')
    const part = { Bucket, Key: 'a', UploadId: 'a/b+c=', PartNumber: 3, Body: 'data' }
    const put = await sentBy(client => client.send(new UploadPartCommand(part)))
    expect((await authenticOf(put, { now: Date.now })).headers.get('x-amz-checksum-crc32')).toBeDefined()
  })
})

const simple = inHeader({ method: 'GET' })
const link = presigned({ method: 'GET' })
const oldLink = linkV2({ method: 'GET' })
const MINUTE = 60_000

describe('what is wrong is told by S3 in its own words:', () => {
  it.each<[string, () => Promise<unknown>, object]>([
    [
      'no signature',
      () => callerOf(without(simple, 'authorization')),
      { code: 'AccessDenied', status: 403, message: 'Access Denied' },
    ],
    [
      'two signatures',
      () => callerOf({ ...simple, query: link.query }),
      { code: 'InvalidArgument', status: 400, elements: { ArgumentName: 'Authorization', ArgumentValue: '' } },
    ],
    [
      'another region',
      () => callerOf(simple, { regions: ['opennebula', 'eu'] }),
      {
        code: 'AuthorizationHeaderMalformed',
        status: 400,
        message: `The authorization header is malformed; the region "us-east-1" is wrong; expecting "opennebula"`,
        elements: { Region: 'opennebula' },
      },
    ],
    [
      'another region in a link',
      () => callerOf(link, { regions: ['opennebula'] }),
      { code: 'AuthorizationQueryParametersError', status: 400, elements: { Region: 'opennebula' } },
    ],
    [
      'another service',
      () => callerOf(changed(simple, '/s3/', '/ec2/')),
      {
        code: 'AuthorizationHeaderMalformed',
        message: 'The authorization header is malformed; incorrect service "ec2". This endpoint belongs to "s3".',
      },
    ],
    [
      'another service of a bare address',
      () =>
        callerOf(changed(inHeader({ headers: { host: '127.0.0.1' } }), '/us-east-1/s3/', '/0/127/'), {
          anyRegion: true,
        }),
      { code: 'AuthorizationHeaderMalformed' },
    ],
    [
      'another end',
      () => callerOf(changed(simple, 'aws4_request', 'aws4')),
      {
        code: 'AuthorizationHeaderMalformed',
        message: 'The authorization header is malformed; incorrect terminal "aws4". This endpoint uses "aws4_request".',
      },
    ],
    [
      'another day',
      () => callerOf(changed(simple, '/20130524/', '/20130525/')),
      { code: 'AuthorizationHeaderMalformed' },
    ],
    [
      'half a credential',
      () => callerOf(changed(simple, '/20130524/us-east-1/s3/aws4_request', '')),
      { code: 'AuthorizationHeaderMalformed' },
    ],
    ['no parts', () => callerOf(changed(simple, /Credential.*/, '')), { code: 'AuthorizationHeaderMalformed' }],
    [
      'another algorithm',
      () => callerOf(changed(simple, 'AWS4-HMAC-SHA256', 'Basic')),
      {
        code: 'InvalidArgument',
        message: 'Unsupported Authorization Type',
        elements: { ArgumentName: 'Authorization', ArgumentValue: 'Basic' },
      },
    ],
    [
      'version 2 in a header',
      () => callerOf({ ...simple, headers: { ...simple.headers, authorization: 'AWS a:b' } }),
      { code: 'InvalidRequest' },
    ],
    [
      'no declared hash',
      () => callerOf(without(simple, 'x-amz-content-sha256')),
      { code: 'InvalidRequest', message: 'Missing required header for this request: x-amz-content-sha256' },
    ],
    [
      'a hash that is none',
      () => callerOf(inHeader({}, 'e3b0')),
      { code: 'InvalidArgument', elements: { ArgumentName: 'x-amz-content-sha256', ArgumentValue: 'e3b0' } },
    ],
    [
      'a header that is not signed',
      () => callerOf({ ...simple, headers: { ...simple.headers, 'x-amz-acl': 'private' } }),
      {
        code: 'AccessDenied',
        status: 403,
        message: 'There were headers present in the request which were not signed',
        elements: { HeadersNotSigned: 'x-amz-acl' },
      },
    ],
    [
      'no date',
      () => callerOf(changed(without(simple, 'x-amz-date'), ';x-amz-date', '')),
      { code: 'AccessDenied', message: 'AWS authentication requires a valid Date or x-amz-date header' },
    ],
    [
      'a slow clock',
      () => callerOf(simple, { now: () => NOW + 15 * MINUTE + 1 }),
      {
        code: 'RequestTimeTooSkewed',
        status: 403,
        elements: {
          RequestTime: '2013-05-24T00:00:00Z',
          ServerTime: '2013-05-24T00:15:00Z',
          MaxAllowedSkewMilliseconds: '900000',
        },
      },
    ],
    [
      'a fast clock',
      () => callerOf(simple, { now: () => NOW - 15 * MINUTE - 1 }),
      { code: 'RequestTimeTooSkewed', status: 403 },
    ],
    [
      'a link that has expired',
      () => callerOf(link, { now: () => NOW + 3_600_001 }),
      {
        code: 'AccessDenied',
        status: 403,
        message: 'Request has expired',
        elements: { 'X-Amz-Expires': '3600', Expires: '2013-05-24T01:00:00Z', ServerTime: '2013-05-24T01:00:00Z' },
      },
    ],
    [
      'a link of tomorrow',
      () => callerOf(link, { now: () => NOW - 15 * MINUTE - 1 }),
      { code: 'AccessDenied', message: 'Request is not valid yet' },
    ],
    [
      'a link without end',
      () => callerOf(changed(link, '&X-Amz-Expires=3600', '')),
      { code: 'AuthorizationQueryParametersError' },
    ],
    [
      'a link for longer than a week',
      () => callerOf(presigned({}, 604_801)),
      {
        code: 'AuthorizationQueryParametersError',
        message:
          'X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds',
      },
    ],
    [
      'a link for no time',
      () => callerOf(presigned({}, 0)),
      { code: 'AuthorizationQueryParametersError', message: 'X-Amz-Expires must be positive' },
    ],
    [
      'a link for a time that is none',
      () => callerOf(changed(link, 'Expires=3600', 'Expires=soon')),
      { code: 'AuthorizationQueryParametersError', message: 'X-Amz-Expires should be a number' },
    ],
    [
      'a link of another algorithm',
      () => callerOf(changed(link, 'SHA256', 'SHA1')),
      { code: 'AuthorizationQueryParametersError' },
    ],
    [
      'a link of no date',
      () => callerOf(changed(link, 'X-Amz-Date=20130524T000000Z', 'X-Amz-Date=today')),
      {
        code: 'AuthorizationQueryParametersError',
        message: `X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`,
      },
    ],
    [
      'an old link that has expired',
      () => callerOf(oldLink, { now: () => NOW + 3_600_001 }),
      {
        code: 'AccessDenied',
        message: 'Request has expired',
        elements: { Expires: '2013-05-24T01:00:00Z', ServerTime: '2013-05-24T01:00:00Z' },
      },
    ],
    [
      'an old link for longer than a week',
      () => callerOf(linkV2({}, NOW / 1000 + limits.expiresAhead.most * 86_400 + 1)),
      { code: 'AccessDenied' },
    ],
    [
      'an old link for a time that is none',
      () => callerOf(changed(oldLink, /Expires=\d+/, 'Expires=soon')),
      { code: 'AccessDenied' },
    ],
    [
      'half an old link',
      () => callerOf(changed(oldLink, /&Expires=\d+/, '')),
      {
        code: 'AccessDenied',
        message: 'Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters.',
      },
    ],
    [
      'a token',
      () => callerOf(inHeader({ headers: { 'x-amz-security-token': 't' } })),
      { code: 'InvalidToken', status: 400 },
    ],
    [
      'a token in a link',
      () => callerOf(presigned({ query: 'X-Amz-Security-Token=t' })),
      { code: 'InvalidToken', status: 400 },
    ],
    [
      'a token in an old link',
      () => callerOf(linkV2({ headers: { 'x-amz-security-token': 't' } })),
      { code: 'InvalidToken', status: 400 },
    ],
    [
      'an unknown key',
      () => callerOf(changed(simple, ACCESS_KEY, 'AKIAAAAAAAAAAAAAAAAA')),
      { code: 'InvalidAccessKeyId', status: 403, elements: { AWSAccessKeyId: 'AKIAAAAAAAAAAAAAAAAA' } },
    ],
    ['a wrong secret', () => callerOf(inHeader({ secret: 'wrong' })), { code: 'SignatureDoesNotMatch', status: 403 }],
    [
      'a wrong secret in a link',
      () => callerOf(presigned({ secret: 'wrong' })),
      { code: 'SignatureDoesNotMatch', status: 403 },
    ],
    [
      'a wrong secret in an old link',
      () => callerOf(linkV2({ secret: 'wrong' })),
      { code: 'SignatureDoesNotMatch', status: 403 },
    ],
  ])('%s', async (_, attempt, expected) => {
    expect(await refusal(attempt())).toMatchObject(expected)
  })
})

it('a signature for S3 is good for nothing else, nor the other way round', async () => {
  const attempt = (service: string) => authenticate(read(requestOf(simple)), policy({ service }), async () => undefined)
  await expect(attempt('ec2')).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' })
  await expect(attempt('sts')).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' })
})

it.each(['UNSIGNED-PAYLOAD', sha256('')])(
  'a presigned request may declare its hash in the query: %s',
  async declared => {
    const message = presigned({ query: `X-Amz-Content-Sha256=${declared}` }, 3600, declared)
    const { payload } = await authenticOf(message)
    expect(payload.kind).toBe(declared === 'UNSIGNED-PAYLOAD' ? 'unsigned' : 'hashed')
  },
)

it('a name of econe with a wrong secret is answered like an unknown one, and counted', async () => {
  const guesses = new Guesses({ now: () => NOW })
  const named = (secret: string) => changed(inHeader({ secret }), ACCESS_KEY, 'helen')
  const key = { accessKeyId: 'helen', secret: SECRET, user: { id: 2, name: 'helen' }, source: 'econe' } as const
  const attempt = (message: Message, known: boolean) =>
    authenticate(read(requestOf(message)), policy(), async () => (known ? key : undefined), guesses)
  expect((await attempt(named(SECRET), true)).accessKeyId).toBe('helen')
  const wrong = await refusal(attempt(named('wrong'), true))
  expect(await refusal(attempt(named('wrong'), false))).toEqual(wrong)
  expect(wrong.code).toBe('InvalidAccessKeyId')
  for (let more = 2; more < limits.failedNames.most; more++) await refusal(attempt(named('wrong'), true))
  await expect(attempt(named(SECRET), true)).rejects.toMatchObject({ code: 'RequestLimitExceeded' })
})
