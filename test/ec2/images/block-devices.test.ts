// Block device mappings of an AMI that is to be: what its instances could not have is refused before it is made.
import { describe, expect, it } from 'vitest'
import { byDevice, checkDevices, disksBesides, emptyDisk, wishOf } from '../../../src/ec2/images/block-devices.ts'
import { limits } from '../../../src/limits.ts'

const disk = (DeviceName: string) => ({ DeviceName, Ebs: { VolumeSize: 1 } })
const store = (DeviceName: string) => ({ DeviceName, VirtualName: 'ephemeral0' })
const none = (DeviceName: string) => ({ DeviceName, NoDevice: '' })

/** Two names of one device: an instance could have only one of them. */
const SAME = [
  ['/dev/sdf', '/dev/sdf'],
  ['/dev/sdf', 'sdf'],
  ['/dev/sdf', '/dev/xvdf'],
  ['/dev/sdf1', '/dev/sdf2'],
] as const

const wrong: unknown = expect.objectContaining({ code: 'InvalidBlockDeviceMapping' })

describe.each(SAME)('%s and %s', (first, second) => {
  it.each([
    ['disks', () => checkDevices([disk(first), disk(second)], '/dev/sda')],
    ['instance stores', () => checkDevices([store(first), store(second)], '/dev/sda')],
    ['a disk and an instance store', () => checkDevices([disk(first), store(second)], '/dev/sda')],
    ['new disks of an instance', () => byDevice([disk(first), disk(second)], ['/dev/sda'])],
    ['a disk of an instance, twice', () => byDevice([disk(first), none(second)], ['/dev/sda', '/dev/sdf'])],
  ])('cannot both be %s', (_, read) => expect(read).toThrow(wrong))
})

describe('the root', () => {
  it.each([
    ['by another name', '/dev/sda1', disk('/dev/sda')],
    ['by a name of Xen', '/dev/sda1', disk('/dev/xvda')],
    ['that nobody names', undefined, disk('/dev/sda2')],
  ])('is no other disk as well, %s', (_, RootDeviceName, mapping) => {
    expect(() => disksBesides({ Name: 'an AMI', RootDeviceName, BlockDeviceMappings: [mapping] })).toThrow(wrong)
  })

  it.each(['/dev/xvda', '/dev/sda1'])('is no instance store as well, by %s', name => {
    expect(() =>
      disksBesides({ Name: 'an AMI', RootDeviceName: '/dev/sda1', BlockDeviceMappings: [store(name)] }),
    ).toThrow(wrong)
  })
})

describe('a mapping of an instance', () => {
  const disks = ['/dev/sda', '/dev/sdf', '/dev/vdf']
  const about = (name: string) => [...byDevice([none(name)], disks).keys()]

  it('is about the disk at its device, by whatever name', () => {
    expect(about('/dev/sdf')).toEqual(['/dev/sdf'])
    expect(about('/dev/vdf')).toEqual(['/dev/vdf'])
    expect(about('/dev/xvdf')).toEqual(['/dev/sdf'])
    for (const name of ['/dev/sda', '/dev/sda1', 'xvda']) expect(about(name)).toEqual(['/dev/sda'])
  })

  it.each(['', 'nowhere'])('is about no device %j', name => expect(() => about(name)).toThrow(wrong))
})

it('is told of a size that no volume has, and not of what is kept of it', () => {
  const { most } = limits.volumeSize
  for (const read of [
    () => wishOf({ VolumeSize: most + 1 }, { size: 1 }),
    () => emptyDisk('/dev/sdf', { VolumeSize: 0 }),
  ])
    expect(read).toThrow(`A volume has from 1 to ${most} GiB.`)
})
