// Calls about security groups.
import { SECURITY_GROUP } from '../documents.ts'
import { type TemplateData, writeTemplate } from '../xml/template.ts'
import { pool, read, write } from './common.ts'

export const securityGroup = (id: number) => read(SECURITY_GROUP, 'one.secgroup.info', id, false)
export const securityGroupPool = pool(SECURITY_GROUP, 'one.secgrouppool.info')

/** Makes a security group; answers its id. */
export const allocateSecurityGroup = (data: TemplateData) => write('one.secgroup.allocate', writeTemplate(data))
