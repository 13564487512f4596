// What can be done to a sandbox, in its own process or through the control endpoint.
import type { World, WorldState } from '../world/world.ts'
import type { Faults } from './faults.ts'
import type { RequestLog } from './request-log.ts'

export interface Sandbox {
  /** The state itself: users, pools, clock, statistics. */
  readonly world: World
  readonly faults: Faults
  readonly log: RequestLog
  /** The session string of the server_cipher user. */
  readonly serverAdmin: string
  /** A plain user of the seed: name and hex SHA-256 of the password. */
  readonly user: { name: string; secret: string }
  /** Serves XML-RPC on 127.0.0.1; port 0 for any free one. */
  listen(port?: number): Promise<{ url: string; port: number }>
  close(): Promise<void>
  /** Moves a manual clock on, by ms. */
  advance(ms: number): void
  /** Resolves when no download is under way. */
  settled(): Promise<void>
  /** Changes how long transient states last, in ms. Throws on a name that is no delay. */
  setDelays(delays: Record<string, number>): void
  /** Puts a VM into a state, as a failure of a host would. */
  setVmState(id: number, state: number, lcm?: number): void
  /** Has the hypervisor refuse to shut a VM down, the next so many times: it runs on. */
  refuseShutdowns(id: number, times: number): void
  /** Back to the seed. */
  reset(): void
  /** The whole state, to be kept as JSON. */
  snapshot(): WorldState
  /** Takes a kept state back; what was under way goes on. Throws on what is not a snapshot. */
  restore(state: unknown): void
}
