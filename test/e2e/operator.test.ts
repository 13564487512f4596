// econe-check --account on a Worker that runs: what waits in an account, until it has come about.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateVolumeCommand, EC2Client, RunInstancesCommand, StopInstancesCommand } from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { localState, operate } from '../operator/support.ts'
import { credentials, until } from './cloud.ts'
import { type Cloud, EDGE_SECRET, startCloud } from './stage.ts'

const HOUR = 60 * 60 * 1000
const ACCOUNT = '000000000002'

let cloud: Cloud
let folder = ''
let number = 0

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'econe-operator-'))
  const images = [{ name: 'ttylinux', owner: 'oneadmin', public: true, size: 10, template: 'EC2_AMI="YES"' }]
  cloud = await startCloud({ seed: { images } })
  cloud.sandbox.setDelays({ prolog: HOUR })
  localState(folder, { ONE_XMLRPC: cloud.one, ONE_AUTH: cloud.sandbox.serverAdmin, EDGE_SECRET })
  const client = new EC2Client({ endpoint: cloud.endpoint, region: 'us-east-1', credentials: credentials() })
  const run = { ImageId: 'ami-00000000', MinCount: 1, MaxCount: 1 }
  const { Instances: [instance] = [] } = await client.send(new RunInstancesCommand(run))
  await client.send(new StopInstancesCommand({ InstanceIds: [instance?.InstanceId ?? ''] }))
  number = cloud.sandbox.world.vms.all().at(-1)?.id ?? -1
})

afterAll(async () => {
  await cloud.stop()
  await rm(folder, { recursive: true })
})

/** What econe-check says of an account. */
async function said(account: string, env: Record<string, string> = {}, ...more: string[]): Promise<string[]> {
  const args = ['--local', folder, '--url', cloud.endpoint, '--account', account, ...more]
  const { stdout, stderr } = await operate('check', args, env)
  expect(stderr).toBe('')
  return stdout.split('\n').filter(line => /^\w+ +account /.test(line))
}

const waiting = (label: string) =>
  expect.stringMatching(
    new RegExp(
      `^note  account ${label}: vm ${number}, wanted: stop, since \\d{4}-\\d\\d-\\d\\dT[\\d:]{8}Z \\(\\d+ s\\); ` +
        'looked after next (at once|in \\d+ s)$',
    ),
  ) as string

describe('what is unfinished', () => {
  it.each([
    ['helen', `helen \\(${ACCOUNT}\\)`],
    [ACCOUNT, ACCOUNT],
  ])('is told of %s', async (account, label) => {
    expect(await said(account)).toEqual([waiting(label)])
  })

  it('is nothing in an account that is idle, or was never there', async () => {
    expect(await said('rival')).toEqual(['ok    account rival (000000000003): nothing is unfinished'])
    expect(await said('999999999999')).toEqual(['ok    account 999999999999: nothing is unfinished'])
  })

  it('is not told of nobody, nor to anybody else', async () => {
    expect(await said('nobody')).toEqual(['wrong account nobody: there is no such user — see `oneuser list`'])
    expect(await said('helen', { EDGE_SECRET: 'another secret than that' })).toEqual([
      `wrong account helen (${ACCOUNT}): the Worker does not tell what is unfinished — is EDGE_SECRET the one that it has, ` +
        'the clock of this machine right, and the Worker not an older one?',
    ])
  })

  it('is nothing when it has come about', async () => {
    cloud.sandbox.setDelays({ prolog: 1, boot: 1, shutdown: 1, epilog: 1 })
    cloud.sandbox.setVmState(number, 3, 3)
    await until('the end of the task', async () => (await said('helen')).some(line => line.startsWith('ok')))
  })

  it('is told of a user too as whom nobody can ask', async () => {
    const helen = cloud.sandbox.world.users.find(({ name }) => name === 'helen')
    if (!helen) throw new Error('there is no helen')
    helen.enabled = false
    expect(await said('helen')).toEqual([`ok    account helen (${ACCOUNT}): nothing is unfinished`])
  })
})

it('needs the address of the Worker', async () => {
  const { status, stderr } = await operate('check', ['--local', folder, '--account', 'helen'])
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr:
      'econe-check: -a/--account needs -U/--url: what is unfinished the Worker alone knows\necone-check: see econe-check --help\n',
  })
})

describe('events', () => {
  it('are told of any account', async () => {
    const lines = await said('helen', {}, '--events')
    const label = `note  account helen \\(${ACCOUNT}\\):`
    const [stop = '', run = ''] = lines.slice(-2)
    expect(stop).toMatch(new RegExp(`^${label} \\d{4}-\\S+Z helen +helen +StopInstances +i-[0-9a-f]{17} +ok$`))
    expect(run).toMatch(new RegExp(`^${label} \\S+ helen +helen +RunInstances +\\S.* ok$`))
    expect(await said('rival', {}, '--events')).toEqual(['ok    account rival (000000000003): no events'])
  })

  it('are not told to anybody else, nor of nobody', async () => {
    expect((await said('helen', { EDGE_SECRET: 'another secret than that' }, '--events')).join()).toContain(
      'the Worker does not tell its events',
    )
    const { status, stderr } = await operate('check', ['--local', folder, '--events'])
    expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining('--events needs') as string })
  })
})

describe('usage', () => {
  const usage = (...args: string[]) => operate('check', ['--local', folder, '--usage', ...args])

  it('is told of all accounts, by their numbers', async () => {
    const client = new EC2Client({ endpoint: cloud.endpoint, region: 'us-east-1', credentials: credentials('rival') })
    await client.send(new CreateVolumeCommand({ Size: 1, AvailabilityZone: 'one-a' }))
    const lines = await until('some usage of both', async () => {
      const { stdout, stderr } = await usage('--url', cloud.endpoint)
      expect(stderr).toBe('')
      return ['helen', 'rival'].every(name => stdout.includes(` ${name} `)) && stdout.split('\n')
    })
    expect(lines[0]).toMatch(/^Account +User +UsageType +Quantity +Unit$/)
    const rows = lines.slice(2, -1)
    expect(rows.toSorted()).toEqual(rows)
    expect(lines.join('\n')).toMatch(/^000000000003 rival +EBS:VolumeUsage +\d+\.\d{3} +GB-Mo$/m)
  })

  it('is told of one, as CSV', async () => {
    const month = new Date().toISOString().slice(0, 7)
    const { stdout } = await usage('--url', cloud.endpoint, '--account', 'rival', '--month', month, '--csv')
    expect(stdout).toMatch(
      new RegExp(
        `^month,account,user,usage_type,quantity,unit\\n${month},000000000003,rival,EBS:VolumeUsage,[\\d.]+,GB-Mo\\n$`,
      ),
    )
  })

  it.each<[string, string[], string]>([
    ['without the Worker', [], '--usage needs -U/--url'],
    ['of nobody', ['--url', 'HERE', '--account', 'nobody'], 'there is no user nobody: see `oneuser list`'],
    ['of no month', ['--url', 'HERE', '--month', '11'], "--month has to be a month such as 2026-11, but is '11'"],
  ])('is not told %s', async (_, args, message) => {
    const { status, stderr } = await usage(...args.map(arg => (arg === 'HERE' ? cloud.endpoint : arg)))
    expect(stderr).toContain(message)
    expect(status).toBe(1)
  })

  it('is not told to anybody else', async () => {
    const env = { EDGE_SECRET: 'another secret than that' }
    const { status, stderr } = await operate('check', ['--local', folder, '--usage', '--url', cloud.endpoint], env)
    expect({ status, stderr }).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('the Worker does not tell of usage') as string,
    })
  })
})
