// Key pairs as resources: their ids, and what is said of them.
import { phrase, type Resource } from '../core/resource.ts'

export const KEY_PAIR = {
  kind: 'keyPair',
  prefix: 'key',
  type: 'key-pair',
  notFound: 'InvalidKeyPair.NotFound',
  malformed: 'InvalidKeyPair.Format',
  missing: phrase('key pair', 'key pairs'),
} as const satisfies Resource
