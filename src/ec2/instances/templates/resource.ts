// Launch templates as resources: their ids and names, and what is said of them.
import { excerpt } from '../../../lib/excerpt.ts'
import { invalidBecause } from '../../../protocol/complaints.ts'
import { Ec2Error } from '../../../protocol/errors.ts'
import { codesOf, type Resource } from '../../core/resource.ts'

export const LAUNCH_TEMPLATE = {
  kind: 'launchTemplate',
  prefix: 'lt',
  type: 'launch-template',
  documents: 2005,
  ...codesOf('InvalidLaunchTemplateId'),
  missing: ids => `The specified launch template, with template ID ${ids.join(', ')}, does not exist.`,
} as const satisfies Resource

/** @returns InvalidLaunchTemplateName.AlreadyExistsException */
export const duplicateTemplate = (): Ec2Error =>
  new Ec2Error('InvalidLaunchTemplateName.AlreadyExistsException', 'Launch template name already in use.')

/** @returns InvalidLaunchTemplateName.NotFoundException */
export const noTemplateNamed = (name: string): Ec2Error =>
  new Ec2Error(
    'InvalidLaunchTemplateName.NotFoundException',
    `The specified launch template, with template name ${excerpt(name)}, does not exist.`,
  )

/** @returns InvalidLaunchTemplateId.VersionNotFound */
export const noSuchVersion = (version: string, id: string): Ec2Error =>
  new Ec2Error(
    'InvalidLaunchTemplateId.VersionNotFound',
    `Could not find the specified version ${excerpt(version)} for the launch template with ID ${id}.`,
  )

/** @returns InvalidParameterValue */
export const invalidVersion = (version: string): Ec2Error =>
  invalidBecause(
    `Invalid launch template version '${excerpt(version)}': either '$Default', '$Latest', or a numeric version are allowed.`,
  )

/** @throws Ec2Error InvalidLaunchTemplateName.MalformedException */
export function checkTemplateName(name: string): void {
  if (/^[a-zA-Z0-9().\-/_]{3,128}$/.test(name)) return
  throw new Ec2Error(
    'InvalidLaunchTemplateName.MalformedException',
    `The launch template name '${excerpt(name)}' is invalid. A launch template name must be between 3 and 128 characters, and may contain letters, numbers, and the following characters: - ( ) . / _.`,
  )
}
