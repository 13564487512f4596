// The keys of the Worker: each derived from the operator's one secret, for one purpose and of no use for any other.

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

/** A key that signs and verifies by HMAC with SHA-256. */
export const deriveHmacKey = (secret: string, purpose: string): Promise<CryptoKey> =>
  deriveKey(secret, purpose, { name: 'HMAC', hash: 'SHA-256', length: 256 }, ['sign', 'verify'])
