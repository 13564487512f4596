// Calls about groups of users.
import { GROUP } from '../documents.ts'
import { GROUP_QUOTAS } from '../quotas.ts'
import { read } from './common.ts'

export const group = (id: number) => read(GROUP, 'one.group.info', id, false)
/** What the users of the asker's own group may use together. */
export const ownGroupQuotas = () => read(GROUP_QUOTAS, 'one.group.info', -1, false)
