// Parameters that old API versions had and today's has not, and that ask for nothing which could be done or refused.
import type { ParameterList } from '../../protocol/parameters.ts'
import type { Action } from './types.ts'

interface Bygone {
  readonly action: Action
  readonly parameter: string
  /** The last version in which a client is known to send it. */
  readonly last: string
}

/**
 * Nothing else of a served action was taken away between 2008-12-01 and today but `License.Pool`, which asks for
 * something: it is refused in every version.
 */
const bygones: readonly Bygone[] = [
  // `public`, `direct` and `private` were ways to have an address before 2008. The amazon-ec2 gem, econe's client, sends
  // it always, boto 2 (2014-10-01) where it is told to; AWS passed by it
  { action: 'RunInstances', parameter: 'AddressingType', last: '2014-10-01' },
]

/** The parameters of a request without those that only its version had; in a later one they are unknown. */
export function withoutBygone(action: Action, version: string, parameters: ParameterList): ParameterList {
  const passed = bygones.filter(bygone => bygone.action === action && version <= bygone.last)
  if (passed.length === 0) return parameters
  return parameters.filter(([name]) => passed.every(({ parameter }) => parameter !== name))
}
