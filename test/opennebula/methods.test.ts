// Every method that is called stands in the table of releases, and versions compare as releases do.
import { describe, expect, it } from 'vitest'
import * as calls from '../../src/opennebula/calls.ts'
import { isEarlier, missingIn, OLDEST, releaseOf, TRIED } from '../../src/opennebula/methods.ts'

const KINDS: readonly calls.Kind[] = ['vm', 'image', 'template', 'vn', 'secgroup', 'user']

/** Makes every call that the client knows, for its method. */
const called = [
  ...[calls.vm(1), calls.vmSet([1]), calls.vmPool(), calls.image(1), calls.imagePool(), calls.template(1)],
  ...[calls.templatePool(), calls.network(1), calls.networkPool(), calls.securityGroup(1), calls.securityGroupPool()],
  ...[calls.user(), calls.standing(1), calls.group(1), calls.userPool(), calls.datastorePool()],
  ...[calls.instantiate({ template: 1, extra: {} }), calls.vmAction('resume', 1), calls.vmResize(1, {})],
  ...[calls.vmUpdateConf(1, {}), calls.attachDisk(1, {}), calls.detachDisk(1, 1), calls.saveDisk(1, 1, 'x')],
  ...[calls.resizeDisk(1, 1, 1), calls.attachNic(1, {}), calls.detachNic(1, 1), calls.attachSecurityGroup(1, 1, 1)],
  ...[calls.detachSecurityGroup(1, 1, 1), calls.allocateImage({}, 1), calls.cloneImage(1, 'x')],
  ...[calls.setImagePersistent(1, true), calls.setImageType(1, 'OS'), calls.reserve(1, {})],
  ...KINDS.flatMap(kind => [calls.merge(kind, 1, {}), calls.replace(kind, 1, {})]),
  ...KINDS.filter(kind => kind !== 'user').flatMap(kind => [calls.rename(kind, 1, 'x'), calls.chmod(kind, 1, {})]),
  ...(['image', 'template', 'vn', 'secgroup'] as const).map(kind => calls.remove(kind, 1)),
].map(({ method }) => method)

describe('the table of releases', () => {
  it.each([...new Set(called)])('has %s', method => {
    expect(releaseOf.get(method)).toMatch(/^\d+\.\d+(\.\d+)?$/)
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
