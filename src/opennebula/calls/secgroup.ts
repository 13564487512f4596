// Calls about security groups.
import type { DocumentType } from '../xml/document-type.ts'
import { type TemplateData, writeTemplate } from '../xml/template.ts'
import { pool, read, write } from './common.ts'

/** The calls that read security groups, as documents of a type. */
export const securityGroupReads = <T>(type: DocumentType<T>) => ({
  securityGroup: (id: number) => read(type, 'one.secgroup.info', id, false),
  securityGroupPool: pool(type, 'one.secgrouppool.info'),
})

/** Makes a security group; answers its id. */
export const allocateSecurityGroup = (data: TemplateData) => write('one.secgroup.allocate', writeTemplate(data))

/** Has OpenNebula bring a group's rules to those VMs where that has failed. */
export const commitRules = (id: number) => write('one.secgroup.commit', id, true)
