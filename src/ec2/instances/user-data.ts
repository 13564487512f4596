// User data: what is said of it, how requests have it, and where a VM does.
import { limits } from '../../limits.ts'
import type { Vm } from '../../opennebula/documents.ts'
import { invalidBecause } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'

/** @returns InvalidUserData.Malformed */
export const malformedUserData = (): Ec2Error =>
  new Ec2Error('InvalidUserData.Malformed', 'Invalid BASE64 encoding of user data.')

/** @param most bytes @returns InvalidParameterValue */
export const tooMuchUserData = (most: number): Ec2Error => invalidBecause(`User data is limited to ${most} bytes`)

/** Old clients break base64 into lines. @throws Ec2Error InvalidUserData.Malformed */
export function decodeUserData(base64: string): Uint8Array {
  try {
    return Uint8Array.fromBase64(base64)
  } catch {
    throw malformedUserData()
  }
}

/** @throws Ec2Error InvalidParameterValue */
export function checkUserData({ byteLength }: Uint8Array): void {
  const { most } = limits.userData
  if (byteLength > most) throw tooMuchUserData(most)
}

/**
 * The members that user data has in CONTEXT: for cloud-init, and for images made for econe.
 * @param text base64, in one line
 */
export const userDataMembers = (text: string) => ({
  USER_DATA: text,
  USER_DATA_ENCODING: 'base64',
  EC2_USER_DATA: text,
})

/** In base64, as EC2 has it; undefined where there is none. An operator may have written it as it is. */
export function userDataOf({ TEMPLATE: { CONTEXT } }: Vm): string | undefined {
  const { EC2_USER_DATA, USER_DATA, USER_DATA_ENCODING } = CONTEXT
  if (EC2_USER_DATA !== undefined) return EC2_USER_DATA
  if (USER_DATA === undefined || USER_DATA_ENCODING === 'base64') return USER_DATA
  return new TextEncoder().encode(USER_DATA).toBase64()
}
