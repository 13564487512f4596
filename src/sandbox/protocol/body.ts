// Request bodies, up to the front-end's own limit.
import type { IncomingMessage } from 'node:http'

/** The front-end takes no larger message. */
const MAX_BODY = 64 * 1024 * 1024

/** Reads a request body. Throws on one that is too large. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > MAX_BODY) throw new Error('The request is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
