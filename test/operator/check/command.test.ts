// The whole of econe-check: its findings in their order, its exit status, and the Workers of odd configurations.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import type { Sandbox } from '../../../src/sandbox/server.ts'
import { oddServer, scratchFolder } from '../../cli/support.ts'
import { EDGE_SECRET, localState, operate } from '../support.ts'
import { type Case, started, wrongs } from './support.ts'

vi.setConfig({ testTimeout: 60_000 })

const folder = scratchFolder()
let states = 0

interface Checked {
  readonly status: number | null
  readonly lines: readonly string[]
  readonly sandbox: Sandbox
}

/** The whole program. */
async function check({ args = [], ...options }: Case & { readonly args?: readonly string[] } = {}): Promise<Checked> {
  const { sandbox, variables } = await started(options)
  const state = localState(join(folder, String(states++)), variables)
  const { status, stdout, stderr } = await operate('check', ['--local', state, ...args])
  expect(stderr).toBe('')
  return { status, lines: stdout.trimEnd().split('\n'), sandbox }
}

describe('a cloud', () => {
  it('in which all is well', async () => {
    const checked = await check()
    expect(checked.lines).toEqual([
      'ok    variables and secrets: complete and well-formed',
      'ok    uploaded images: OpenNebula fetches them where clients send them, if that is localhost:8787',
      expect.stringMatching(/^ok {4}KV namespace INDEX: /),
      'ok    R2 bucket STAGING: econe-staging',
      'ok    Durable Object ACCOUNT: AccountObject',
      'ok    sweep of staged images: 17 * * * *',
      expect.stringMatching(/^ok {4}rate limit: \d+ requests in (10|60) s for each access key/),
      expect.stringMatching(/^ok {4}OpenNebula at 127\.0\.0\.1:\d+: version 7\.0\.1$/),
      'ok    server account: serveradmin is accepted',
      'note  what users may use: asked as helen, one user of each group; --user asks as another',
      'ok    instance type m1.small: template 0, 1 VCPU, 256 MiB',
      'ok    instance type m1.large: template 1, 2 VCPU, 1024 MiB',
      'ok    network 0 (private): 5000 addresses free',
      'ok    elastic addresses: network 1 (ElasticIPs), 8 free',
      'note  subnets: nobody can make any, neither SUBNET_TEMPLATE_ID nor SUBNET_PARENT_ID is set',
      'ok    datastore 1 (default): for images and volumes, 72 GiB free',
      'note  marketplace: no image can be had',
    ])
    expect(checked.status).toBe(0)
    const asked = checked.sandbox.log.list().flatMap(({ methods }) => methods)
    expect(asked.filter(method => !/info$|version$|^system\.multicall$/.test(method))).toEqual([])
  })

  it('that stops answering in the middle', async () => {
    const checked = await check({
      prepare: ({ faults }) => faults.add({ method: 'one.vnpool.info', kind: 'malformed' }),
    })
    expect(wrongs(checked)).toEqual([expect.stringMatching(/^wrong OpenNebula: Bad answer/)])
  })
})

/** A wrangler.toml made of the project's. */
function ownConfiguration(name: string, change: (text: string) => string): string {
  const root = fileURLToPath(new URL('../../..', import.meta.url))
  const text = readFileSync(join(root, 'wrangler.toml'), 'utf8')
  const file = join(folder, `${name}.toml`)
  writeFileSync(file, change(text).replace('"src/worker.ts"', JSON.stringify(join(root, 'src/worker.ts'))))
  return file
}

describe('a Worker', () => {
  it('whose variables are wrong', async () => {
    const checked = await check({ variables: { IMPORT_HOURS: 'six', ONE_AUTH: 's3cr3t' } })
    expect(checked.status).toBe(1)
    expect(wrongs(checked)).toEqual([
      'wrong ONE_AUTH must have the form user:password — start it with `npm start`',
      'wrong IMPORT_HOURS must be a whole number, but is "six" — correct it under [vars] in wrangler.toml',
    ])
  })

  it.each([
    ['[[vpc_services]]', 'service_id = "a"'],
    ['[[mtls_certificates]]', 'certificate_id = "a"'],
    ['[[services]]', 'service = "a"'],
  ])('that has a way of its own to OpenNebula: %s', async (table, member) => {
    const url = await oddServer((_, response) => void response.writeHead(200).end())
    const file = ownConfiguration(`way-${states++}`, text => `${text}\n${table}\nbinding = "ONE"\n${member}\n`)
    const secrets = { ONE_AUTH: 'serveradmin:pass', EDGE_SECRET }
    const variables = join(folder, 'way-secrets')
    writeFileSync(
      variables,
      Object.entries(secrets)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    )
    const asked = await operate('check', ['-c', file, '-s', variables])
    expect(asked.stdout).toMatch(
      `note  OpenNebula: not asked, for the Worker goes to it through its binding ONE (${table})`,
    )
    expect(asked.stdout).toContain('--url asks the Worker')
    expect(asked.stdout).not.toContain('OpenNebula at')
    const { stdout } = await operate('check', ['-c', file, '-s', variables, '-U', url])
    expect(stdout).toMatch(/^ok {4}Worker at \S+: ready, OpenNebula answers it and takes the server account$/m)
    expect(stdout).not.toContain('--url asks')
  })

  it('whose wrangler.toml lacks bindings', async () => {
    const file = ownConfiguration('bare', text => text.slice(0, text.indexOf('[[kv_namespaces]]')))
    const { status, stdout } = await operate('check', ['-c', file])
    expect(status).toBe(1)
    expect(stdout.split('\n').map(line => line.split(' — ')[0])).toEqual([
      'wrong ONE_AUTH is not set',
      'wrong EDGE_SECRET is not set',
      'wrong uploaded images: none are taken, for it is not said where OpenNebula can fetch them',
      'wrong KV namespace INDEX: not bound',
      'wrong R2 bucket STAGING: not bound',
      'wrong Durable Object ACCOUNT: not bound',
      'wrong sweep of staged images: never',
      'note  rate limit: none, [[ratelimits]] REQUEST_LIMIT is not in wrangler.toml',
      '',
    ])
  })

  it('needs a wrangler.toml', async () => {
    expect(await operate('check', ['-c', join(folder, 'none.toml')])).toEqual({
      ...{ status: 1, stdout: '' },
      stderr: `econe-check: cannot read ${join(folder, 'none.toml')}: no such file or directory\n`,
    })
  })
})
