// Packer's builder amazon-ebs: an AMI of an instance that it launches, with whatever it needs for a while; made again, it takes the
// place of the first.
import { join } from 'node:path'
import { DescribeImagesCommand, DescribeSnapshotsCommand, EC2Client } from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { Cloud } from '../e2e/stage.ts'
import { cloudFor, IMAGE, REGION, run, type Variables, WITH_IMAGE, whyNotNow, withTool } from './tools.ts'

/** It looks at what it waits for every few seconds. */
vi.setConfig({ testTimeout: 300_000 })

withTool('Packer', await whyNotNow('packer', 'version'), () => {
  let cloud: Cloud
  let env: Variables = {}
  let client: EC2Client

  beforeAll(async () => {
    ;({ cloud, env } = await cloudFor({ id: 2, name: 'helen' }, WITH_IMAGE))
    const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = env
    client = new EC2Client({ endpoint: cloud.endpoint, region: REGION, credentials: { accessKeyId, secretAccessKey } })
  })
  afterAll(() => cloud.stop())

  /** Builds a release. @returns the id of its AMI */
  async function build(release: number): Promise<string> {
    const variables = { image: IMAGE, endpoint: cloud.endpoint, region: REGION, release }
    const args = Object.entries(variables).flatMap(([name, value]) => ['-var', `${name}=${value}`])
    const template = join(import.meta.dirname, 'packer.json')
    const settings = { ...env, CHECKPOINT_DISABLE: 'true' }
    const { status, stdout } = await run('packer', ['build', '-machine-readable', ...args, template], settings)
    expect({ status, said: status === 0 ? '' : stdout }).toEqual({ status: 0, said: '' })
    return /artifact,0,id,[^:]*:(ami-[0-9a-f]+)/.exec(stdout)?.[1] ?? ''
  }

  async function expectRelease(release: number, image: string): Promise<void> {
    const { Images } = await client.send(new DescribeImagesCommand({ Owners: ['self'] }))
    const Tags = [{ Key: 'Release', Value: String(release) }]
    expect(Images).toMatchObject([{ ImageId: image, Name: 'packer', Description: `release ${release}`, Tags }])
    const { Snapshots } = await client.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }))
    expect(Snapshots).toMatchObject([{ SnapshotId: Images?.[0]?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId, Tags }])
    const { world } = cloud.sandbox
    expect(world.vms.all().filter(({ state }) => state !== DONE)).toEqual([])
    expect(world.securityGroups.all().filter(({ uid }) => uid === 2)).toEqual([])
  }

  it('makes an image, and takes it back for the next', async () => {
    const first = await build(1)
    await expectRelease(1, first)
    const second = await build(2)
    expect(second).not.toBe(first)
    await expectRelease(2, second)
  })
})

/** The state of a VM that is no more. */
const DONE = 6
