// What counts as an AMI, and as a snapshot.
import { describe, expect, it } from 'vitest'
import { encodeTags } from '../../../src/ec2/core/record.ts'
import { isUnfinished } from '../../../src/ec2/disk-images/marks.ts'
import { isOf, roleOf } from '../../../src/ec2/disk-images/roles.ts'
import { imageTags } from '../../../src/ec2/disk-images/tags.ts'
import { toAmi } from '../../../src/ec2/images/view.ts'
import { IMAGE_STATE } from '../../../src/opennebula/states.ts'
import { AMI, context, image, marked } from './fixtures.ts'

describe('what an image is to EC2', () => {
  it('follows from the marks that econe introduced', () => {
    expect(roleOf(image())).toBeUndefined()
    expect(roleOf(image({ EC2_AMI: 'YES' }))).toBe('image')
    expect(roleOf(image({ EC2_AMI: 'NO' }))).toBeUndefined()
    expect(roleOf(image({ EBS_VOLUME: 'yes' }))).toBe('volume')
    expect(roleOf(image({ EBS_SNAPSHOT: 'YES', EBS_VOLUME: 'YES', EC2_AMI: 'YES' }))).toBe('snapshot')
  })

  it('is nothing while it carries the marks and the id of what it was copied from', () => {
    const copy = marked({}, { NAME: 'ami-f23456789abcdef01' })
    expect(isUnfinished(copy)).toBe(true)
    expect(roleOf(copy)).toBeUndefined()
    expect(roleOf(marked())).toBe('image')
    // A user may call an image what they like afterwards
    expect(roleOf(marked({}, { NAME: 'web server' }))).toBe('image')
  })

  it('that is going is none any more', () => {
    expect(roleOf(marked({}, { STATE: IMAGE_STATE.DELETE }))).toBeUndefined()
    expect(roleOf(marked({}, {}, { EC2_GOAL: 'delete' }))).toBeUndefined()
  })

  it('and the snapshot that it is besides have ids and tags of their own', () => {
    const snapshot = 'snap-f23456789abcdef01'
    const both = marked({}, {}, { EC2_SNAPSHOT_ID: context.mint.attribute(snapshot, 2) })
    const theirs = { ...both, TEMPLATE: { ...both.TEMPLATE, EC2_SNAPSHOT_TAGS: encodeTags(new Map([['s', '1']])) } }
    expect([isOf('image', theirs), isOf('snapshot', theirs)]).toEqual([true, true])
    expect(toAmi(theirs, context)).toMatchObject({
      ImageId: AMI,
      Tags: [],
      BlockDeviceMappings: [{ Ebs: { SnapshotId: snapshot } }],
    })
    expect([...imageTags('snapshot', theirs)]).toEqual([['s', '1']])
    // The copy of a snapshot is none itself
    expect(isOf('snapshot', marked({ snapshot }))).toBe(false)
    // What stands in for an image is its snapshot as well, as far as that has an id
    const pending = { ...both, TEMPLATE: { ...both.TEMPLATE, EC2_CAPTURE: 'PENDING' } }
    expect(isOf('snapshot', pending)).toBe(true)
  })
})
