// CreateLaunchTemplate and CreateLaunchTemplateVersion.
import type {
  CreateLaunchTemplateRequest,
  CreateLaunchTemplateResult,
  CreateLaunchTemplateVersionRequest,
  CreateLaunchTemplateVersionResult,
} from '@aws-sdk/client-ec2'
import { limits } from '../../../limits.ts'
import { missing } from '../../../protocol/complaints.ts'
import { Ec2Error } from '../../../protocol/errors.ts'
import type { ChangeContext } from '../../core/context.ts'
import { tagsFor } from '../../core/tags.ts'
import { checkData, inherited } from './data.ts'
import { changeTemplate, launchTemplates } from './find.ts'
import { rememberNewest } from './image-hints.ts'
import { checkTemplateName, LAUNCH_TEMPLATE } from './resource.ts'
import {
  sizeOf,
  type Template,
  type TemplateRecord,
  templateItem,
  type Version,
  versionItem,
  versionNamed,
} from './view.ts'

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplate.html */
export async function createLaunchTemplate(
  { LaunchTemplateName: name = '', LaunchTemplateData, ...input }: CreateLaunchTemplateRequest,
  context: ChangeContext,
): Promise<CreateLaunchTemplateResult> {
  checkTemplateName(name)
  if (!LaunchTemplateData) throw missing('LaunchTemplateData')
  const data = checkData(LaunchTemplateData)
  const tags = tagsFor(LAUNCH_TEMPLATE.type, input.TagSpecifications)
  const first: Version = { number: 1, created: context.since, description: input.VersionDescription || undefined, data }
  const fields: TemplateRecord = { created: context.since, standard: 1, last: 1, versions: [first] }
  const make = (id: string, others: readonly Template[]): Template => {
    checkRoom(fields, others)
    return { id, name, tags, fields }
  }
  const template = await launchTemplates.create({ name }, make, context)
  await rememberNewest(template, first, context)
  return { LaunchTemplate: templateItem(template, context) }
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplateVersion.html */
export async function createLaunchTemplateVersion(
  {
    SourceVersion,
    VersionDescription,
    LaunchTemplateData,
    ClientToken: token,
    ...name
  }: CreateLaunchTemplateVersionRequest,
  context: ChangeContext,
): Promise<CreateLaunchTemplateVersionResult> {
  if (!LaunchTemplateData) throw missing('LaunchTemplateData')
  const given = checkData(LaunchTemplateData)
  const made = ({ versions }: TemplateRecord) =>
    versions.findLast(version => token === undefined || version.token === token)
  const add = (template: Template, templates: readonly Template[]): Template => {
    const { fields } = template
    if (context.resumed && made(fields)) return template
    const data = SourceVersion ? inherited(versionNamed(template, SourceVersion).data, given) : given
    const version = {
      ...{ number: fields.last + 1, created: context.since, description: VersionDescription || undefined },
      ...{ token, data },
    }
    const after = { ...fields, last: version.number, versions: [...fields.versions, version] }
    if (after.versions.length > limits.launchTemplateVersions.most) {
      throw full(
        `The launch template has ${fields.versions.length} versions: delete some that are not needed any more.`,
      )
    }
    checkRoom(
      after,
      templates.filter(other => other !== template),
    )
    return { ...template, fields: after }
  }
  const template = await changeTemplate(name, add, context)
  const version = template && made(template.fields)
  if (version) await rememberNewest(template, version, context)
  return { LaunchTemplateVersion: version && versionItem(template, version, context) }
}

/** Whether a template can be kept beside the others. @throws Ec2Error ResourceLimitExceeded */
function checkRoom(fields: TemplateRecord, others: readonly Template[]): void {
  const size = sizeOf(fields)
  if (size > limits.launchTemplateBytes.most) {
    throw full('The versions of the launch template are too much to keep: delete some that are not needed any more.')
  }
  if (others.reduce((sum, other) => sum + sizeOf(other.fields), size) > limits.launchTemplatesBytes.most) {
    throw full(
      'The launch templates of the account are too much to keep: delete versions that are not needed any more.',
    )
  }
}

const full = (sentence: string) => new Ec2Error('ResourceLimitExceeded', sentence)
