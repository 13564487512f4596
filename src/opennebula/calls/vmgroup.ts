// Calls about VM groups, which say of their VMs whether they go to one host or to different ones.
import type { DocumentType } from '../xml/document-type.ts'
import { type TemplateData, writeTemplate } from '../xml/template.ts'
import { pool, write } from './common.ts'

/** The calls that read VM groups, as documents of a type. */
export const vmGroupReads = <T>(type: DocumentType<T>) => ({ vmGroupPool: pool(type, 'one.vmgrouppool.info') })

/** Makes a VM group; answers its id. */
export const allocateVmGroup = (data: TemplateData) => write('one.vmgroup.allocate', writeTemplate(data))
