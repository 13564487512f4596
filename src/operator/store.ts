// The keys and roles of a Worker, opened for an operator's command.
import { AccessKeys } from '../auth/keys.ts'
import { Roles } from '../auth/roles.ts'
import type { Arguments } from '../cli/arguments.ts'
import { Failure } from '../cli/errors.ts'
import type { Io } from '../cli/program.ts'
import type { Variables } from '../config/names.ts'
import { edgeSecrets } from '../config/variables.ts'
import { Ec2Error } from '../protocol/errors.ts'
import { withIndex } from './kv.ts'
import type { Job } from './program.ts'

/** What a command works with besides what it is given. */
export interface Scene {
  readonly variables: Variables
  readonly io: Io
}

/** What is sealed in KV. */
export interface Stored {
  readonly keys: AccessKeys
  readonly roles: Roles
}

/** What is done with the keys and roles of a Worker. */
export function withStore(work: (stored: Stored, given: Arguments, scene: Scene) => Promise<void>): Job['run'] {
  return async (given, operator, io) => {
    const { variables } = operator
    const secrets = edgeSecrets(variables)
    const now = () => Date.now()
    try {
      await withIndex(operator, io.env, store => {
        const parts = { store, secrets, now }
        return work({ keys: new AccessKeys(parts), roles: new Roles(parts) }, given, { variables, io })
      })
    } catch (error) {
      throw inWords(error)
    }
    return 0
  }
}

/** What goes wrong with keys, as an operator can do something about it. */
function inWords(error: unknown): unknown {
  if (!(error instanceof Ec2Error)) return error
  if (error.cause instanceof Failure) return error.cause
  if (error.code !== 'InternalError') return new Failure(error.message)
  return new Failure(
    `${error.message} Is EDGE_SECRET the one that it was made under? The one before it belongs into EDGE_SECRET_OLD; if ` +
      'nobody has it any more, delete it.',
  )
}
