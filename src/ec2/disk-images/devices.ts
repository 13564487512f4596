// The devices by which an instance has its disks: as callers name them, and as OpenNebula is told them.
import type { Image } from '../core/documents.ts'
import { oneOf } from '../core/fields.ts'
import { plain } from '../core/record.ts'

/** What OpenNebula's hypervisors call their disks. */
export const diskPrefix = oneOf('sd', 'vd', 'hd', 'xvd')

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

/**
 * What of a name counts as long as nobody knows what the hypervisor calls its disks: `/dev/sdf`, `xvdf` and `/dev/sdf1` are one
 * device.
 */
export const lettersOf = (device: string): string => DEVICE.exec(device)?.[2] ?? device

/** The device that OpenNebula is told: the hypervisor may know no `xvd`, it becomes what the image asks for. */
export function targetOf(device: string, image: Image): string {
  const [, prefix = 'sd', letters = ''] = DEVICE.exec(device) ?? []
  return (prefix === 'xvd' ? devicePrefix(image) : prefix) + letters
}

/** The DISK vector of a volume. What OpenNebula does not know in it stays there as it is. */
export type AttachedDisk = {
  readonly IMAGE_ID: number
  readonly TARGET: string
  readonly EC2_VOLUME_ID: string
  /** As the caller wrote it. */
  readonly EC2_DEVICE: string
  /** Seconds since 1970. */
  readonly EC2_ATTACH_TIME: number
}

/** @param since seconds since 1970 */
export const attachedDisk = (image: Image, volume: string, device: string, since: number): AttachedDisk => ({
  IMAGE_ID: image.ID,
  TARGET: targetOf(device, image),
  EC2_VOLUME_ID: volume,
  EC2_DEVICE: device,
  EC2_ATTACH_TIME: since,
})
