// AMIs of instances and what becomes of them: nothing is lost, left over or done twice, wherever the object is killed.
import type {
  CreateImageResult,
  DescribeImagesResult,
  DescribeInstancesResult,
  DescribeSnapshotsResult,
  Reservation,
  Snapshot,
  Volume,
} from '@aws-sdk/client-ec2'
import { describe, expect, it } from 'vitest'
import { encodeTags } from '../../src/ec2/core/stored-tags.ts'
import { imageRecords } from '../../src/ec2/disk-images/ami-record.ts'
import { snapshotRecords } from '../../src/ec2/snapshots/view.ts'
import { attribute, IMAGE, Killed, type Stage, setStage } from './stage.ts'

const MINUTE = 60 * 1000
const HOUR = 60 * MINUTE
const READY = 1
const DISABLED = 3
const LOCKED = 4
const ERROR = 5
const DELETE = 7

/** An instance that runs, with its root disk and another volume. */
async function running(stage: Stage, ImageId = IMAGE): Promise<string> {
  const BlockDeviceMappings = [{ DeviceName: '/dev/sdf', Ebs: { VolumeSize: 2 } }]
  const input = { ImageId, MinCount: 1, MaxCount: 1, BlockDeviceMappings }
  const { Instances = [] } = await stage.succeed<Reservation>('RunInstances', input)
  await stage.pass(MINUTE)
  return Instances[0]?.InstanceId ?? ''
}

const create = (InstanceId: string) => ({ InstanceId, Name: 'an image' })

/** The images that captures make. */
const captured = ({ sandbox }: Stage) =>
  sandbox.world.images.all().filter(({ name, state }) => /^(ami|snap)-/.test(name) && state !== DELETE)

const OWNER = '000000000002'

const amis = async (stage: Stage) => {
  const { Images = [] } = await stage.read<DescribeImagesResult>('DescribeImages', {})
  return Images.filter(({ OwnerId }) => OwnerId === OWNER)
}

const snapshots = async (stage: Stage) => {
  const { Snapshots = [] } = await stage.read<DescribeSnapshotsResult>('DescribeSnapshots', {})
  return Snapshots.filter(({ OwnerId }) => OwnerId === OWNER)
}

const isUp = (stage: Stage) => stage.vms().every(({ state, lcm }) => state === 3 && lcm === 3)

/** What the user pays for: as many images, and as large, as there are. */
async function expectClean(stage: Stage): Promise<void> {
  expect(captured(stage)).toEqual([])
  expect(await stage.unfinished()).toEqual([])
  expect(isUp(stage)).toBe(true)
}

describe('an image of an instance with two disks', () => {
  it('is there once with its snapshots, or not at all, wherever its request is killed', async () => {
    for (let step = 1; ; step++) {
      const stage = setStage()
      const instance = await running(stage)
      stage.killAt(step)
      await stage.perform('CreateImage', create(instance)).catch(error => expect(error).toBeInstanceOf(Killed))
      const wasKilled = stage.disarm()
      await stage.pass(3 * HOUR)
      const images = await amis(stage)
      expect(images.length).toBeLessThanOrEqual(1)
      const ids = images.flatMap(({ BlockDeviceMappings = [] }) =>
        BlockDeviceMappings.map(({ Ebs }) => Ebs?.SnapshotId),
      )
      const [image] = images
      if (image?.State === 'available') {
        expect(new Set((await snapshots(stage)).map(({ SnapshotId }) => SnapshotId))).toEqual(new Set(ids))
        expect(new Set(captured(stage).map(({ state, size }) => `${state} ${size}`))).toEqual(
          new Set([`${READY} 2048`, `${READY} 40`]),
        )
      }
      expect(isUp(stage)).toBe(true)
      expect(await stage.unfinished()).toEqual([])
      if (!wasKilled) {
        expect(image?.State).toBe('available')
        return
      }
    }
  }, 120_000)

  it('is finished though the object is killed at any step of its task', async () => {
    for (let step = 1; ; step++) {
      const stage = setStage()
      const instance = await running(stage)
      await stage.succeed('CreateImage', create(instance))
      stage.killAt(step)
      await stage.pass(HOUR).catch(() => undefined)
      const wasKilled = stage.disarm()
      // The platform rings an alarm again that came to no end; the test has another request set it
      if (wasKilled) await stage.succeed('CreateKeyPair', { KeyName: 'another request', KeyType: 'ed25519' })
      await stage.pass(3 * HOUR)
      const images = await amis(stage)
      expect(images.map(({ State }) => State)).toEqual(['available'])
      expect((await snapshots(stage)).map(({ State }) => State)).toEqual(['completed', 'completed'])
      expect(captured(stage)).toHaveLength(2)
      expect(isUp(stage)).toBe(true)
      expect(await stage.unfinished()).toEqual([])
      if (!wasKilled) return
    }
  }, 120_000)

  it('is listed once at every moment of its making', async () => {
    const stage = setStage()
    const instance = await running(stage)
    const { ImageId } = await stage.succeed<CreateImageResult>('CreateImage', create(instance))
    for (let moment = 0; moment < 80; moment++) {
      expect((await amis(stage)).map(image => image.ImageId)).toEqual([ImageId])
      expect(await snapshots(stage)).toHaveLength(2)
      await stage.pass(500)
    }
    expect((await amis(stage))[0]?.State).toBe('available')
  }, 60_000)

  it('leaves nothing when it is deregistered, at every moment of its making', async () => {
    for (let moment = 0; moment < 20_000; moment += 500) {
      const stage = setStage()
      const instance = await running(stage)
      const { ImageId } = await stage.succeed<CreateImageResult>('CreateImage', create(instance))
      if (moment > 0) await stage.pass(moment)
      const [image] = await amis(stage)
      const isPending = image?.State === 'pending'
      Object.assign(stage.most, { upstream: 0 })
      await stage.succeed('DeregisterImage', { ImageId })
      expect(stage.most.upstream).toBeLessThanOrEqual(3)
      expect(await amis(stage)).toEqual([])
      if (isPending) expect((await snapshots(stage)).length).toBe(0)
      for (const { SnapshotId } of await snapshots(stage)) await stage.succeed('DeleteSnapshot', { SnapshotId })
      await stage.pass(HOUR)
      await expectClean(stage)
      if (!isPending) return
    }
    expect.unreachable('the image was never made')
  }, 120_000)

  it('leaves nothing when it is deregistered, wherever that is killed', async () => {
    for (const moment of [0, 4_000, 9_000]) {
      for (let step = 1; ; step++) {
        const stage = setStage()
        const instance = await running(stage)
        const { ImageId } = await stage.succeed<CreateImageResult>('CreateImage', create(instance))
        if (moment > 0) await stage.pass(moment)
        stage.killAt(step)
        await stage.perform('DeregisterImage', { ImageId }).catch(error => expect(error).toBeInstanceOf(Killed))
        const wasKilled = stage.disarm()
        if (wasKilled) {
          const { error } = await stage.perform('DeregisterImage', { ImageId })
          expect([undefined, 'InvalidAMIID.NotFound']).toContain(error?.code)
        }
        await stage.pass(HOUR)
        expect(await amis(stage)).toEqual([])
        for (const { SnapshotId } of await snapshots(stage)) await stage.succeed('DeleteSnapshot', { SnapshotId })
        await stage.pass(HOUR)
        await expectClean(stage)
        if (!wasKilled) break
      }
    }
  }, 120_000)

  it('fails as a whole where one disk cannot be saved', async () => {
    const stage = setStage()
    const instance = await running(stage)
    stage.sandbox.faults.add({
      method: 'one.vm.disksaveas',
      kind: 'error',
      code: 512,
      message: 'limit of quota',
      times: 1,
    })
    const { ImageId } = await stage.succeed<CreateImageResult>('CreateImage', create(instance))
    await stage.pass(HOUR)
    expect((await amis(stage)).map(({ State }) => State)).toEqual(['failed'])
    expect(isUp(stage)).toBe(true)
    await stage.succeed('DeregisterImage', { ImageId })
    for (const { SnapshotId } of await snapshots(stage)) await stage.succeed('DeleteSnapshot', { SnapshotId })
    await stage.pass(HOUR)
    await expectClean(stage)
  })

  it.each(['Cannot use DISK. DISK does not have a valid IMAGE_ID.', 'Cannot save an image of type CDROM'])(
    'fails and leaves the instance running at once where its disk can never be saved: %s',
    async message => {
      const stage = setStage()
      const instance = await running(stage)
      stage.sandbox.faults.add({ method: 'one.vm.disksaveas', kind: 'error', code: 8192, message })
      await stage.succeed<CreateImageResult>('CreateImage', create(instance))
      await stage.pass(5 * MINUTE)
      expect((await amis(stage)).map(({ State }) => State)).toEqual(['failed'])
      expect(isUp(stage)).toBe(true)
    },
  )
})

describe('a save whose answer was lost', () => {
  it('leaves nothing where it takes effect after the image was deregistered', async () => {
    for (let moment = 0; moment < 20_000; moment += 1000) {
      const stage = setStage()
      const instance = await running(stage)
      const { ImageId } = await stage.succeed<CreateImageResult>('CreateImage', create(instance))
      stage.delay('one.vm.disksaveas')
      if (moment > 0) await stage.pass(moment)
      const [image] = await amis(stage)
      await stage.succeed('DeregisterImage', { ImageId })
      await stage.pass(MINUTE)
      await stage.workOff()
      await stage.pass(MINUTE)
      expect(await amis(stage)).toEqual([])
      for (const { SnapshotId } of await snapshots(stage)) await stage.succeed('DeleteSnapshot', { SnapshotId })
      await stage.pass(HOUR)
      await expectClean(stage)
      if (image?.State !== 'pending') return
    }
    expect.unreachable('the image was never made')
  }, 120_000)

  it('leaves nothing but the failed image where it takes effect after that was given up', async () => {
    const stage = setStage()
    const instance = await running(stage)
    const busy = { kind: 'error', code: 8192, message: 'VM has to be RUNNING, POWEROFF or SUSPENDED' } as const
    stage.sandbox.faults.add({ ...busy, method: 'one.vm.disksaveas' })
    const BlockDeviceMappings = [{ DeviceName: '/dev/sdf', NoDevice: '' }]
    await stage.succeed<CreateImageResult>('CreateImage', { ...create(instance), BlockDeviceMappings })
    const states = async () => (await amis(stage)).map(({ State }) => State)
    await stage.pass(50 * MINUTE)
    stage.delay('one.vm.disksaveas')
    for (let minute = 0; minute < 30 && (await states())[0] === 'pending'; minute++) await stage.pass(MINUTE)
    expect(await states()).toEqual(['failed'])
    stage.sandbox.faults.clear()
    await stage.workOff()
    expect(captured(stage)).toHaveLength(2)
    await stage.pass(HOUR)
    expect(captured(stage)).toHaveLength(1)
    expect(await states()).toEqual(['failed'])
    expect([await stage.unfinished(), isUp(stage)]).toEqual([[], true])
  }, 30_000)

  it('is found where another one is refused for its name', async () => {
    const stage = setStage()
    const instance = await running(stage)
    await stage.succeed('CreateImage', { ...create(instance), NoReboot: true })
    stage.delay('one.vm.disksaveas')
    await stage.workOff('next')
    await stage.pass(HOUR)
    expect((await amis(stage)).map(({ State }) => State)).toEqual(['available'])
    expect((await snapshots(stage)).map(({ State }) => State)).toEqual(['completed', 'completed'])
    expect(captured(stage)).toHaveLength(2)
    expect(await stage.unfinished()).toEqual([])
  })
})

describe('what stands in for an image', () => {
  it('may be deleted by other ways at any moment: the image is made, or nothing of it', async () => {
    for (let moment = 0; moment < 20_000; moment += 500) {
      const stage = setStage()
      const instance = await running(stage)
      const { ImageId } = await stage.succeed<CreateImageResult>('CreateImage', create(instance))
      if (moment > 0) await stage.pass(moment)
      const standIn = captured(stage).find(({ name }) => name === `${ImageId}-pending`)
      if (standIn) stage.sandbox.world.images.remove(standIn.id)
      await stage.pass(3 * HOUR)
      const shown = [...(await amis(stage)), ...(await snapshots(stage))].map(({ State }) => State)
      expect(shown.filter(state => state !== 'available' && state !== 'completed')).toEqual([])
      // An image of its own is a snapshot as well
      expect(captured(stage)).toHaveLength((await snapshots(stage)).length)
      expect(isUp(stage)).toBe(true)
      expect(await stage.unfinished()).toEqual([])
      if (!standIn) return
    }
    expect.unreachable('the image was never made')
  }, 120_000)
})

describe('a copy of an image with two disks', () => {
  const copying = (SourceImageId: string | undefined) => ({
    ...{ SourceImageId, SourceRegion: 'opennebula', Name: 'a copy', ClientToken: 'once' },
  })

  /** An image of two disks. */
  async function original(stage: Stage): Promise<string | undefined> {
    const { ImageId } = await stage.succeed<CreateImageResult>('CreateImage', create(await running(stage)))
    await stage.pass(HOUR)
    return ImageId
  }

  it('is there once when its request is repeated, wherever that was killed', async () => {
    for (let step = 1; ; step++) {
      const stage = setStage()
      const source = await original(stage)
      stage.killAt(step)
      await stage.perform('CopyImage', copying(source)).catch(error => expect(error).toBeInstanceOf(Killed))
      const wasKilled = stage.disarm()
      const { ImageId } = await stage.succeed<CreateImageResult>('CopyImage', copying(source))
      await stage.pass(HOUR)
      const copies = (await amis(stage)).filter(({ Name }) => Name === 'a copy')
      expect(copies.map(copy => [copy.ImageId, copy.State])).toEqual([[ImageId, 'available']])
      const ids = copies.flatMap(({ BlockDeviceMappings = [] }) =>
        BlockDeviceMappings.map(({ Ebs }) => Ebs?.SnapshotId),
      )
      const there = (await snapshots(stage)).map(({ SnapshotId }) => SnapshotId)
      expect(there).toHaveLength(4)
      expect(there).toEqual(expect.arrayContaining(ids))
      expect(captured(stage)).toHaveLength(4)
      expect(await stage.unfinished()).toEqual([])
      if (!wasKilled) return
    }
  }, 120_000)

  /** A copy that is there itself, and the OpenNebula images of its other disks, which are not. */
  async function ahead(stage: Stage) {
    const source = await original(stage)
    const { ImageId } = await stage.succeed<CreateImageResult>('CopyImage', copying(source))
    const copies = captured(stage).filter(({ state }) => state === LOCKED)
    for (const copy of copies) if (copy.name === ImageId) copy.state = READY
    const [part] = copies.filter(({ name }) => name !== ImageId)
    if (!part) throw new Error('there is no copy of the other disk')
    const shown = async () => (await amis(stage)).find(image => image.ImageId === ImageId)?.State
    const launch = async () => (await stage.perform('RunInstances', { ImageId, MinCount: 1, MaxCount: 1 })).error?.code
    return { ImageId, part, shown, launch }
  }

  it('is pending until all of its disks are there', async () => {
    const stage = setStage()
    const { shown, launch } = await ahead(stage)
    expect([await shown(), await launch()]).toEqual(['pending', 'InvalidAMIID.Unavailable'])
    await stage.pass(HOUR)
    expect([await shown(), await launch()]).toEqual(['available', undefined])
    expect(await stage.unfinished()).toEqual([])
  })

  it('fails where one of its disks does, and leaves nothing when it is deregistered', async () => {
    const stage = setStage()
    const { ImageId, part, shown, launch } = await ahead(stage)
    part.failure = 'no space left'
    await stage.pass(HOUR)
    expect([part.state, await shown(), await launch()]).toEqual([ERROR, 'failed', 'InvalidAMIID.Unavailable'])
    expect(await stage.unfinished()).toEqual([])
    await stage.succeed('DeregisterImage', { ImageId })
    await stage.pass(HOUR)
    expect([await amis(stage), captured(stage)].map(({ length }) => length)).toEqual([1, 2])
    expect(await stage.unfinished()).toEqual([])
  })

  it('leaves nothing when it is deregistered before that', async () => {
    const stage = setStage()
    const { ImageId, shown } = await ahead(stage)
    await stage.succeed('DeregisterImage', { ImageId })
    expect(await shown()).toBeUndefined()
    await stage.pass(HOUR)
    expect([await amis(stage), captured(stage)].map(({ length }) => length)).toEqual([1, 2])
    expect(await stage.unfinished()).toEqual([])
  })

  it('fails where OpenNebula never copies one of its disks', async () => {
    const stage = setStage()
    const { part, shown } = await ahead(stage)
    part.ticket = -1
    await stage.pass(23 * HOUR)
    expect(await shown()).toBe('pending')
    await stage.pass(2 * HOUR)
    expect(await shown()).toBe('failed')
    expect(await stage.unfinished()).toEqual([])
  })

  it('is nothing where one of its disks cannot be copied', async () => {
    const stage = setStage()
    const source = await original(stage)
    const failure = { kind: 'error', code: 8192, message: 'Not enough space in datastore', times: 1 } as const
    stage.sandbox.faults.add({ ...failure, method: 'one.image.clone' })
    const { error } = await stage.perform('CopyImage', copying(source))
    expect(error?.code).toBe('InsufficientVolumeCapacity')
    await stage.pass(HOUR)
    expect(await amis(stage)).toHaveLength(1)
    expect(captured(stage)).toHaveLength(2)
    expect(await stage.unfinished()).toEqual([])
  })
})

describe('who may launch an image with two disks', () => {
  const RIVAL = '000000000003'
  const permit = (ImageId: string, LaunchPermission: object) => ({ ImageId, LaunchPermission })
  const SHARE = { Add: [{ UserId: RIVAL }, { Group: 'all' }] }
  const TAKE_BACK = { Remove: [{ UserId: RIVAL }, { Group: 'all' }] }
  const isOpen = ({ permissions }: { readonly permissions: readonly number[] }) =>
    permissions[3] === 1 || permissions[6] === 1

  /** An image, and what OpenNebula has of it and of its other disk. */
  async function shared(stage: Stage, { isShared }: { readonly isShared: boolean }) {
    const { ImageId = '' } = await stage.succeed<CreateImageResult>('CreateImage', create(await running(stage)))
    await stage.pass(HOUR)
    if (isShared) await stage.succeed('ModifyImageAttribute', permit(ImageId, SHARE))
    const all = captured(stage)
    const [image, disk] = [all.find(({ name }) => name === ImageId), all.find(({ name }) => name !== ImageId)]
    if (!image || !disk) throw new Error('the image is not there')
    return { ImageId, image, disk }
  }

  it.each<[string, boolean, (id: string) => [string, object]]>([
    ['wider', false, id => ['ModifyImageAttribute', permit(id, SHARE)]],
    ['narrower', true, id => ['ModifyImageAttribute', permit(id, TAKE_BACK)]],
    ['nobody, for it is deregistered', true, id => ['DeregisterImage', { ImageId: id }]],
  ])(
    'becomes %s as a whole when that is asked for again, wherever it was killed',
    async (_, isShared, request) => {
      for (let step = 1; ; step++) {
        const stage = setStage()
        const { ImageId, image, disk } = await shared(stage, { isShared })
        const [action, input] = request(ImageId)
        stage.killAt(step)
        await stage.perform(action, input).catch(error => expect(error).toBeInstanceOf(Killed))
        const wasKilled = stage.disarm()
        // What is open is never without the note that hides it
        if (isOpen(disk)) expect(attribute(disk.template, 'EC2_LENT')).toBe('named')
        const { error } = await stage.perform(action, input)
        expect(['InvalidAMIID.NotFound', undefined]).toContain(error?.code)
        expect([isOpen(image), isOpen(disk)]).toEqual([!isShared, !isShared])
        expect(attribute(disk.template, 'EC2_LENT')).toBe(isShared ? '' : 'named')
        if (!wasKilled) return
      }
    },
    60_000,
  )

  it('says of a disk that other tools shared with the group that it stays so', async () => {
    const stage = setStage()
    const { ImageId, disk } = await shared(stage, { isShared: false })
    disk.permissions = disk.permissions.with(3, 1)
    await stage.succeed('ModifyImageAttribute', permit(ImageId, SHARE))
    expect([attribute(disk.template, 'EC2_LENT'), disk.permissions[6]]).toEqual(['group', 1])
    await stage.succeed('ModifyImageAttribute', permit(ImageId, TAKE_BACK))
    expect([attribute(disk.template, 'EC2_LENT'), disk.permissions[3], disk.permissions[6]]).toEqual(['', 1, 0])
  })
})

describe('an image that is registered by what OpenNebula has', () => {
  it('has what is said of its root, and empty volumes', async () => {
    const stage = setStage({}, { images: [{ name: 'plain', owner: 'helen', size: 40 }] })
    const root = { DeviceName: '/dev/sda1', Ebs: { VolumeSize: 3, VolumeType: 'gp2' } }
    const empty = { DeviceName: '/dev/sdh', Ebs: { VolumeSize: 5, VolumeType: 'gp3', DeleteOnTermination: false } }
    const input = {
      ImageLocation: 'ami-00000001',
      Name: 'plain',
      RootDeviceName: '/dev/sda1',
      BlockDeviceMappings: [empty, root],
    }
    await stage.succeed('RegisterImage', input)
    expect((await amis(stage)).flatMap(({ BlockDeviceMappings }) => BlockDeviceMappings)).toMatchObject([root, empty])
  })
})

describe('what is deleted for good', () => {
  /** A snapshot whose image is in a state. */
  async function snapshotIn(stage: Stage, state: number) {
    const { VolumeId } = await stage.succeed<{ VolumeId: string }>('CreateVolume', {
      Size: 1,
    })
    await stage.pass(MINUTE)
    const { SnapshotId } = await stage.succeed<{ SnapshotId: string }>('CreateSnapshot', { VolumeId })
    await stage.pass(MINUTE)
    const image = stage.sandbox.world.images.all().find(({ name }) => name === SnapshotId)
    if (!image) throw new Error('there is no snapshot')
    image.state = state
    return { SnapshotId, image }
  }

  it('is gone by force where OpenNebula left it locked', async () => {
    const stage = setStage()
    const { SnapshotId, image } = await snapshotIn(stage, LOCKED)
    await stage.succeed('DeleteSnapshot', { SnapshotId })
    expect(await snapshots(stage)).toEqual([])
    expect(attribute(image.template, 'EC2_GOAL')).toBe('delete')
    await stage.pass(HOUR)
    expect(image.state).toBe(LOCKED)
    await stage.pass(7 * HOUR)
    expect(captured(stage)).toEqual([])
    expect(await stage.unfinished()).toEqual([])
  })

  it('does not come back where OpenNebula fails to delete it', async () => {
    const stage = setStage()
    const { SnapshotId, image } = await snapshotIn(stage, ERROR)
    await stage.succeed('DeleteSnapshot', { SnapshotId })
    // Its file never was: the driver fails, and the image is what it was
    image.state = ERROR
    expect(await snapshots(stage)).toEqual([])
    await stage.pass(HOUR)
    expect(captured(stage)).toEqual([])
    expect(await stage.unfinished()).toEqual([])
  })
})

describe('an image of an instance', () => {
  it('has the root where that of the instance is, and its network support, as its AMI had them', async () => {
    const record = imageRecords.write({ rootDevice: '/dev/xvda', enaSupport: true, sriovNetSupport: 'simple' }) ?? ''
    const template = `EC2_AMI="YES"\nEC2_IMAGE="${record}"`
    const stage = setStage({}, { images: [{ name: 'xvda', owner: 'oneadmin', public: true, template }] })
    const InstanceId = await running(stage, 'ami-00000001')
    const root = { DeviceName: '/dev/xvda', Ebs: { VolumeType: 'gp3' } }
    await stage.succeed('CreateImage', { ...create(InstanceId), BlockDeviceMappings: [root] })
    const [image] = await amis(stage)
    expect(image).toMatchObject({
      ...{ RootDeviceName: '/dev/xvda', EnaSupport: true, SriovNetSupport: 'simple' },
      BlockDeviceMappings: [root, { DeviceName: '/dev/sdf' }],
    })
  })

  it('shows the instance store volumes that it was made with, of which its instances have none', async () => {
    const stage = setStage()
    const store = { DeviceName: '/dev/sdc', VirtualName: 'ephemeral0' }
    const input = { ...create(await running(stage)), BlockDeviceMappings: [store] }
    const { ImageId = '' } = await stage.succeed<CreateImageResult>('CreateImage', input)
    await stage.pass(HOUR)
    expect((await amis(stage))[0]?.BlockDeviceMappings?.slice(2)).toEqual([store])
    const run = { ImageId, MinCount: 1, MaxCount: 1 }
    const { Instances = [] } = await stage.succeed<Reservation>('RunInstances', run)
    await stage.pass(MINUTE)
    const { Reservations = [] } = await stage.read<DescribeInstancesResult>('DescribeInstances', {
      InstanceIds: Instances.map(({ InstanceId }) => InstanceId),
    })
    const devices = Reservations[0]?.Instances?.[0]?.BlockDeviceMappings?.map(({ DeviceName }) => DeviceName)
    expect(devices).toEqual(['/dev/sda', '/dev/sdf'])
  })

  it.each([
    [
      [
        { DeviceName: '/dev/sdc', VirtualName: 'ephemeral0' },
        { DeviceName: '/dev/sdc', VirtualName: 'ephemeral1' },
      ],
    ],
    [[{ DeviceName: 'sdc/', VirtualName: 'ephemeral0' }]],
  ])('is not made with %j', async BlockDeviceMappings => {
    const stage = setStage()
    const input = { ...create(await running(stage)), BlockDeviceMappings }
    expect((await stage.perform('CreateImage', input)).error?.code).toBe('InvalidBlockDeviceMapping')
  })
})

describe('an AMI that is deprecated', () => {
  const DAY = 24 * HOUR
  const at = (ms: number) => imageRecords.write({ deprecation: Date.now() + 30 * DAY + ms })
  const seed = (record: string) => ({
    images: [{ name: 'old', owner: 'oneadmin', public: true, template: `EC2_AMI="YES"\nEC2_IMAGE="${record}"` }],
  })
  const OLD = 'ami-00000001'
  const listed = async (stage: Stage, input: object) => {
    const { Images = [] } = await stage.read<DescribeImagesResult>('DescribeImages', input)
    return Images.map(({ ImageId }) => ImageId)
  }

  it('is not listed for others from its date on, unless they ask for it, and can be launched', async () => {
    const stage = setStage({}, seed(at(HOUR)))
    expect(await listed(stage, {})).toContain(OLD)
    await stage.pass(2 * HOUR)
    expect(await listed(stage, {})).toEqual([IMAGE])
    expect(await listed(stage, { IncludeDeprecated: true })).toContain(OLD)
    expect(await listed(stage, { ImageIds: [OLD] })).toEqual([OLD])
    await stage.succeed('RunInstances', { ImageId: OLD, MinCount: 1, MaxCount: 1 })
  })

  it('has a date that its owner sets, in minutes, and takes back', async () => {
    const stage = setStage({}, { images: [{ name: 'own', owner: 'helen', template: 'EC2_AMI="YES"' }] })
    const set = async (DeprecateAt: number) =>
      (await stage.perform('EnableImageDeprecation', { ImageId: OLD, DeprecateAt: new Date(DeprecateAt) })).error?.code
    const noon = Math.ceil(Date.now() / DAY) * DAY + DAY / 2
    expect(await set(noon + 20_000)).toBeUndefined()
    const shown = async () => (await amis(stage))[0]?.DeprecationTime
    expect(await shown()).toBe(new Date(noon).toISOString())
    await stage.pass(3 * DAY)
    // Its owner goes on seeing it
    expect(await shown()).toBe(new Date(noon).toISOString())
    expect(await set(Date.now() - MINUTE)).toBe('InvalidParameterValue')
    expect(await set(Date.now() + 3660 * DAY)).toBe('InvalidParameterValue')
    await stage.succeed('ModifyImageAttribute', { ImageId: OLD, LaunchPermission: { Add: [{ Group: 'all' }] } })
    expect(await set(Date.now() + 740 * DAY)).toBe('InvalidParameterValue')
    const { error } = await stage.perform('EnableImageDeprecation', {
      ...{ ImageId: IMAGE, DeprecateAt: new Date(Date.now() + DAY) },
    })
    expect(error?.code).toBe('AuthFailure')
    await stage.succeed('CopyImage', { SourceImageId: OLD, SourceRegion: 'opennebula', Name: 'its copy' })
    await stage.pass(HOUR)
    expect(new Set((await amis(stage)).map(({ DeprecationTime }) => DeprecationTime))).toEqual(
      new Set([new Date(noon).toISOString(), undefined]),
    )
    await stage.succeed('DisableImageDeprecation', { ImageId: OLD })
    expect(await shown()).toBeUndefined()
  })
})

describe('an AMI that is shared', () => {
  const ImageId = 'ami-00000001'
  const own = { images: [{ name: 'own', owner: 'helen', template: 'EC2_AMI="YES"' }] }

  it.each(['one.image.update', 'one.image.chmod'])(
    'is open to no group where %s is refused, which nobody in the group is named by',
    async method => {
      const stage = setStage({}, own)
      stage.sandbox.faults.add({ method, kind: 'error', code: 8192, message: 'No', times: 1 })
      const LaunchPermission = { Add: [{ UserId: '000000000003' }] }
      const { error } = await stage.perform('ModifyImageAttribute', { ImageId, LaunchPermission })
      expect(error?.code).toBe('InternalError')
      expect(stage.sandbox.world.images.get(1)?.permissions[3]).toBe(0)
      await stage.succeed('ModifyImageAttribute', { ImageId, LaunchPermission })
      expect(stage.sandbox.world.images.get(1)?.permissions[3]).toBe(1)
    },
  )
})

describe('an AMI that is disabled', () => {
  const OWN = 'ami-00000001'
  const own = { images: [{ name: 'own', owner: 'helen', template: 'EC2_AMI="YES"' }] }
  const launch = { ImageId: OWN, MinCount: 1, MaxCount: 1 }
  const disabled = (stage: Stage, action: string) => stage.succeed(action, { ImageId: OWN })
  const listed = async (stage: Stage, input: object) => {
    const { Images = [] } = await stage.read<DescribeImagesResult>('DescribeImages', input)
    return Images.filter(({ OwnerId }) => OwnerId === OWNER).map(({ State, Public }) => [State, Public])
  }

  it('is launched, copied and shared by nobody, though instances use it, until it is enabled', async () => {
    const stage = setStage({}, own)
    await stage.succeed('RunInstances', launch)
    await stage.pass(MINUTE)
    await stage.succeed('ModifyImageAttribute', { ImageId: OWN, LaunchPermission: { Add: [{ Group: 'all' }] } })
    Object.assign(stage.most, { upstream: 0 })
    await disabled(stage, 'DisableImage')
    expect(stage.most.upstream).toBe(2)
    expect(stage.sandbox.world.images.get(1)?.permissions[6]).toBe(0)
    expect(await listed(stage, {})).toEqual([])
    expect(await listed(stage, { IncludeDisabled: true })).toEqual([['disabled', false]])
    expect(await listed(stage, { ImageIds: [OWN] })).toEqual([['disabled', false]])
    for (const [action, input] of [
      ['RunInstances', launch],
      ['CopyImage', { SourceImageId: OWN, SourceRegion: 'opennebula', Name: 'a copy' }],
      ['ModifyImageAttribute', { ImageId: OWN, LaunchPermission: { Add: [{ Group: 'all' }] } }],
    ] as const) {
      expect((await stage.perform(action, input)).error?.code, action).toBe('InvalidAMIID.Unavailable')
    }
    await disabled(stage, 'DisableImage')
    await disabled(stage, 'EnableImage')
    await disabled(stage, 'EnableImage')
    expect(await listed(stage, {})).toEqual([['available', false]])
    await stage.succeed('RunInstances', launch)
  })

  it('may be so by OpenNebula’s own tools, and is enabled all the same', async () => {
    const stage = setStage({}, own)
    const image = stage.sandbox.world.images.get(1)
    if (image) image.state = DISABLED
    expect(await listed(stage, { IncludeDisabled: true })).toEqual([['disabled', false]])
    await disabled(stage, 'EnableImage')
    expect([await listed(stage, {}), image?.state]).toEqual([[['available', false]], READY])
  })

  it('is there before, and its owner’s', async () => {
    const stage = setStage({}, own)
    const image = stage.sandbox.world.images.get(1)
    if (image) image.state = LOCKED
    const code = async (action: string, ImageId: string) => (await stage.perform(action, { ImageId })).error?.code
    expect(await code('DisableImage', OWN)).toBe('InvalidAMIID.Unavailable')
    expect(await code('EnableImage', OWN)).toBe('InvalidAMIID.Unavailable')
    expect(await code('DisableImage', IMAGE)).toBe('AuthFailure')
    expect(await code('EnableImage', 'ami-0123456789abcdef0')).toBe('InvalidAMIID.NotFound')
  })
})

describe('an AMI of another tenant', () => {
  const HIS = '000000000003'
  const THIRD = '000000000099'
  /** @param record what its owner wrote on it */
  const theirs = (record: Parameters<typeof imageRecords.write>[0], accounts = [THIRD]) => ({
    images: [
      {
        ...{ name: 'theirs', owner: 'rival', public: true },
        template: `EC2_AMI="YES" EC2_TAGS="${encodeTags(new Map([['cost centre', '4711']]))}"
          EC2_IMAGE="${imageRecords.write({ ...record, accounts })}" EC2_SNAPSHOT="${snapshotRecords.write({ accounts })}"`,
      },
      {
        ...{ name: 'common', owner: 'oneadmin', public: true },
        template: `EC2_AMI="YES" EC2_TAGS="${encodeTags(new Map([['os', 'debian']]))}"`,
      },
    ],
  })

  it('takes no snapshot of the caller’s along when it is copied', async () => {
    const stage = setStage()
    const made = await stage.succeed<Volume>('CreateVolume', { Size: 1, AvailabilityZone: 'opennebulaa' })
    await stage.pass(MINUTE)
    const { SnapshotId = '' } = await stage.succeed<Snapshot>('CreateSnapshot', { VolumeId: made.VolumeId })
    await stage.pass(HOUR)
    const image = stage.sandbox.world.images.get(0)
    if (!image) throw new Error('there is no image')
    image.uid = 3
    image.template['EC2_IMAGE'] = [imageRecords.write({ disks: [{ device: '/dev/sdf', snapshot: SnapshotId }] })]
    const { error } = await stage.perform('CopyImage', {
      SourceImageId: IMAGE,
      SourceRegion: 'opennebula',
      Name: 'mine',
    })
    expect(error?.code).toBe('InvalidRequest')
    expect(await amis(stage)).toEqual([])
    // The operator's may: it is the operator who says what is in it
    image.uid = 0
    image.template['EC2_IMAGE'] = [imageRecords.write({})]
    await stage.succeed('CopyImage', { SourceImageId: IMAGE, SourceRegion: 'opennebula', Name: 'mine' })
  })

  it('is shown without its tags, and with whom else it is shared is not told', async () => {
    const stage = setStage({}, theirs({}))
    const described = async (input: object, account = stage.account) => {
      const { Images = [] } = await stage.read<DescribeImagesResult>('DescribeImages', input, account)
      return Images.filter(({ OwnerId }) => OwnerId === HIS || OwnerId === '000000000000').map(each => each.Name)
    }
    const { Images = [] } = await stage.read<DescribeImagesResult>('DescribeImages', {})
    const tags = new Map(Images.map(({ Name, Tags }) => [Name, Tags]))
    expect(tags.get('theirs')).toEqual([])
    expect(tags.get('common')).toEqual([{ Key: 'os', Value: 'debian' }])
    expect(await described({ Filters: [{ Name: 'tag-key', Values: ['*'] }] })).toEqual(['common'])
    const rival = { id: HIS, user: { id: 3, name: 'rival' } }
    expect(await described({ Filters: [{ Name: 'tag-key', Values: ['cost*'] }] }, rival)).toEqual(['theirs'])
    expect(await described({ ExecutableUsers: [THIRD] })).toEqual([])
    expect(await described({ ExecutableUsers: [THIRD] }, rival)).toEqual(['theirs'])

    const restorable = async (user: string, account = stage.account) => {
      const input = { RestorableByUserIds: [user], OwnerIds: [HIS] }
      const { Snapshots = [] } = await stage.read<DescribeSnapshotsResult>('DescribeSnapshots', input, account)
      return Snapshots.map(({ Tags }) => Tags)
    }
    const image = stage.sandbox.world.images.get(1)
    if (!image) throw new Error('there is no image')
    // For the group, and by name for two accounts
    image.permissions = [1, 1, 0, 1, 0, 0, 0, 0, 0]
    const shared = snapshotRecords.write({ accounts: [THIRD, stage.account.id] })
    image.template['EC2_SNAPSHOT'] = [shared]
    Object.assign(image.template, { EC2_AMI: [''], EBS_SNAPSHOT: ['YES'] })
    expect(await restorable(THIRD)).toEqual([])
    expect(await restorable('self')).toEqual([[]])
    expect(await restorable(THIRD, rival)).toHaveLength(1)
  })
})
