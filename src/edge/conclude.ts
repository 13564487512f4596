// What is due when a request is over, by whichever door it came.
import { toldRegion } from '../config/regions.ts'
import { countCall } from './calls.ts'
import { deferOf, type EdgeContext } from './context.ts'
import { chargeCalls } from './rate.ts'
import { logRequest, type Outcome } from './trace.ts'

/** Tells the log, and counts what the request cost. */
export function conclude(c: EdgeContext, status: number, outcome: Outcome = {}): void {
  const { trace } = c.var
  logRequest(trace, status, outcome, toldRegion(c.env))
  countCall(c.env, trace, status, outcome)
  deferOf(c)(chargeCalls(c.env, trace))
}
