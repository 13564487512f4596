// The Query door: a form or a query string, signed, which names an action and its parameters.
import { mayBeKey } from '../auth/access-key.ts'
import { invalidAccessKey } from '../auth/errors.ts'
import { namedCredential, signedRequest } from '../auth/request.ts'
import { ec2, services } from '../ec2/model/services.ts'
import { limits } from '../limits.ts'
import { checkVersion, findOperation, type Service } from '../protocol/model.ts'
import { type ParameterList, readBody, readParameters, single } from '../protocol/parameters.ts'
import { writeResponse } from '../protocol/response.ts'
import type { EdgeContext } from './context.ts'
import { dispatch } from './dispatch.ts'
import { identify } from './identify.ts'
import { servicesOf } from './services.ts'
import { watchStreams } from './streams.ts'

/** What a request may have at any door but the one for files. */
export const BOUNDS = { count: limits.requestParameters.most, bytes: limits.requestBytes.most }

/**
 * Authentication comes first: until a request proved to be somebody's, nothing of what it asks for is judged, not even
 * whether it asks for anything. Before it stand only what it needs, a body within bounds, that can be read as parameters
 * where the signature is one of them, and a key that can be somebody's.
 * @throws Ec2Error for whatever is wrong with it
 */
export async function receiveQuery(c: EdgeContext): Promise<Response> {
  const { trace } = c.var
  const request = c.req.raw
  refuseStranger(c)
  const body = await readBody(request, BOUNDS.bytes)
  const parameters = await parametersOf(body, c)
  const action = namedAction(parameters)
  if (action !== undefined) trace.action = action
  const caller = await identify(signedRequest(request, body, parameters), serviceOf(c), c)
  const operation = findOperation(services, single(parameters, 'Action'))
  const version = checkVersion(operation.service, single(parameters, 'Version'))
  const { output, ended } = watchStreams(await dispatch({ operation, parameters, version }, caller, c))
  // A list of any length may follow: each piece of it has its own time
  if (ended) trace.meter.deadline = undefined
  const response = await writeResponse(operation, output, { requestId: trace.requestId, version })
  if (ended) trace.stream = ended
  return response
}

/** What a request asks with; where it cannot be read, a signature in a header is checked all the same. */
async function parametersOf(body: Uint8Array, c: EdgeContext): Promise<ParameterList> {
  const { headers, url } = c.req.raw
  try {
    return readParameters({ query: new URL(url).search, contentType: headers.get('content-type'), body }, BOUNDS)
  } catch (reason) {
    if (headers.has('authorization')) await identify(signedRequest(c.req.raw, body, []), serviceOf(c), c)
    throw reason
  }
}

/**
 * Refuses a request by the key that it names outside of its body, before that is read: one that cannot be anybody's. All
 * that a stranger can have read and decoded is a body of the bounds above.
 */
export function refuseStranger({ req: { raw: request }, env }: EdgeContext): void {
  if (request.body === null) return
  const named = namedCredential(request)
  if (named && !mayBeKey(named.accessKeyId, servicesOf(env).config.keys)) throw invalidAccessKey(named.service)
}

/** The action that a request names, if AWS has one of that name: for the log, and to know its service. */
const namedAction = (parameters: ParameterList) =>
  parameters.find(([name, value]) => name === 'Action' && services.some(service => service.knows(value)))?.[1]

/**
 * The service that a request is for: that of its action, or, as long as none is known, that which its signature names. What
 * names neither is for EC2.
 */
export const serviceOf = ({ var: { trace }, req: { raw: request } }: EdgeContext): Service =>
  services.find(service => service.knows(trace.action ?? '')) ??
  services.find(service => service.signingName === namedCredential(request)?.service) ??
  ec2
