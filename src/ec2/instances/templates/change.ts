// ModifyLaunchTemplate, DeleteLaunchTemplate and DeleteLaunchTemplateVersions.
import type {
  DeleteLaunchTemplateRequest,
  DeleteLaunchTemplateResult,
  DeleteLaunchTemplateVersionsRequest,
  DeleteLaunchTemplateVersionsResponseErrorItem,
  DeleteLaunchTemplateVersionsResult,
  ModifyLaunchTemplateRequest,
  ModifyLaunchTemplateResult,
} from '@aws-sdk/client-ec2'
import { limits } from '../../../limits.ts'
import { missing, tooMany } from '../../../protocol/complaints.ts'
import type { ChangeContext } from '../../core/context.ts'
import { changeTemplate, launchTemplates, pickTemplate } from './find.ts'
import { invalidVersion } from './resource.ts'
import { type Template, templateItem, versionNamed } from './view.ts'

/**
 * Says which version is the default one.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyLaunchTemplate.html
 */
export async function modifyLaunchTemplate(
  { DefaultVersion, ...name }: ModifyLaunchTemplateRequest,
  context: ChangeContext,
): Promise<ModifyLaunchTemplateResult> {
  if (!DefaultVersion) throw missing('SetDefaultVersion')
  const change = (template: Template): Template => {
    const { number: standard } = versionNamed(template, DefaultVersion)
    return { ...template, fields: { ...template.fields, standard } }
  }
  const template = await changeTemplate(name, change, context)
  return { LaunchTemplate: template && templateItem(template, context) }
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteLaunchTemplate.html */
export async function deleteLaunchTemplate(
  name: DeleteLaunchTemplateRequest,
  context: ChangeContext,
): Promise<DeleteLaunchTemplateResult> {
  const [template] = await launchTemplates.delete(templates => [pickTemplate(name, templates)], context)
  return { LaunchTemplate: template && templateItem(template, context) }
}

/**
 * Deletes versions, each by itself: of those that cannot be deleted it is said why.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteLaunchTemplateVersions.html
 */
export async function deleteLaunchTemplateVersions(
  { Versions = [], ...name }: DeleteLaunchTemplateVersionsRequest,
  context: ChangeContext,
): Promise<DeleteLaunchTemplateVersionsResult> {
  const { most, code } = limits.deletedVersions
  if (Versions.length === 0) throw missing('LaunchTemplateVersion')
  if (Versions.length > most) throw tooMany('LaunchTemplateVersion', Versions.length, most, code)
  const numbers = new Set(Versions.map(numberOf))
  let before: Template | undefined
  const change = (template: Template): Template => {
    before = template
    const { standard, versions } = template.fields
    const left = versions.filter(({ number }) => number === standard || !numbers.has(number))
    return left.length === versions.length ? template : { ...template, fields: { ...template.fields, versions: left } }
  }
  const after = await changeTemplate(name, change, context)
  const named = { LaunchTemplateId: after?.id, LaunchTemplateName: after?.name }
  const flaws = new Map([...numbers].map(number => [number, flawOf(number, before)]))
  return {
    SuccessfullyDeletedLaunchTemplateVersions: [...flaws].flatMap(([VersionNumber, flaw]) =>
      flaw ? [] : { ...named, VersionNumber },
    ),
    UnsuccessfullyDeletedLaunchTemplateVersions: [...flaws].flatMap(([VersionNumber, ResponseError]) =>
      ResponseError ? { ...named, VersionNumber, ResponseError } : [],
    ),
  }
}

/** @throws Ec2Error InvalidParameterValue */
function numberOf(version: string): number {
  if (!/^\d{1,9}$/.test(version)) throw invalidVersion(version)
  return Number(version)
}

type Flaw = DeleteLaunchTemplateVersionsResponseErrorItem['ResponseError']

/** Why a version cannot be deleted; undefined where it can. */
function flawOf(number: number, template: Template | undefined): Flaw {
  const { standard, versions = [] } = template?.fields ?? {}
  if (number === standard) {
    return { Code: 'unexpectedError', Message: 'The default version of a launch template cannot be deleted.' }
  }
  if (versions.some(version => version.number === number)) return undefined
  return {
    Code: 'launchTemplateVersionDoesNotExist',
    Message: `The specified launch template version ${number} does not exist.`,
  }
}
