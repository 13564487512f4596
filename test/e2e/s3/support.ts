// What tests of the S3 door share: AWS's SDK with its defaults, and requests that are signed and sent as they are.
import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { type ClientRequest, IncomingMessage, request } from 'node:http'
import { text as textOf } from 'node:stream/consumers'
import { S3Client, S3ServiceException } from '@aws-sdk/client-s3'
import { AwsClient } from 'aws4fetch'
import { credentials, endpoint } from '../cloud.ts'

/** The accounts of the sandbox's users. */
const ACCOUNTS = { helen: '000000000002', rival: '000000000003' }

export type User = keyof typeof ACCOUNTS

export const bucketOf = (user: User = 'helen') => `images_${ACCOUNTS[user]}`
export const accountOf = (user: User = 'helen') => ACCOUNTS[user]

/** Nothing is said to it but where the service is, and who asks. */
export const s3 = (user: User = 'helen') =>
  new S3Client({ endpoint, region: 'us-east-1', credentials: credentials(user), maxAttempts: 1 })

/** A key that no other test has. */
export const aKey = (suffix = '') => `${crypto.randomUUID()}${suffix}`

/** Bytes that are not all the same. */
export const someBytes = (length: number) =>
  Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) % 251)

/** What a command is refused with: `code status`. */
export async function refusal(command: Promise<unknown>): Promise<string> {
  try {
    await command
  } catch (error) {
    if (error instanceof S3ServiceException) return `${error.name} ${error.$metadata.httpStatusCode}`
    throw error
  }
  return 'none'
}

const signer = (user: User) => new AwsClient({ ...credentials(user), service: 's3', region: 'us-east-1', retries: 0 })

/** Sends a request signed in its headers. */
export const send = (path: string, init: RequestInit = {}, user: User = 'helen'): Promise<Response> =>
  signer(user).fetch(endpoint + path, init)

/** The URL of a request signed in its query. */
export async function link(path: string, method = 'GET', user: User = 'helen'): Promise<string> {
  const url = new URL(endpoint + path)
  if (!url.searchParams.has('X-Amz-Expires')) url.searchParams.set('X-Amz-Expires', '600')
  const signed = await signer(user).sign(url, { method, aws: { signQuery: true } })
  return signed.url
}

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** A request whose path nobody has tidied up: signed as it is, its body to be sent by the caller, or never. */
export function begin(
  { method, path, length, checksum }: { method: string; path: string; length: number; checksum?: string },
  { origin = endpoint, user = 'helen' }: { origin?: string; user?: User } = {},
): ClientRequest {
  const { accessKeyId, secretAccessKey } = credentials(user)
  const { host, hostname, port } = new URL(origin)
  const date = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')
  const scope = [date.slice(0, 8), 'us-east-1', 's3', 'aws4_request']
  const declared = checksum === undefined ? {} : { 'x-amz-checksum-crc32': checksum }
  const headers = { host, ...declared, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', 'x-amz-date': date }
  const names = Object.keys(headers).join(';')
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`)
  const [location = '', query = ''] = path.split('?')
  const parameters = query.split('&').filter(Boolean).sort()
  const signed = parameters.map(each => (each.includes('=') ? each : `${each}=`)).join('&')
  const canonical = [method, location, signed, lines.join(''), names, 'UNSIGNED-PAYLOAD'].join('\n')
  const key = scope.reduce<string | Buffer>((signer, part) => hmac(signer, part), `AWS4${secretAccessKey}`)
  const text = ['AWS4-HMAC-SHA256', date, scope.join('/'), sha256(canonical)].join('\n')
  const authorization =
    `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope.join('/')}, SignedHeaders=${names}, ` +
    `Signature=${hmac(key, text).toString('hex')}`
  return request({ method, path, hostname, port, headers: { ...headers, authorization, 'content-length': length } })
}

/** The status and the text of an answer. */
export async function answerTo(sent: ClientRequest): Promise<{ status: number | undefined; text: string }> {
  const answered: readonly unknown[] = await once(sent, 'response')
  const [response] = answered
  if (!(response instanceof IncomingMessage)) throw new TypeError('no response')
  return { status: response.statusCode, text: await textOf(response) }
}
