// Calls about network templates.
import { NETWORK_TEMPLATE } from '../documents.ts'
import { type TemplateData, writeTemplate } from '../xml/template.ts'
import { pool, write } from './common.ts'

export const networkTemplatePool = pool(NETWORK_TEMPLATE, 'one.vntemplatepool.info')

/** Makes a network of the caller's own from a network template; answers its id. A name that it has already: code ALLOCATE. */
export const instantiateNetwork = (template: number, name: string, extra: TemplateData) =>
  write('one.vntemplate.instantiate', template, name, writeTemplate(extra))
