// A client of HTTP that does as little as can be: what is measured is on the other side.
import { once } from 'node:events'
import { type ClientRequest, IncomingMessage, request } from 'node:http'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'

export interface Message {
  readonly method: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Iterable<Uint8Array>
}

export interface Answer {
  readonly headers: IncomingMessage['headers']
  readonly text: string
}

/** Sends a request; throws what the answer says where it is an error. */
export async function send(url: string, { method, headers = {}, body = [] }: Message): Promise<Answer> {
  const sent = request(url, { method, headers })
  const answered = answerTo(sent)
  // An answer that comes too early says more than the pipe that breaks by it
  await pipeline(Readable.from(body), sent).catch(() => undefined)
  const response = await answered
  return { headers: response.headers, text: await text(response) }
}

/** Reads all the bytes that a GET gives, and drops them; how many there were. */
export async function receive(url: string, headers: Message['headers'] = {}): Promise<number> {
  const sent = request(url, { headers })
  sent.end()
  const response = await answerTo(sent)
  let bytes = 0
  response.on('data', ({ length }: Buffer) => {
    bytes += length
  })
  await once(response, 'end')
  return bytes
}

async function answerTo(sent: ClientRequest): Promise<IncomingMessage> {
  const answered: readonly unknown[] = await once(sent, 'response')
  const [response] = answered
  if (!(response instanceof IncomingMessage)) throw new TypeError('no response')
  if ((response.statusCode ?? 0) >= 300) throw new Error(`${response.statusCode} ${await text(response)}`)
  return response
}
