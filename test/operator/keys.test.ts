// What econe-keys refuses, and its help. What its keys are good for is tested end to end.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { Refusals } from '../../src/auth/policy/refusals.ts'
import { createSandbox } from '../../src/sandbox/server.ts'
import { scratchFolder } from '../cli/support.ts'
import { EDGE_SECRET, keepOpen, localState, operate } from './support.ts'

// wrangler takes its time to start, and is started for each look into KV.
vi.setConfig({ testTimeout: 120_000 })

const sandbox = createSandbox({ authDelay: 0, seed: { users: [{ name: 'gone', password: 'gone', enabled: false }] } })
const folder = scratchFolder()
let state = ''
let close = async () => {}

beforeAll(async () => {
  const { url } = await sandbox.listen()
  state = localState(join(folder, 'state'), { ONE_XMLRPC: url, ONE_AUTH: sandbox.serverAdmin })
  close = await keepOpen(state)
})
afterAll(() => Promise.all([sandbox.close(), close()]))

const keys = (...args: string[]) => operate('keys', [...args, '--local', state])

it('goes by one EDGE_SECRET: no key is made that the Worker could not open', async () => {
  const made = await keys('create', 'rival', '--user-id', '3')
  const [, id = ''] =
    /^accessKeyId: (AKIA[A-Z2-7]{16})\n.*\nuser: rival \(3\)\nexpires: never\n$/.exec(made.stdout) ?? []
  const other = { EDGE_SECRET: 'another secret than that' }
  const { status, stdout, stderr } = await operate('keys', ['create', 'helen', '--local', state], other)
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(stderr).toBe(
    `econe-keys: The record of access key ${id} cannot be opened. Is EDGE_SECRET the one that it was made under? ` +
      'The one before it belongs into EDGE_SECRET_OLD; if nobody has it any more, delete it.\n',
  )
  const deleted = await operate('keys', ['delete', id, '--local', state], other)
  expect(deleted).toEqual({ status: 0, stdout: `Success: Deleting ${id}\n`, stderr: '' })
})

it('seals all keys anew under a new secret', async () => {
  const made = await keys('create', 'rival', '--user-id', '3')
  const [id = ''] = /AKIA[A-Z2-7]{16}/.exec(made.stdout) ?? []
  const rotated = { EDGE_SECRET: 'another secret than that', EDGE_SECRET_OLD: EDGE_SECRET }
  const resealed = await operate('keys', ['reseal', '--local', state], rotated)
  expect(resealed.stdout).toMatch(/^Success: Sealing \d+ keys anew\n$/)
  const listed = await operate('keys', ['list', '--local', state], { EDGE_SECRET: 'another secret than that' })
  expect(listed).toMatchObject({ status: 0, stdout: expect.stringContaining(id) as string })
  const back = { EDGE_SECRET, EDGE_SECRET_OLD: 'another secret than that' }
  expect((await operate('keys', ['reseal', '--local', state], back)).status).toBe(0)
  expect((await keys('delete', id)).status).toBe(0)
})

it('gives keys policies, in short or from a file, and shows them', async () => {
  const made = await keys(
    'create',
    'rival',
    '--user-id',
    '3',
    '--read-only',
    '--allow',
    'ec2:StartInstances, ec2:Stop*',
  )
  const [id = ''] = /AKIA[A-Z2-7]{16}/.exec(made.stdout) ?? []
  const shown = await keys('show', id)
  expect(shown.stdout).toMatch(/^accessKeyId: AKIA.*\nuser: rival \(3\)\nstatus: active\n/)
  const policy = (text: string) => JSON.parse(text.slice(text.indexOf('policy: ') + 'policy: '.length)) as object
  expect(policy(shown.stdout)).toMatchObject({
    Statement: [
      {
        Sid: 'Allowed',
        Action: expect.arrayContaining(['ec2:Describe*', 'ec2:StartInstances', 'ec2:Stop*']) as string[],
      },
    ],
  })
  const file = join(folder, 'policy.json')
  const written = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'ec2:*', Resource: '*' }] }
  writeFileSync(file, JSON.stringify(written, null, 2))
  expect(await keys('policy', id, '-p', file)).toMatchObject({
    status: 0,
    stdout: `Success: Changing the policy of ${id}\n`,
  })
  expect(policy((await keys('show', id)).stdout)).toEqual(written)
  expect(await operate('check', ['--keys', '--local', state])).toEqual({
    ...{
      status: 0,
      stdout: expect.stringMatching(/^ok {4}policies of keys and roles: [1-9]\d* looked at\n$/) as string,
    },
    stderr: '',
  })
  await keys('policy', id, '--none')
  expect((await keys('show', id)).stdout).toContain('policy: none, it may do whatever its user may\n')
  writeFileSync(
    file,
    JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: '*', Action: 'run', Resource: '*' }] }),
  )
  const refused = await keys('policy', id, '-p', file)
  expect({ status: refused.status, stdout: refused.stdout }).toEqual({ status: 1, stdout: '' })
  expect(refused.stderr).toContain(
    `${file}: no key can have this policy:\n  Statement 1: the element 'Principal' is not`,
  )
  expect(refused.stderr).toContain("\n  Statement 1, Action: 'run' is neither '*' nor a service and an action")
  expect((await keys('delete', id)).status).toBe(0)
})

it('explains refusals', async () => {
  const refusals = new Refusals([EDGE_SECRET])
  const told = { requestId: 'r-1', accessKeyId: 'AKIA', action: 'ec2:RunInstances', resource: 'arn:aws:ec2:x' }
  const statement = { number: 2, sid: 'OtherTypes' }
  const message = await refusals.seal({
    ...{ ...told, decision: 'explicitDeny', statement },
    context: { 'aws:SourceIp': '203.0.113.7', 'ec2:InstanceType': 'x'.repeat(300) },
  })
  expect((await operate('keys', ['explain', message], { EDGE_SECRET })).stdout).toBe(
    'request: r-1\naccessKeyId: AKIA\naction: ec2:RunInstances\nresource: arn:aws:ec2:x\n' +
      'because: statement 2 (OtherTypes) denies it\ncontext:\n  aws:SourceIp: 203.0.113.7\n' +
      `  ec2:InstanceType: ${'x'.repeat(256)}…\n`,
  )
})

it('leaves the terminal as it is, whatever a client called itself', async () => {
  const message = await new Refusals([EDGE_SECRET]).seal({
    ...{ requestId: 'r-1', accessKeyId: 'AKIA', action: 'ec2:RunInstances', resource: 'arn:aws:ec2:x\u009b2J' },
    ...{ decision: 'implicitDeny', context: { 'aws:UserAgent': '\u001b[2J\nbecause: of nothing' } },
  })
  const { stdout } = await operate('keys', ['explain', message], { EDGE_SECRET })
  expect(stdout).toContain('resource: arn:aws:ec2:x\\u009b2J\n')
  expect(stdout).toContain('  aws:UserAgent: \\u001b[2J\\u000abecause: of nothing\n')
})

it('makes keys for administrators where that is said', async () => {
  const made = await keys('create', 'oneadmin', '--allow-admin')
  expect(made).toMatchObject({ status: 0, stdout: expect.stringContaining('user: oneadmin (0)') as string })
  const id = made.stdout.slice('accessKeyId: '.length, made.stdout.indexOf('\n'))
  expect((await keys('delete', id)).status).toBe(0)
})

describe('what cannot be', () => {
  it.each([
    [['create', 'nobody'], /does not let serveradmin act as nobody: there is no such user/],
    [['create', 'oneadmin'], /oneadmin is in OpenNebula's group 0, .*: give --allow-admin if that is meant/],
    [['create', 'serveradmin'], /serveradmin is in OpenNebula's group 0/],
    [['create', 'gone'], /the OpenNebula user gone is disabled/],
    [['create'], /USER is missing\necone-keys: see econe-keys --help\n$/],
    [['create', 'helen', '-x', 'soon'], /'soon' is no time: it looks like 2027-01-31/],
    [['create', 'helen', '-x', '2020-01-01'], /'2020-01-01' is over already/],
    [['create', 'helen', '--user-id', '2', '-d', 'x'.repeat(257)], /The description is over 256 characters/],
    [['enable', 'AKIAAAAAAAAAAAAAAAAA'], /The Access Key with id AKIAAAAAAAAAAAAAAAAA cannot be found/],
    [['revoke', 'x'], /there is no 'revoke' to do/],
    [['create', 'helen', '--read-only', '--policy', 'x'], /--policy and --read-only exclude each other/],
    [
      ['create', 'helen', '--user-id', '2', '--allow', 'run'],
      /no key can have this policy:\n {2}Statement 1, Action: 'run'/,
    ],
    [['create', 'helen', '--user-id', '2', '--until', 'soon'], /'soon' is no time/],
    [
      ['role', 'create', 'night', '--assumable-by', 'rival', '--type', `${'*?a'.repeat(30)}*`],
      /no key can have this policy:\n {2}The policy: its wildcards cost \d+ of 50000 /,
    ],
    [['policy', 'AKIAAAAAAAAAAAAAAAAA'], /give a policy, or --none/],
    [['policy', 'AKIAAAAAAAAAAAAAAAAA', '--none', '--read-only'], /give a policy, or --none/],
    [['policy', 'AKIAAAAAAAAAAAAAAAAA', '--none'], /cannot be found/],
    [['explain', 'x'], /this is no message of a Worker with this EDGE_SECRET/],
    [['list', '--fast'], /there is no option --fast/],
  ])('%j', async (args, message) => {
    const { status, stdout, stderr } = await keys(...args)
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(message)
  })

  it('needs the secret of the Worker', async () => {
    expect(await operate('keys', ['list'])).toEqual({
      ...{ status: 1, stdout: '' },
      stderr: 'econe-keys: EDGE_SECRET is not set: give it in the environment or with -s/--secrets\n',
    })
  })

  it('needs a login where it is about the deployed Worker', async () => {
    const env = { EDGE_SECRET, HOME: folder, CLOUDFLARE_ACCOUNT_ID: 'x' }
    const { status, stderr } = await operate('keys', ['list'], env)
    expect(status).toBe(1)
    expect(stderr).toMatch(/^econe-keys: wrangler kv key list failed: .*CLOUDFLARE_API_TOKEN/)
  })
})

it('explains itself', async () => {
  const { status, stdout } = await operate('keys', ['--help'])
  expect(status).toBe(0)
  expect(stdout).toContain('Usage: econe-keys create USER')
  expect((await operate('keys', ['list', '-h'])).stdout).toBe(stdout)
  expect((await operate('keys', [])).stdout).toBe(stdout)
})

it('defines roles, lists them and forgets them', async () => {
  const made = await keys(
    'role',
    'create',
    'auditor',
    '--assumable-by',
    'helen,rival',
    '--read-only',
    '--duration',
    '7200',
  )
  expect(made).toEqual({ status: 0, stdout: 'Success: Defining auditor\n', stderr: '' })
  const again = await keys('role', 'create', 'auditor', '--assumable-by', 'helen')
  expect(again).toEqual({ status: 1, stdout: '', stderr: 'econe-keys: Role with name auditor already exists.\n' })
  const { stdout } = await keys('role', 'list', '-H')
  expect(stdout.replaceAll(/ +/g, ' ')).toMatch(
    /^Role AssumableBy Duration Created Policy\n-+\nauditor helen,rival 7200 \d{4}-\d\d-\d\d yes\n$/,
  )
  expect((await keys('role', 'show', 'auditor')).stdout).toContain('"Action": [\n        "ec2:Describe*"')
  const rotated = { EDGE_SECRET: 'another secret than that', EDGE_SECRET_OLD: EDGE_SECRET }
  const resealed = await operate('keys', ['reseal', '--local', state], rotated)
  expect(resealed.stdout).toMatch(/\nSuccess: Sealing 1 roles anew\n$/)
  // One that does not open can be forgotten all the same
  expect(await keys('role', 'delete', 'auditor')).toMatchObject({ status: 0, stdout: 'Success: Deleting auditor\n' })
  expect((await keys('role', 'delete', 'auditor')).stderr).toBe(
    'econe-keys: The role with name auditor cannot be found.\n',
  )
  const back = { EDGE_SECRET, EDGE_SECRET_OLD: 'another secret than that' }
  expect((await operate('keys', ['reseal', '--local', state], back)).status).toBe(0)
})

it.each([
  [['role'], "there is no 'role' to do"],
  [
    ['role', 'create', 'a b', '--assumable-by', 'helen'],
    "'a b' is no name of a role: it has letters, digits and +=,.@_-",
  ],
  [
    ['role', 'create', 'x', '--assumable-by', 'helen', '--duration', '899'],
    "the duration '899' is not from 900 to 43200 seconds",
  ],
])('makes no role of %j', async (words, message) => {
  const { status, stderr } = await keys(...words)
  expect([status, stderr]).toEqual([1, expect.stringContaining(message) as string])
})
