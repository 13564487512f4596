// Uploads that are not as they should be, over real HTTP: what is refused is refused before it costs anything, and
// nothing of it is left.
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type ClientRequest, type IncomingMessage, request as send } from 'node:http'
import { DescribeImagesCommand, DescribeRegionsCommand, EC2Client } from '@aws-sdk/client-ec2'
import { AwsClient } from 'aws4fetch'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signV2 } from '../../src/auth/sigv2.ts'
import { credentials, type Raw, raw, until } from './cloud.ts'
import { signedGet } from './signed.ts'
import { type Cloud, startCloud } from './stage.ts'

const BOUNDARY = 'a-boundary'
const FORM = `multipart/form-data; boundary=${BOUNDARY}`
const KIB = 1024
const GIB = 2 ** 30

let cloud: Cloud

beforeAll(async () => {
  cloud = await startCloud(
    { seed: { images: [{ name: 'taken.img', owner: 'helen', template: 'EC2_AMI="YES"' }] } },
    {
      STAGING_GIB: '1',
    },
  )
})
afterAll(() => cloud.stop())

const client = () =>
  new EC2Client({ endpoint: cloud.endpoint, region: 'us-east-1', credentials: credentials(), maxAttempts: 1 })

type Part = string | Uint8Array

const field = (name: string, value: string): Part =>
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`

const fileHead = (filename: string, name = 'file'): Part =>
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"; filename="${filename}"\r\n\r\n`

const file = (filename: string, bytes = KIB, name = 'file'): Part[] => [
  fileHead(filename, name),
  new Uint8Array(bytes).fill(7),
  '\r\n',
]

const END = `--${BOUNDARY}--\r\n`

/** The fields in front of a file as econe's client signed them, for a host that the request names. */
async function signedFields(
  more: [string, string][] = [],
  host = new URL(cloud.endpoint).hostname,
  action = 'UploadImage',
): Promise<Part[]> {
  const { accessKeyId, secretAccessKey: secret } = credentials()
  const parameters: [string, string][] = [['Action', action], ['Version', '2016-11-15'], ...more]
  const signed = await signV2({ method: 'POST', host, path: '/', parameters }, { accessKeyId, secret }, Date.now)
  return signed.map(([name, value]) => field(name, value))
}

const bodyOf = (parts: readonly Part[]) => Buffer.concat(parts.map(part => Buffer.from(part)))

const post = async (parts: readonly Part[], query = ''): Promise<Raw> =>
  raw(
    await fetch(`${cloud.endpoint}/${query}`, {
      method: 'POST',
      body: bodyOf(parts),
      headers: { 'content-type': FORM },
    }),
  )

/** A request of which only the beginning is sent. */
function begin(headers: Record<string, string | number>, parts: readonly Part[] = []): ClientRequest {
  const request = send(cloud.endpoint, { method: 'POST', headers: { 'content-type': FORM, ...headers } })
  request.on('error', () => undefined)
  request.flushHeaders()
  if (parts.length > 0) request.write(bodyOf(parts))
  return request
}

/** What is answered to it, though the rest never comes. */
async function answerTo(request: ClientRequest): Promise<[number | undefined, string | undefined]> {
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  let text = ''
  for await (const chunk of response) text += String(chunk)
  request.destroy()
  return [response.statusCode, /<Code>([^<]*)/.exec(text)?.[1]]
}

const idOf = ({ text }: Raw) => /<imageId>(ami-[0-9a-f]{17})<\/imageId>/.exec(text)?.[1] ?? text

interface Bindings {
  readonly STAGING: { list(): Promise<{ objects: { key: string }[] }> }
}

async function staged(): Promise<string[]> {
  const { STAGING } = (await cloud.harness.getWorker().getEnv()) as unknown as Bindings
  return (await STAGING.list()).objects.map(({ key }) => key)
}

const isEmpty = () => until('an empty staging area', async () => (await staged()).length === 0)

const methods = () => cloud.sandbox.log.list().flatMap(each => each.methods)

const nameOf = async (id: string) =>
  (await client().send(new DescribeImagesCommand({ ImageIds: [id] }))).Images?.[0]?.Name

describe('where OpenNebula fetches', () => {
  it('is not what the Host of a request says', async () => {
    cloud.sandbox.log.clear()
    const host = '127.0.0.1:45761'
    const head = [...(await signedFields([], '127.0.0.1')), fileHead('a.img')]
    // Half of the form is enough to know
    expect(await answerTo(begin({ host, 'content-length': 100 * KIB }, head))).toEqual([400, 'UnsupportedOperation'])
    expect(methods()).not.toContain('one.image.allocate')
    expect(await staged()).toEqual([])
  })

  it('is told to the operator, not to callers, and neither are they told another host than theirs', async () => {
    const open = await startCloud({}, { OWN_HOSTS: '', PUBLIC_URL: '' })
    try {
      const form = new FormData()
      for (const [name, value] of await signV2(
        {
          ...{ method: 'POST', host: new URL(open.endpoint).hostname, path: '/' },
          parameters: [
            ['Action', 'UploadImage'],
            ['Version', '2016-11-15'],
          ],
        },
        { accessKeyId: 'helen', secret: credentials().secretAccessKey },
        Date.now,
      )) {
        form.append(name, value)
      }
      form.append('file', new Blob(['x']), 'x.img')
      const { code, message } = await raw(await fetch(open.endpoint, { method: 'POST', body: form }))
      expect(code).toBe('UnsupportedOperation')
      expect(message).toContain('PUBLIC_URL or OWN_HOSTS')
      await until('the line of the log', () =>
        Promise.resolve(open.harness.getLogs().some(line => line.message.includes('neither is PUBLIC_URL set'))),
      )
    } finally {
      await open.stop()
    }
    const { Regions } = await client().send(new DescribeRegionsCommand({}))
    expect(Regions?.[0]?.Endpoint).toBe(new URL(cloud.endpoint).host)
  })
})

describe('an action', () => {
  it('that takes a form is not served without one', async () => {
    const query = { Action: 'UploadImage' }
    const answer = await raw(await signedGet(cloud.endpoint, credentials(), query))
    expect([answer.status, answer.code]).toEqual([400, 'InvalidRequest'])
  })

  it('that takes no form is not served with one', async () => {
    const answer = await post([...(await signedFields([], undefined, 'DescribeRegions')), ...file('none.img'), END])
    expect([answer.status, answer.code]).toEqual([400, 'InvalidRequest'])
  })

  it.each(['StageImage', 'UnstageImage'])('that is a step of another can be asked for in no way: %s', async action => {
    const query = { Action: action, ImageId: 'ami-0123456789abcdef0', Name: 'step' }
    const asked = await raw(await signedGet(cloud.endpoint, credentials(), query))
    const sent = await post([...(await signedFields([], undefined, action)), ...file('step.img'), END])
    expect([asked.code, sent.code]).toEqual(['InvalidAction', 'InvalidAction'])
  })
})

describe('what is not signed', () => {
  it.each<[string, Part[]]>([
    ['a second Action', [field('Action', 'TerminateInstances')]],
    ['a field', [field('Name', 'another')]],
    ['another file', file('b.img')],
  ])('behind the file is refused before the import begins: %s', async (_, behind) => {
    cloud.sandbox.log.clear()
    const answer = await post([...(await signedFields()), ...file('behind.img'), ...behind, END])
    expect([answer.status, answer.code]).toEqual([400, 'InvalidRequest'])
    expect(methods()).not.toContain('one.image.allocate')
    await isEmpty()
  })

  const signer = () => new AwsClient({ ...credentials(), service: 'ec2', region: 'us-east-1', retries: 0 })
  /** Signed over query and no body, as a version 4 client has to that does not know the body. */
  const signed = (query: string) => signer().sign(`${cloud.endpoint}/${query}`, { method: 'POST' })
  const presigned = (query: string) =>
    signer().sign(`${cloud.endpoint}/${query}`, { method: 'POST', aws: { signQuery: true } })

  it.each([
    ['in the header', signed],
    ['in the query', presigned],
  ])('does not count beside a signature of version 4 %s', async (_, sign) => {
    for (const [query, field4] of [
      ['?Version=2016-11-15', field('Action', 'UploadImage')],
      ['?Action=UploadImage&Version=2016-11-15', field('Name', 'another')],
    ] as const) {
      const request = await sign(query)
      const body = bodyOf([field4, ...file('v4.img'), END])
      const headers = { ...Object.fromEntries(request.headers), 'content-type': FORM }
      const answer = await raw(await fetch(request.url, { method: 'POST', headers, body }))
      expect([answer.status, answer.code]).toEqual([400, 'InvalidParameterCombination'])
    }
    const request = await sign('?Action=UploadImage&Version=2016-11-15')
    const headers = { ...Object.fromEntries(request.headers), 'content-type': FORM }
    const body = bodyOf([...file(`${randomUUID()}.img`), END])
    const answer = await raw(await fetch(request.url, { method: 'POST', headers, body }))
    expect(idOf(answer)).toMatch(/^ami-/)
    await isEmpty()
  })

  it('is not taken for a parameter though it be signed, where there is none of the name', async () => {
    const answer = await post([...(await signedFields([['Colour', 'red']])), ...file('red.img'), END])
    expect([answer.status, answer.code]).toEqual([400, 'UnknownParameter'])
  })
})

describe('a file', () => {
  it.each<[string, () => Part[], string]>([
    ['that is empty', () => file('empty.img', 0), 'InvalidParameterValue'],
    ['without a name', () => file(''), 'MissingParameter'],
    ['of another field', () => file('a.img', KIB, 'other'), 'MissingParameter'],
    ['that is not there', () => [], 'MissingParameter'],
  ])('%s is refused, and nothing is left', async (_, parts, code) => {
    const answer = await post([...(await signedFields()), ...parts(), END])
    expect([answer.status, answer.code]).toEqual([400, code])
    await isEmpty()
  })

  it('that ends too early leaves nothing', async () => {
    const answer = await post([...(await signedFields()), ...file('short.img')])
    expect([answer.status, answer.code]).toEqual([400, 'MalformedQueryString'])
    await isEmpty()
  })

  it.each([
    ['C:\\images\\my disk.img', 'my disk.img'],
    ['/images/größe&🐧.img', 'gr--e--.img'],
    ['x', 'x--'],
    [`${'l'.repeat(200)}.img`, 'l'.repeat(128)],
  ])('%s makes an AMI of name %s', async (filename, name) => {
    const id = idOf(await post([...(await signedFields()), ...file(filename.replaceAll('\\', '\\\\')), END]))
    expect(await nameOf(id)).toBe(name)
  })

  it('of a name that an AMI has, or an upload, is refused before it is sent', async () => {
    const length = { 'content-length': 100 * KIB }
    const taken = begin(length, [...(await signedFields()), fileHead('taken.img')])
    expect(await answerTo(taken)).toEqual([400, 'InvalidAMIName.Duplicate'])
    const first = begin(length, [...(await signedFields()), fileHead('twice.img')])
    await until('the upload', async () => {
      const second = begin(length, [...(await signedFields()), fileHead('twice.img')])
      const refused = await Promise.race([
        answerTo(second),
        new Promise<undefined>(resolve => setTimeout(resolve, 500, undefined)),
      ])
      second.destroy()
      return refused?.[1] === 'InvalidAMIName.Duplicate'
    })
    first.destroy()
  })
})

describe('an account', () => {
  it('has no more staged than it may, counted before it is sent', async () => {
    const large = begin({ 'content-length': 2 * GIB }, [...(await signedFields()), fileHead('large.img')])
    expect(await answerTo(large)).toEqual([400, 'ResourceLimitExceeded'])
  })

  it('has so many uploads at a time, and its places back when they break off', async () => {
    const head = async () => [...(await signedFields()), fileHead(`${randomUUID()}.img`)]
    const length = { 'content-length': 100 * KIB }
    const open: ClientRequest[] = []
    const refused = await until('the limit', async () => {
      const next = begin(length, await head())
      open.push(next)
      return Promise.race([answerTo(next), new Promise<undefined>(resolve => setTimeout(resolve, 300, undefined))])
    })
    expect(refused).toEqual([400, 'ResourceLimitExceeded'])
    expect(open.length).toBeLessThanOrEqual(5)
    for (const request of open) request.destroy()
    await until('a place', async () => {
      const answer = await post([...(await head()), new Uint8Array(KIB), '\r\n', END])
      return answer.status === 200
    })
    await isEmpty()
  })
})

describe('a body', () => {
  it('of the largest request that AWS takes is read', async () => {
    const tags = Array.from({ length: 50 }, (_, at) => [
      [`Tag.${at + 1}.Key`, `${at}`.padStart(127, '鍵')],
      [`Tag.${at + 1}.Value`, '値'.repeat(255)],
    ]).flat() as [string, string][]
    const ids = Array.from({ length: 1000 }, (_, at): [string, string] => [
      `ResourceId.${at + 1}`,
      `vol-${String(at).padStart(17, '0')}`,
    ])
    const body = new URLSearchParams([['Action', 'CreateTags'], ['Version', '2016-11-15'], ...ids, ...tags]).toString()
    expect(body.length).toBeGreaterThan(200 * KIB)
    const signer = new AwsClient({ ...credentials(), service: 'ec2', region: 'us-east-1', retries: 0 })
    const answer = await raw(
      await signer.fetch(cloud.endpoint, {
        ...{ method: 'POST', body },
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      }),
    )
    expect([413, 'InvalidQueryParameter']).not.toContain(answer.status)
    expect(answer.code).not.toBe('InvalidQueryParameter')
  })

  it('costs a stranger’s request no time, whatever it is made of', async () => {
    const query = new URLSearchParams({
      ...{ Action: 'DescribeRegions', Version: '2016-11-15', AWSAccessKeyId: 'nobody', Signature: 'AAAA' },
      ...{ SignatureVersion: '2', SignatureMethod: 'HmacSHA256', Timestamp: new Date().toISOString() },
    })
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    async function took(filler: string): Promise<number> {
      const body = `${query.toString()}&Filler=${filler.repeat(120 * KIB)}`
      const began = performance.now()
      const answer = await raw(await fetch(cloud.endpoint, { method: 'POST', body, headers }))
      expect(answer.code).toBe('AuthFailure')
      return performance.now() - began
    }
    const quickest = async (filler: string) => Math.min(await took(filler), await took(filler), await took(filler))
    // By what the machine takes for one that is as long, and plain
    expect(await quickest('!*')).toBeLessThan(20 * (await quickest('xx')))
    expect((await signedGet(cloud.endpoint, credentials(), { Action: 'DescribeRegions' })).status).toBe(200)
  })
})
