// What is said of block device mappings.
import { Ec2Error } from '../../protocol/errors.ts'

/** @returns InvalidBlockDeviceMapping */
export const invalidMapping = (sentence: string): Ec2Error => new Ec2Error('InvalidBlockDeviceMapping', sentence)
