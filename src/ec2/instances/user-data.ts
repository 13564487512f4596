// What is said of user data.
import { invalidBecause } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'

/** @returns InvalidUserData.Malformed */
export const malformedUserData = (): Ec2Error =>
  new Ec2Error('InvalidUserData.Malformed', 'Invalid BASE64 encoding of user data.')

/** @param most bytes @returns InvalidParameterValue */
export const tooMuchUserData = (most: number): Ec2Error => invalidBecause(`User data is limited to ${most} bytes`)
