// The key pairs of an account as a collection: found, made and deleted as others are, and kept on the user.
import { textOf } from '../../opennebula/xml/attributes.ts'
import { collection } from '../core/collections.ts'
import { ownKeyPairs, writeKeyPairsCall } from './attribute.ts'
import { duplicateKeyPair, KEY_PAIR, KEY_PAIRS_LOCK } from './resource.ts'
import { type UnclaimedKeyPair, unclaimedKeyPairs } from './unclaimed.ts'
import { CorruptKeyPairs, type KeyPair, readKeyPairs } from './view.ts'

const taskOf = (id: string): UnclaimedKeyPair => ({ kind: 'keyPair', id })

export const keyPairs = collection<KeyPair>({
  resource: KEY_PAIR,
  lock: KEY_PAIRS_LOCK,
  lockOf: () => KEY_PAIRS_LOCK,
  read: ownKeyPairs,
  write: (before, after, asking) => [writeKeyPairsCall(after, before, asking)],
  /** One of which the caller was never told the private key goes, and its name is free for the caller's next attempt. */
  claims: {
    unclaimed: ({ tasks }) => new Set(tasks.of(unclaimedKeyPairs).map(({ id }) => id)),
    begin: (id, { tasks }) => tasks.begin([taskOf(id)]),
    end: (id, { tasks }) => tasks.end([taskOf(id)]),
    repeated: async () => {},
    withdraw: (id, { tasks }) => tasks.end([taskOf(id)]),
    drop: async () => {},
  },
  taken: duplicateKeyPair,
  tagsLock: KEY_PAIRS_LOCK,
  listed: {
    /** Key pairs that cannot be read keep no other tags from being listed; whoever asks for key pairs is told. */
    user({ TEMPLATE }) {
      try {
        return [...readKeyPairs(textOf(TEMPLATE, 'EC2_KEYPAIRS')).values()]
      } catch (error) {
        if (error instanceof CorruptKeyPairs) return []
        throw error
      }
    },
  },
})
