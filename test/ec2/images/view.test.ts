// OpenNebula images as AMIs: what is shown of their root disks.
import { describe, expect, it } from 'vitest'
import { rootDevice, rootSize, toAmi } from '../../../src/ec2/images/view.ts'
import { context, image, marked } from '../disk-images/fixtures.ts'

describe('an AMI', () => {
  it('has a root disk by its own name and size', () => {
    expect([rootDevice(image()), rootSize(image())]).toEqual(['/dev/sda', 1])
    expect(rootDevice(image({ DEV_PREFIX: 'vd' }))).toBe('/dev/vda')
    expect(rootSize(image({}, { SIZE: 1025 }))).toBe(2)
    const named = marked({ rootDevice: '/dev/xvda', rootSize: 8, rootType: 'gp3' })
    expect([rootDevice(named), rootSize(named)]).toEqual(['/dev/xvda', 8])
    expect(toAmi(named, context).BlockDeviceMappings?.[0]).toMatchObject({
      DeviceName: '/dev/xvda',
      Ebs: { VolumeSize: 8, VolumeType: 'gp3' },
    })
    expect(rootSize(marked({ rootSize: 1 }, { SIZE: 4096 }))).toBe(4)
  })
})
