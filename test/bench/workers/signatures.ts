// A Worker that checks the signature of the request it gets, as often as the header `bench-times` says.
import type { AccessKey } from '../../../src/auth/access-key.ts'
import { authenticate } from '../../../src/auth/authenticate.ts'
import { signedRequest } from '../../../src/auth/request.ts'
import { Sessions } from '../../../src/auth/sessions.ts'
import { readBody, readParameters } from '../../../src/protocol/parameters.ts'
import { BENCH_SECRET, credentials, REGION, USER } from '../credentials.ts'

const BOUNDS = { count: 1000, bytes: 64 * 1024 }
const policy = { service: 'ec2', regions: [REGION], anyRegion: false, now: () => Date.now() }
const key: AccessKey = {
  accessKeyId: credentials.accessKeyId,
  secret: credentials.secretAccessKey,
  user: { id: 2, name: USER },
  source: 'econe',
}

const find = new Sessions([BENCH_SECRET], REGION).finder(
  async () => key,
  async () => undefined,
)

export default {
  async fetch(request: Request): Promise<Response> {
    const body = await readBody(request, BOUNDS.bytes)
    const contentType = request.headers.get('content-type')
    const parameters = readParameters({ query: new URL(request.url).search, contentType, body }, BOUNDS)
    for (let times = Number(request.headers.get('bench-times')); times > 0; times--) {
      await authenticate(signedRequest(request, body, parameters), policy, find)
    }
    return new Response('genuine')
  },
}
