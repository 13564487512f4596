// Security groups of a VM that boots, or whose NICs are being worked on: OpenNebula refuses to change them until that is over.
import type { WriteCall } from '../../opennebula/calls/common.ts'
import { OneError } from '../../opennebula/errors.ts'
import type { Outcome } from '../../opennebula/xml/xmlrpc.ts'
import type { OneWriter } from './documents.ts'
import { PAUSES, pass } from './pauses.ts'

/** Hypervisors take a guest some seconds to boot, and a NIC a second or two: after the last of these pauses it is said to be refused. */
const LOOKS = [...PAUSES, 3200, 6400]

/**
 * Changes several things in one request, as `multicall` does. What is refused for the while that a VM boots, or gets a NIC, is
 * asked for again until that is over, for at most some 13 seconds.
 */
export async function multicallWhenFree(
  calls: readonly WriteCall[],
  one: OneWriter,
): Promise<readonly Outcome<number>[]> {
  let outcomes = await one.multicall(calls)
  for (const pause of LOOKS) {
    const waiting = calls.filter((_, index) => isAtWork(outcomes[index]?.error))
    if (waiting.length === 0) break
    await pass(pause)
    const again = await one.multicall(waiting)
    outcomes = outcomes.map(outcome => (isAtWork(outcome.error) ? (again.shift() ?? outcome) : outcome))
  }
  return outcomes
}

/** UNKNOWN is refused too, and nobody knows for how long. */
const isAtWork = (error: unknown) =>
  error instanceof OneError &&
  /^one\.vm\.(attach|detach)sg$/.test(error.method) &&
  /wrong state (BOOT|MIGRATE|HOTPLUG)/.test(error.message)
