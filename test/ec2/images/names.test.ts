// The names of AMIs: what they may be, and when they are free.
import { describe, expect, it } from 'vitest'
import { checkImageName, refuseNamesake } from '../../../src/ec2/images/names.ts'
import { IMAGE_STATE } from '../../../src/opennebula/states.ts'
import { AMI, context, image, marked } from '../disk-images/fixtures.ts'

describe('the names of images', () => {
  it.each(['abc', "It's (a) [fine] name/with.all-the_signs @ once", 'x'.repeat(128)])('may be %s', name => {
    expect(() => checkImageName(name)).not.toThrow()
  })

  it.each(['', 'ab', 'x'.repeat(129), 'a:b', 'a&b', 'ü-name', 'a\nb', 'a"b', 'name🐧'])('may not be %j', name => {
    expect(() => checkImageName(name)).toThrow(expect.objectContaining({ code: 'InvalidAMIName.Malformed' }))
  })

  const taken: unknown = expect.objectContaining({ code: 'InvalidAMIName.Duplicate' })

  it('are taken by an AMI of the account', () => {
    expect(() => refuseNamesake('web', marked({ name: 'web' }), context)).toThrow(taken)
    expect(() => refuseNamesake('an image', image({ EC2_AMI: 'YES' }), context)).toThrow(taken)
    expect(() => refuseNamesake('other', marked({ name: 'web' }), context)).not.toThrow()
  })

  it('are free where the AMI is another’s, failed, going, or the same', () => {
    for (const free of [
      marked({ name: 'web' }, { UID: 3 }),
      marked({ name: 'web' }, { STATE: IMAGE_STATE.ERROR }),
      marked({ name: 'web' }, { STATE: IMAGE_STATE.DELETE }),
      marked({ name: 'web' }, {}, { EC2_CAPTURE: 'FAILED' }),
      marked({ name: 'web' }, {}, { EC2_AMI: '' }),
    ]) {
      expect(() => refuseNamesake('web', free, context)).not.toThrow()
    }
    expect(() => refuseNamesake('web', marked({ name: 'web' }), context, AMI)).not.toThrow()
  })
})
