// From an authentic request to its action: here for what only reads, in the account's object for what changes something.
import type { Performed } from './account/object.ts'
import { authenticate } from './auth/authenticate.ts'
import type { SignedRequest } from './auth/request.ts'
import type { Env } from './config.ts'
import { actions } from './ec2/actions.ts'
import type { Account, Context } from './ec2/context.ts'
import type { Action } from './ec2/model/types.ts'
import { newMeter } from './opennebula/transport.ts'
import { stopDryRun } from './protocol/dryrun.ts'
import { Ec2Error } from './protocol/errors.ts'
import type { Operation } from './protocol/model.ts'
import type { ParameterList } from './protocol/parameters.ts'
import { parseInput } from './protocol/request.ts'
import { accountOf, contextFor, type Defer, wire } from './wiring.ts'

/** A request on its way to its action. */
export interface Call {
  readonly operation: Operation
  readonly parameters: ParameterList
  readonly version: string
  readonly account: Account
  readonly requestId: string
  readonly endpoint: string
  readonly defer: Defer
}

/** Whose request it is. @throws Ec2Error where the signature does not prove it */
export async function identify(
  request: SignedRequest,
  { service }: Operation,
  env: Env,
  defer: Defer,
): Promise<Account> {
  const { config, findKey } = wire(env)
  const policy = {
    service: service.signingName,
    regions: [...(config.signingRegions ?? [config.region])],
    anyRegion: config.signingRegions === undefined,
    now: () => Date.now(),
  }
  const { key, followUp } = await authenticate(request, policy, findKey(defer))
  if (followUp) defer(followUp)
  return accountOf(key)
}

/** Answers here what changes nothing, and in the account's object what does. */
export async function dispatch(call: Call, env: Env): Promise<object | undefined> {
  const { operation, parameters } = call
  const row = operation.name in actions ? actions[operation.name as Action] : undefined
  if (!row)
    throw new Ec2Error('UnsupportedOperation', `The action ${operation.name} is not supported by this endpoint.`)
  const input = parseInput(operation, parameters)
  if (row.changes) return perform(operation.name, input, call, env)
  const output = await (row.run as Run)(input, await contextFor(env, { ...call, meter: newMeter() }))
  stopDryRun(input)
  return output
}

type Run = (input: object, context: Context) => Promise<object | undefined>

/** Has the account's object perform a change. */
export async function perform(
  action: string,
  input: object,
  { account, requestId, endpoint }: Pick<Call, 'account' | 'requestId' | 'endpoint'>,
  env: Env,
): Promise<object | undefined> {
  const stub = env.ACCOUNT.getByName(account.id)
  const performed: Performed = await stub.perform({ action, input, account, requestId, endpoint })
  if (performed.error) {
    const { code, message, status } = performed.error
    throw new Ec2Error(code, message, status)
  }
  return performed.output
}
