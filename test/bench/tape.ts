// The way to the front-end with a tape in it: what is asked there can be asked again.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

export interface Tape extends AsyncDisposable {
  readonly url: string
  /** Bodies of the requests that came since the last time. */
  readonly take: () => string[]
}

/** Serves the same as a front-end, on another port. */
export async function startTape(front: string): Promise<Tape> {
  let bodies: string[] = []
  const pass = async (request: IncomingMessage, response: ServerResponse) => {
    const body = String(await buffer(request))
    bodies.push(body)
    const headers = { 'content-type': request.headers['content-type'] ?? '' }
    const answer = await fetch(front, { method: 'POST', headers, body })
    response.writeHead(answer.status, { 'content-type': 'text/xml' }).end(Buffer.from(await answer.arrayBuffer()))
  }
  const server = createServer((request, response) => {
    pass(request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/RPC2`,
    take: () => {
      const taken = bodies
      bodies = []
      return taken
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
