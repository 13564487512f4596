// Documents (one.document.*, one.documentpool.info): objects that only store a template, of any type that users agree on.
import { plain, templateXml, wrap } from '../protocol/xml.ts'
import { type DocumentObject, KINDS } from '../world/model.ts'
import { allocateObject, cloneObject, templateMethods } from './kinds.ts'
import { int, type MethodTable, method, string } from './methods.ts'
import { ownerXml, permissionsXml } from './owner-xml.ts'
import { existing } from './permissions.ts'
import { poolValue, select } from './selection.ts'
import type { TemplateSpec } from './spec.ts'

const ofType = (type: number): TemplateSpec<DocumentObject> => ({
  name: 'document',
  pool: world => world.documents,
  xml: (world, object) =>
    wrap(
      'DOCUMENT',
      ownerXml(world, object),
      plain('TYPE', object.type),
      permissionsXml(object),
      templateXml('TEMPLATE', object.template),
    ),
  nameless: 'named by make',
  make: (_, base) => ({ ...base, name: base.name || `document-${base.id}`, type }),
})

const ANY_TYPE = ofType(0)

export const DOCUMENT_METHODS: MethodTable = {
  ...templateMethods(ANY_TYPE),
  'one.document.allocate': method([string, int], (call, text, type) => allocateObject(call, ofType(type), text)),
  'one.document.clone': method([int, string], (call, id, name) =>
    cloneObject(call, ofType(existing(call.world.documents, id).type), id, name),
  ),
  'one.documentpool.info': method([int, int, int, int], ({ world, user }, filter, start, end, type) => {
    const documents = world.documents.newestFirst().filter(document => document.type === type)
    return poolValue(KINDS.document, select(user, KINDS.document, documents, filter, start, end), document =>
      ANY_TYPE.xml(world, document),
    )
  }),
}
