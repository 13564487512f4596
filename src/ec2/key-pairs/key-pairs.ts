// Key pairs: made, imported, listed and deleted in the user's own OpenNebula template.

import type {
  CreateKeyPairRequest,
  DeleteKeyPairRequest,
  DeleteKeyPairResult,
  DescribeKeyPairsRequest,
  DescribeKeyPairsResult,
  ImportKeyPairRequest,
  ImportKeyPairResult,
  KeyPairInfo,
  KeyPair as NewKeyPair,
} from '@aws-sdk/client-ec2'
import { invalid, needsOneOf } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { Streamed } from '../../protocol/response.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import { collected, describe, type Filters, type Listing } from '../core/describe.ts'
import { notFound } from '../core/resource.ts'
import { type Tags, tagItems, tagsFor } from '../core/tags.ts'
import { generateKeyPair } from './material.ts'
import { checkKeyName } from './name.ts'
import { importPublicKey, type PublicKey } from './public-key.ts'
import { KEY_PAIR } from './resource.ts'
import type { KeyPair } from './store.ts'
import { type UnclaimedKeyPair, unclaimedKeyPairs } from './unclaimed.ts'
import { KEY_PAIRS_LOCK, keyPairs, writeKeyPairsCall } from './user-key-pairs.ts'

/**
 * Changes the key pairs of the account under their lock; what `change` returns undefined for is not written.
 *
 * A new one is written down as unwanted first: should the caller never be told its private key, it goes, and its name
 * is free for the caller's next attempt.
 */
function changeKeyPairs<T>(
  context: ChangeContext,
  change: (pairs: Map<string, KeyPair>) => T | undefined,
): Promise<T | undefined> {
  return context.hold([KEY_PAIRS_LOCK], async () => {
    const unclaimed = new Set(context.tasks.of(unclaimedKeyPairs).map(({ id }) => id))
    const before = await keyPairs(context)
    const pairs = new Map([...before].filter(([, { id }]) => !unclaimed.has(id)))
    const known = new Set(pairs.values())
    const result = change(pairs)
    const call = result === undefined ? undefined : writeKeyPairsCall(pairs, before, context)
    const one = context.commit()
    if (call === undefined) return undefined
    const made = [...pairs.values()].filter(pair => !known.has(pair))
    const tasks = made.map(({ id }): UnclaimedKeyPair => ({ kind: 'keyPair', id }))
    await context.tasks.begin(tasks)
    await one.call(call)
    await context.tasks.end(tasks)
    return result
  })
}

function add(pairs: Map<string, KeyPair>, name: string, key: PublicKey, tags: Tags, { mint, now }: Context): KeyPair {
  if (pairs.has(name)) throw new Ec2Error('InvalidKeyPair.Duplicate', `The keypair '${name}' already exists.`)
  const { type, publicKey, fingerprint } = key
  const pair = { name, id: mint.mint(KEY_PAIR), type, publicKey, fingerprint, created: new Date(now()), tags }
  pairs.set(name, pair)
  return pair
}

const described = ({ name, id, fingerprint, tags }: KeyPair) => ({
  KeyName: name,
  KeyPairId: id,
  KeyFingerprint: fingerprint,
  Tags: tagItems(tags),
})

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateKeyPair.html */
export async function createKeyPair(
  { KeyName = '', KeyType = 'rsa', KeyFormat = 'pem', TagSpecifications }: CreateKeyPairRequest,
  context: ChangeContext,
): Promise<NewKeyPair> {
  checkKeyName(KeyName)
  const type = oneOf(KeyType, ['rsa', 'ed25519'], 'keyType')
  const format = oneOf(KeyFormat, ['pem', 'ppk'], 'keyFormat')
  const tags = tagsFor('key-pair', TagSpecifications)
  const created = await changeKeyPairs(context, pairs => {
    const key = generateKeyPair(type, format, KeyName)
    return { pair: add(pairs, KeyName, key, tags, context), material: key.material }
  })
  return { ...(created && described(created.pair)), KeyMaterial: created?.material }
}

function oneOf<V extends string>(value: string, allowed: readonly V[], parameter: string): V {
  const found = allowed.find(each => each === value)
  if (found === undefined) throw invalid(parameter, value)
  return found
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImportKeyPair.html */
export async function importKeyPair(
  { KeyName = '', PublicKeyMaterial = new Uint8Array(), TagSpecifications }: ImportKeyPairRequest,
  context: ChangeContext,
): Promise<ImportKeyPairResult> {
  checkKeyName(KeyName)
  const tags = tagsFor('key-pair', TagSpecifications)
  const key = importPublicKey(PublicKeyMaterial, KeyName)
  const pair = await changeKeyPairs(context, pairs => add(pairs, KeyName, key, tags, context))
  return { ...(pair && described(pair)) }
}

/**
 * Deleting what is not there succeeds, as AWS has it.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteKeyPair.html
 */
export async function deleteKeyPair(
  { KeyName, KeyPairId }: DeleteKeyPairRequest,
  context: ChangeContext,
): Promise<DeleteKeyPairResult> {
  if (!KeyName && !KeyPairId) throw needsOneOf('KeyName', 'KeyPairId')
  const deleted = await changeKeyPairs(context, pairs => {
    const pair = [...pairs.values()].find(({ name, id }) => name === KeyName || id === KeyPairId)
    return pair && pairs.delete(pair.name) ? pair : undefined
  })
  return { Return: true, ...(deleted && { KeyPairId: deleted.id }) }
}

export const keyPairFilters = {
  'key-pair-id': pair => pair.KeyPairId,
  fingerprint: pair => pair.KeyFingerprint,
  'key-name': pair => pair.KeyName,
} satisfies Filters<KeyPairInfo, KeyPair>

const listing: Listing<DescribeKeyPairsRequest, KeyPair, KeyPairInfo, string> = {
  action: 'DescribeKeyPairs',
  ...collected({
    all: async context => (await keyPairs(context)).values(),
    names: [
      [({ KeyNames }) => KeyNames, ({ name }) => name],
      [({ KeyPairIds }) => KeyPairIds, ({ id }) => id],
    ],
    missing: ([name]) => notFound(KEY_PAIR, name),
  }),
  item: (pair, _, { IncludePublicKey }) => ({
    ...described(pair),
    KeyType: pair.type,
    CreateTime: pair.created,
    ...(IncludePublicKey && { PublicKey: pair.publicKey }),
  }),
  filters: keyPairFilters,
  tags: pair => pair.Tags,
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeKeyPairs.html */
export async function describeKeyPairs(
  input: DescribeKeyPairsRequest,
  context: Context,
): Promise<Streamed<DescribeKeyPairsResult>> {
  const { items } = await describe(listing, input, context)
  return { KeyPairs: items }
}
