// Key pairs as resources: their ids, their lock, and what is said of them.
import { Ec2Error } from '../../protocol/errors.ts'
import { phrase, type Resource } from '../core/resource.ts'

export const KEY_PAIR = {
  kind: 'keyPair',
  prefix: 'key',
  type: 'key-pair',
  notFound: 'InvalidKeyPair.NotFound',
  malformed: 'InvalidKeyPair.Format',
  missing: phrase('key pair', 'key pairs'),
} as const satisfies Resource

/** All of a user's key pairs are one attribute: who changes one must not lose another's. */
export const KEY_PAIRS_LOCK = 'key-pairs'

/** @returns InvalidKeyPair.Duplicate */
export const duplicateKeyPair = (name: string): Ec2Error =>
  new Ec2Error('InvalidKeyPair.Duplicate', `The keypair '${name}' already exists.`)
