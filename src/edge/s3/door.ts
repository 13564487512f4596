// The S3 door: a request let in, answered or refused in S3's words, and told to the log when it is over.
import { bucketOf } from '../../account/bucket/client.ts'
import type { Asked } from '../../account/events/event.ts'
import { namedCredential, splitUrl } from '../../auth/request.ts'
import { ConfigError } from '../../config/names.ts'
import type { Account } from '../../ec2/core/account.ts'
import { limits } from '../../limits.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import { S3Error, toS3Error } from '../../s3/errors.ts'
import { checkHeaders } from '../../s3/headers.ts'
import { checkKey, checkVersion } from '../../s3/target.ts'
import { writeErrorDocument } from '../../s3/xml.ts'
import { bucketName } from '../../staging/object.ts'
import { conclude } from '../conclude.ts'
import { deferOf, type EdgeContext } from '../context.ts'
import { identifyS3 } from '../identify.ts'
import { originOf, reportRefusal } from '../refusals.ts'
import { servicesOf } from '../services.ts'
import { newTrace, type Trace } from '../trace.ts'
import { checkBucket, isBucketName } from './buckets.ts'
import type { ServiceCall } from './call.ts'
import { BY_KEY, checkAllowed } from './permissions.ts'
import { type Routed, route } from './route.ts'

/**
 * Whether a request is S3's: its signature of version 4 names that service, or it has none and its path is that of an
 * account's bucket. A signature of version 2 in a header is S3's, whatever the path: no other service had such ones.
 */
export function isS3(request: Request): boolean {
  const named = namedCredential(request)
  if (named?.service === 's3' || VERSION_2.test(request.headers.get('authorization') ?? '')) return true
  const isVersion4 = named !== undefined && !new URL(request.url).searchParams.has('AWSAccessKeyId')
  return !isVersion4 && isBucketName(splitUrl(request.url).path.split('/', 2)[1] ?? '')
}

const VERSION_2 = /^AWS [^\s:]+:\S+$/

/** The answer to a request, or S3's error. */
export function answerS3(c: EdgeContext): Promise<Response> {
  c.set('trace', newTrace())
  const response = admit(c).catch((reason: unknown) => refuse(c, reason))
  // A client that leaves takes its request with it, but not what is left to be tidied up
  deferOf(c)(response)
  return response
}

async function admit(c: EdgeContext): Promise<Response> {
  const { trace } = c.var
  // What is wrong with it is told to nobody but who signed it
  const asked = attempt(() => route(c.req.raw))
  if ('value' in asked) trace.action = `s3:${asked.value.name}`
  const { caller, authentic } = await identifyS3(c)
  if (!('value' in asked)) throw asked.error
  const { bucket: BucketName, key: Key } = asked.value.target
  trace.input = { BucketName, Key }
  const { config } = servicesOf(c.env)
  if (config.bucketBytes === 0) throw new S3Error('AccessDenied', 'Accounts have no buckets at this endpoint.')
  const { id } = caller.account
  const response = await answer(asked.value, {
    request: c.req.raw,
    authentic,
    headers: authentic.headers,
    parameters: asked.value.parameters,
    caller,
    own: bucketName(id),
    region: signedRegion(authentic.headers, asked.value) ?? config.region,
    ask: bucketOf(c.env.ACCOUNT.getByName(id), id, askedFor(c, caller.account, asked.value.name)),
    bytes: c.env.STAGING,
    defer: deferOf(c),
    directUploads: config.directUploads,
  })
  conclude(c, response.status)
  return identified(response, trace)
}

/** What the account's events tell of a request. Its object says what it is about, which a document may. */
const askedFor = (c: EdgeContext, account: Account, action: string): Asked => {
  const { requestId } = c.var.trace
  return { account, requestId, origin: originOf(c), service: 's3', action, input: undefined }
}

/** Checks what is the same for all operations, and answers. @throws S3Error */
function answer({ name, operation, target, parameters }: Routed, call: ServiceCall): Promise<Response> {
  checkHeaders(call.headers, name)
  checkOwner(call)
  if (!BY_KEY.includes(name)) checkAllowed(name, target, call.caller, parameters)
  if (operation.on === 'service') return operation.answer(call)
  const { bucket = '', key = '' } = target
  if (operation.on === 'object') {
    checkBucket(bucket, call.own)
    checkKey(key)
    checkVersion(parameters.get('versionId'))
    return operation.answer({ ...call, bucket, key })
  }
  if (!operation.any) checkBucket(bucket, call.own)
  return operation.answer({ ...call, bucket })
}

/** @throws S3Error AccessDenied where a request says that the bucket is another account's */
function checkOwner({ headers, caller }: ServiceCall): void {
  for (const name of ['x-amz-expected-bucket-owner', 'x-amz-source-expected-bucket-owner']) {
    if ((headers.get(name) ?? caller.account.id) !== caller.account.id)
      throw new S3Error('AccessDenied', 'Access Denied')
  }
}

/** The region in the scope of a signature of version 4. */
const signedRegion = (headers: ServiceCall['headers'], { parameters }: Routed): string | undefined =>
  /\/\d{8}\/([^/,\s]+)\/s3\/aws4_request/.exec(
    headers.get('authorization') ?? parameters.get('X-Amz-Credential') ?? '',
  )?.[1]

function attempt<T>(work: () => T): { readonly value: T } | { readonly error: unknown } {
  try {
    return { value: work() }
  } catch (error) {
    return { error }
  }
}

function refuse(c: EdgeContext, reason: unknown): Response {
  const { trace, req } = { trace: c.var.trace, req: c.req.raw }
  const error = errorOf(reason, trace)
  // What is not there is asked for all the time
  if (!isReading(req) || error.status === 403) reportRefusal(c, 's3', error)
  conclude(c, error.status, { error: error.code, reason: reason instanceof S3Error ? reason.cause : reason })
  const { requestId } = trace
  const { path } = splitUrl(req.url)
  const document = writeErrorDocument([
    ['Code', error.code],
    ['Message', error.message],
    ...Object.entries(error.elements),
    ['Resource', path.slice(0, LONGEST_RESOURCE)],
    ['RequestId', requestId],
    ['HostId', requestId],
  ])
  const body = req.method === 'HEAD' ? null : document
  const headers = { 'content-type': 'application/xml', ...(error.status === 405 && { allow: ALLOWED }) }
  return identified(new Response(body, { status: error.status, headers }), trace)
}

const isReading = ({ method }: Request) => method === 'GET' || method === 'HEAD'

const ALLOWED = 'GET, HEAD, PUT, POST, DELETE'

/** A path may be as long as a client likes; what an error repeats of it is that of a key. */
const LONGEST_RESOURCE = 3 * limits.objectKey.most

function errorOf(reason: unknown, { requestId }: Trace): S3Error {
  if (reason instanceof S3Error) return reason
  if (reason instanceof Ec2Error) return toS3Error(reason)
  // Callers cannot mend the configuration: its error is in the log alone
  if (reason instanceof ConfigError) {
    return new S3Error('ServiceUnavailable', 'The service is not available at the moment. Please try again.')
  }
  return new S3Error(
    'InternalError',
    `We encountered an internal error. Please name the request ID ${requestId} when asking for help.`,
  )
}

/** By what a client and the operator name a request. */
function identified(response: Response, { requestId }: Trace): Response {
  response.headers.set('x-amz-request-id', requestId)
  response.headers.set('x-amz-id-2', requestId)
  return response
}
