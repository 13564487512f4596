// Availability zones by their names and ids.
import { expect, it } from 'vitest'
import { zoneId, zoneNamed, zoneOfId } from '../../../src/ec2/core/zones.ts'

const settings = { region: 'here', zones: ['a', 'b'] as [string, string] }

it('zones have names, ids, and a first one that is meant by none', () => {
  expect([undefined, '', 'default', 'b', 'c'].map(name => zoneNamed(name, settings))).toEqual([
    'a',
    'a',
    'a',
    'b',
    undefined,
  ])
  expect(zoneId('b', settings)).toBe('here-az2')
  expect([zoneOfId('here-az2', settings), zoneOfId('here-az3', settings)]).toEqual(['b', undefined])
})
