// The Hono app: the routes of the Worker, and the way of a request from its bytes to its answer.
import { Hono } from 'hono'
import { mayBeKey } from '../auth/access-key.ts'
import { invalidAccessKey } from '../auth/errors.ts'
import { namedCredential, signedRequest } from '../auth/request.ts'
import { ConfigError } from '../config/variables.ts'
import { causeOf } from '../ec2/core/cause.ts'
import { toEc2Error, unavailable } from '../ec2/core/failures.ts'
import { ec2, services } from '../ec2/model/services.ts'
import { log } from '../lib/log.ts'
import { limits } from '../limits.ts'
import { Ec2Error } from '../protocol/errors.ts'
import { checkVersion, findOperation, type Service } from '../protocol/model.ts'
import { type ParameterList, readBody, readParameters, single } from '../protocol/parameters.ts'
import { writeError, writeResponse } from '../protocol/response.ts'
import { LINK_PATH, serveDownload } from '../staging/link.ts'
import { deferOf, type Edge, type EdgeContext } from './context.ts'
import { chargeCalls, dispatch, identify } from './dispatch.ts'
import { isReady } from './health.ts'
import { servicesOf } from './services.ts'
import { logRequest, newTrace, type Outcome, type StreamEnd, type Trace, watchStreams } from './trace.ts'
import { isUpload, receiveUpload } from './upload.ts'

const BOUNDS = { count: limits.requestParameters.most, bytes: limits.requestBytes.most }

export const app = new Hono<Edge>()

/** The Worker runs. */
app.get('/healthz', c => probed(c, true))

/** Requests can be served. Strangers learn no more than that. */
app.get('/readyz', async c => probed(c, await isReady(c.env, deferOf(c))))

app.on(['GET', 'HEAD'], `${LINK_PATH}:token`, async c => {
  const linkKeys = await servicesOf(c.env).linkKeys()
  const response = await serveDownload(c.req.raw, c.env.STAGING, { linkKeys, now: () => Date.now() })
  log('download', { method: c.req.method, status: response.status })
  return response
})

app.all('*', async c => {
  const trace = newTrace()
  c.set('trace', trace)
  try {
    const response = await answer(c)
    if (trace.stream) deferOf(c)(trace.stream.then(end => conclude(c, response.status, outcomeOf(end))))
    else conclude(c, response.status)
    return response
  } catch (reason) {
    return refuse(c, reason)
  }
})

/** What goes wrong outside of EC2's protocol: OpenNebula's downloads. */
app.onError((error, c) => {
  log('failure', { cause: causeOf(error) }, true)
  return c.text('unavailable\n', 503)
})

function probed(c: EdgeContext, well: boolean): Response {
  return c.text(well ? 'ok\n' : 'unavailable\n', well ? 200 : 503, { 'cache-control': 'no-store' })
}

/**
 * Authentication comes first: until a request proved to be somebody's, nothing of what it asks for is judged, not even
 * whether it asks for anything. Before it stand only what it needs, a body within bounds that can be read as parameters,
 * and a key that can be somebody's.
 */
async function answer(c: EdgeContext): Promise<Response> {
  const { trace } = c.var
  const request = c.req.raw
  if (request.method !== 'GET' && request.method !== 'POST') throw methodNotAllowed()
  if (isUpload(request)) return receiveUpload(c)
  refuseStranger(c)
  const body = await readBody(request, BOUNDS.bytes)
  const { search } = new URL(request.url)
  const parameters = readParameters({ query: search, contentType: request.headers.get('content-type'), body }, BOUNDS)
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

/**
 * Refuses a request by the key that it names outside of its body, before that is read: one that cannot be anybody's. All
 * that a stranger can have read and decoded is a body of the bounds above.
 */
function refuseStranger({ req: { raw: request }, env }: EdgeContext): void {
  if (request.body === null) return
  const named = namedCredential(request)
  if (named && !mayBeKey(named.accessKeyId, servicesOf(env).config.keys)) throw invalidAccessKey(named.service)
}

/** The action that a request names, if AWS has one of that name: for the log, and to know its service. */
const namedAction = (parameters: ParameterList) =>
  parameters.find(([name, value]) => name === 'Action' && services.some(service => service.knows(value)))?.[1]

/** The service that a request is for: that of its action, or, as long as none is known, that which its signature names. */
const serviceOf = ({ var: { trace }, req: { raw: request } }: EdgeContext): Service =>
  services.find(service => service.knows(trace.action ?? '')) ??
  services.find(service => service.signingName === namedCredential(request)?.service) ??
  ec2

/** What is due when a request is over. */
function conclude(c: EdgeContext, status: number, outcome: Outcome = {}): void {
  const { trace } = c.var
  logRequest(trace, status, outcome)
  deferOf(c)(chargeCalls(c.env, trace))
}

const methodNotAllowed = () =>
  new Ec2Error('MethodNotAllowed', 'The specified method is not allowed against this resource.')

/** An error, in the form of the service that the request is for. */
function refuse(c: EdgeContext, reason: unknown): Response {
  const { trace } = c.var
  // Callers cannot mend the configuration: its error is in the log alone
  const error = reason instanceof ConfigError ? unavailable() : traceable(toEc2Error(reason), trace)
  conclude(c, error.status, { error: error.code, reason })
  const response = writeError(serviceOf(c), error, trace.requestId)
  if (error.status === 405) response.headers.set('allow', 'GET, POST')
  return response
}

/** Whoever reads of an error that is not theirs can ask the operator by this. */
const traceable = (error: Ec2Error, { requestId }: Trace): Ec2Error =>
  error.code === 'InternalError'
    ? new Ec2Error('InternalError', `${error.message} Please name the request ID ${requestId} when asking for help.`)
    : error

/** An answer that breaks off has a good status all the same: its line tells what the client could not be told. */
function outcomeOf(end: StreamEnd): Outcome {
  if (end === 'whole') return {}
  if (end === 'left') return { stream: 'left' }
  return { stream: 'broken', error: toEc2Error(end.failure).code, reason: end.failure }
}
