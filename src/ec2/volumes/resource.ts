// Volumes as resources: their ids, and what is said of them.
import { excerpt } from '../../lib/excerpt.ts'
import { Ec2Error } from '../../protocol/errors.ts'
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

/** @param user the instance that has it, where it is known @returns VolumeInUse */
export const volumeInUse = (id: string, user = 'an instance'): Ec2Error =>
  new Ec2Error('VolumeInUse', `Volume ${excerpt(id)} is currently attached to ${user}`)

/** For what cannot be done in the state that a volume is in. @returns IncorrectState */
export const incorrectVolumeState = (id: string, state: string): Ec2Error =>
  new Ec2Error('IncorrectState', `Volume '${id}' is in the '${state}' state.`)
