// What is said of block device mappings.
import { excerpt } from '../../lib/excerpt.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import { isDevice } from './devices.ts'

/** @returns InvalidBlockDeviceMapping */
export const invalidMapping = (sentence: string): Ec2Error => new Ec2Error('InvalidBlockDeviceMapping', sentence)

/** @param name the device's, as the caller wrote it @throws Ec2Error InvalidBlockDeviceMapping */
export function checkDevice(name = ''): string {
  if (isDevice(name)) return name
  throw invalidMapping(`The device name '${excerpt(name)}' is invalid.`)
}
