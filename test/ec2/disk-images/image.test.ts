// OpenNebula images as AMIs: what counts as one, for whom, in which state, and under which names.
import { describe, expect, it } from 'vitest'
import type { Settings } from '../../../src/ec2/core/context.ts'
import type { Image } from '../../../src/ec2/core/documents.ts'
import { IdMint } from '../../../src/ec2/core/ids.ts'
import { encodeTags } from '../../../src/ec2/core/stored-tags.ts'
import {
  imageState,
  imageTags,
  isOf,
  isSharedWith,
  isUnfinished,
  roleOf,
  rootDevice,
  rootSize,
  toAmi,
} from '../../../src/ec2/disk-images/image.ts'
import { checkImageName, refuseNamesake } from '../../../src/ec2/images/names.ts'
import { IMAGE_STATE, IMAGE_TYPE } from '../../../src/opennebula/states.ts'
import { encoded } from '../../../src/opennebula/xml/template.ts'

const mint = new IdMint(['a secret of tests'], 2)
const HELEN = { id: '000000000002', user: { id: 2, name: 'helen' } }
const RIVAL = { id: '000000000003', user: { id: 3, name: 'rival' } }
const settings: Settings = {
  region: 'here',
  zones: ['here-a'],
  datastore: 1,
  addressNetwork: undefined,
  dnsDomain: 'compute.internal',
  terminatedFor: 0,
  importWithin: 0,
  stagedBytes: 0,
}
const context = { account: HELEN, mint, settings }
const AMI = 'ami-123456789abcdef01'

const PRIVATE = {
  ...{ OWNER_U: true, OWNER_M: true, OWNER_A: false },
  ...{ GROUP_U: false, GROUP_M: false, GROUP_A: false, OTHER_U: false, OTHER_M: false, OTHER_A: false },
}

const image = (template: Image['TEMPLATE'] = {}, members: Partial<Image> = {}): Image => ({
  ...{ ID: 15, UID: 2, GID: 1, UNAME: 'helen', GNAME: 'users', NAME: 'an image', PERMISSIONS: PRIVATE },
  ...{ TYPE: IMAGE_TYPE.OS, STATE: IMAGE_STATE.READY, SIZE: 1024, PERSISTENT: false, REGTIME: 1_795_419_785 },
  ...{ DATASTORE_ID: 1, SOURCE: undefined, PATH: undefined, FORMAT: 'raw', RUNNING_VMS: 0, CLONING_OPS: 0 },
  ...{ CLONING_ID: -1, VMS: { ID: [] }, CLONES: { ID: [] }, TEMPLATE: template },
  ...members,
})

const marked = (record: object = {}, members: Partial<Image> = {}, more: Image['TEMPLATE'] = {}) =>
  image(
    { EC2_AMI: 'YES', EC2_ID: mint.attribute(AMI, 2), EC2_IMAGE: encoded(record), ...more },
    { NAME: AMI, ...members },
  )

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

describe('whom an image is for', () => {
  const forGroup = { PERMISSIONS: { ...PRIVATE, GROUP_U: true } }
  const forAll = { PERMISSIONS: { ...PRIVATE, OTHER_U: true } }

  it('is its owner in any case', () => {
    expect(isSharedWith(HELEN, marked({ accounts: [RIVAL.id] }))).toBe(true)
  })

  it('is everybody in the group, where the owner names nobody', () => {
    expect(isSharedWith(RIVAL, marked({}, forGroup))).toBe(true)
    expect(isSharedWith(RIVAL, marked({ accounts: [] }, forGroup))).toBe(true)
  })

  it('is whom the owner names, of the group', () => {
    expect(isSharedWith(RIVAL, marked({ accounts: [RIVAL.id] }, forGroup))).toBe(true)
    expect(isSharedWith(RIVAL, marked({ accounts: ['000000000099'] }, forGroup))).toBe(false)
  })

  it('is not whom OpenNebula lets have it for another image', () => {
    const lent = (to: string, record = {}) => marked(record, forAll, { EC2_LENT: to })
    expect(isSharedWith(RIVAL, lent('named'))).toBe(false)
    expect(isSharedWith(RIVAL, lent('named', { accounts: [RIVAL.id] }))).toBe(true)
    expect(isSharedWith(RIVAL, lent('group'))).toBe(true)
    expect(isSharedWith(RIVAL, lent('all', { accounts: ['000000000099'] }))).toBe(true)
    expect(toAmi(lent('named'), context).Public).toBe(false)
  })

  it('is everybody where it is public', () => {
    expect(isSharedWith(RIVAL, marked({ accounts: ['000000000099'] }, forAll))).toBe(true)
  })
})

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
