// The states of AMIs.
import { describe, expect, it } from 'vitest'
import { isOf, roleOf } from '../../../src/ec2/disk-images/roles.ts'
import { imageState } from '../../../src/ec2/disk-images/states.ts'
import { toAmi } from '../../../src/ec2/images/view.ts'
import { IMAGE_STATE, IMAGE_TYPE } from '../../../src/opennebula/states.ts'
import { AMI, context, image, marked } from './fixtures.ts'

describe('an image', () => {
  it('is pending while another stands in for it, and no snapshot', () => {
    const pending = marked({}, { NAME: `${AMI}-pending`, TYPE: IMAGE_TYPE.DATABLOCK }, { EC2_CAPTURE: 'PENDING' })
    expect(roleOf(pending)).toBe('image')
    expect(isOf('snapshot', pending)).toBe(false)
    expect(imageState(pending)).toBe('pending')
    const ami = toAmi(pending, context)
    expect(ami).toMatchObject({ ImageId: AMI, State: 'pending', StateReason: undefined })
    expect(ami.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId).toBeUndefined()
    const failed = marked({}, {}, { EC2_CAPTURE: 'FAILED' })
    expect(imageState(failed)).toBe('failed')
    expect(toAmi(failed, context).StateReason?.Code).toBe('Server.InternalError')
  })

  it.each([
    ['INIT', 'pending'],
    ['LOCKED', 'pending'],
    ['READY', 'available'],
    ['USED', 'available'],
    ['CLONE', 'available'],
    ['USED_PERS', 'available'],
    ['LOCKED_USED', 'pending'],
    ['LOCKED_USED_PERS', 'pending'],
    ['ERROR', 'failed'],
    ['DISABLED', 'disabled'],
  ] as const)('in the state %s is %s', (state, ec2) => {
    expect(imageState(image({}, { STATE: IMAGE_STATE[state] }))).toBe(ec2)
  })
})
