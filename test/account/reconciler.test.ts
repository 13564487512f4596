// Rounds for what is unfinished: what cannot be done keeps nothing else waiting, and ends.
import type { Volume } from '@aws-sdk/client-ec2'
import { expect, it, onTestFinished, vi } from 'vitest'
import { itemTasks } from '../../src/ec2/core/item-task.ts'
import { deletionTasks } from '../../src/ec2/disk-images/deletion.ts'
import { limits } from '../../src/limits.ts'
import { type Stage, setStage } from './stage.ts'

const MINUTE = 60 * 1000
const HOUR = 60 * MINUTE
const LOCKED = 4
const READY = 1
const AvailabilityZone = 'opennebulaa'

/** What the log says of errors. */
function logged() {
  const error = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  onTestFinished(() => error.mockRestore())
  return () => error.mock.calls.map(([line]) => JSON.parse(String(line)) as { event?: string; task?: string })
}

/** Volumes that OpenNebula does not delete at this moment, asked to be deleted. @returns the numbers of their images */
async function going(stage: Stage, count: number): Promise<number[]> {
  const ids: string[] = []
  for (let index = 0; index < count; index++) {
    ids.push((await stage.succeed<Volume>('CreateVolume', { Size: 1, AvailabilityZone })).VolumeId ?? '')
  }
  await stage.pass(MINUTE)
  const images = stage.sandbox.world.images.all().filter(({ name }) => ids.includes(name))
  for (const image of images) image.state = LOCKED
  for (const VolumeId of ids) await stage.succeed('DeleteVolume', { VolumeId })
  for (const image of images) image.state = READY
  return images.map(({ id }) => id)
}

it('a task whose step always throws keeps none of its kind waiting, and is given up in the end', async () => {
  const stage = setStage()
  const lines = logged()
  const [poison = -1, ...others] = await going(stage, 8)
  const reconcile = deletionTasks.reconcile.bind(deletionTasks)
  const step = vi.spyOn(deletionTasks, 'reconcile').mockImplementation(async (tasks, tools) => {
    if (tasks.some(({ number }) => number === poison)) throw new TypeError('a step that always throws')
    return reconcile(tasks, tools)
  })
  onTestFinished(() => step.mockRestore())
  await stage.pass(10 * MINUTE)
  expect(others.filter(number => stage.sandbox.world.images.get(number))).toEqual([])
  expect(await stage.unfinished()).toEqual([`task:image:${poison}`])
  await stage.pass(limits.goalAge.most * HOUR)
  expect(await stage.unfinished()).toEqual([])
  expect(lines().filter(({ event }) => event === 'given-up')).toMatchObject([{ task: `image:${poison}` }])
})

it('so is one of a kind that has no end by its age', async () => {
  const stage = setStage()
  const lines = logged()
  const before = { ...itemTasks }
  onTestFinished(() => void Object.assign(itemTasks, before))
  Object.assign(itemTasks, { giveUp: undefined })
  vi.spyOn(itemTasks, 'reconcile').mockRejectedValue(new TypeError('a step that always throws'))
  stage.delay('one.document.allocate')
  await stage.perform('CreateInternetGateway', {})
  await stage.pass((limits.goalAge.most + 1) * HOUR)
  expect(await stage.unfinished()).toEqual([])
  expect(lines().map(({ event }) => event)).toContain('given-up')
})
