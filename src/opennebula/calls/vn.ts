// Calls about virtual networks.
import { VNET } from '../documents.ts'
import { type TemplateData, writeTemplate } from '../xml/template.ts'
import { pool, read, write } from './common.ts'

export const network = (id: number) => read(VNET, 'one.vn.info', id, false)
export const networkPool = pool(VNET, 'one.vnpool.info')

/** Takes addresses out of a network as one of the caller's own; answers its id. Exhausted: code ACTION. */
export const reserve = (parent: number, reservation: TemplateData) =>
  write('one.vn.reserve', parent, writeTemplate(reservation))
