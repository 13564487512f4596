// What the quotas of an account follow from: OpenNebula's limits of it, and the operator's network of addresses.
import type { Context } from '../core/context.ts'
import { networkPool } from '../core/documents.ts'
import { answerOf } from '../core/failures.ts'
import { type Holder, holdersIn, quotaReads } from '../core/quotas.ts'

/** What is known of an account. */
export interface AccountLimits extends Pick<Context, 'settings'> {
  /** The user first, then its group. */
  readonly holders: readonly Holder[]
  /** Elastic addresses that there are for all accounts together; none where there is no network of them. */
  readonly addresses: number
}

/** All of it in one request. @throws Ec2Error */
export async function readLimits({ one, settings }: Pick<Context, 'one' | 'settings'>): Promise<AccountLimits> {
  const { addressNetwork } = settings
  const pool = addressNetwork === undefined ? [] : [networkPool({ only: addressNetwork })]
  const [user, group, networks] = await one.read(...quotaReads(), ...pool)
  const ranges = (networks ? answerOf(networks) : []).flatMap(({ AR_POOL }) => AR_POOL.AR)
  return { settings, holders: holdersIn(user, group), addresses: ranges.reduce((sum, { SIZE }) => sum + SIZE, 0) }
}
