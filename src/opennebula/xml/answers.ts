// Answers of bounded size (acknowledgements, texts, multicalls of them), read whole.
import { toBytes } from '../../lib/bytes.ts'
import { MalformedAnswer } from '../errors.ts'
import { Envelope } from './envelope.ts'
import { MOST_VALUES, type Reading, readSeveral, readSingle } from './response.ts'
import { type AnswerValue, failure, type Outcome } from './xmlrpc.ts'

/**
 * Reads the answer to one call: its value, or the failure.
 * @throws MalformedAnswer
 */
export async function readAnswer(xml: string, method: string): Promise<Outcome<AnswerValue>> {
  const envelope = envelopeOf(xml)
  const [outcome] = await Array.fromAsync(readSingle(envelope, { method }, outcomes(envelope)))
  if (!outcome) throw new MalformedAnswer('no result')
  return outcome
}

/**
 * Reads the answer to a `system.multicall`: one outcome a call, in order.
 * @throws OneFault when the multicall itself was refused
 * @throws MalformedAnswer, also when there are more or fewer outcomes than calls
 */
export function readMulticallAnswer(xml: string, methods: readonly string[]): Promise<Outcome<AnswerValue>[]> {
  const envelope = envelopeOf(xml)
  const calls = methods.map(method => ({ method }))
  return Array.fromAsync(readSeveral(envelope, calls, outcomes(envelope)))
}

const envelopeOf = (xml: string): Envelope => new Envelope([toBytes(xml)].values())

const outcomes = (envelope: Envelope): Reading<{ readonly method: string }, Outcome<AnswerValue>> => ({
  async *result(_, { method }) {
    const values = await envelope.values(MOST_VALUES)
    const [succeeded, value] = values
    yield succeeded === true && value !== undefined ? { value } : { error: failure(values, method) }
  },
  fault: (_, error) => ({ error }),
})
