// CreateKeyPair: the caller gets the private half, once.
import type { CreateKeyPairRequest, KeyPair as NewKeyPair } from '@aws-sdk/client-ec2'
import { invalid } from '../../protocol/complaints.ts'
import type { ChangeContext } from '../core/context.ts'
import { tagsFor } from '../core/tags.ts'
import { keyPairs } from './find.ts'
import { generateKeyPair } from './material.ts'
import { checkKeyName } from './name.ts'
import { keyPairOf, toKeyPair } from './view.ts'

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateKeyPair.html */
export async function createKeyPair(
  { KeyName = '', KeyType = 'rsa', KeyFormat = 'pem', TagSpecifications }: CreateKeyPairRequest,
  context: ChangeContext,
): Promise<NewKeyPair> {
  checkKeyName(KeyName)
  const type = oneOf(KeyType, ['rsa', 'ed25519'], 'keyType')
  const format = oneOf(KeyFormat, ['pem', 'ppk'], 'keyFormat')
  const tags = tagsFor('key-pair', TagSpecifications)
  const make = (id: string) => {
    const key = generateKeyPair(type, format, KeyName)
    return { ...keyPairOf(key, { id, name: KeyName, tags }, context), material: key.material }
  }
  const created = await keyPairs.create({ name: KeyName }, make, context)
  return { ...toKeyPair(created), KeyMaterial: created.material }
}

function oneOf<V extends string>(value: string, allowed: readonly V[], parameter: string): V {
  const found = allowed.find(each => each === value)
  if (found === undefined) throw invalid(parameter, value)
  return found
}
