// The launch templates of an account: kept as items, found by id or by name.
import { limits } from '../../../limits.ts'
import { needsOneOf, notTogether } from '../../../protocol/complaints.ts'
import type { ChangeContext, Context } from '../../core/context.ts'
import { parseId } from '../../core/ids.ts'
import { items } from '../../core/items.ts'
import { notFound } from '../../core/resource.ts'
import { duplicateTemplate, LAUNCH_TEMPLATE, noTemplateNamed } from './resource.ts'
import { type Template, templateRecord } from './view.ts'

export const launchTemplates = items({
  resource: LAUNCH_TEMPLATE,
  fields: templateRecord,
  taken: duplicateTemplate,
  most: limits.launchTemplates,
})

/** How a request names a template. */
export interface TemplateName {
  readonly LaunchTemplateId?: string | undefined
  readonly LaunchTemplateName?: string | undefined
}

/**
 * The template that a request names, one of these.
 * @throws Ec2Error MissingParameter, InvalidParameterCombination, InvalidLaunchTemplateId.Malformed and .NotFound,
 *   InvalidLaunchTemplateName.NotFoundException
 */
export function pickTemplate(name: TemplateName, templates: readonly Template[]): Template {
  const [id, called] = checkName(name)
  const template = templates.find(each => (id ? each.id === id : each.name === called))
  if (template === undefined) throw id ? notFound(LAUNCH_TEMPLATE, id) : noTemplateNamed(called ?? '')
  return template
}

/** The same, looked for. */
export async function findTemplate(name: TemplateName, context: Context): Promise<Template> {
  checkName(name)
  return pickTemplate(name, await launchTemplates.all(context))
}

/** Changes the template that a request names. @throws Ec2Error as `pickTemplate` */
export async function changeTemplate(
  name: TemplateName,
  change: (template: Template, templates: readonly Template[]) => Template,
  context: ChangeContext,
): Promise<Template | undefined> {
  const [id] = checkName(name)
  const [template] = id
    ? await launchTemplates.change([id], change, context)
    : await launchTemplates.changeFound(templates => pickTemplate(name, templates), change, context)
  return template
}

/** @throws Ec2Error MissingParameter, InvalidParameterCombination, InvalidLaunchTemplateId.Malformed */
export function checkName({ LaunchTemplateId: id, LaunchTemplateName: called }: TemplateName) {
  if (!id && !called) throw needsOneOf('LaunchTemplateId', 'LaunchTemplateName')
  if (id && called) throw notTogether('LaunchTemplateId', 'LaunchTemplateName')
  if (id) parseId(LAUNCH_TEMPLATE, id)
  return [id, called] as const
}
