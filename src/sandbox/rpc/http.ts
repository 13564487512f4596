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
  const sent = await reply(response, dispatcher, body)
  log.add({
    at: Date.now(),
    methods: dispatcher.methods,
    requestId: request.headers['x-request-id']?.toString(),
    requestBytes: body.length,
    responseBytes: sent.bytes,
    status: sent.status,
    ms: performance.now() - started,
  })
}

/** Sends the answer, or what was to come instead of it; the status 0 stands for a connection that was cut. */
async function reply(
  response: ServerResponse,
  dispatcher: Dispatcher,
  body: Buffer,
): Promise<{ status: number; bytes: number }> {
  try {
    const parts = await answer(dispatcher, body)
    return { status: 200, bytes: await send(response, parts, dispatcher.spoiling) }
  } catch (error) {
    if (error instanceof ProxyAnswer) {
      refuse(response, error.status)
      return { status: error.status, bytes: 0 }
    }
    // The caller may have gone, too.
    if (!(error instanceof Dropped || response.destroyed)) throw error
    response.destroy()
    return { status: 0, bytes: 0 }
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

async function send(response: ServerResponse, parts: readonly string[], spoiling: readonly Failure[]): Promise<number> {
  const isSpoilt = (kind: Failure['kind']): boolean => spoiling.some(failure => failure.kind === kind)
  const answer = isSpoilt('malformed') ? ['<methodResponse><oops>'] : parts
  const length = answer.reduce((sum, part) => sum + Buffer.byteLength(part), 0)
  response.writeHead(200, { 'Content-Type': 'text/xml; charset=utf-8', 'Content-Length': length })
  if (isSpoilt('truncated')) return await cutShort(response, Buffer.from(answer.join('')))
  const drip = spoiling.find(failure => failure.kind === 'drip')
  await pipeline(Readable.from(drip ? drops(answer, drip) : chunks(answer)), response)
  return length
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

/** Cuts the connection once half of the answer is on its way. */
async function cutShort(response: ServerResponse, body: Buffer): Promise<number> {
  const half = body.subarray(0, body.length / 2)
  await new Promise(resolve => response.write(half, resolve))
  response.destroy()
  return half.length
}
