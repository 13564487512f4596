// For whom an image is.
import { describe, expect, it } from 'vitest'
import { isSharedWith } from '../../../src/ec2/disk-images/sharing.ts'
import { toAmi } from '../../../src/ec2/images/view.ts'
import { context, HELEN, marked, PRIVATE, RIVAL } from './fixtures.ts'

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
