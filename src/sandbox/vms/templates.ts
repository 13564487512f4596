// VM templates: one.template.* and one.templatepool.info.
import { cloneObject, registeredTemplate, templateMethods } from '../objects/kinds.ts'
import { bool, int, type MethodTable, method, string } from '../objects/methods.ts'
import { acquire } from '../objects/permissions.ts'
import { merge, parseTemplate } from '../protocol/template.ts'
import type { Call } from '../world/world.ts'
import { createVm } from './instantiate.ts'

export const VM_TEMPLATE = registeredTemplate({ name: 'template', pool: world => world.templates })

/** The extra template replaces whole attributes: its DISKs are all DISKs, its CONTEXT is the CONTEXT. */
function instantiate(call: Call, id: number, name: string, hold: boolean, extra: string): number {
  const source = acquire(call, call.world.templates, id, 'USE')
  const fromUser = parseTemplate(extra)
  return createVm(call, { name, hold, template: merge(source.template, fromUser), source, fromUser }).id
}

export const TEMPLATE_METHODS: MethodTable = {
  ...templateMethods(VM_TEMPLATE),
  'one.template.instantiate': method([int, string, bool.or(false), string.or(''), bool.or(false)], instantiate),
  'one.template.clone': method([int, string, bool.or(false)], (call, id, name) =>
    cloneObject(call, VM_TEMPLATE, id, name),
  ),
}
