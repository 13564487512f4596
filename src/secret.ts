// The keys of the Worker: each derived from the operator's secret, for one purpose and of no use for any other.

/** The secret under which everything is made, then those under which things were made that still count. */
export type MasterSecrets = readonly [string, ...string[]]

const encode = (text: string) => new TextEncoder().encode(text)

type Algorithm =
  | { readonly name: 'AES-GCM'; readonly length: number }
  | { readonly name: 'HMAC'; readonly hash: 'SHA-256'; readonly length: number }

type Usage = 'sign' | 'verify' | 'encrypt' | 'decrypt'

/**
 * A key for a purpose, by HKDF with SHA-256. The same in every location; costs microseconds.
 *
 * @param secret  the Worker's master secret
 * @param purpose what the key is for, in words that no other key has
 */
export async function deriveKey(
  secret: string,
  purpose: string,
  algorithm: Algorithm,
  usages: Usage[],
): Promise<CryptoKey> {
  const master = await crypto.subtle.importKey('raw', encode(secret), 'HKDF', false, ['deriveKey'])
  const derivation = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: encode(purpose) }
  return crypto.subtle.deriveKey(derivation, master, algorithm, false, usages)
}

/** HMAC keys with SHA-256 for one purpose: the first signs, and what any of them signed counts. */
export type SigningKeys = readonly [CryptoKey, ...CryptoKey[]]

/** The keys that sign and verify for a purpose, one for each secret. */
export const deriveSigningKeys = async ([secret, ...earlier]: MasterSecrets, purpose: string): Promise<SigningKeys> =>
  Promise.all([signingKey(secret, purpose), ...earlier.map(other => signingKey(other, purpose))])

const signingKey = (secret: string, purpose: string) =>
  deriveKey(secret, purpose, { name: 'HMAC', hash: 'SHA-256', length: 256 }, ['sign', 'verify'])

/** Bytes of a signature. */
export const SIGNATURE_BYTES = 32

export const sign = async ([key]: SigningKeys, bytes: Uint8Array): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes))

/** Whether one of the keys made the signature. */
export async function isSigned(keys: SigningKeys, signature: Uint8Array, bytes: Uint8Array): Promise<boolean> {
  const verdicts = await Promise.all(keys.map(key => crypto.subtle.verify('HMAC', key, signature, bytes)))
  return verdicts.includes(true)
}
