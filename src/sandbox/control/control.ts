// The control endpoint, JSON over HTTP on the same server, for tests that drive a sandbox in another process:
//
//   GET    /sandbox/requests   {requests: [{at, methods, requestBytes, responseBytes, status, ms}], statistics: {…}}
//   DELETE /sandbox/requests   forgets them and sets the statistics to 0
//   GET    /sandbox/faults     the failures that are set, a list
//   POST   /sandbox/faults     one failure or a list: {method: "one.vm.info" or "*", times?: 3, kind: …} with
//                              kind "latency" {ms}, "drop" {when: "before"|"after"}, "status" {status, when},
//                              "error" {code, message}, "malformed", "truncated", "drip" {bytes, ms}
//   DELETE /sandbox/faults     removes them
//   GET    /sandbox/clock      {now, manual}
//   POST   /sandbox/clock      {advance?: ms, delays?: {boot: 50, …}, authDelay?: ms}
//   POST   /sandbox/vms        {id, state, lcm?}: puts a VM into a state, as a failure of a host would
//   POST   /sandbox/shutdowns  {id, refused}: has the hypervisor refuse to shut a VM down, so many times
//   POST   /sandbox/reset      back to the seed
//   GET    /sandbox/snapshot   the whole state; PUT takes it back
import type { IncomingMessage, ServerResponse } from 'node:http'
import { readBody } from '../protocol/body.ts'
import { isInjection } from './faults.ts'
import type { Sandbox } from './sandbox.ts'

/** A request that makes no sense: answered with 400 and the reason. */
class BadRequest extends Error {}

type Route = (sandbox: Sandbox, body: unknown) => unknown

const done = { ok: true }

const ROUTES = new Map<string, Route>([
  ['GET /sandbox/requests', sandbox => ({ requests: sandbox.log.list(), statistics: sandbox.world.statistics })],
  [
    'DELETE /sandbox/requests',
    sandbox => {
      sandbox.log.clear()
      sandbox.world.clearStatistics()
      return done
    },
  ],
  ['GET /sandbox/faults', sandbox => sandbox.faults.list()],
  [
    'POST /sandbox/faults',
    (sandbox, body) => {
      const wanted: unknown[] = Array.isArray(body) ? body : [body]
      if (!wanted.every(isInjection)) throw new BadRequest('Not a failure: see the top of control.ts')
      sandbox.faults.add(...wanted)
      return done
    },
  ],
  [
    'DELETE /sandbox/faults',
    sandbox => {
      sandbox.faults.clear()
      return done
    },
  ],
  ['GET /sandbox/clock', clock],
  [
    'POST /sandbox/clock',
    (sandbox, body) => {
      const { advance, delays, authDelay } = members(body)
      if (delays !== undefined) sandbox.setDelays(Object.fromEntries(Object.entries(members(delays)).map(delay)))
      if (authDelay !== undefined) sandbox.world.authDelay = count(authDelay, 'authDelay')
      if (advance !== undefined) sandbox.advance(count(advance, 'advance'))
      return clock(sandbox)
    },
  ],
  [
    'POST /sandbox/vms',
    (sandbox, body) => {
      const { id, state, lcm } = members(body)
      sandbox.setVmState(count(id, 'id'), count(state, 'state'), lcm === undefined ? 0 : count(lcm, 'lcm'))
      return done
    },
  ],
  [
    'POST /sandbox/shutdowns',
    (sandbox, body) => {
      const { id, refused } = members(body)
      sandbox.refuseShutdowns(count(id, 'id'), count(refused, 'refused'))
      return done
    },
  ],
  [
    'POST /sandbox/reset',
    sandbox => {
      sandbox.reset()
      return done
    },
  ],
  ['GET /sandbox/snapshot', sandbox => sandbox.snapshot()],
  [
    'PUT /sandbox/snapshot',
    (sandbox, body) => {
      sandbox.restore(body)
      return done
    },
  ],
])

function clock(sandbox: Sandbox): unknown {
  return { now: sandbox.world.clock.now(), manual: sandbox.world.clock.manual }
}

const delay = ([name, ms]: [string, unknown]): [string, number] => [name, count(ms, name)]

function members(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new BadRequest('A JSON object is expected')
  return { ...value }
}

function count(value: unknown, name: string): number {
  if (typeof value !== 'number' || !(value >= 0)) throw new BadRequest(`${name} must be a number`)
  return value
}

/** Answers requests under /sandbox/; false for all others. */
export const controlEndpoint =
  (sandbox: () => Sandbox) =>
  async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    if (!request.url?.startsWith('/sandbox/')) return false
    const route = ROUTES.get(`${request.method} ${request.url}`)
    const body = await readBody(request)
    try {
      if (!route) throw new BadRequest('No such endpoint: see the top of control.ts')
      json(response, 200, route(sandbox(), body.length > 0 ? JSON.parse(body.toString()) : undefined))
    } catch (error) {
      json(response, 400, { error: error instanceof Error ? error.message : String(error) })
    }
    return true
  }

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value))
}
