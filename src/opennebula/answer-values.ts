// What answers that are no documents hold: the number of what was made, or a text.
import { MalformedAnswer } from './errors.ts'
import type { AnswerValue, Outcome } from './xml/xmlrpc.ts'

/** @throws OneError | OneFault where the call failed */
export function outcomeOf<T>(outcome: Outcome<T>): T {
  if (outcome.error) throw outcome.error
  return outcome.value
}

/** @throws MalformedAnswer */
export function idOf(outcome: Outcome<AnswerValue>): Outcome<number> {
  if (outcome.error) return outcome
  if (typeof outcome.value !== 'number') throw new MalformedAnswer('the answer is no id')
  return { value: outcome.value }
}

/** @throws MalformedAnswer */
export function textOf(value: AnswerValue): string {
  if (typeof value !== 'string') throw new MalformedAnswer('the answer is no text')
  return value
}
