// The JSON door: services of AWS's JSON protocol, which name what they ask for in a header. A service is a row.
import { authorize } from '../account/permissions/authorize.ts'
import { namedCredential, signedRequest } from '../auth/request.ts'
import { ConfigError } from '../config/names.ts'
import type { Caller } from '../ec2/core/call.ts'
import { toEc2Error, unavailable } from '../ec2/core/failures.ts'
import { excerpt } from '../lib/excerpt.ts'
import { JsonError, readJson, targetOf, toJsonError, writeJson } from '../protocol/json.ts'
import { readBody, readParameters } from '../protocol/parameters.ts'
import { cloudTrail } from './cloudtrail/service.ts'
import type { EdgeContext } from './context.ts'
import { costExplorer } from './cost-explorer/service.ts'
import { identify } from './identify.ts'
import type { JsonService } from './json-service.ts'
import { BOUNDS, refuseStranger } from './query.ts'
import { serviceQuotas } from './service-quotas/service.ts'
import { servicesOf } from './services.ts'

const SERVICES: readonly JsonService[] = [cloudTrail, serviceQuotas, costExplorer]

/** The service that a request names, by its target or else by its signature. What names none is for the first. */
export const jsonServiceOf = ({ req: { raw } }: EdgeContext): JsonService =>
  SERVICES.find(({ prefix }) => prefix === targetOf(raw).prefix) ??
  SERVICES.find(({ signingName }) => signingName === namedCredential(raw)?.service) ??
  cloudTrail

/**
 * Authentication comes first, as at the Query door.
 * @throws JsonError | Ec2Error for whatever is wrong with it
 */
export async function receiveJson(c: EdgeContext): Promise<Response> {
  const { trace } = c.var
  const request = c.req.raw
  refuseStranger(c)
  const body = await readBody(request, BOUNDS.bytes)
  const service = jsonServiceOf(c)
  const { prefix, operation } = targetOf(request)
  // A name is the client's: what every object of JavaScript has is no operation
  const answer = Object.hasOwn(service.operations, operation) ? service.operations[operation] : undefined
  const isKnown =
    prefix === service.prefix && (answer !== undefined || service.unserved.split(/\s+/).includes(operation))
  if (isKnown) trace.action = operation
  const parameters = readParameters({ query: new URL(request.url).search }, BOUNDS)
  const caller = await identify(signedRequest(request, body, parameters), service, c)
  if (!isKnown) throw new JsonError('UnknownOperationException', `The operation ${excerpt(operation)} is not known.`)
  if (answer === undefined) {
    throw new JsonError('UnsupportedOperationException', `The operation ${operation} is not supported. ${service.why}`)
  }
  await allow(operation, service, caller, c)
  return writeJson(await answer(readJson(body), caller, c), trace.requestId)
}

/** Refuses what the policy of the key does not allow, if it has one: no operation is about a resource. @throws Ec2Error AccessDenied */
async function allow(
  action: string,
  service: JsonService,
  { account, signer, grant }: Caller,
  c: EdgeContext,
): Promise<void> {
  if (!grant) return
  const { config, refusals } = servicesOf(c.env)
  const { requestId } = c.var.trace
  await authorize(grant, { action, account, signer, requestId, service, region: config.region }, [], refusals)
}

/** What a request is refused with: an error of this protocol. */
export function jsonErrorOf(reason: unknown): JsonError {
  if (reason instanceof JsonError) return reason
  // Callers cannot mend the configuration: its error is in the log alone
  return toJsonError(reason instanceof ConfigError ? unavailable() : toEc2Error(reason))
}
