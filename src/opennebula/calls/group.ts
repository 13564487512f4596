// Calls about groups of users.
import { GROUP } from '../documents.ts'
import { read } from './common.ts'

export const group = (id: number) => read(GROUP, 'one.group.info', id, false)
