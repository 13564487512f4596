// What the check of a signature costs in workerd.
import { join } from 'node:path'
import { Sessions } from '../../src/auth/sessions.ts'
import { signV2 } from '../../src/auth/sigv2.ts'
import { bundle } from './bundle.ts'
import { BENCH_SECRET, credentials, REGION, USER } from './credentials.ts'
import { sign, temporaryFolder, textOf } from './edge.ts'
import { cpuTime } from './process.ts'
import { median, type Section, short } from './table.ts'
import { startWorkerd } from './workerd.ts'

const CHECKS = 4000
const ROUNDS = 7
const FILTER = { 'Filter.1.Name': 'instance-state-name', 'Filter.1.Value.1': 'running', MaxResults: '100' }

export async function auth(): Promise<Section[]> {
  await using folder = await temporaryFolder()
  const { script } = await bundle(join(folder.path, 'worker'), { entry: 'test/bench/workers/signatures.ts' })
  await using workerd = await startWorkerd({ script })
  const rows = []
  for (const [scheme, make] of Object.entries(schemes)) {
    const request = await make(workerd.url)
    const rounds: number[] = []
    for (let round = 0; round <= ROUNDS; round++) rounds.push(await costOf(request, workerd.pid))
    // The first round warms up
    rows.push([scheme, short(median(rounds.slice(1)))])
  }
  return [
    {
      title: 'Signature check',
      about:
        `CPU time of the workerd process per check of a DescribeInstances with a filter, from the request's headers and body ` +
        `to the access key: the median of ${ROUNDS} rounds of ${CHECKS}. Signing keys and tokens are cached, as for a client that ` +
        `comes again. A policy of 20 statements may cost 200 µs.`,
      columns: ['scheme', 'µs'],
      rows,
    },
  ]
}

const schemes: Readonly<Record<string, (url: string) => Promise<Request>>> = {
  'SigV4, Authorization header': url => sign(url, 'DescribeInstances', FILTER),
  'SigV4, with a session token': withToken,
  'SigV4, with a token that has a policy of 2,048 characters': url => withToken(url, 'x'.repeat(2048)),
  'SigV4, and a policy of 20 statements is asked about a launch': withPolicy,
  'SigV2, HmacSHA256': url => signedV2(url, 'HmacSHA256'),
  'SigV2, HmacSHA1': url => signedV2(url, 'HmacSHA1'),
}

async function withToken(url: string, ...policies: readonly string[]): Promise<Request> {
  const { accessKeyId: parent, secretAccessKey } = credentials
  const key = {
    ...{ accessKeyId: parent, secret: secretAccessKey },
    user: { id: 2, name: USER },
    source: 'econe' as const,
  }
  const now = Date.now()
  const session = { kind: 'session' as const, issued: now, expires: now + 3_600_000, policies }
  const { accessKeyId, secret, token } = await new Sessions([BENCH_SECRET], REGION).issue(key, session)
  return sign(url, 'DescribeInstances', FILTER, { accessKeyId, secretAccessKey: secret, sessionToken: token })
}

/** Each is looked at: the last one allows what the others say nothing of. */
async function withPolicy(url: string): Promise<Request> {
  const statement = (index: number) => ({
    ...{ Effect: index % 4 === 0 ? 'Deny' : 'Allow', Action: ['ec2:Run*', `ec2:Describe*${index}`] },
    Resource: `arn:aws:ec2:*:*:instance/i-${index}*`,
    Condition: { StringLike: { 'ec2:InstanceType': `m${index}.*` }, IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
  })
  const narrow = Array.from({ length: 19 }, (_, index) => statement(index + 2))
  const request = await sign(url, 'DescribeInstances', FILTER)
  request.headers.set(
    'bench-policy',
    JSON.stringify({ Statement: [...narrow, { Effect: 'Allow', Action: 'ec2:*', Resource: '*' }] }),
  )
  return request
}

async function signedV2(url: string, method: 'HmacSHA256' | 'HmacSHA1'): Promise<Request> {
  const { accessKeyId, secretAccessKey: secret } = credentials
  const parameters = Object.entries({ Action: 'DescribeInstances', Version: '2014-10-01', ...FILTER })
  const request = { method: 'POST', host: new URL(url).host, path: '/', parameters }
  const fields = await signV2(request, { accessKeyId, secret }, Date.now, method)
  const body = new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value]))
  return new Request(url, { method: 'POST', body })
}

/** µs a check. */
async function costOf(request: Request, pid: number): Promise<number> {
  const sent = request.clone()
  sent.headers.set('bench-times', String(CHECKS))
  const before = cpuTime(pid)
  await textOf(await fetch(sent))
  return ((cpuTime(pid) - before) * 1000) / CHECKS
}
