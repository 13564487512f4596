// The tags of key pairs: where the key pairs are themselves.
import { textOf } from '../../opennebula/xml/attributes.ts'
import { notFound } from '../core/resource.ts'
import type { Taggable } from '../core/taggable.ts'
import { checkCount } from '../core/tags.ts'
import { KEY_PAIR } from './resource.ts'
import { CorruptKeyPairs, readKeyPairs } from './store.ts'
import { KEY_PAIRS_LOCK, keyPairs, writeKeyPairsCall } from './user-key-pairs.ts'

export const keyPairTags: Taggable = {
  async change(ids, change, context) {
    const before = await keyPairs(context)
    const pairs = new Map(before)
    for (const id of ids) {
      const pair = [...pairs.values()].find(each => each.id === id)
      if (!pair) throw notFound(KEY_PAIR, id)
      pairs.set(pair.name, { ...pair, tags: checkCount(change(pair.tags)) })
    }
    const [id = ''] = ids
    return [{ id, call: writeKeyPairsCall(pairs, before, context) }]
  },
  lock: KEY_PAIRS_LOCK,
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
}
