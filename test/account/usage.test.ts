// What an account used, as time passes: from OpenNebula's accounting and pools, and from what the object has counted itself.
import type { AllocateAddressResult, Image, Reservation, Snapshot, Volume } from '@aws-sdk/client-ec2'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Rows } from '../../src/account/rows.ts'
import { DAY, dateOf, dayOf, nextMonth, type Span, secondsOfMonth, timeOf } from '../../src/lib/days.ts'
import { limits } from '../../src/limits.ts'
import { IMAGE, methodOf, type Stage, setStage } from './stage.ts'

const HOUR = 3600
const MS = 1000

let stage: Stage
beforeEach(() => {
  stage = setStage()
})

const now = () => Math.floor(Date.now() / 1000)

/** From today on. */
const ahead = (days = 60): Span => ({ from: timeOf(dayOf(now())), until: timeOf(dayOf(now()) + days) })

const pass = (seconds: number) => stage.pass(seconds * MS)

/** GB-months of so many GiB for so long from now on, of which parts may be in months of another length. */
function gibMonths(gib: number, seconds: number, from = now()): number {
  let sum = 0
  for (let time = from; time < from + seconds; ) {
    const next = Math.min(from + seconds, timeOf(dayOf(time) + 1))
    sum += (gib * (next - time)) / secondsOfMonth(dayOf(time))
    time = next
  }
  return sum
}

const launch = async (type = 'm1.small') => {
  const input = { ImageId: IMAGE, InstanceType: type, MinCount: 1, MaxCount: 1 }
  const { Instances: [{ InstanceId = '' } = {}] = [] } = await stage.succeed<Reservation>('RunInstances', input)
  await pass(60)
  return InstanceId
}

/** Time that the sandbox takes for states: a minute is passed for each. */
const MINUTES = 5 / 60

describe('instances', () => {
  it('count while they run, by their types', async () => {
    const span = ahead()
    const [small, large] = [await launch(), await launch('m1.large')]
    await pass(10 * HOUR)
    await stage.perform('StopInstances', { InstanceIds: [small] })
    await pass(20 * HOUR)
    await stage.perform('StartInstances', { InstanceIds: [small] })
    await pass(5 * HOUR)
    await stage.perform('TerminateInstances', { InstanceIds: [small, large] })
    await pass(50 * HOUR)
    const usage = await stage.usage(span)
    expect(Math.abs((usage['BoxUsage:m1.small'] ?? 0) - 15)).toBeLessThan(MINUTES)
    expect(Math.abs((usage['BoxUsage:m1.large'] ?? 0) - 35)).toBeLessThan(MINUTES)
  })

  it('count until now while they run on, and only on the days that are asked for', async () => {
    await launch()
    await pass(5 * DAY)
    const today = dayOf(now())
    const span = { from: timeOf(today - 2), until: timeOf(today - 1) }
    expect(await stage.usage(span)).toMatchObject({ 'BoxUsage:m1.small': 24 })
    const ofToday = await stage.usage({ from: timeOf(today), until: timeOf(today + 1) })
    expect(ofToday['BoxUsage:m1.small']).toBeCloseTo((now() - timeOf(today)) / HOUR, 5)
  })

  it('that become of another type count as that from then on', async () => {
    const span = ahead()
    const InstanceId = await launch()
    await pass(10 * HOUR)
    await stage.succeed('StopInstances', { InstanceIds: [InstanceId] })
    await pass(HOUR)
    await stage.succeed('ModifyInstanceAttribute', { InstanceId, InstanceType: { Value: 'm1.large' } })
    await pass(60)
    await stage.succeed('StartInstances', { InstanceIds: [InstanceId] })
    await pass(5 * HOUR)
    const usage = await stage.usage(span)
    expect(Math.abs((usage['BoxUsage:m1.small'] ?? 0) - 10)).toBeLessThan(MINUTES)
    expect(Math.abs((usage['BoxUsage:m1.large'] ?? 0) - 5)).toBeLessThan(MINUTES)
  })

  it("of another are not the account's", async () => {
    const rival = stage.sandbox.world.users.get(3)
    expect(rival?.name).toBe('rival')
    const other = setStage({}, { instances: [{ count: 2, owner: 'rival', image: 'ttylinux' }] })
    await other.pass(DAY * MS)
    expect(await other.usage(ahead())).toEqual({})
  })
})

describe('volumes', () => {
  const create = (Size: number) => stage.succeed<Volume>('CreateVolume', { Size, AvailabilityZone: 'opennebulaa' })

  it('count from when they were made, and those that are deleted until then', async () => {
    const span = ahead()
    const start = now()
    const { VolumeId } = await create(10)
    await create(3)
    await pass(4 * DAY)
    const before = (await stage.usage(span))['EBS:VolumeUsage'] ?? 0
    await stage.succeed('DeleteVolume', { VolumeId })
    // OpenNebula has it in its pool yet
    expect((await stage.usage(span))['EBS:VolumeUsage']).toBeCloseTo(before, 8)
    await pass(6 * DAY)
    const expected = gibMonths(10, 4 * DAY, start) + gibMonths(3, 10 * DAY, start)
    expect((await stage.usage(span))['EBS:VolumeUsage']).toBeCloseTo(expected, 5)
  })

  it('that grow count as large as they were at each time', async () => {
    const span = ahead()
    const start = now()
    const { VolumeId } = await create(10)
    await pass(4 * DAY)
    await stage.succeed('ModifyVolume', { VolumeId, Size: 30 })
    await pass(2 * DAY)
    const expected = gibMonths(10, 4 * DAY, start) + gibMonths(30, 2 * DAY, start + 4 * DAY)
    expect((await stage.usage(span))['EBS:VolumeUsage']).toBeCloseTo(expected, 5)
    await stage.succeed('DeleteVolume', { VolumeId })
    await pass(2 * DAY)
    expect((await stage.usage(span))['EBS:VolumeUsage']).toBeCloseTo(expected, 5)
  })

  it('that cannot be noted are deleted all the same', async () => {
    const span = ahead()
    const { VolumeId } = await create(10)
    await pass(DAY)
    const put = methodOf('put')
    vi.spyOn(Rows.prototype, 'put').mockImplementation(function (this: Rows, key: string, value: unknown) {
      if (key.startsWith('used:')) throw new Error('the disk is full')
      Reflect.apply(put, this, [key, value])
    })
    await stage.succeed('DeleteVolume', { VolumeId })
    expect(await stage.usage(span)).toEqual({})
  })

  it('that end with their instance count until it has ended', async () => {
    const span = ahead()
    const start = now()
    const disk = { DeviceName: '/dev/sdf', Ebs: { VolumeSize: 8, DeleteOnTermination: true } }
    const input = { ImageId: IMAGE, InstanceType: 'm1.small', MinCount: 1, MaxCount: 1, BlockDeviceMappings: [disk] }
    const { Instances: [{ InstanceId = '' } = {}] = [] } = await stage.succeed<Reservation>('RunInstances', input)
    await pass(3 * DAY)
    await stage.succeed('TerminateInstances', { InstanceIds: [InstanceId] })
    await pass(3 * DAY)
    // The root disk is one of 40 MiB
    const expected = gibMonths(8 + 40 / 1024, 3 * DAY, start)
    const used = (await stage.usage(span))['EBS:VolumeUsage'] ?? 0
    expect(Math.abs(used - expected)).toBeLessThan(gibMonths(9, HOUR))
  })
})

describe('what is still in the pool', () => {
  it('counts until its deletion was accepted, and not twice while OpenNebula is at it', async () => {
    const span = ahead()
    const start = now()
    const { VolumeId } = await stage.succeed<Volume>('CreateVolume', { Size: 10, AvailabilityZone: 'opennebulaa' })
    await pass(DAY)
    const busy = { method: 'one.image.delete', kind: 'error', code: 2048, message: 'in use' } as const
    stage.sandbox.faults.add(busy)
    await stage.succeed('DeleteVolume', { VolumeId })
    await pass(HOUR)
    const expected = gibMonths(10, DAY, start)
    expect((await stage.usage(span))['EBS:VolumeUsage']).toBeCloseTo(expected, 5)
    stage.sandbox.faults.clear()
    await pass(DAY)
    expect((await stage.usage(span))['EBS:VolumeUsage']).toBeCloseTo(expected, 5)
  })

  it('counts all the time, once, though it was to be deleted, where that was given up', async () => {
    const span = ahead()
    const start = now()
    const { VolumeId } = await stage.succeed<Volume>('CreateVolume', { Size: 10, AvailabilityZone: 'opennebulaa' })
    await pass(DAY)
    stage.sandbox.faults.add({ method: 'one.image.delete', kind: 'error', code: 2048, message: 'in use' })
    await stage.succeed('DeleteVolume', { VolumeId })
    await pass(2 * limits.goalAge.most * HOUR)
    expect(await stage.unfinished()).toEqual([])
    expect(await stage.read('DescribeVolumes', {})).toMatchObject({ Volumes: [{ VolumeId, State: 'available' }] })
    expect((await stage.usage(span))['EBS:VolumeUsage']).toBeCloseTo(gibMonths(10, now() - start, start), 5)
    // And when it is deleted in the end
    stage.sandbox.faults.clear()
    await stage.succeed('DeleteVolume', { VolumeId })
    const expected = gibMonths(10, now() - start, start)
    await pass(DAY)
    expect((await stage.usage(span))['EBS:VolumeUsage']).toBeCloseTo(expected, 5)
  })

  it('counts whatever its owner writes on it', async () => {
    const span = ahead()
    const start = now()
    await stage.succeed<Volume>('CreateVolume', { Size: 10, AvailabilityZone: 'opennebulaa' })
    const [image] = stage.sandbox.world.images.all().filter(({ uid }) => uid === 2)
    if (image) image.template['EC2_GOAL'] = ['delete']
    await pass(DAY)
    expect(await stage.read('DescribeVolumes', {})).toMatchObject({ Volumes: [{ State: 'deleting' }] })
    expect((await stage.usage(span))['EBS:VolumeUsage']).toBeCloseTo(gibMonths(10, DAY, start), 5)
  })
})

it('snapshots and images count by themselves, deleted ones too', async () => {
  const span = ahead()
  const { VolumeId } = await stage.succeed<Volume>('CreateVolume', { Size: 4, AvailabilityZone: 'opennebulaa' })
  await pass(60)
  const start = now()
  const { SnapshotId = '' } = await stage.succeed<Snapshot>('CreateSnapshot', { VolumeId })
  const instance = await launch()
  const { ImageId } = await stage.succeed<Image>('CreateImage', { InstanceId: instance, Name: 'saved', NoReboot: true })
  await pass(2 * DAY)
  await stage.succeed('DeleteSnapshot', { SnapshotId })
  await stage.succeed('DeregisterImage', { ImageId, DeleteAssociatedSnapshots: true })
  await pass(2 * DAY)
  const usage = await stage.usage(span)
  const within = gibMonths(4, HOUR)
  expect(Math.abs((usage['EBS:SnapshotUsage'] ?? 0) - gibMonths(4, 2 * DAY, start))).toBeLessThan(within)
  expect(Math.abs((usage['EC2:ImageUsage'] ?? 0) - gibMonths(40 / 1024, 2 * DAY, start))).toBeLessThan(within)
})

describe('addresses', () => {
  it('count for as long as the account has them', async () => {
    const span = ahead()
    const { AllocationId } = await stage.succeed<AllocateAddressResult>('AllocateAddress', {})
    await pass(12 * HOUR)
    await stage.succeed('AllocateAddress', {})
    await pass(12 * HOUR)
    await stage.succeed('ReleaseAddress', { AllocationId })
    await pass(6 * HOUR)
    expect((await stage.usage(span))['ElasticIP:Address']).toBeCloseTo(42, 2)
  })

  it('that are released by other ways count until that is noticed', async () => {
    const span = ahead()
    await stage.succeed('AllocateAddress', {})
    await pass(HOUR)
    const [network] = stage.sandbox.world.networks.all().filter(each => each.parent === 1)
    if (network) stage.sandbox.world.networks.remove(network.id)
    expect((await stage.usage(span))['ElasticIP:Address']).toBeCloseTo(1, 2)
    await pass(HOUR)
    expect((await stage.usage(span))['ElasticIP:Address']).toBeCloseTo(1, 2)
  })
})

it('what is in the bucket counts as long as it is there', async () => {
  const span = ahead()
  const start = now()
  const { piece } = await stage.ask('beginPut', { key: 'disk.img', size: 2 ** 30 })
  await pass(60)
  expect((await stage.usage(span))['TimedStorage-ByteHrs']).toBeCloseTo(gibMonths(1, 60, start), 8)
  await stage.ask('cancel', { piece })
  const used = (await stage.usage(span))['TimedStorage-ByteHrs'] ?? 0
  await pass(DAY)
  expect(((await stage.usage(span))['TimedStorage-ByteHrs'] ?? 0) - used).toBeLessThan(gibMonths(1, HOUR))
})

it('keeps a row a month, for as many months as are told of', async () => {
  const row = async () => (await stage.usage({ from: 0, until: timeOf(dayOf(now()) + 1) }))['ElasticIP:Address'] ?? 0
  await stage.succeed('AllocateAddress', {})
  await pass(400 * DAY)
  const { AllocationId } = await stage.succeed<AllocateAddressResult>('AllocateAddress', {})
  expect(await row()).toBeCloseTo(400 * 24, 0)
  await pass(400 * DAY)
  await stage.succeed('ReleaseAddress', { AllocationId })
  const kept = (await row()) / 24
  expect(kept).toBeGreaterThan(2 * 400)
  expect(kept).toBeLessThan(2 * 16 * 31)
})

it('knows months of any length', () => {
  const day = dayOf(Date.UTC(2028, 1, 29) / 1000)
  expect([dateOf(day), dateOf(nextMonth(day)), secondsOfMonth(day)]).toEqual(['2028-02-29', '2028-03-01', 29 * DAY])
})
