// Sizes of disks in GiB, and what is said of one that cannot be.

import { limits } from '../../limits.ts'
import { invalid, needsOneOf } from '../../protocol/complaints.ts'
import type { Ec2Error } from '../../protocol/errors.ts'

/** MiB in whole GiB, as EC2 counts the size of volumes. */
export const gibibytes = (mebibytes: number) => Math.max(1, Math.ceil(mebibytes / 1024))

const LARGEST = limits.volumeSize.most

/** @param size GiB @throws Ec2Error InvalidParameterValue */
export function checkSizeLimits(size: number): void {
  if (size >= 1 && size <= LARGEST) return
  throw invalid('size', size, `A volume has from 1 to ${LARGEST} GiB.`)
}

/** For a volume of a block device mapping of which nobody says how large it is. */
export const sizeMissing = (): Ec2Error => needsOneOf('size', 'snapshotId')
