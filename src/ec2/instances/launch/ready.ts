// Interfaces that were made a moment ago: OpenNebula takes about half a second until their addresses can be had.
import { NETWORK_STATE } from '../../../opennebula/states.ts'
import type { Context } from '../../core/context.ts'
import type { PlannedInterface } from './nics.ts'

/** When to look whether an interface is ready, in milliseconds. */
const LOOKS = [100, 200, 400, 800, 1600]

/** Waits until the existing ones of these interfaces can be had, or for a few seconds; for none as a rule. */
export async function untilReady(interfaces: readonly PlannedInterface[], context: Context): Promise<void> {
  const made = interfaces.flatMap(({ own }) => (own?.network.STATE === NETWORK_STATE.LOCK_CREATE ? own.network.ID : []))
  for (const number of made) {
    for (const pause of LOOKS) {
      if ((await context.one.network(number)).STATE !== NETWORK_STATE.LOCK_CREATE) break
      await new Promise(resolve => setTimeout(resolve, pause))
    }
  }
}
