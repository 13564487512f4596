// DescribeKeyPairs: what is said of key pairs, and what they can be filtered by.
import type { DescribeKeyPairsRequest, DescribeKeyPairsResult, KeyPairInfo } from '@aws-sdk/client-ec2'
import type { Streamed } from '../../protocol/response.ts'
import type { Context } from '../core/context.ts'
import { collected, describe, type Filters, type Listing } from '../core/describe.ts'
import { notFound } from '../core/resource.ts'
import { keyPairs } from './find.ts'
import { KEY_PAIR } from './resource.ts'
import { type KeyPair, toKeyPair } from './view.ts'

export const keyPairFilters = {
  'key-pair-id': pair => pair.KeyPairId,
  fingerprint: pair => pair.KeyFingerprint,
  'key-name': pair => pair.KeyName,
} satisfies Filters<KeyPairInfo, KeyPair>

const listing: Listing<DescribeKeyPairsRequest, KeyPair, KeyPairInfo, string> = {
  action: 'DescribeKeyPairs',
  ...collected({
    all: context => keyPairs.all(context),
    names: [
      [({ KeyNames }) => KeyNames, ({ name }) => name],
      [({ KeyPairIds }) => KeyPairIds, ({ id }) => id],
    ],
    missing: ([name]) => notFound(KEY_PAIR, name),
  }),
  item: (pair, _, { IncludePublicKey }) => ({
    ...toKeyPair(pair),
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
