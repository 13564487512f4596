// The key pairs of a user, where they are kept: all of them in one attribute of the user.

import type { WriteCall } from '../../opennebula/calls/common.ts'
import { textOf } from '../../opennebula/xml/attributes.ts'
import type { Context } from '../core/context.ts'
import { merge } from '../core/writes.ts'
import { changedKeyPairs, type KeyPair, readKeyPairs } from './store.ts'

/** All of a user's key pairs are one attribute: who changes one must not lose another's. */
export const KEY_PAIRS_LOCK = 'key-pairs'

/** The key pairs of the account, by name. */
export async function keyPairs({ one }: Pick<Context, 'one'>): Promise<Map<string, KeyPair>> {
  const { TEMPLATE } = await one.user()
  return readKeyPairs(textOf(TEMPLATE, 'EC2_KEYPAIRS'))
}

/**
 * The call that writes them all back.
 * @param before as they were read
 * @throws Ec2Error KeyPairLimitExceeded
 */
export const writeKeyPairsCall = (
  pairs: ReadonlyMap<string, KeyPair>,
  before: ReadonlyMap<string, KeyPair>,
  { account }: Pick<Context, 'account'>,
): WriteCall => merge('user', account.user.id, { EC2_KEYPAIRS: changedKeyPairs(pairs, before) })
