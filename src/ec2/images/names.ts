// The names of AMIs: what they may be made of, and that an account has each of them once.
import { WHOSE } from '../../opennebula/calls/common.ts'
import { IMAGE_STATE } from '../../opennebula/states.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { Context } from '../core/context.ts'
import type { Image } from '../core/documents.ts'
import { AMI_NAME } from '../disk-images/ami-record.ts'
import { roleOf, sealedImageId } from '../disk-images/roles.ts'
import { imageState } from '../disk-images/states.ts'
import { IMAGE } from './resource.ts'
import { imageName } from './view.ts'

/**
 * @throws Ec2Error InvalidAMIName.Malformed
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateImage.html
 */
export function checkImageName(name: string): void {
  if (AMI_NAME.test(name)) return
  throw new Ec2Error(
    'InvalidAMIName.Malformed',
    "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, '(', ')', '[', ']', ' ', '.', '/', '-', ''', '@' and '_'",
  )
}

/** @throws Ec2Error InvalidAMIName.Duplicate where an AMI of the account has the name, other than the one of that id */
export function refuseNamesake(
  name: string | undefined,
  image: Image,
  { mint, account }: Pick<Context, 'mint' | 'account'>,
  except?: string,
): void {
  if (roleOf(image) !== 'image' || image.UID !== account.user.id) return
  if (image.STATE === IMAGE_STATE.DELETE || imageState(image) === 'failed') return
  if (name === undefined || imageName(image) !== name) return
  const id = mint.idOf(IMAGE, sealedImageId(image))
  if (id !== except) throw duplicateName(name, id)
}

/** @param id the AMI that has the name; absent where that is being uploaded */
export const duplicateName = (name: string, id?: string): Ec2Error =>
  new Ec2Error('InvalidAMIName.Duplicate', `AMI name ${name} is already in use by ${id ? `AMI ${id}` : 'an upload'}`)

/**
 * The name that a file gives its AMI: without folders, and with `-` for what a name cannot have. econe's users upload
 * files of any name.
 */
export function nameOfFile(filename: string): string {
  const [last = ''] = filename.split(/[\\/]/).slice(-1)
  return last
    .replace(/[^\w()[\] ./'@-]/gu, '-')
    .slice(0, 128)
    .padEnd(3, '-')
}

/** Looks through the account's images for the name, in one upstream request. @throws Ec2Error InvalidAMIName.Duplicate */
export async function checkNameIsFree(name: string, context: Context): Promise<void> {
  for await (const image of context.one.images({ whose: WHOSE.OWN })) refuseNamesake(name, image, context)
}
