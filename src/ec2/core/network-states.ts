// Networks that OpenNebula is making or deleting: either takes it about half a second, and it tells nobody when it is done.
import { WHOSE } from '../../opennebula/calls/common.ts'
import { NETWORK_STATE } from '../../opennebula/states.ts'
import type { Network, OneReader } from './documents.ts'
import { PAUSES, pass } from './pauses.ts'

/**
 * A network as it is when its addresses can be had, or after a few seconds. What is reserved out of one that is being made
 * may have all of its addresses besides: OpenNebula copies what it has not looked at yet.
 */
export async function untilMade(network: Network, one: OneReader): Promise<Network> {
  let seen = network
  for (const pause of PAUSES) {
    if (seen.STATE !== NETWORK_STATE.LOCK_CREATE) break
    await pass(pause)
    seen = await one.network(network.ID)
  }
  return seen
}

/** Waits until OpenNebula has deleted what the account released of a network. */
export async function releasesEnd(parent: number, one: OneReader): Promise<void> {
  for (const pause of PAUSES) {
    if (!(await isReleasing(parent, one))) return
    await pass(pause)
  }
}

async function isReleasing(parent: number, one: OneReader): Promise<boolean> {
  for await (const { PARENT_NETWORK_ID, STATE } of one.networks({ whose: WHOSE.OWN })) {
    if (PARENT_NETWORK_ID === parent && STATE === NETWORK_STATE.LOCK_DELETE) return true
  }
  return false
}
