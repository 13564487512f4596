// The names of devices: what AWS takes for one, and what OpenNebula is told.

import type { Image } from '../../opennebula/documents.ts'
import { oneOf, plain } from '../core/record.ts'

/** What OpenNebula's hypervisors call their disks. */
const diskPrefix = oneOf('sd', 'vd', 'hd', 'xvd')

/** In front of the letters of its disks, by what the image asks for. */
export const devicePrefix = ({ TEMPLATE }: Image): string => plain(TEMPLATE, 'DEV_PREFIX', diskPrefix) ?? 'sd'

/** Whether clients use this name for the first disk, whatever it is called here. */
export const isRootName = (device: string): boolean => ROOT_NAMES.has(device)

const ROOT_NAMES: ReadonlySet<string> = new Set([
  '/dev/sda',
  '/dev/sda1',
  '/dev/vda',
  '/dev/xvda',
  'sda',
  'vda',
  'xvda',
])

/** The device names that AWS takes: letters are what counts, and OpenNebula numbers no partitions. */
const DEVICE = /^(?:\/dev\/)?(sd|vd|hd|xvd)([a-z]{1,2})\d{0,2}$/

/** Whether AWS takes it for the name of a device. */
export const isDevice = (device: string): boolean => DEVICE.test(device)

/** The device that OpenNebula is told: the hypervisor may know no `xvd`, it becomes what the image asks for. */
export function targetOf(device: string, image: Image): string {
  const [, prefix = 'sd', letters = ''] = DEVICE.exec(device) ?? []
  return (prefix === 'xvd' ? devicePrefix(image) : prefix) + letters
}
