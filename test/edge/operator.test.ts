// The operator's door: open to who knows EDGE_SECRET, and not there for anybody else.
import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { operatorProof, unfinishedPath } from '../../src/auth/operator-door.ts'
import { signingKeys } from '../../src/config/derived-keys.ts'
import type { UnfinishedTask } from '../../src/ec2/core/tasks.ts'
import { app } from '../../src/edge/app.ts'
import type { Env } from '../../src/edge/services.ts'
import { SIGNATURE_BYTES } from '../../src/lib/signing.ts'

const SECRET = 'a secret of the unit tests'
const ACCOUNT = '000000000002'
const TASKS: UnfinishedTask[] = [{ kind: 'vm', id: '7', wanted: 'stop', since: 1, next: 2 }]

const STORED = { bytes: 5, pieces: 1, begun: 0, objects: 1, uploads: 0 }

const limiter = vi.fn(() => Promise.resolve({ success: true }))
const asked = vi.fn<(account: string) => void>()

const own = (variables: Partial<Env>): Env => ({
  ...(env as Env),
  ...{ ONE_XMLRPC: 'http://localhost/RPC2', ONE_AUTH: 'serveradmin:x', EDGE_SECRET: SECRET },
  REQUEST_LIMIT: { limit: limiter },
  ACCOUNT: {
    getByName: (name: string) => {
      asked(name)
      return { unfinished: () => Promise.resolve(TASKS), stored: () => Promise.resolve(STORED) }
    },
  } as unknown as Env['ACCOUNT'],
  ...variables,
})

afterEach(() => vi.clearAllMocks())

const proofOf = async (path: string, { secret = SECRET, time = Date.now() } = {}) =>
  operatorProof(await signingKeys([secret], 'operator'), path, time)

interface Asking {
  readonly path?: string
  readonly authorization?: string | undefined
  readonly method?: string
  readonly variables?: Partial<Env>
}

async function ask({ path = unfinishedPath(ACCOUNT), authorization, method = 'GET', variables = {} }: Asking) {
  const request = new Request(`https://ec2.example.com${path}`, {
    method,
    headers: authorization === undefined ? {} : { authorization },
  })
  const response = await app.fetch(request, own(variables), createExecutionContext())
  return { status: response.status, text: await response.text(), cache: response.headers.get('cache-control') }
}

describe("the operator's door", () => {
  it('tells what is unfinished', async () => {
    const path = unfinishedPath(ACCOUNT)
    const { status, text, cache } = await ask({ authorization: await proofOf(path) })
    expect({ status, cache }).toEqual({ status: 200, cache: 'private, no-store' })
    expect(JSON.parse(text)).toEqual({ tasks: TASKS, bucket: STORED })
    expect(asked.mock.calls).toEqual([[ACCOUNT]])
  })

  it('knows the secret before', async () => {
    const secret = 'the secret before this one'
    const authorization = await proofOf(unfinishedPath(ACCOUNT), { secret })
    expect((await ask({ authorization })).status).toBe(404)
    expect((await ask({ authorization, variables: { EDGE_SECRET_OLD: secret } })).status).toBe(200)
  })

  it('is not there for strangers', async () => {
    const path = unfinishedPath(ACCOUNT)
    const strangers: Asking[] = [
      {},
      { authorization: `Econe-Operator ${Date.now()}.${'0'.repeat(2 * SIGNATURE_BYTES)}` },
      { authorization: await proofOf(path, { secret: 'another secret than this' }) },
      { authorization: await proofOf(path, { time: Date.now() - 3_600_000 }) },
      { authorization: await proofOf(path), path: unfinishedPath('000000000003') },
      { authorization: await proofOf('/_operator/accounts/2/unfinished'), path: '/_operator/accounts/2/unfinished' },
      { path: '/_operator/' },
    ]
    for (const stranger of strangers) {
      expect(await ask(stranger)).toEqual({ status: 404, text: '', cache: 'private, no-store' })
    }
    expect(asked).not.toHaveBeenCalled()
    expect(limiter).not.toHaveBeenCalled()
  })

  it('is for reading alone', async () => {
    const authorization = await proofOf(unfinishedPath(ACCOUNT))
    expect((await ask({ authorization, method: 'DELETE' })).status).toBe(405)
    expect(asked).not.toHaveBeenCalled()
  })

  it('is limited, on an account of its own', async () => {
    limiter.mockResolvedValueOnce({ success: false })
    const authorization = await proofOf(unfinishedPath(ACCOUNT))
    expect(await ask({ authorization })).toMatchObject({ status: 429 })
    expect(limiter.mock.calls).toEqual([[{ key: 'operator:' }]])
    expect(asked).not.toHaveBeenCalled()
  })

  it('has a line in the log, with nothing of what strangers say and nothing of a proof', async () => {
    const lines = vi.spyOn(console, 'log').mockReturnValue()
    const authorization = await proofOf(unfinishedPath(ACCOUNT))
    await ask({ authorization })
    await ask({ authorization, path: unfinishedPath('000000000003') })
    expect(lines.mock.calls.map(([line]) => JSON.parse(String(line)) as unknown)).toEqual([
      { event: 'operator', account: ACCOUNT, status: 200 },
      { event: 'operator', status: 404 },
    ])
    lines.mockRestore()
  })
})
