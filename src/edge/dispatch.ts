// From what an authentic request asks for to its action: here for what only reads, in the account's object for what changes
// something.
import { permit } from '../account/permissions/permit.ts'
import type { Performed } from '../account/runs.ts'
import { unavailable } from '../auth/errors.ts'
import { rowOf } from '../ec2/actions.ts'
import type { Call, Caller } from '../ec2/core/call.ts'
import { OwnWords } from '../lib/log.ts'
import { stopDryRun } from '../protocol/dryrun.ts'
import { Ec2Error, fromTold } from '../protocol/errors.ts'
import type { Operation } from '../protocol/model.ts'
import type { ParameterList } from '../protocol/parameters.ts'
import { parseInput } from '../protocol/request.ts'
import { refuseUnhonoured, withoutBygone } from '../protocol/treatment.ts'
import { deferOf, type EdgeContext } from './context.ts'
import { originOf } from './refusals.ts'
import { servicesOf } from './services.ts'
import { count } from './trace.ts'

/** What a request asks for, in AWS's terms. */
export interface Query {
  readonly operation: Operation
  readonly parameters: ParameterList
  readonly version: string
}

/** Answers here what changes nothing, and in the account's object what does. */
export async function dispatch(query: Query, caller: Caller, c: EdgeContext): Promise<object | undefined> {
  const { operation, parameters, version } = query
  const row = rowOf(operation)
  if (row.form) {
    throw new Ec2Error('InvalidRequest', `The action ${operation.name} needs the file in a form of several parts.`)
  }
  const input = parseInput(operation, withoutBygone(parameters, version, row))
  c.var.trace.input = input
  refuseUnhonoured(operation.input, input, row)
  const call = callOf(operation.name, input, caller, c)
  await allow(call, operation, c)
  if ('change' in row) return perform(call, c)
  const output = await row.read(input, await contextFor(call, c))
  stopDryRun(input)
  return output
}

/** Refuses what the policy of the key does not allow, if it has one. @throws Ec2Error UnauthorizedOperation */
export const allow = (call: Call, operation: Operation, c: EdgeContext): Promise<void> =>
  permit(call, { ...operation, row: rowOf(operation) }, servicesOf(c.env), () => contextFor(call, c))

const contextFor = (call: Call, c: EdgeContext) =>
  servicesOf(c.env).contextOf(call, { meter: c.var.trace.meter, defer: deferOf(c), shares: true })

/** What an operation that only reads gets. */
export const readContext = (operation: string, input: object, caller: Caller, c: EdgeContext) =>
  contextFor(callOf(operation, input, caller, c), c)

/** A call for what a request asks for. */
export const callOf = (action: string, input: object, caller: Caller, c: EdgeContext): Call => ({
  ...caller,
  action,
  input,
  requestId: c.var.trace.requestId,
  origin: originOf(c),
  endpoint: new URL(c.req.url).origin,
  deadline: c.var.trace.meter.deadline,
})

/** A cause that another place has put into words: errors lose what they are on the way out of an account's object. */
class ToldCause extends OwnWords {}

/** Has the account's object perform a change. */
export async function perform(call: Call, { env, var: { trace } }: EdgeContext): Promise<object | undefined> {
  // What the object throws by itself is not about the request: errors of actions come back as data
  const performed: Performed = await env.ACCOUNT.getByName(call.account.id)
    .perform(call)
    .catch((cause: unknown) => Promise.reject(unavailable('The account', cause)))
  // The steps of an upload have no events: it has one itself
  if (call.action === trace.action) trace.told = true
  count(trace.meter, performed.meter)
  if (performed.error) {
    const { cause } = performed.error
    throw fromTold(performed.error, cause === undefined ? undefined : new ToldCause(cause))
  }
  return performed.output
}
