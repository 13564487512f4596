// A request of EC2's, by whichever door it comes: let in, answered or refused, and told to the log when it is over.
import { ConfigError } from '../config/names.ts'
import { toEc2Error, unavailable } from '../ec2/core/failures.ts'
import { Ec2Error } from '../protocol/errors.ts'
import { writeError } from '../protocol/response.ts'
import { conclude } from './conclude.ts'
import { deferOf, type EdgeContext } from './context.ts'
import { receiveQuery, serviceOf } from './query.ts'
import type { StreamEnd } from './streams.ts'
import { newTrace, type Outcome, type Trace } from './trace.ts'
import { isUpload, receiveUpload } from './upload.ts'

/** The answer to a request, or EC2's error in the form of the service that the request is for. */
export async function answerRequest(c: EdgeContext): Promise<Response> {
  const trace = newTrace()
  c.set('trace', trace)
  try {
    const response = await admit(c)
    if (trace.stream) deferOf(c)(trace.stream.then(end => conclude(c, response.status, outcomeOf(end))))
    else conclude(c, response.status)
    return response
  } catch (reason) {
    return refuse(c, reason)
  }
}

/** To the door that takes it. */
function admit(c: EdgeContext): Promise<Response> {
  const request = c.req.raw
  if (request.method !== 'GET' && request.method !== 'POST') throw methodNotAllowed()
  return isUpload(request) ? receiveUpload(c) : receiveQuery(c)
}

const methodNotAllowed = () =>
  new Ec2Error('MethodNotAllowed', 'The specified method is not allowed against this resource.')

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
