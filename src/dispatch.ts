// From an authentic request to its action: here for what only reads, in the account's object for what changes something.
import type { Performed } from './account/object.ts'
import { authenticate } from './auth/authenticate.ts'
import { tooManyRequests, unavailable } from './auth/errors.ts'
import type { SignedRequest } from './auth/request.ts'
import type { Env } from './config.ts'
import { actions } from './ec2/actions.ts'
import type { Context } from './ec2/context.ts'
import { inputs } from './ec2/inputs.ts'
import { withoutBygone } from './ec2/model/bygone.ts'
import type { Action } from './ec2/model/types.ts'
import { limits } from './limits.ts'
import { count, ToldCause, type Trace } from './log.ts'
import { stopDryRun } from './protocol/dryrun.ts'
import { Ec2Error, fromTold } from './protocol/errors.ts'
import type { Operation, Service } from './protocol/model.ts'
import type { ParameterList } from './protocol/parameters.ts'
import { parseInput } from './protocol/request.ts'
import { refuseUnhonoured } from './protocol/treatment.ts'
import { accountOf, type Caller, contextFor, type Defer, wire } from './wiring.ts'

/** A request in the Worker, whatever it is about. */
export interface Visit {
  readonly request: Request
  readonly env: Env
  readonly trace: Trace
  readonly defer: Defer
}

/** A request on its way to its action. */
export interface Call extends Caller {
  readonly operation: Operation
  readonly parameters: ParameterList
  readonly version: string
  readonly endpoint: string
}

/**
 * Whose request it is.
 * @param service the one that it is for, and that its signature has to name
 * @throws Ec2Error where the signature does not prove it, where the key has made too many requests of late, and where the
 *   user behind it is no longer the one that it was made for
 */
export async function identify(
  request: SignedRequest,
  service: Service,
  { env, trace, defer }: Visit,
): Promise<Caller> {
  const { config, findKey, guesses, standings } = wire(env)
  const policy = {
    service: service.signingName,
    regions: [...(config.signingRegions ?? [config.region])],
    anyRegion: config.signingRegions === undefined,
    now: () => Date.now(),
  }
  const { accessKeyId, key, followUp } = await authenticate(request, policy, findKey(defer), guesses)
  if (followUp) defer(followUp)
  trace.key = accessKeyId
  trace.user = key.user.name
  await checkRate(accessKeyId, env)
  return { account: accountOf(key), administrators: await standings.admit(key, defer) }
}

/**
 * Counts authentic requests only: nobody can use up another's share, and those without a valid signature are refused
 * before they cost anything upstream. A limiter that fails stops nobody.
 */
async function checkRate(key: string, { REQUEST_LIMIT }: Env): Promise<void> {
  const outcome = await REQUEST_LIMIT?.limit({ key }).catch(() => undefined)
  if (outcome?.success === false) throw tooManyRequests()
}

/**
 * Counts a request that is over once more for every so many calls to OpenNebula that it made: what a key may ask of the
 * front-end is limited, and not only how often it may ask. The limiter counts by ones.
 */
export async function chargeCalls({ env: { REQUEST_LIMIT }, trace: { key, meter } }: Visit): Promise<void> {
  if (!REQUEST_LIMIT || key === undefined) return
  for (let left = meter.calls - limits.callsARequest.most; left > 0; left -= limits.callsARequest.most) {
    const outcome = await REQUEST_LIMIT.limit({ key }).catch(() => undefined)
    // Nothing more to be had, or nobody there
    if (!outcome?.success) return
  }
}

/** Answers here what changes nothing, and in the account's object what does. */
export async function dispatch(call: Call, visit: Visit): Promise<object | undefined> {
  const { operation, parameters, version } = call
  // Operations are found among those of the model, which are the actions; UploadImage alone has a door of its own
  if (!isAction(operation.name)) {
    throw new Ec2Error('InvalidRequest', `The action ${operation.name} needs the file in a form of several parts.`)
  }
  const row = actions[operation.name]
  const input = parseInput(operation, withoutBygone(operation.name, version, parameters))
  refuseUnhonoured(operation.input, input, inputs[operation.name])
  if (row.changes) return perform(operation.name, input, call, visit)
  const { env, trace, defer } = visit
  const output = await (row.run as Run)(input, await contextFor(env, { ...call, ...trace, defer }))
  stopDryRun(input)
  return output
}

const isAction = (name: string): name is Action => Object.hasOwn(actions, name)

type Run = (input: object, context: Context) => Promise<object | undefined>

/** Has the account's object perform a change. */
export async function perform(
  action: string,
  input: object,
  { account, administrators, endpoint }: Pick<Call, keyof Caller | 'endpoint'>,
  { env, trace }: Visit,
): Promise<object | undefined> {
  const stub = env.ACCOUNT.getByName(account.id)
  const { requestId, meter } = trace
  // What the object throws by itself is not about the request: errors of actions come back as data
  const performed: Performed = await stub
    .perform({ action, input, account, administrators, requestId, endpoint, deadline: meter.deadline })
    .catch((cause: unknown) => Promise.reject(unavailable('The account', cause)))
  count(meter, performed.meter)
  if (performed.error) {
    const { cause } = performed.error
    throw fromTold(performed.error, cause === undefined ? undefined : new ToldCause(cause))
  }
  return performed.output
}
