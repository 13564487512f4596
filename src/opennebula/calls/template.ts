// Calls about VM templates.
import { VMTEMPLATE } from '../documents.ts'
import { type TemplateData, writeTemplate } from '../xml/template.ts'
import { pool, read, write } from './common.ts'

export const template = (id: number) => read(VMTEMPLATE, 'one.template.info', id, false, false)
export const templatePool = pool(VMTEMPLATE, 'one.templatepool.info')

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
