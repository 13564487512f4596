// Calls about users.
import { USER_CREDENTIALS, USER_STANDING } from '../documents.ts'
import { USER_QUOTAS } from '../quotas.ts'
import type { DocumentType } from '../xml/document-type.ts'
import { read } from './common.ts'

/** The call that reads a user, as a document of a type; -1 is whoever asks. */
export const userReads = <T>(type: DocumentType<T>) => ({ user: (id = -1) => read(type, 'one.user.info', id, false) })
/** Of a user as little as says whether it may act: nothing that the user writes itself. */
export const standing = (id: number) => read(USER_STANDING, 'one.user.info', id, false)
/** What whoever asks may use. */
export const ownQuotas = () => read(USER_QUOTAS, 'one.user.info', -1, false)
/** Every user with password hash, for the server's account; oneself for others. */
export const userPool = () => read(USER_CREDENTIALS, 'one.userpool.info')
