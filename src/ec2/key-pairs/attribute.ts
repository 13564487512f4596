// The key pairs of a user, where they are kept: all of them in one attribute of the user.
import type { WriteCall } from '../../opennebula/calls/common.ts'
import { textOf } from '../../opennebula/xml/attributes.ts'
import type { Context } from '../core/context.ts'
import { merge } from '../core/writes.ts'
import { changedKeyPairs, type KeyPair, readKeyPairs } from './view.ts'

/** The key pairs of the account. @throws CorruptKeyPairs */
export async function ownKeyPairs({ one }: Pick<Context, 'one'>): Promise<KeyPair[]> {
  const { TEMPLATE } = await one.user()
  return [...readKeyPairs(textOf(TEMPLATE, 'EC2_KEYPAIRS')).values()]
}

const byName = (pairs: readonly KeyPair[]) => new Map(pairs.map(pair => [pair.name, pair]))

/**
 * The call that writes them all back.
 * @param before as they were read
 * @throws Ec2Error KeyPairLimitExceeded
 */
export const writeKeyPairsCall = (
  pairs: readonly KeyPair[],
  before: readonly KeyPair[],
  { account }: Pick<Context, 'account'>,
): WriteCall => merge('user', account.user.id, { EC2_KEYPAIRS: changedKeyPairs(byName(pairs), byName(before)) })
