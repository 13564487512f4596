// What was accepted and not done yet outlives a restart of everything: the Worker killed, the front-end started again.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  DescribeInstancesCommand,
  EC2Client,
  RunInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { createSandbox, type Sandbox } from '../../src/sandbox/server.ts'
import { credentials } from './cloud.ts'
import { freePort } from './stage.ts'

const root = join(import.meta.dirname, '..', '..')
const HOUR = 60 * 60 * 1000

let folder = ''
let port = 0
let client: EC2Client
let sandbox: Sandbox
let worker: ChildProcess

/** Starts the Worker, with what it kept, before a front-end. */
async function startWorker(url: string): Promise<ChildProcess> {
  const variables = { ONE_XMLRPC: url, ONE_AUTH: sandbox.serverAdmin, EDGE_SECRET: 'a secret of the end-to-end tests' }
  const started = spawn(
    join(root, 'node_modules', '.bin', 'wrangler'),
    [
      ...['dev', '--port', String(port), '--ip', '127.0.0.1', '--persist-to', folder, '--log-level', 'error'],
      ...['--inspector-port', '0'],
      '--show-interactive-dev-session=false',
      ...Object.entries({ ...variables, SIGNING_REGIONS: '*', USER_NAME_KEYS: 'true' }).flatMap(([name, value]) => [
        '--var',
        `${name}:${value}`,
      ]),
    ],
    {
      cwd: root,
      stdio: 'ignore',
      detached: true,
      env: { ...process.env, CLOUDFLARE_CF_FETCH_ENABLED: 'false', WRANGLER_SEND_METRICS: 'false' },
    },
  )
  await vi.waitFor(() => fetch(`http://127.0.0.1:${port}/healthz`), { timeout: 60_000, interval: 100 })
  return started
}

/** Kills the Worker and all that it started, at once: nothing is closed in order. */
async function kill(): Promise<void> {
  const ended = once(worker, 'exit')
  if (worker.pid !== undefined) process.kill(-worker.pid, 'SIGKILL')
  await ended
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'econe-restart-'))
  port = await freePort()
  client = new EC2Client({ endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', credentials: credentials() })
  const images = [{ name: 'ttylinux', owner: 'oneadmin', public: true, size: 10, template: 'EC2_AMI="YES"' }]
  sandbox = createSandbox({ seed: { images, privateAddresses: 10 }, authDelay: 0 })
  sandbox.setDelays({ pending: 1, prolog: HOUR, boot: 1, shutdown: 1, epilog: 1 })
  worker = await startWorker((await sandbox.listen()).url)
}, 90_000)

afterAll(async () => {
  await kill()
  await sandbox.close()
  await rm(folder, { recursive: true, force: true })
})

async function states(): Promise<Record<string, string | undefined>> {
  const { Reservations = [] } = await client.send(new DescribeInstancesCommand({}))
  const instances = Reservations.flatMap(({ Instances = [] }) => Instances)
  return Object.fromEntries(instances.map(({ InstanceId = '', State }) => [InstanceId, State?.Name]))
}

it('ends what was to end, and stops what was to stop, after everything was restarted', {
  timeout: 120_000,
}, async () => {
  const run = { ImageId: 'ami-00000000', MinCount: 3, MaxCount: 3 }
  const { Instances = [] } = await client.send(new RunInstancesCommand(run))
  const [ending = '', stopping = '', staying = ''] = Instances.map(({ InstanceId = '' }) => InstanceId)
  await expect.poll(() => sandbox.world.vms.all().map(({ lcm }) => lcm)).toEqual([1, 1, 1])
  await client.send(new TerminateInstancesCommand({ InstanceIds: [ending] }))
  await client.send(new StopInstancesCommand({ InstanceIds: [stopping] }))
  const accepted = { [ending]: 'shutting-down', [stopping]: 'stopping', [staying]: 'pending' }
  expect(await states()).toEqual(accepted)

  await kill()
  const kept: unknown = JSON.parse(JSON.stringify(sandbox.snapshot()))
  await sandbox.close()
  sandbox = createSandbox({ authDelay: 0 })
  sandbox.restore(kept)
  worker = await startWorker((await sandbox.listen()).url)
  expect(await states()).toEqual(accepted)

  sandbox.setDelays({ prolog: 1, boot: 1, shutdown: 1, epilog: 1 })
  for (const { id } of sandbox.world.vms.all()) sandbox.setVmState(id, 3, 3)
  const wanted = { [ending]: 'terminated', [stopping]: 'stopped', [staying]: 'running' }
  await expect.poll(states).toEqual(wanted)
})
