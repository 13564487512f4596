// Network templates: one.vntemplate.* and one.vntemplatepool.info. Who may use one makes networks of it.
import { registeredTemplate, templateMethods } from '../objects/kinds.ts'
import { int, type MethodTable, method, string } from '../objects/methods.ts'
import { newNameError, notAllocated } from '../objects/names.ts'
import { acquire, refuseRestricted } from '../objects/permissions.ts'
import { merge, parseTemplate } from '../protocol/template.ts'
import { KINDS } from '../world/model.ts'
import type { Call, World } from '../world/world.ts'
import { addNetwork } from './lifecycle.ts'
import { restrictedInNetwork } from './networks.ts'

/** The network is the caller's own; its attributes are the template's and what the caller adds to them. */
function instantiate(call: Call, id: number, name: string, extra: string): number {
  const { world, user } = call
  const source = acquire(call, world.networkTemplates, id, 'USE')
  const fromUser = parseTemplate(extra)
  refuseRestricted(user, restrictedInNetwork(fromUser), 'User Template')
  const problem = newNameError(world.networks, user.id, name)
  if (problem) throw notAllocated(KINDS.networkTemplate, problem)
  return addNetwork(call, { ...merge(source.template, fromUser), NAME: [name], TEMPLATE_ID: [String(id)] }).id
}

export const NETWORK_TEMPLATE = registeredTemplate({
  ...{ name: 'vntemplate', pool: (world: World) => world.networkTemplates, byAdmins: true },
})

export const NETWORK_TEMPLATE_METHODS: MethodTable = {
  ...templateMethods(NETWORK_TEMPLATE),
  'one.vntemplate.instantiate': method([int, string, string.or('')], instantiate),
}
