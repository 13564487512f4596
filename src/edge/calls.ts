// A data point of every request, in Analytics Engine: for who asks how many there are, of whom and how long they take.
import type { Variables } from '../config/names.ts'
import { regionName } from '../config/regions.ts'
import { causeOf } from '../ec2/core/cause.ts'
import { log } from '../lib/log.ts'
import type { Env } from './services.ts'
import type { Outcome, Trace } from './trace.ts'

/**
 * Writes one where the operator has a dataset. It costs a request no time.
 *
 * `index1` is the access key; `blob1`… are action, key, user, error and region, empty where there is none; `double1`… are status,
 * milliseconds, and of OpenNebula requests, calls in them, and milliseconds.
 * @see https://developers.cloudflare.com/analytics/analytics-engine/get-started/
 */
export function countCall(
  env: Pick<Env, 'CALLS' | keyof Variables>,
  trace: Trace,
  status: number,
  { error = '' }: Outcome,
): void {
  const { action = '', key = '', user = '', began, meter } = trace
  try {
    env.CALLS?.writeDataPoint({
      indexes: [key.slice(0, LONGEST_INDEX)],
      blobs: [action, key, user, error, regionName(env)],
      doubles: [status, Date.now() - began, meter.requests, meter.calls, meter.ms],
    })
  } catch (reason) {
    log('uncounted', { cause: causeOf(reason) }, true)
  }
}

/** Bytes; keys are ASCII, and names of users are short. */
const LONGEST_INDEX = 96
