// AMIs as resources: their ids, their locks, and what is said of them.
import { impossible } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import { canonicalId } from '../core/ids.ts'
import { codesOf, isIdOf, type Resource } from '../core/resource.ts'

export const IMAGE = {
  kind: 'image',
  prefix: 'ami',
  type: 'image',
  ...codesOf('InvalidAMIID'),
  missing: ids => `The image id '[${ids.join(', ')}]' does not exist`,
} as const satisfies Resource

/** The id of the image that RegisterImage's ImageLocation names, as econe has it: undefined where it names none. */
export function idAtLocation(location: string): string | undefined {
  const id = /^\d+$/.test(location) ? `${IMAGE.prefix}-${location}` : location
  return isIdOf(IMAGE, id) ? id : undefined
}

/** @param why a clause more, where there is more to say @returns InvalidAMIID.Unavailable */
export const imageUnavailable = (id: string, why?: string): Ec2Error =>
  new Ec2Error(
    'InvalidAMIID.Unavailable',
    `The image ID '${id}' is not available${why === undefined ? '' : `: ${why}`}.`,
  )

/** Why no image can be taken. Callers are told what to tell the operator; the log says more. */
export const noDownloads = (): Ec2Error =>
  impossible(
    'This endpoint takes no images: its operator has to set PUBLIC_URL or OWN_HOSTS, by which the cloud can fetch them.',
  )

/** The lock under which what an AMI is changes. */
export const imageLock = (id: string): string => `image:${canonicalId(id)}`

/** The lock under which AMIs get their names. */
export const IMAGE_NAMES_LOCK = 'image names'
