// Availability zones by their names and ids.
import { expect, it } from 'vitest'
import { zoneId, zoneNamed, zoneOfId, zonesOfClusters } from '../../../src/ec2/core/zones.ts'

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

it('zones are where their clusters are, in the order of the zones', () => {
  const placed = {
    zones: ['a', 'b', 'c'] as [string, string, string],
    zoneClusters: new Map([
      ['b', [105]],
      ['a', [0, 104]],
    ]),
  }
  const of = (...clusters: number[]) => zonesOfClusters(clusters, placed)
  expect([of(), of(7), of(104), of(105, 0), of(7, 105)]).toEqual([[], [], ['a'], ['a', 'b'], ['b']])
})
