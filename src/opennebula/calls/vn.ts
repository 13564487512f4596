// Calls about virtual networks.
import type { DocumentType } from '../xml/document-type.ts'
import { type TemplateData, writeTemplate } from '../xml/template.ts'
import { pool, read, write } from './common.ts'

/** The calls that read virtual networks, as documents of a type. */
export const networkReads = <T>(type: DocumentType<T>) => ({
  network: (id: number) => read(type, 'one.vn.info', id, false),
  networkPool: pool(type, 'one.vnpool.info'),
})

/** Makes a network of the caller's own from a network template; answers its id. A name that it has already: code ALLOCATE. */
export const instantiateNetwork = (template: number, name: string, extra: TemplateData) =>
  write('one.vntemplate.instantiate', template, name, writeTemplate(extra))

/** Takes addresses out of a network as one of the caller's own; answers its id. Exhausted: code ACTION. */
export const reserve = (parent: number, reservation: TemplateData) =>
  write('one.vn.reserve', parent, writeTemplate(reservation))
