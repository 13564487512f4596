// VM templates: one.template.* and one.templatepool.info.

import { bool, int, type MethodTable, method, string } from '../objects/methods.ts'
import { newNameError, notAllocated } from '../objects/names.ts'
import {
  changeMethods,
  type DocumentedSpec,
  lockMethods,
  ownedBy,
  ownerXml,
  permissionsXml,
  readMethods,
} from '../objects/objects.ts'
import { acquire } from '../objects/permissions.ts'
import { internal } from '../protocol/errors.ts'
import { merge, parseTemplate, single, type Template, without } from '../protocol/template.ts'
import { plain, templateXml, wrap } from '../protocol/xml.ts'
import { KINDS, type VmTemplate } from '../world/model.ts'
import type { Call, World } from '../world/world.ts'
import { createVm } from './instantiate.ts'

const vmTemplateXml = (world: World, template: VmTemplate): string =>
  wrap(
    'VMTEMPLATE',
    ownerXml(world, template),
    permissionsXml(template),
    plain('REGTIME', template.regtime),
    templateXml('TEMPLATE', template.template),
  )

const SPEC: DocumentedSpec<VmTemplate> = { pool: world => world.templates, xml: vmTemplateXml }

/** Adds a template. */
export const addTemplate = (
  { world, user }: Pick<Call, 'world' | 'user'>,
  name: string,
  template: Template,
): VmTemplate =>
  world.templates.add(id => ({
    id,
    name,
    ...ownedBy(user),
    template,
    regtime: world.clock.seconds(),
  }))

const nameProblem = ({ world, user }: Call, name: string): string | undefined =>
  newNameError(world.templates, user.id, name)

/** The extra template replaces whole attributes: its DISKs are all DISKs, its CONTEXT is the CONTEXT. */
function instantiate(call: Call, id: number, name: string, hold: boolean, extra: string): number {
  const source = acquire(call, call.world.templates, id, 'USE')
  const fromUser = parseTemplate(extra)
  return createVm(call, { name, hold, template: merge(source.template, fromUser), source, fromUser }).id
}

export const TEMPLATE_METHODS: MethodTable = {
  ...readMethods('template', SPEC),
  ...changeMethods('template', SPEC),
  ...lockMethods('template', SPEC),
  'one.template.instantiate': method([int, string, bool.or(false), string.or(''), bool.or(false)], instantiate),
  'one.template.allocate': method([string], (call, text) => {
    const template = parseTemplate(text)
    const name = single(template, 'NAME')
    const problem = nameProblem(call, name)
    if (problem) throw internal(problem)
    return addTemplate(call, name, without(template, ['NAME'])).id
  }),
  'one.template.clone': method([int, string, bool.or(false)], (call, id, name) => {
    const source = acquire(call, call.world.templates, id, 'USE')
    const problem = nameProblem(call, name)
    if (problem) throw notAllocated(KINDS.template, problem)
    return addTemplate(call, name, structuredClone(source.template)).id
  }),
  'one.template.delete': method([int, bool.or(false)], (call, id) => {
    call.world.templates.remove(acquire(call, call.world.templates, id, 'MANAGE').id)
    return id
  }),
}
