// The HTTP side of the front-end: POST /RPC2, and the control endpoint where it is switched on.
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { Dropped, type Failure, type Faults, ProxyAnswer } from '../control/faults.ts'
import type { RequestLog } from '../control/request-log.ts'
import { readBody } from '../protocol/body.ts'
import { XmlRpcFault } from '../protocol/errors.ts'
import { parseCall, writeFault, writeResponse } from '../protocol/xmlrpc.ts'
import type { World } from '../world/world.ts'
import { Dispatcher } from './dispatcher.ts'

/** Bytes that are written at once. */
const CHUNK = 256 * 1024

export interface ServerParts {
  world: World
  faults: Faults
  log: RequestLog
  /** Answers what is not XML-RPC; true when it did. */
  control?: (request: IncomingMessage, response: ServerResponse) => Promise<boolean>
}

export const createRpcServer = (parts: ServerParts): Server =>
  createServer((request, response) => {
    handle(parts, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy()
      else refuse(response, 500, String(error))
    })
  })

async function handle(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (await parts.control?.(request, response)) return
  if (request.url !== '/RPC2') return refuse(response, 404)
  if (request.method !== 'POST') return refuse(response, 405)
  if (!/^text\/xml\b/.test(request.headers['content-type'] ?? '')) return refuse(response, 400)
  await handleRpc(parts, request, response)
}

function refuse(response: ServerResponse, status: number, reason = STATUS_CODES[status] ?? ''): void {
  response.writeHead(status, { 'Content-Type': 'text/plain' }).end(`${status} ${reason}\n`)
}

async function handleRpc(
  { world, faults, log }: ServerParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const started = performance.now()
  const body = await readBody(request)
  const dispatcher = new Dispatcher(world, faults)
  const { status, bytes, send } = await prepare(response, dispatcher, body)
  // Before the answer is sent: whoever has it finds its request in the log
  log.add({
    at: Date.now(),
    methods: dispatcher.methods,
    requestId: request.headers['x-request-id']?.toString(),
    requestBytes: body.length,
    responseBytes: bytes,
    status,
    ms: performance.now() - started,
  })
  await send()
}

/** An answer, or what is to come instead of it; the status 0 stands for a connection that is cut. */
interface Reply {
  readonly status: number
  readonly bytes: number
  readonly send: () => unknown
}

async function prepare(response: ServerResponse, dispatcher: Dispatcher, body: Buffer): Promise<Reply> {
  try {
    const parts = await answer(dispatcher, body)
    return whole(response, parts, dispatcher.spoiling)
  } catch (error) {
    if (error instanceof ProxyAnswer) {
      return { status: error.status, bytes: 0, send: () => refuse(response, error.status) }
    }
    if (!(error instanceof Dropped)) throw error
    return { status: 0, bytes: 0, send: () => response.destroy() }
  }
}

async function answer(dispatcher: Dispatcher, body: Buffer): Promise<string[]> {
  try {
    return writeResponse(await dispatcher.answer(parseCall(body)))
  } catch (error) {
    if (error instanceof XmlRpcFault) return writeFault(error)
    throw error
  }
}

function whole(response: ServerResponse, parts: readonly string[], spoiling: readonly Failure[]): Reply {
  const isSpoilt = (kind: Failure['kind']): boolean => spoiling.some(failure => failure.kind === kind)
  const answer = isSpoilt('malformed') ? ['<methodResponse><oops>'] : parts
  const length = answer.reduce((sum, part) => sum + Buffer.byteLength(part), 0)
  const drip = spoiling.find(failure => failure.kind === 'drip')
  const begin = () => response.writeHead(200, { 'Content-Type': 'text/xml; charset=utf-8', 'Content-Length': length })
  if (isSpoilt('truncated')) {
    const half = Buffer.from(answer.join('')).subarray(0, length / 2)
    return { status: 200, bytes: half.length, send: () => cutAfter(half, begin()) }
  }
  // A pipeline costs more than a small answer itself
  if (!drip && length <= CHUNK) return { status: 200, bytes: length, send: () => begin().end(answer.join('')) }
  const send = () =>
    pipeline(Readable.from(drip ? drops(answer, drip) : chunks(answer)), begin()).catch((error: unknown) => {
      // The caller may have gone
      if (!response.destroyed) throw error
    })
  return { status: 200, bytes: length, send }
}

/** Large pieces, taken no faster than the reader reads. */
function* chunks(parts: readonly string[]): Generator<string> {
  let chunk = ''
  for (const part of parts) {
    chunk += part
    if (chunk.length < CHUNK) continue
    yield chunk
    chunk = ''
  }
  yield chunk
}

async function* drops(parts: readonly string[], { bytes, ms }: { bytes: number; ms: number }): AsyncGenerator<Buffer> {
  const body = Buffer.from(parts.join(''))
  for (let at = 0; at < body.length; at += bytes) {
    yield body.subarray(at, at + bytes)
    await sleep(ms)
  }
}

/** Cuts the connection once a part of the answer is on its way. */
async function cutAfter(part: Buffer, response: ServerResponse): Promise<void> {
  await new Promise(resolve => response.write(part, resolve))
  response.destroy()
}
