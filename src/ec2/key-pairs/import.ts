// ImportKeyPair: a public key that the caller has made.
import type { ImportKeyPairRequest, ImportKeyPairResult } from '@aws-sdk/client-ec2'
import type { ChangeContext } from '../core/context.ts'
import { tagsFor } from '../core/tags.ts'
import { keyPairs } from './find.ts'
import { checkKeyName } from './name.ts'
import { importPublicKey } from './public-key.ts'
import { keyPairOf, toKeyPair } from './view.ts'

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImportKeyPair.html */
export async function importKeyPair(
  { KeyName = '', PublicKeyMaterial = new Uint8Array(), TagSpecifications }: ImportKeyPairRequest,
  context: ChangeContext,
): Promise<ImportKeyPairResult> {
  checkKeyName(KeyName)
  const tags = tagsFor('key-pair', TagSpecifications)
  const key = importPublicKey(PublicKeyMaterial, KeyName)
  const make = (id: string) => keyPairOf(key, { id, name: KeyName, tags }, context)
  return toKeyPair(await keyPairs.create({ name: KeyName }, make, context))
}
