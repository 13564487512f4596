// Volumes as resources: their ids, their lock, and what is said of them.
import { excerpt } from '../../lib/excerpt.ts'
import { limits } from '../../limits.ts'
import { invalid, needsOneOf } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import { canonicalId } from '../core/ids.ts'
import { phrase, type Resource } from '../core/resource.ts'

export const VOLUME = {
  kind: 'volume',
  prefix: 'vol',
  type: 'volume',
  notFound: 'InvalidVolume.NotFound',
  malformed: 'InvalidVolumeID.Malformed',
  missing: phrase('volume', 'volumes', '.'),
  limitExceeded: 'VolumeLimitExceeded',
} as const satisfies Resource

/** The lock under which a volume is attached, detached, changed and deleted. */
export const volumeLock = (id: string): string => `volume:${canonicalId(id)}`

/** @param user the instance that has it, where it is known @returns VolumeInUse */
export const volumeInUse = (id: string, user = 'an instance'): Ec2Error =>
  new Ec2Error('VolumeInUse', `Volume ${excerpt(id)} is currently attached to ${user}`)

/** For what cannot be done in the state that a volume is in. @returns IncorrectState */
export const incorrectVolumeState = (id: string, state: string): Ec2Error =>
  new Ec2Error('IncorrectState', `Volume '${id}' is in the '${state}' state.`)

/** For a volume of a block device mapping of which nobody says how large it is. */
export const sizeMissing = (): Ec2Error => needsOneOf('size', 'snapshotId')

/** @param size GiB @throws Ec2Error InvalidParameterValue */
export function checkSizeLimits(size: number): void {
  if (size >= 1 && size <= limits.volumeSize.most) return
  throw invalid('size', size, `A volume has from 1 to ${limits.volumeSize.most} GiB.`)
}
