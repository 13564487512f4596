// The keys of the Worker: each derived from the operator's secret, for one purpose and of no use for any other.
import { hkdfSync } from 'node:crypto'
import { toHex } from '../lib/bytes.ts'
import type { SigningKeys } from '../lib/signing.ts'

/** The secret under which everything is made, then those under which things were made that still count. */
export type MasterSecrets = readonly [string, ...string[]]

/** Every purpose, and the words by which its key is told from the others. To change the words is to change the key. */
const PURPOSES = {
  /** The seals of ids on OpenNebula objects. */
  ids: 'econe-edge ids',
  /** The records of access keys in KV. */
  accessKeys: 'econe-edge access keys 1',
  /** The roles that the operator defined, in KV. */
  roles: 'econe-edge roles',
  /** Session tokens. */
  sessions: 'econe-edge sessions',
  /** What refusals by policies say to the operator alone. */
  refusals: 'econe-edge refusals',
  /** NextToken. */
  pages: 'econe-edge pages',
  /** The links by which OpenNebula fetches staged images. */
  imageLinks: 'econe-edge image link',
  /** The proof by which the operator asks the Worker itself. */
  operator: 'econe-edge operator',
} as const

export type Purpose = keyof typeof PURPOSES

const encode = (text: string) => new TextEncoder().encode(text)

type Algorithm =
  | { readonly name: 'AES-GCM'; readonly length: number }
  | { readonly name: 'HMAC'; readonly hash: 'SHA-256'; readonly length: number }

type Usage = 'sign' | 'verify' | 'encrypt' | 'decrypt'

/** A key by HKDF with SHA-256. The same in every location; costs microseconds. */
async function deriveKey(secret: string, purpose: Purpose, algorithm: Algorithm, usages: Usage[]): Promise<CryptoKey> {
  const master = await crypto.subtle.importKey('raw', encode(secret), 'HKDF', false, ['deriveKey'])
  const derivation = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: encode(PURPOSES[purpose]) }
  return crypto.subtle.deriveKey(derivation, master, algorithm, false, usages)
}

/** The keys that sign and verify for a purpose, one for each secret. */
export const signingKeys = async ([secret, ...earlier]: MasterSecrets, purpose: Purpose): Promise<SigningKeys> => {
  const derive = (from: string) =>
    deriveKey(from, purpose, { name: 'HMAC', hash: 'SHA-256', length: 256 }, ['sign', 'verify'])
  return Promise.all([derive(secret), ...earlier.map(derive)])
}

/** The keys that encrypt and decrypt for a purpose, one for each secret. */
export const sealingKeys = async ([secret, ...earlier]: MasterSecrets, purpose: Purpose): Promise<SigningKeys> => {
  const derive = (from: string) => deriveKey(from, purpose, { name: 'AES-GCM', length: 256 }, ['encrypt', 'decrypt'])
  return Promise.all([derive(secret), ...earlier.map(derive)])
}

/** The 32 bytes of a key for a purpose, for what has to be done at once (the seals of ids). */
export const keyBytes = (secret: string, purpose: Purpose): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', secret, '', PURPOSES[purpose], 32))

/** The secret of a region beside the first, of which its keys are derived: 64 hexadecimal digits. */
export const regionSecret = (secret: string, region: string): string =>
  toHex(new Uint8Array(hkdfSync('sha256', secret, '', `econe-edge region ${region}`, 32)))
