// A plain XML-RPC client for the sandbox's tests: it sends values as they are and keeps answers as text.
import { createCipheriv } from 'node:crypto'
import { sha256 } from '../../src/sandbox/users/sessions.ts'

export type Param = number | boolean | string | Param[] | { [name: string]: Param }

const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#13;')

const unescapeText = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&#x0d;', '\r').replaceAll('&amp;', '&')

function encode(param: Param): string {
  if (typeof param === 'number') return `<value><int>${param}</int></value>`
  if (typeof param === 'boolean') return `<value><boolean>${param ? 1 : 0}</boolean></value>`
  if (typeof param === 'string') return `<value><string>${escapeText(param)}</string></value>`
  if (Array.isArray(param)) return `<value><array><data>${param.map(encode).join('')}</data></array></value>`
  const members = Object.entries(param).map(([name, value]) => `<member><name>${name}</name>${encode(value)}</member>`)
  return `<value><struct>${members.join('')}</struct></value>`
}

/** The body of a method call. */
export const callXml = (method: string, params: readonly Param[]): string =>
  `<?xml version="1.0"?><methodCall><methodName>${method}</methodName><params>${params
    .map(param => `<param>${encode(param)}</param>`)
    .join('')}</params></methodCall>`

/** Sends a body as it is. */
export const post = async (url: string, body: string | Uint8Array<ArrayBuffer>): Promise<Response> =>
  await fetch(url, { method: 'POST', headers: { 'Content-Type': 'text/xml' }, body })

/** The text of the answer to one call. */
export const rawCall = async (url: string, method: string, params: readonly Param[]): Promise<string> =>
  await (await post(url, callXml(method, params))).text()

/** An answer: the value's text, unescaped, or the message and code of a failure or a fault. */
export interface Answer {
  ok: boolean
  value: string
  code: number
}

export function parseAnswer(text: string): Answer {
  const fault = /<fault>[\s\S]*?<i4>(-?\d+)<\/i4>[\s\S]*?<string>([\s\S]*?)<\/string>/.exec(text)
  if (fault) return { ok: false, value: unescapeText(fault[2] ?? ''), code: Number(fault[1]) }
  const values = [...text.matchAll(/<(boolean|string|i4|i8)>([\s\S]*?)<\/\1>/g)].map(match => match[2] ?? '')
  return { ok: values[0] === '1', value: unescapeText(values[1] ?? ''), code: Number(values[2] ?? Number.NaN) }
}

/** Calls as one user. */
export const client =
  (url: string, session: string) =>
  async (method: string, ...params: Param[]): Promise<Answer> =>
    parseAnswer(await rawCall(url, method, [session, ...params]))

/** The text of the first element of that name, without CDATA marks; undefined when there is none. */
export const element = (xml: string, name: string): string | undefined =>
  new RegExp(`<${name}>(?:<!\\[CDATA\\[)?([\\s\\S]*?)(?:\\]\\]>)?</${name}>`).exec(xml)?.[1]

/** The token with which serveradmin speaks for a user. */
export function serverToken(password: string, target: string, expires: number): string {
  const hash = sha256(password)
  const cipher = createCipheriv('aes-256-cbc', hash.slice(0, 32), hash.slice(0, 16))
  const token = Buffer.concat([cipher.update(`serveradmin:${target}:${expires}`), cipher.final()])
  return `serveradmin:${target}:${token.toString('base64')}`
}
