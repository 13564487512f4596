// The list of access keys, each with the day of its last use.
import type { AccessKeyMetadata } from '@aws-sdk/client-iam'
import { dateAt } from '../../../lib/instants.ts'
import { isForbidden, isNotFound } from '../../api/failure.ts'
import { type Listing, listing, Shown } from '../../resource/listing.ts'
import { api } from '../../session/session.ts'

export interface AccessKey extends AccessKeyMetadata {
  /** The day in UTC, which is all that is known; undefined where there was none, or nobody may know. */
  readonly lastUsed?: string | undefined
}

const listed = listing('ListAccessKeys', {
  byIds: () => ({}),
  items: ({ AccessKeyMetadata }) => AccessKeyMetadata,
  idOf: ({ AccessKeyId = '' }: AccessKeyMetadata) => AccessKeyId,
})

const load: Listing<AccessKey>['load'] = async question => {
  const { items, next } = await listed.load(question)
  const { ids } = question
  const asked = ids ? items.filter(key => ids.includes(listed.idOf(key))) : items
  return { items: await Promise.all(asked.map(withUse)), next }
}

async function withUse(key: AccessKeyMetadata): Promise<AccessKey> {
  const { AccessKeyId = '' } = key
  const asked = api().call('GetAccessKeyLastUsed', { AccessKeyId })
  const { AccessKeyLastUsed } = await asked.catch((error: unknown) => {
    if (isForbidden(error) || isNotFound(error)) return { AccessKeyLastUsed: undefined }
    throw error
  })
  const { LastUsedDate } = AccessKeyLastUsed ?? {}
  return { ...key, lastUsed: LastUsedDate && dateAt(LastUsedDate) }
}

export const list: Listing<AccessKey> = { ...listed, load, shown: new Shown(load, listed.idOf) }
