// Terraform with AWS's provider: every served kind of resource is made, shown as it was made, changed in place, and
// destroyed; and every way to write an instance is served as it is written, or refused when it is applied.
//
// The provider is looked for in the folder that TF_PLUGIN_DIR names, laid out as `terraform providers mirror` does.
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Cloud } from '../e2e/stage.ts'
import { addressOf, OWN_WORDS, refused, served, written } from './terraform/variants.ts'
import { cloudFor, type Ended, REGION, run, type Variables, whyNot, withTool } from './tools.ts'

/** The provider looks at most things every ten seconds. */
vi.setConfig({ testTimeout: 400_000, hookTimeout: 120_000 })

const plugins = process.env['TF_PLUGIN_DIR']
const missing = plugins ? await whyNot('terraform', 'version') : 'TF_PLUGIN_DIR names no folder with its AWS provider'

const PUBLIC_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH2T3v6qBs3F8+J+F4UCloAfIFW1aFE2RGjjPAzch6HZ helen@example.com'

/** `terraform plan -detailed-exitcode` of a configuration that is as it should be, and of one that is not. */
const NOTHING_TO_DO = 0

/** Types that Terraform knows more about than it should. */
const templates = [
  { name: 't3.micro', template: 'CPU="1" VCPU="2" MEMORY="128" EC2_INSTANCE_TYPE="t3.micro" NIC=[NETWORK_ID="0"]' },
]

/** The provider crashes where a zone is not named after its region. */
const ZONES = `${REGION}a ${REGION}b`

/** MiB: the least st1 and sc1 volumes are large. */
const DATASTORE = 4_000_000

withTool('Terraform', missing, () => {
  let cloud: Cloud
  let folder = ''
  let env: Variables = {}
  let credentials = { accessKeyId: '', secretAccessKey: '' }

  beforeAll(async () => {
    const started = await cloudFor({ id: 2, name: 'helen' }, { seed: { templates, elasticAddresses: 16 } }, { ZONES })
    cloud = started.cloud
    for (const datastore of cloud.sandbox.world.datastores.all()) datastore.freeMb = DATASTORE
    const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = started.env
    credentials = { accessKeyId, secretAccessKey }
    env = {
      ...started.env,
      TF_VAR_endpoint: cloud.endpoint,
      TF_VAR_public_key: PUBLIC_KEY,
      TF_IN_AUTOMATION: 'true',
      CHECKPOINT_DISABLE: 'true',
    }
    folder = await mkdtemp(join(tmpdir(), 'econe-terraform-'))
  })

  afterAll(async () => {
    await cloud.stop()
    await rm(folder, { recursive: true })
  })

  /** A configuration of these files and this text. */
  async function configuration(name: string, files: readonly string[], text = ''): Promise<Configuration> {
    const inside = join(folder, name)
    await mkdir(inside)
    for (const file of ['provider.tf', ...files]) {
      await copyFile(join(import.meta.dirname, 'terraform', file), join(inside, file))
    }
    await writeFile(join(inside, 'written.tf'), text)
    const terraform = (command: string, ...args: string[]) =>
      run('terraform', [command, '-no-color', ...args], env, inside)
    const ended = await terraform('init', `-plugin-dir=${plugins ?? ''}`)
    if (ended.status !== 0) throw new Error(ended.stderr)
    return {
      terraform,
      apply: (...args) => terraform('apply', '-auto-approve', '-input=false', '-parallelism=40', ...args),
      plan: (...args) => terraform('plan', '-detailed-exitcode', '-input=false', '-parallelism=40', ...args),
      destroy: (...args) => terraform('destroy', '-auto-approve', '-input=false', '-parallelism=40', ...args),
    }
  }

  let main: Configuration
  /** What the variants are made of, as arguments. */
  let variables: string[] = []

  it('makes everything', async () => {
    main = await configuration('main', ['steps.tf', 'main.tf'])
    const { status, stderr } = await main.apply('-var=step=1')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const { stdout } = await main.terraform('output', '-json')
    const values = Object.entries(JSON.parse(stdout) as Record<string, { value: unknown }>)
    const { image_id, snapshot_id, volume_id, key_name, ...outputs } = Object.fromEntries(
      values.map(([name, { value }]) => [name, value]),
    )
    variables = Object.entries({ image: image_id, snapshot: snapshot_id, volume: volume_id, key_name }).map(
      ([name, value]) => `-var=${name}=${String(value)}`,
    )
    expect(outputs).toEqual({
      identity: '000000000002',
      region: 'us-east-1',
      regions: ['us-east-1'],
      zone: 'us-east-1-az1',
      memory: 256,
      types: ['m1.large', 'm1.small', 't3.micro'],
      offered: ['m1.large', 'm1.small', 't3.micro'],
      public_key: expect.stringContaining(PUBLIC_KEY.split(' ')[1] ?? '') as unknown,
      volume: 1,
      volumes: 1,
      snapshot: 1,
      snapshots: true,
      image: 'the first',
      images: 1,
      instance: 'running',
      running: 1,
      address: expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/) as unknown,
      addresses: 2,
    })
  })

  // Side by side: each of them mostly waits
  describe('with all that', () => {
    it.concurrent('finds everything as it was made, and changes in place what can be, and nothing else', async () => {
      expect(changes(await main.plan('-var=step=1'))).toBe('')
      const { status, stdout, stderr } = await main.apply('-var=step=2')
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      expect(stdout).toMatch(/Resources: 0 added, \d+ changed, 0 destroyed\./)
      expect(changes(await main.plan('-var=step=2'))).toBe('')
    })

    it.concurrent('serves what is written in every way that it serves', async () => {
      const { apply, plan, destroy } = await configuration(
        'served',
        ['variants.tf', 'default-network.tf'],
        written(served),
      )
      const { status, stderr } = await apply(...variables)
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      expect(changes(await plan(...variables))).toBe('')
      const ended = await destroy(...variables)
      expect({ status: ended.status, stderr: ended.stderr }).toEqual({ status: 0, stderr: '' })
    })

    it.concurrent('builds networks and launches from templates, and changes both in place', async () => {
      const files = ['steps.tf', 'variants.tf', 'network.tf', 'templates.tf']
      const { apply, plan, destroy, terraform } = await configuration('networks', files)
      const first = await apply('-var=step=1', ...variables)
      expect({ status: first.status, stderr: first.stderr }).toEqual({ status: 0, stderr: '' })
      expect(changes(await plan('-var=step=1', ...variables))).toBe('')
      const { stdout } = await terraform('output', '-json')
      const { network, templates } = JSON.parse(stdout) as Record<string, { value: unknown }>
      expect(network?.value).toEqual({
        ...{
          cidr_block: '10.20.0.0/16',
          servers: ['192.0.2.53', '192.0.2.54'],
          zone: 'us-east-1b',
          interface: '10.20.1.10',
        },
        ...{ gateway: true, table: true, of_template: true, placed: 'spread', subnets: 2, groups: 3 },
        public: expect.stringMatching(/^203\.0\.113\.\d+$/) as unknown,
      })
      expect(templates?.value).toEqual({
        ...{ type: 'm1.small', other_type: 'm1.large', key: 'terraform', group: 'spread', other_group: 'cluster' },
        version: 1,
      })
      const second = await apply('-var=step=2', ...variables)
      expect({ status: second.status, stderr: second.stderr }).toEqual({ status: 0, stderr: '' })
      expect(second.stdout).toMatch(/Resources: 0 added, \d+ changed, 0 destroyed\./)
      expect(changes(await plan('-var=step=2', ...variables))).toBe('')
      const ended = await destroy('-var=step=2', ...variables)
      expect({ status: ended.status, stderr: ended.stderr }).toEqual({ status: 0, stderr: '' })
    })

    it.concurrent('imports a disk of the bucket, and shares what is made of it with everybody', async () => {
      const Bucket = 'images_000000000002'
      const client = new S3Client({ endpoint: cloud.endpoint, region: REGION, credentials, forcePathStyle: true })
      await client.send(new PutObjectCommand({ Bucket, Key: 'debian.img', Body: new Uint8Array(2 ** 20) }))
      const { apply, plan, destroy, terraform } = await configuration('imports', ['imports.tf'])
      const { status, stderr } = await apply(`-var=bucket=${Bucket}`)
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      const { stdout } = await terraform('output', '-json')
      const { imported_gib, shared_with } = JSON.parse(stdout) as Record<string, { value: unknown }>
      expect([imported_gib?.value, shared_with?.value]).toEqual([1, 'all'])
      expect(changes(await plan(`-var=bucket=${Bucket}`))).toBe('')
      const ended = await destroy(`-var=bucket=${Bucket}`)
      expect({ status: ended.status, stderr: ended.stderr }).toEqual({ status: 0, stderr: '' })
    })

    it.concurrent('is told why what cannot be done is not', async () => {
      const text = written(Object.fromEntries(Object.entries(refused).map(([name, [, , args]]) => [name, args])))
      const { apply, terraform } = await configuration('refused', ['variants.tf'], text)
      const { stdout } = await apply('-json', ...variables)
      const expected = Object.entries(refused).map(([name, [code, named]]) => [addressOf(name), code, named] as const)
      const told = complaints(stdout)
      expect([...told.keys()].sort()).toEqual(expected.map(([address]) => address).sort())
      for (const [address, code, named] of expected) {
        const said = code === OWN_WORDS ? '' : `api error ${code}: `
        expect([address, told.get(address)]).toEqual([address, expect.stringContaining(said)])
        expect([address, told.get(address)]).toEqual([address, expect.stringContaining(named)])
      }
      expect((await terraform('show')).stdout).toMatch(/^(The state file is empty|No state)/)
    })
  })

  it('destroys everything', async () => {
    const { status, stderr } = await main.destroy('-var=step=2')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const left = cloud.sandbox.world.images.all().filter(({ uid }) => uid === 2)
    // What was to outlive its instance
    expect(left.map(({ name }) => name)).toEqual(KEPT.map(() => expect.stringMatching(/^vol-/) as unknown))
  })
})

/** Variants of an instance that leave a volume behind. */
const KEPT = ['root_kept', 'disk_kept']

interface Configuration {
  readonly terraform: (command: string, ...args: string[]) => Promise<Ended>
  readonly apply: (...args: string[]) => Promise<Ended>
  readonly plan: (...args: string[]) => Promise<Ended>
  readonly destroy: (...args: string[]) => Promise<Ended>
}

/** What a plan would do, to resources or to outputs, without what it only looked at. */
const changes = ({ status, stdout, stderr }: Ended) =>
  status === NOTHING_TO_DO
    ? ''
    : `${stdout.slice(stdout.search(/^(Terraform will perform|Changes to Outputs)/m))}${stderr}`

interface Line {
  readonly type: string
  readonly diagnostic?: { readonly severity: string; readonly summary: string; readonly address?: string }
}

/** The errors in what `terraform apply -json` says, by the addresses of the resources. */
const complaints = (lines: string): Map<string, string> =>
  new Map(
    lines
      .split('\n')
      .filter(line => line.startsWith('{'))
      .map(line => JSON.parse(line) as Line)
      .flatMap(({ diagnostic }) =>
        diagnostic?.severity === 'error' ? [[diagnostic.address ?? '', diagnostic.summary] as const] : [],
      ),
  )
