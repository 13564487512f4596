// Documents (one.document.*, one.documentpool.info) and VM groups: objects that only store a template.
import { internal } from './errors.ts'
import { bool, int, type MethodTable, method, string } from './methods.ts'
import { type DocumentObject, KINDS, type Owned } from './model.ts'
import { nameError, newNameError } from './names.ts'
import { changeMethods, type DocumentedSpec, ownerXml, permissionsXml, readMethods } from './objects.ts'
import { acquire, PRIVATE } from './permissions.ts'
import { poolValue, select } from './selection.ts'
import { parseTemplate, single, without } from './template.ts'
import type { Call, World } from './world.ts'
import { plain, templateXml, wrap } from './xml.ts'

const DOCUMENT: DocumentedSpec<DocumentObject> = {
  pool: world => world.documents,
  xml: (world, object) =>
    wrap(
      'DOCUMENT',
      ownerXml(world, object),
      plain('TYPE', object.type),
      permissionsXml(object.permissions),
      templateXml('TEMPLATE', object.template),
    ),
}

const VM_GROUP: DocumentedSpec<Owned> = {
  pool: world => world.vmGroups,
  xml: (world: World, object) =>
    wrap(
      'VM_GROUP',
      ownerXml(world, object),
      permissionsXml(object.permissions),
      wrap('ROLES'),
      templateXml('TEMPLATE', object.template),
    ),
}

/** What a new object takes from its caller and its template. */
function owned({ user }: Call, text: string): Omit<Owned, 'id'> {
  const template = parseTemplate(text)
  return {
    name: single(template, 'NAME'),
    uid: user.id,
    gid: user.groups[0] ?? -1,
    permissions: [...PRIVATE],
    template: without(template, ['NAME']),
  }
}

const deleteMethod = <T extends Owned>(spec: DocumentedSpec<T>): MethodTable[string] =>
  method([int, bool.or(false)], (call, id) => {
    const pool = spec.pool(call.world)
    pool.remove(acquire(call, pool, id, 'MANAGE').id)
    return id
  })

export const DOCUMENT_METHODS: MethodTable = {
  ...readMethods('document', DOCUMENT),
  ...changeMethods('document', DOCUMENT),
  'one.document.allocate': method([string, int], (call, text, type) => {
    const content = owned(call, text)
    const problem = content.name === '' ? undefined : nameError(content.name)
    if (problem) throw internal(problem)
    return call.world.documents.add(id => ({ ...content, name: content.name || `document-${id}`, id, type })).id
  }),
  'one.document.delete': deleteMethod(DOCUMENT),
  'one.documentpool.info': method([int, int, int, int], ({ world, user }, filter, start, end, type) => {
    const documents = world.documents.newestFirst().filter(document => document.type === type)
    return poolValue(KINDS.document, select(user, KINDS.document, documents, filter, start, end), document =>
      DOCUMENT.xml(world, document),
    )
  }),
  ...readMethods('vmgroup', VM_GROUP),
  ...changeMethods('vmgroup', VM_GROUP),
  'one.vmgroup.allocate': method([string], (call, text) => {
    const content = owned(call, text)
    const problem = newNameError(call.world.vmGroups, call.user.id, content.name)
    if (problem) throw internal(problem)
    return call.world.vmGroups.add(id => ({ ...content, id })).id
  }),
  'one.vmgroup.delete': deleteMethod(VM_GROUP),
}
