// Devices as callers name them, and as OpenNebula is told them.
import { describe, expect, it } from 'vitest'
import { isDevice, targetOf } from '../../../src/ec2/disk-images/devices.ts'
import { image } from './fixtures.ts'

describe('a device', () => {
  it.each([
    ['/dev/sdh', undefined, 'sdh'],
    ['sdh', 'vd', 'sdh'],
    ['/dev/sda1', undefined, 'sda'],
    ['/dev/xvdh', undefined, 'sdh'],
    ['/dev/xvdba', 'vd', 'vdba'],
    ['vdc', 'sd', 'vdc'],
  ])('%s of an image with prefix %s is the target %s', (device, prefix, target) => {
    expect(isDevice(device)).toBe(true)
    expect(targetOf(device, image(prefix === undefined ? {} : { DEV_PREFIX: prefix }))).toBe(target)
  })

  it.each(['', 'C:', '/dev/', 'sd', '/dev/sdabc', '/dev/sdh"]', 'sdh\n', '../sdh'])('%j is none', device => {
    expect(isDevice(device)).toBe(false)
  })
})
