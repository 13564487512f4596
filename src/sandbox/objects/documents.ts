// Documents (one.document.*, one.documentpool.info): objects that only store a template, of any type that users agree on.
import { internal } from '../protocol/errors.ts'
import { parseTemplate, single, without } from '../protocol/template.ts'
import { plain, templateXml, wrap } from '../protocol/xml.ts'
import { type DocumentObject, KINDS } from '../world/model.ts'
import { int, type MethodTable, method, string } from './methods.ts'
import { nameError, notAllocated } from './names.ts'
import {
  changeMethods,
  type DocumentedSpec,
  lockMethods,
  ownedBy,
  ownerXml,
  permissionsXml,
  readMethods,
  removeMethod,
} from './objects.ts'
import { acquire } from './permissions.ts'
import { poolValue, select } from './selection.ts'

const SPEC: DocumentedSpec<DocumentObject> = {
  pool: world => world.documents,
  xml: (world, object) =>
    wrap(
      'DOCUMENT',
      ownerXml(world, object),
      plain('TYPE', object.type),
      permissionsXml(object),
      templateXml('TEMPLATE', object.template),
    ),
}

export const DOCUMENT_METHODS: MethodTable = {
  ...readMethods('document', SPEC),
  ...changeMethods('document', SPEC),
  ...lockMethods('document', SPEC),
  'one.document.allocate': method([string, int], ({ world, user }, text, type) => {
    const template = parseTemplate(text)
    const name = single(template, 'NAME')
    const problem = name === '' ? undefined : nameError(name)
    if (problem) throw internal(problem)
    const content = { ...ownedBy(user), template: without(template, ['NAME']), type }
    return world.documents.add(id => ({ ...content, id, name: name || `document-${id}` })).id
  }),
  'one.document.clone': method([int, string], (call, id, name) => {
    const { template, type } = acquire(call, call.world.documents, id, 'USE')
    const problem = nameError(name)
    if (problem) throw notAllocated(KINDS.document, problem)
    const content = { ...ownedBy(call.user), template: structuredClone(template), type, name }
    return call.world.documents.add(copy => ({ ...content, id: copy })).id
  }),
  'one.document.delete': removeMethod(SPEC),
  'one.documentpool.info': method([int, int, int, int], ({ world, user }, filter, start, end, type) => {
    const documents = world.documents.newestFirst().filter(document => document.type === type)
    return poolValue(KINDS.document, select(user, KINDS.document, documents, filter, start, end), document =>
      SPEC.xml(world, document),
    )
  }),
}
