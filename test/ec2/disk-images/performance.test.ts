// What volumes of each type may be asked to be, and what they show.
import { describe, expect, it } from 'vitest'
import {
  checkPerformance,
  type Performance,
  performanceOf,
  volumeTypeNamed,
} from '../../../src/ec2/disk-images/performance.ts'

describe('what is asked of a volume', () => {
  it.each<Performance>([
    {},
    { size: 60_000 },
    { type: 'standard', size: 1024 },
    { type: 'gp2', size: 16_384 },
    { type: 'gp3', size: 1 },
    { type: 'gp3', size: 1, iops: 3000, throughput: 125 },
    { type: 'gp3', size: 160, iops: 80_000, throughput: 2000 },
    { type: 'gp3', throughput: 750 },
    { type: 'io1', size: 4, iops: 200 },
    { type: 'io1', iops: 64_000 },
    { type: 'gp3', size: 65_536, iops: 3000 },
    { type: 'gp3', size: 7, iops: 3500 },
    { type: 'io1', size: 1280, iops: 64_000 },
    { type: 'io2', size: 4, iops: 4000 },
    { type: 'io2', size: 256, iops: 256_000 },
    { type: 'io2', size: 65_536, iops: 100 },
    { type: 'st1', size: 125 },
    { type: 'sc1', size: 16_384 },
  ])('may be %j', asked => {
    expect(() => checkPerformance(asked)).not.toThrow()
  })

  it.each<[Performance, string, string]>([
    [{ type: 'io1', size: 4 }, 'MissingParameter', 'The parameter iops must be specified for io1 volumes.'],
    [{ type: 'io2', size: 4 }, 'MissingParameter', 'The parameter iops must be specified for io2 volumes.'],
    [
      { type: 'gp2', size: 4, iops: 100 },
      'InvalidParameterCombination',
      'The parameter iops is not supported for gp2 volumes.',
    ],
    [
      { size: 4, throughput: 125 },
      'InvalidParameterCombination',
      'The parameter throughput is not supported for standard volumes.',
    ],
    [{ type: 'io1', size: 3, iops: 100 }, 'InvalidParameterValue', 'Volume of 3GiB is too small; minimum is 4GiB.'],
    [{ type: 'st1', size: 1 }, 'InvalidParameterValue', 'Volume of 1GiB is too small; minimum is 125GiB.'],
    [{ type: 'standard', size: 1025 }, 'InvalidParameterValue', 'Volume of 1025GiB is too large; maximum is 1024GiB.'],
    [{ type: 'gp3', iops: 2999 }, 'InvalidParameterValue', 'Volume iops of 2999 is too low; minimum is 3000.'],
    [{ type: 'io1', iops: 64_001 }, 'InvalidParameterValue', 'Volume iops of 64001 is too high; maximum is 64000.'],
    [
      { type: 'gp3', throughput: 124 },
      'InvalidParameterValue',
      'Throughput of 124MiBps is too low; minimum is 125MiBps.',
    ],
    [
      { type: 'io1', size: 4, iops: 250 },
      'InvalidParameterValue',
      'Iops to volume size ratio of 62.500000 is too high; maximum is 50.',
    ],
    [
      { type: 'io2', size: 4, iops: 4001 },
      'InvalidParameterValue',
      'Iops to volume size ratio of 1000.250000 is too high; maximum is 1000.',
    ],
    [
      { type: 'gp3', size: 7, iops: 3501 },
      'InvalidParameterValue',
      'Iops to volume size ratio of 500.142857 is too high; maximum is 500.',
    ],
    [{ type: 'gp3', iops: 80_001 }, 'InvalidParameterValue', 'Volume iops of 80001 is too high; maximum is 80000.'],
    [{ type: 'io2', iops: 256_001 }, 'InvalidParameterValue', 'Volume iops of 256001 is too high; maximum is 256000.'],
    [
      { type: 'gp3', iops: 80_000, throughput: 2001 },
      'InvalidParameterValue',
      'Throughput of 2001MiBps is too high; maximum is 2000MiBps.',
    ],
    [
      { type: 'gp3', throughput: 751 },
      'InvalidParameterValue',
      'Throughput (MiBps) to iops ratio of 0.250333 is too high; maximum is 0.250000 MiBps per iops.',
    ],
    [
      { type: 'gp3', iops: 4000, throughput: 1001 },
      'InvalidParameterValue',
      'Throughput (MiBps) to iops ratio of 0.250250 is too high; maximum is 0.250000 MiBps per iops.',
    ],
  ])('may not be %j', (asked, code, message) => {
    expect(() => checkPerformance(asked)).toThrow(expect.objectContaining({ code, message }))
  })

  it('is of a type that there is', () => {
    expect([volumeTypeNamed(undefined), volumeTypeNamed('gp3')]).toEqual([undefined, 'gp3'])
    expect(() => volumeTypeNamed('gp9' as 'gp3')).toThrow(expect.objectContaining({ code: 'UnknownVolumeType' }))
  })
})

it.each<[Performance, number | undefined, number | undefined]>([
  [{ type: 'gp3' }, 3000, 125],
  [{ type: 'gp3', iops: 4000, throughput: 500 }, 4000, 500],
  [{ type: 'gp2', size: 1 }, 100, undefined],
  [{ type: 'gp2', size: 100 }, 300, undefined],
  [{ type: 'gp2', size: 16_000 }, 16_000, undefined],
  [{ type: 'io1', iops: 200 }, 200, undefined],
  [{}, undefined, undefined],
])('a volume that is %j shows iops %s and throughput %s', (asked, iops, throughput) => {
  expect(performanceOf(asked)).toEqual({ iops, throughput })
})
