// AMIs as resources: their ids, and what is said of them.
import { Ec2Error } from '../../protocol/errors.ts'
import { codesOf, type Resource } from '../core/resource.ts'

export const IMAGE = {
  kind: 'image',
  prefix: 'ami',
  type: 'image',
  ...codesOf('InvalidAMIID'),
  missing: ids => `The image id '[${ids.join(', ')}]' does not exist`,
} as const satisfies Resource

/** @param why a clause more, where there is more to say @returns InvalidAMIID.Unavailable */
export const imageUnavailable = (id: string, why?: string): Ec2Error =>
  new Ec2Error(
    'InvalidAMIID.Unavailable',
    `The image ID '${id}' is not available${why === undefined ? '' : `: ${why}`}.`,
  )
