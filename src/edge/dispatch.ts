// From an authentic request to its action: here for what only reads, in the account's object for what changes something.
import type { Performed } from '../account/object.ts'
import type { AccessKey } from '../auth/access-key.ts'
import { authenticate } from '../auth/authenticate.ts'
import { tooManyRequests, unavailable } from '../auth/errors.ts'
import type { SignedRequest } from '../auth/request.ts'
import { rowOf } from '../ec2/actions.ts'
import { type Account, accountId } from '../ec2/core/account.ts'
import type { Call, Caller } from '../ec2/core/call.ts'
import { OwnWords } from '../lib/log.ts'
import { limits } from '../limits.ts'
import { stopDryRun } from '../protocol/dryrun.ts'
import { Ec2Error, fromTold } from '../protocol/errors.ts'
import type { Operation, Service } from '../protocol/model.ts'
import type { ParameterList } from '../protocol/parameters.ts'
import { parseInput } from '../protocol/request.ts'
import { refuseUnhonoured, withoutBygone } from '../protocol/treatment.ts'
import { deferOf, type EdgeContext } from './context.ts'
import { type Env, servicesOf } from './services.ts'
import { count, type Trace } from './trace.ts'

/**
 * Whose request it is.
 * @param service the one that it is for, and that its signature has to name
 * @throws Ec2Error where the signature does not prove it, where the key has made too many requests of late, and where the
 *   user behind it is no longer the one that it was made for
 */
export async function identify(request: SignedRequest, service: Service, c: EdgeContext): Promise<Caller> {
  const { config, findKey, guesses, standings } = servicesOf(c.env)
  const { trace } = c.var
  const defer = deferOf(c)
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
  await checkRate(accessKeyId, c.env)
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
export async function chargeCalls({ REQUEST_LIMIT }: Pick<Env, 'REQUEST_LIMIT'>, { key, meter }: Trace): Promise<void> {
  if (!REQUEST_LIMIT || key === undefined) return
  for (let left = meter.calls - limits.callsARequest.most; left > 0; left -= limits.callsARequest.most) {
    const outcome = await REQUEST_LIMIT.limit({ key }).catch(() => undefined)
    // Nothing more to be had, or nobody there
    if (!outcome?.success) return
  }
}

const accountOf = ({ user, allowAdmin = false }: AccessKey): Account => ({
  id: accountId(user.id),
  user,
  ...(allowAdmin && { allowAdmin }),
})

/** What a request asks for. */
export interface Question {
  readonly operation: Operation
  readonly parameters: ParameterList
  readonly version: string
}

/** Answers here what changes nothing, and in the account's object what does. */
export async function dispatch(question: Question, caller: Caller, c: EdgeContext): Promise<object | undefined> {
  const { operation, parameters, version } = question
  const row = rowOf(operation)
  if (row.form) {
    throw new Ec2Error('InvalidRequest', `The action ${operation.name} needs the file in a form of several parts.`)
  }
  const input = parseInput(operation, withoutBygone(parameters, version, row))
  refuseUnhonoured(operation.input, input, row)
  const call = callOf(operation.name, input, caller, c)
  if ('change' in row) return perform(call, c)
  const { meter } = c.var.trace
  const output = await row.read(input, await servicesOf(c.env).contextOf(call, { meter, defer: deferOf(c) }))
  stopDryRun(input)
  return output
}

/** A call for what a request asks for. */
export const callOf = (action: string, input: object, caller: Caller, { req, var: { trace } }: EdgeContext): Call => ({
  ...caller,
  action,
  input,
  requestId: trace.requestId,
  endpoint: new URL(req.url).origin,
  deadline: trace.meter.deadline,
})

/** A cause that another place has put into words: errors lose what they are on the way out of an account's object. */
class ToldCause extends OwnWords {}

/** Has the account's object perform a change. */
export async function perform(call: Call, { env, var: { trace } }: EdgeContext): Promise<object | undefined> {
  // What the object throws by itself is not about the request: errors of actions come back as data
  const performed: Performed = await env.ACCOUNT.getByName(call.account.id)
    .perform(call)
    .catch((cause: unknown) => Promise.reject(unavailable('The account', cause)))
  count(trace.meter, performed.meter)
  if (performed.error) {
    const { cause } = performed.error
    throw fromTold(performed.error, cause === undefined ? undefined : new ToldCause(cause))
  }
  return performed.output
}
