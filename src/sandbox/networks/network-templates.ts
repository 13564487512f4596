// Network templates: one.vntemplate.* and one.vntemplatepool.info. Who may use one makes networks of it.

import { int, type MethodTable, method, string } from '../objects/methods.ts'
import { newNameError, notAllocated } from '../objects/names.ts'
import {
  changeMethods,
  type DocumentedSpec,
  lockMethods,
  ownedBy,
  ownerXml,
  permissionsXml,
  readMethods,
  removeMethod,
} from '../objects/objects.ts'
import { acquire, refuseRestricted, requireAdmin } from '../objects/permissions.ts'
import { internal } from '../protocol/errors.ts'
import { merge, parseTemplate, single, without } from '../protocol/template.ts'
import { plain, templateXml, wrap } from '../protocol/xml.ts'
import { KINDS, type NetworkTemplate } from '../world/model.ts'
import type { Call } from '../world/world.ts'
import { addNetwork, restrictedInNetwork } from './networks.ts'

const SPEC: DocumentedSpec<NetworkTemplate> = {
  pool: world => world.networkTemplates,
  xml: (world, template) =>
    wrap(
      'VNTEMPLATE',
      ownerXml(world, template),
      permissionsXml(template),
      plain('REGTIME', template.regtime),
      templateXml('TEMPLATE', template.template),
    ),
}

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

export const NETWORK_TEMPLATE_METHODS: MethodTable = {
  ...readMethods('vntemplate', SPEC),
  ...changeMethods('vntemplate', SPEC),
  ...lockMethods('vntemplate', SPEC),
  'one.vntemplate.allocate': method([string], ({ world, user }, text) => {
    requireAdmin(user, 'CREATE', KINDS.networkTemplate)
    const template = parseTemplate(text)
    const name = single(template, 'NAME')
    const problem = newNameError(world.networkTemplates, user.id, name)
    if (problem) throw internal(problem)
    const content = { ...ownedBy(user), name, template: without(template, ['NAME']), regtime: world.clock.seconds() }
    return world.networkTemplates.add(id => ({ ...content, id })).id
  }),
  'one.vntemplate.delete': removeMethod(SPEC),
  'one.vntemplate.instantiate': method([int, string, string.or('')], instantiate),
}
