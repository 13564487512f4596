// What an access key may ask for: so many requests, and each counts as often as it made calls to OpenNebula.
import { limits } from '../limits.ts'
import type { Env } from './services.ts'
import type { Trace } from './trace.ts'

/** The limiter of requests, where the operator has one. */
type Limited = Pick<Env, 'REQUEST_LIMIT'>

/**
 * Counts an authentic request, and those only: nobody can use up another's share, and those without a valid signature are
 * refused before they cost anything upstream. A limiter that fails stops nobody.
 *
 * @param key whose requests are counted together
 * @returns whether it may be answered
 */
export async function mayAsk(key: string, { REQUEST_LIMIT }: Limited): Promise<boolean> {
  const outcome = await REQUEST_LIMIT?.limit({ key }).catch(() => undefined)
  return outcome?.success !== false
}

/**
 * Counts a request that is over once more for every so many calls to OpenNebula that it made: what a key may ask of the
 * front-end is limited, and not only how often it may ask. The limiter counts by ones.
 */
export async function chargeCalls({ REQUEST_LIMIT }: Limited, { key, meter }: Trace): Promise<void> {
  if (!REQUEST_LIMIT || key === undefined) return
  for (let left = meter.calls - limits.callsARequest.most; left > 0; left -= limits.callsARequest.most) {
    const outcome = await REQUEST_LIMIT.limit({ key }).catch(() => undefined)
    // Nothing more to be had, or nobody there
    if (!outcome?.success) return
  }
}
