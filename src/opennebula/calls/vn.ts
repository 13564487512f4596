// Calls about virtual networks.
import type { DocumentType } from '../xml/document-type.ts'
import { type TemplateData, writeTemplate } from '../xml/template.ts'
import { pool, read, write } from './common.ts'

/** The calls that read virtual networks, as documents of a type. */
export const networkReads = <T>(type: DocumentType<T>) => ({
  network: (id: number) => read(type, 'one.vn.info', id, false),
  networkPool: pool(type, 'one.vnpool.info'),
})

/** Takes addresses out of a network as one of the caller's own; answers its id. Exhausted: code ACTION. */
export const reserve = (parent: number, reservation: TemplateData) =>
  write('one.vn.reserve', parent, writeTemplate(reservation))
