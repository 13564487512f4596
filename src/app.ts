// The Hono app: the routes of the Worker, and the way of a request from its bytes to its answer.
import { Hono } from 'hono'
import { signedRequest } from './auth/request.ts'
import { ConfigError, type Env } from './config.ts'
import { dispatch, identify } from './dispatch.ts'
import { toEc2Error, unavailable } from './ec2/failures.ts'
import { ec2, services } from './ec2/model/services.ts'
import type { Ec2Error } from './protocol/errors.ts'
import { checkVersion, findOperation, type Service } from './protocol/model.ts'
import { readBody, readParameters, single } from './protocol/parameters.ts'
import { writeError, writeResponse } from './protocol/response.ts'
import { LINK_PATH, serveDownload } from './staging/link.ts'
import { isUpload, receiveUpload } from './upload.ts'
import { type Defer, wire } from './wiring.ts'

/** Parameters of one request: AWS takes 1,000 ids, and a filter has 200 values. */
const BOUNDS = { count: 5000, bytes: 1024 * 1024 }

export const app = new Hono<{ Bindings: Env }>()

app.get('/healthz', c => c.text('ok\n'))

app.on(['GET', 'HEAD'], `${LINK_PATH}:token`, async c => {
  const linkKey = await wire(c.env).linkKey()
  return serveDownload(c.req.raw, c.env.STAGING, { linkKey, now: () => Date.now() })
})

app.all('*', async c => {
  const requestId = crypto.randomUUID()
  const defer: Defer = work => c.executionCtx.waitUntil(work)
  const progress: Progress = { service: ec2 }
  try {
    return await answer(c.req.raw, c.env, requestId, defer, progress)
  } catch (error) {
    return writeError(progress.service, reported(error, requestId), requestId)
  }
})

/** How far a request came: errors are written in the form of the service that it turned out to be for. */
interface Progress {
  service: Service
}

async function answer(
  request: Request,
  env: Env,
  requestId: string,
  defer: Defer,
  progress: Progress,
): Promise<Response> {
  if (isUpload(request)) return receiveUpload(request, env, requestId, defer)
  const body = await readBody(request, BOUNDS.bytes)
  const { search, origin } = new URL(request.url)
  const parameters = readParameters({ query: search, contentType: request.headers.get('content-type'), body }, BOUNDS)
  const operation = findOperation(services, single(parameters, 'Action'))
  progress.service = operation.service
  const account = await identify(signedRequest(request, body, parameters), operation, env, defer)
  const version = checkVersion(operation.service, single(parameters, 'Version'))
  const output = await dispatch({ operation, parameters, version, account, requestId, endpoint: origin, defer }, env)
  return writeResponse(operation, output, { requestId, version })
}

/** What the caller is told. What is nobody's mistake but ours goes to the log, without anything of the request. */
function reported(error: unknown, requestId: string): Ec2Error {
  if (error instanceof ConfigError) {
    console.error(JSON.stringify({ requestId, error: 'configuration', message: error.message }))
    return unavailable()
  }
  const answer = toEc2Error(error)
  if (answer.code === 'InternalError') {
    console.error(JSON.stringify({ requestId, error: error instanceof Error ? error.stack : 'unknown' }))
  }
  return answer
}
