// Ansible's collection amazon.aws: what a playbook sets up stays as it is when it runs again, is changed, and is taken down.
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { Cloud } from '../e2e/stage.ts'
import { cloudFor, IMAGE, pythonWith, run, type Variables, WITH_IMAGE, whyNotNow, withTool } from './tools.ts'

/** A module is a process, and waits for seconds at a time. */
vi.setConfig({ testTimeout: 400_000 })

const { python, missing } = await pythonWith('ansible_collections.amazon.aws, boto3')

const PUBLIC_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH2T3v6qBs3F8+J+F4UCloAfIFW1aFE2RGjjPAzch6HZ helen@example.com'

withTool('Ansible', (await whyNotNow('ansible-playbook', '--version')) ?? missing, () => {
  let cloud: Cloud
  let env: Variables = {}

  beforeAll(async () => {
    ;({ cloud, env } = await cloudFor({ id: 2, name: 'helen' }, WITH_IMAGE))
  })
  afterAll(() => cloud.stop())

  /** Runs the playbook. @returns how many tasks changed something */
  async function play(variables: object = {}): Promise<number> {
    const all = { image: IMAGE, public_key: PUBLIC_KEY, ansible_python_interpreter: python, ...variables }
    const { status, stdout } = await run(
      'ansible-playbook',
      ['-i', 'localhost,', '-e', JSON.stringify(all), join(import.meta.dirname, 'ansible.yml')],
      { ...env, AWS_URL: cloud.endpoint, ANSIBLE_NOCOLOR: '1', ANSIBLE_LOCALHOST_WARNING: 'False', LC_ALL: 'C.UTF-8' },
    )
    expect({ status, said: status === 0 ? '' : stdout }).toEqual({ status: 0, said: '' })
    return Number(/changed=(\d+)/.exec(stdout)?.[1])
  }

  it('makes everything, changes nothing when it runs again, updates and takes it down', async () => {
    expect(await play()).toBe(5)
    expect(await play()).toBe(0)
    const update = { size: 2, web: [22, 80] }
    // The group, the instance's tags, the volume
    expect(await play(update)).toBe(3)
    expect(await play(update)).toBe(0)
    expect(await play({ wanted: 'absent' })).toBe(6)
    expect(await play({ wanted: 'absent' })).toBe(0)
    const { world } = cloud.sandbox
    expect(world.vms.all().filter(({ state }) => state !== DONE)).toEqual([])
    expect(world.images.all().filter(({ uid }) => uid === 2)).toEqual([])
    expect(world.securityGroups.all().filter(({ uid }) => uid === 2)).toEqual([])
  })
})

/** The state of a VM that is no more. */
const DONE = 6
