// Calls about security groups.
import { SECURITY_GROUP } from '../documents.ts'
import { pool, read, write } from './common.ts'

export const securityGroup = (id: number) => read(SECURITY_GROUP, 'one.secgroup.info', id, false)
export const securityGroupPool = pool(SECURITY_GROUP, 'one.secgrouppool.info')

/** Brings the VMs up to date with the group's rules; with `recover` only those that are not. */
export const commitSecurityGroup = (id: number, recover: boolean) => write('one.secgroup.commit', id, recover)
