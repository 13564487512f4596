// Calls about VM templates.
import type { DocumentType } from '../xml/document-type.ts'
import { type TemplateData, writeTemplate } from '../xml/template.ts'
import { pool, read, write } from './common.ts'

/** The calls that read VM templates, as documents of a type. */
export const templateReads = <T>(type: DocumentType<T>) => ({
  template: (id: number) => read(type, 'one.template.info', id, false, false),
  templatePool: pool(type, 'one.templatepool.info'),
})

export interface Instantiation {
  readonly template: number
  /** Empty: OpenNebula makes one of the template's name and the id. */
  readonly name?: string
  readonly hold?: boolean
  /** DISK, NIC and CONTEXT in it replace those of the template. */
  readonly extra: TemplateData
}

/** Makes a VM; answers its id. */
export const instantiate = ({ template: id, name = '', hold = false, extra }: Instantiation) =>
  write('one.template.instantiate', id, name, hold, writeTemplate(extra), false)
