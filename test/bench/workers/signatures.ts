// A Worker that checks the signature of the request it gets, as often as the header `bench-times` says; and asks the policy in
// `bench-policy`, where there is one, whether it allows a launch.
import { isAllowed } from '../../../src/account/permissions/authorize.ts'
import type { AccessKey } from '../../../src/auth/access-key.ts'
import { authenticate } from '../../../src/auth/authenticate.ts'
import { signedRequest } from '../../../src/auth/request.ts'
import { Sessions } from '../../../src/auth/sessions.ts'
import { type AskedResource, NEW } from '../../../src/ec2/core/permissions.ts'
import { ec2 } from '../../../src/ec2/model/services.ts'
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

const account = { id: '000000000002', user: key.user }
const wish = { action: 'RunInstances', account, signer: key, requestId: 'bench', service: ec2, region: REGION }
const LAUNCH: readonly AskedResource[] = [
  { type: 'image', id: 'ami-00000000', said: { 'ec2:ImageID': 'ami-00000000' } },
  {
    type: 'instance',
    id: NEW,
    isMade: true,
    said: { 'ec2:InstanceType': 'm1.small' },
    given: new Map([['Role', 'web']]),
  },
  { type: 'volume', id: NEW, isMade: true, said: { 'ec2:VolumeSize': '8', 'ec2:VolumeType': 'standard' } },
  { type: 'network-interface', id: NEW, isMade: true },
  ...['subnet', 'security-group', 'key-pair'].map(type => ({ type, id: 'named' })),
]

function ask(policy: string | null): void {
  if (policy === null) return
  const grant = { accessKeyId: key.accessKeyId, policies: [{ of: 'identity-based' as const, text: policy }], said: {} }
  if (!isAllowed(grant, wish, LAUNCH)) throw new TypeError('the policy of the bench allows a launch')
}

export default {
  async fetch(request: Request): Promise<Response> {
    const body = await readBody(request, BOUNDS.bytes)
    const contentType = request.headers.get('content-type')
    const parameters = readParameters({ query: new URL(request.url).search, contentType, body }, BOUNDS)
    for (let times = Number(request.headers.get('bench-times')); times > 0; times--) {
      await authenticate(signedRequest(request, body, parameters), policy, find)
      ask(request.headers.get('bench-policy'))
    }
    return new Response('genuine')
  },
}
