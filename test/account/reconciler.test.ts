// Rounds for what is unfinished: what cannot be done keeps nothing else waiting, and ends, and much of it is done in few requests.
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import type { DescribeInstancesResult, Volume } from '@aws-sdk/client-ec2'
import { expect, it, onTestFinished, vi } from 'vitest'
import { itemTasks } from '../../src/ec2/core/item-task.ts'
import { deletionTasks } from '../../src/ec2/disk-images/deletion.ts'
import { taskKinds } from '../../src/ec2/tasks.ts'
import type { Env } from '../../src/edge/services.ts'
import { limits } from '../../src/limits.ts'
import { IMAGE, Killed, type Stage, setStage } from './stage.ts'

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

/** An unfinished task of each kind, about things that nobody has. */
const samples: Readonly<Record<string, (number: number) => object>> = {
  lateWrite: number => ({ object: 'image', number, aspect: 'attributes', late: { A: 'x' }, values: { A: 'y' } }),
  launch: number => ({ reservation: `r-${number}`, request: 'gone', repeatable: false, least: 1, instances: [] }),
  vm: number => ({ number, id: `i-${number}`, wanted: 'terminate' }),
  image: number => ({ number }),
  import: number => ({ id: `ami-${number}`, key: `staging/x/${number}`, bytes: 1, number, until: 2 ** 52 }),
  keyPair: number => ({ id: `key-${number}` }),
  securityGroup: number => ({ id: `sg-${number}` }),
  item: number => ({ id: `igw-${number}`, documents: 1, request: 'gone', repeatable: false, wanted: 'lost' }),
  reservation: number => ({ id: `eni-${number}`, request: 'gone', lost: true }),
  address: number => ({ number, wanted: 'release' }),
  capture: number => ({ id: `snap-${number}`, instance: 'i-1', vm: number, disk: 0, reboot: false, begun: true }),
  copy: number => ({ name: `vol-${number}`, attributes: {}, type: 'DATABLOCK', persistent: true }),
  disk: number => ({ number, wanted: 'detach', vm: number, disk: { EC2_VOLUME_ID: `vol-${number}` } }),
  interface: number => ({ number, wanted: 'attach', vm: number }),
  alias: number => ({ wanted: 'attach', vm: number, nic: 0, ip: '10.0.0.9', network: 0 }),
  'group-joining': number => ({ group: `sg-${number}`, vpc: 'vpc-1' }),
  'group-references': number => ({ group: `sg-${number}`, sources: ['sg-1'] }),
}

it('hundreds of tasks of all kinds take as few requests in a round as a request may', async () => {
  expect(Object.keys(samples).toSorted()).toEqual(taskKinds.map(({ kind }) => kind).toSorted())
  const stage = setStage()
  const each = Math.ceil(500 / taskKinds.length)
  await runInDurableObject((env as Env).ACCOUNT.getByName(stage.account.id), async (_, { storage }) => {
    storage.kv.put('account', stage.account)
    for (const kind of taskKinds) {
      for (let number = 1; number <= each; number++) {
        const task = { kind: kind.kind, since: Date.now(), ...samples[kind.kind]?.(1e6 + number) }
        storage.kv.put(`task:${kind.kind}:${kind.id(task)}`, task)
      }
    }
    await storage.setAlarm(Date.now())
  })
  await stage.pass(MINUTE)
  expect(stage.most.upstream).toBeGreaterThan(taskKinds.length / 2)
  expect(stage.most.upstream).toBeLessThanOrEqual(limits.subrequests.most)
})

/** A launch that is killed in the middle, to be decided by its task. */
async function broken(stage: Stage, step: number): Promise<void> {
  const BlockDeviceMappings = [{ DeviceName: '/dev/sdf', Ebs: { VolumeSize: 1 } }]
  stage.killAt(step)
  const input = { ImageId: IMAGE, MinCount: 1, MaxCount: 1, BlockDeviceMappings, ClientToken: 'once' }
  await stage.perform('RunInstances', input).catch(error => expect(error).toBeInstanceOf(Killed))
  expect(stage.disarm()).toBe(true)
  expect(await stage.unfinished()).not.toEqual([])
}

it.each([HOUR, -HOUR])(
  'the clock may be wrong by %i ms for a while, and nothing of what is unfinished is lost',
  async by => {
    logged()
    const stage = setStage()
    await going(stage, 2)
    await broken(stage, 6)
    stage.jump(by)
    await stage.pass(HOUR)
    // OpenNebula lets nobody in whose clock is an hour behind its own: what waited then goes on
    stage.jump(-by)
    await stage.pass(4 * HOUR)
    expect(await stage.unfinished()).toEqual([])
    expect(stage.sandbox.world.images.all().filter(({ uid }) => uid === stage.account.user.id)).toHaveLength(
      stage.vms().length,
    )
  },
)

it('EDGE_SECRET may be another one when something is finished', async () => {
  const stage = setStage()
  const secret = String(stage.env.EDGE_SECRET)
  await going(stage, 2)
  await broken(stage, 6)
  stage.deploy({ EDGE_SECRET: 'another secret of the unit tests', EDGE_SECRET_OLD: secret })
  await stage.pass(4 * HOUR)
  expect(await stage.unfinished()).toEqual([])
  const { Reservations = [] } = await stage.read<DescribeInstancesResult>('DescribeInstances', {})
  expect(Reservations.flatMap(({ Instances = [] }) => Instances.map(({ InstanceId }) => InstanceId))).toEqual(
    stage.ids(),
  )
})
