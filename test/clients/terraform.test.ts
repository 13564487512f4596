// Terraform with AWS's provider: every served kind of resource is made, shown as it was made, changed in place, and destroyed.
//
// The provider is looked for in the folder that TF_PLUGIN_DIR names, laid out as `terraform providers mirror` does.
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { Cloud } from '../e2e/stage.ts'
import { cloudFor, type Ended, run, type Variables, whyNot, withTool } from './tools.ts'

/** The provider looks at most things every ten seconds. */
vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 })

const plugins = process.env['TF_PLUGIN_DIR']
const missing = plugins ? await whyNot('terraform', 'version') : 'TF_PLUGIN_DIR names no folder with its AWS provider'

const PUBLIC_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH2T3v6qBs3F8+J+F4UCloAfIFW1aFE2RGjjPAzch6HZ helen@example.com'

/** `terraform plan -detailed-exitcode` of a configuration that is as it should be, and of one that is not. */
const NOTHING_TO_DO = 0

withTool('Terraform', missing, () => {
  let cloud: Cloud
  let folder = ''
  let env: Variables = {}

  beforeAll(async () => {
    const started = await cloudFor({ id: 2, name: 'helen' })
    cloud = started.cloud
    env = {
      ...started.env,
      TF_VAR_endpoint: cloud.endpoint,
      TF_VAR_public_key: PUBLIC_KEY,
      TF_IN_AUTOMATION: 'true',
      CHECKPOINT_DISABLE: 'true',
    }
    folder = await mkdtemp(join(tmpdir(), 'econe-terraform-'))
    await copyFile(join(import.meta.dirname, 'terraform', 'main.tf'), join(folder, 'main.tf'))
    const ended = await terraform('init', `-plugin-dir=${plugins ?? ''}`)
    if (ended.status !== 0) throw new Error(ended.stderr)
  })

  afterAll(async () => {
    await cloud.stop()
    await rm(folder, { recursive: true })
  })

  const terraform = (command: string, ...args: string[]): Promise<Ended> =>
    run('terraform', [command, '-no-color', ...args], env, folder)

  const apply = (step: number) =>
    terraform('apply', '-auto-approve', '-input=false', '-parallelism=20', `-var=step=${step}`)

  const plan = (step: number) => terraform('plan', '-detailed-exitcode', '-input=false', `-var=step=${step}`)

  /** What a plan would do, without what it only looked at. */
  const changes = ({ status, stdout, stderr }: Ended) =>
    status === NOTHING_TO_DO ? '' : `${stdout.slice(stdout.indexOf('\nTerraform will perform'))}${stderr}`

  it('makes everything', async () => {
    const { status, stderr } = await apply(1)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const { stdout } = await terraform('output', '-json')
    const outputs = JSON.parse(stdout) as Record<string, { value: unknown }>
    expect(Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]))).toEqual({
      identity: '000000000002',
      region: 'us-east-1',
      memory: 256,
      public_key: expect.stringContaining(PUBLIC_KEY.split(' ')[1] ?? '') as unknown,
      volume: 1,
      snapshot: 1,
      image: 'the first',
      instance: 'running',
      running: 1,
      address: expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/) as unknown,
    })
  })

  it('finds everything as it was made', async () => {
    expect(changes(await plan(1))).toBe('')
  })

  it('changes what can be changed in place, and nothing else', async () => {
    const { status, stdout, stderr } = await apply(2)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/Resources: 0 added, \d+ changed, 0 destroyed\./)
    expect(changes(await plan(2))).toBe('')
  })

  it('destroys everything', async () => {
    const { status, stderr } = await terraform(
      'destroy',
      '-auto-approve',
      '-input=false',
      '-parallelism=20',
      '-var=step=2',
    )
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const left = cloud.sandbox.world.images.all().filter(({ uid }) => uid === 2)
    expect(left.map(({ name }) => name)).toEqual([])
  })
})
