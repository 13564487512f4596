// Interfaces and subnets that were made a moment ago: OpenNebula takes about half a second until addresses of them can be had.
import { NETWORK_STATE } from '../../../opennebula/states.ts'
import type { Context } from '../../core/context.ts'
import type { FoundInterface } from './named.ts'

/** When to look whether a network is ready, in milliseconds. */
const LOOKS = [100, 200, 400, 800, 1600]

/** Waits until the networks of these interfaces have their addresses, or for a few seconds; for none as a rule. */
export async function untilReady(interfaces: readonly FoundInterface[], context: Context): Promise<void> {
  const networks = interfaces.flatMap(({ own, subnet }) => (own ?? subnet)?.network ?? [])
  const made = networks.filter(({ STATE }) => STATE === NETWORK_STATE.LOCK_CREATE)
  for (const number of new Set(made.map(({ ID }) => ID))) {
    for (const pause of LOOKS) {
      if ((await context.one.network(number)).STATE !== NETWORK_STATE.LOCK_CREATE) break
      await new Promise(resolve => setTimeout(resolve, pause))
    }
  }
}
