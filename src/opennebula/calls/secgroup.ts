// Calls about security groups.
import { SECURITY_GROUP } from '../documents.ts'
import { pool, read } from './common.ts'

export const securityGroup = (id: number) => read(SECURITY_GROUP, 'one.secgroup.info', id, false)
export const securityGroupPool = pool(SECURITY_GROUP, 'one.secgrouppool.info')
