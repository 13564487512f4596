// Apache Libcloud, which speaks EC2's API by itself: from an image to a node with a volume and an address, and back.
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { Cloud } from '../e2e/stage.ts'
import { cloudFor, IMAGE, pythonWith, run, type Variables, WITH_IMAGE, withTool } from './tools.ts'

vi.setConfig({ testTimeout: 180_000 })

const { python, missing } = await pythonWith('libcloud')

withTool('libcloud', missing, () => {
  let cloud: Cloud
  let env: Variables = {}

  beforeAll(async () => {
    ;({ cloud, env } = await cloudFor({ id: 2, name: 'helen' }, WITH_IMAGE))
  })
  afterAll(() => cloud.stop())

  it('makes everything, finds it as it was, changes it and takes it down', async () => {
    const { status, stdout, stderr } = await run(python, [join(import.meta.dirname, 'libcloud_walk.py')], {
      ...env,
      IMAGE,
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const made = {
      ...{ state: 'running', size: 'm1.small', key: 'libcloud', groups: ['libcloud'], tags: { Name: 'libcloud' } },
      ...{ volume: [1, 'inuse'], rules: ['22'], snapshots: 1, addresses: [true] },
    }
    expect(JSON.parse(stdout)).toEqual({
      ...{ made, again: made, left: [0, 0, 0] },
      changed: { ...made, size: 'm1.large', tags: { Name: 'libcloud', color: 'red' }, rules: ['80'] },
    })
  })
})
