// Forms that are signed with SigV4 and sent as they are: by the thousand, and so with none of the layers of `fetch` and of an SDK.
import { type BinaryLike, createHash, createHmac } from 'node:crypto'
import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Credentials } from './signed.ts'

/** An answer. */
export interface Raw {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The error's code, where it is one. */
  readonly code: string | undefined
  readonly message: string | undefined
}

/** The region that all signatures of tests are for. */
const REGION = 'us-east-1'

const FORM = 'application/x-www-form-urlencoded; charset=utf-8'

/** Connections wait for another request for less long than the runtime lets them (ms): 5,000. */
const agent = new Agent({ keepAlive: true, timeout: 3000 })

const sha256 = (content: string) => createHash('sha256').update(content).digest('hex')

const hmac = (key: BinaryLike, content: string) => createHmac('sha256', key).update(content).digest()

/**
 * The headers of a form that is sent with POST to the root of a host.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
function signed(host: string, service: string, { accessKeyId, secretAccessKey }: Credentials, form: string) {
  const at = new Date().toISOString().replaceAll(/[:-]|\.\d{3}/g, '')
  const scope = [at.slice(0, 8), REGION, service, 'aws4_request']
  const key = scope.reduce<BinaryLike>(hmac, `AWS4${secretAccessKey}`)
  const headers = { 'content-type': FORM, host, 'x-amz-date': at }
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}`)
  const names = Object.keys(headers).join(';')
  const canonical = ['POST', '/', '', ...lines, '', names, sha256(form)].join('\n')
  const signature = hmac(key, ['AWS4-HMAC-SHA256', at, scope.join('/'), sha256(canonical)].join('\n')).toString('hex')
  const credential = `${accessKeyId}/${scope.join('/')}`
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`,
  }
}

/** Sends a form, and gives what came back as it came. */
export async function sendForm(to: string, service: string, keys: Credentials, form: string): Promise<Raw> {
  const { promise, resolve, reject } = Promise.withResolvers<Raw>()
  const headers = signed(new URL(to).host, service, keys, form)
  const sent = request(to, { method: 'POST', agent, headers }, answer => {
    const { statusCode = 0 } = answer
    text(answer).then(content => resolve(readAs(statusCode, headersOf(answer.headers), content)), reject)
  })
  sent.on('error', reject).end(form)
  return promise
}

const headersOf = (headers: IncomingHttpHeaders) =>
  new Headers(
    Object.entries(headers).flatMap(([name, value = []]) =>
      [value].flat().map((each): [string, string] => [name, each]),
    ),
  )

/** What an answer says. */
export function readAs(status: number, headers: Headers, content: string): Raw {
  const element = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(content)?.[1]
  return { status, headers, text: content, code: element('Code'), message: element('Message') }
}
