// The methods that are called stand in the table of releases, and no others; versions compare as releases do.
import { describe, expect, it } from 'vitest'
import {
  document,
  documentPool,
  image,
  imagePool,
  network,
  networkPool,
  securityGroup,
  securityGroupPool,
  template,
  templatePool,
  user,
  VM,
  vm,
  vmGroupPool,
  vmPool,
  vmSet,
} from '../../../src/ec2/core/documents.ts'
import { clusterPool } from '../../../src/opennebula/calls/cluster.ts'
import { chmod, type Kind, merge, remove, rename, replace } from '../../../src/opennebula/calls/common.ts'
import { datastorePool } from '../../../src/opennebula/calls/datastore.ts'
import { allocateDocument } from '../../../src/opennebula/calls/document.ts'
import { group } from '../../../src/opennebula/calls/group.ts'
import {
  allocateImage,
  cloneImage,
  enableImage,
  setImagePersistent,
  setImageType,
} from '../../../src/opennebula/calls/image.ts'
import { appliancePool, marketplacePool } from '../../../src/opennebula/calls/market.ts'
import { isEarlier, missingIn, OLDEST, releaseOf, TRIED } from '../../../src/opennebula/calls/methods.ts'
import { allocateSecurityGroup, commitRules } from '../../../src/opennebula/calls/secgroup.ts'
import { VERSION } from '../../../src/opennebula/calls/system.ts'
import { instantiate } from '../../../src/opennebula/calls/template.ts'
import { standing, userPool } from '../../../src/opennebula/calls/user.ts'
import {
  accounting,
  attachDisk,
  attachNic,
  attachSecurityGroup,
  detachDisk,
  detachNic,
  detachSecurityGroup,
  resizeDisk,
  saveDisk,
  vmAction,
  vmResize,
  vmUpdateContext,
} from '../../../src/opennebula/calls/vm.ts'
import { allocateVmGroup } from '../../../src/opennebula/calls/vmgroup.ts'
import { reserve } from '../../../src/opennebula/calls/vn.ts'
import { instantiateNetwork, networkTemplatePool } from '../../../src/opennebula/calls/vntemplate.ts'

const KINDS: readonly Kind[] = ['vm', 'image', 'template', 'vn', 'secgroup', 'user', 'document', 'vmgroup']

/** Makes every call that the client knows, for its method. */
const called = [
  ...[clusterPool(), marketplacePool(), appliancePool(), vmGroupPool(), document(1), documentPool({ type: 1 })],
  ...[allocateDocument(1, {}), enableImage(1, true), allocateSecurityGroup({}), commitRules(1), allocateVmGroup({})],
  ...[accounting(VM, -3, { from: 0, until: 1 }), instantiateNetwork(1, 'x', {})],
  ...[vm(1), vmSet([1]), vmPool(), image(1), imagePool(), template(1)],
  ...[templatePool(), network(1), networkPool(), securityGroup(1), securityGroupPool()],
  ...[user(), standing(1), group(1), userPool(), datastorePool(), networkTemplatePool()],
  ...[instantiate({ template: 1, extra: {} }), vmAction('resume', 1), vmResize(1, {})],
  ...[vmUpdateContext(1, {}), attachDisk(1, {}), detachDisk(1, 1), saveDisk(1, 1, 'x')],
  ...[resizeDisk(1, 1, 1), attachNic(1, {}), detachNic(1, 1), attachSecurityGroup(1, 1, 1)],
  ...[detachSecurityGroup(1, 1, 1), allocateImage({}, 1), cloneImage(1, 'x')],
  ...[setImagePersistent(1, true), setImageType(1, 'OS'), reserve(1, {})],
  ...KINDS.flatMap(kind => [merge(kind, 1, {}), replace(kind, 1, {})]),
  ...KINDS.filter(kind => kind !== 'user').flatMap(kind => [rename(kind, 1, 'x'), chmod(kind, 1, {})]),
  ...(['image', 'template', 'vn', 'secgroup', 'document', 'vmgroup'] as const).map(kind => remove(kind, 1)),
  { method: VERSION },
].map(({ method }) => method)

describe('the table of releases', () => {
  it.each([...new Set(called)])('has %s', method => {
    expect(releaseOf.get(method)).toMatch(/^\d+\.\d+(\.\d+)?$/)
  })

  it('has no method that nothing calls', () => {
    expect([...releaseOf.keys()].filter(method => !called.some(each => each === method))).toEqual([])
  })

  it('says what does not work', () => {
    expect(missingIn(TRIED)).toEqual([])
    expect(missingIn('6.0.0.3').flatMap(({ methods }) => methods)).toEqual(['one.vm.attachsg', 'one.vm.detachsg'])
    expect(missingIn('5.12.0').map(({ since }) => since)).toEqual([OLDEST, '6.4'])
  })
})

describe('a version', () => {
  it.each([
    ['5.12.0.4', '5.12.6'],
    ['5.12.6', '6.0'],
    ['6.3.80', '6.4'],
    ['6.9.80', '6.10.0'],
  ])('%s is earlier than %s', (earlier, later) => {
    expect(isEarlier(earlier, later)).toBe(true)
    expect(isEarlier(later, earlier)).toBe(false)
  })

  it.each([
    ['6.4', '6.4.0'],
    ['7.0.1', '7.0.1'],
    ['', '6.4'],
    ['next', '6.4'],
  ])('%s is not earlier than %s', (one, other) => {
    expect(isEarlier(one, other)).toBe(false)
  })
})
