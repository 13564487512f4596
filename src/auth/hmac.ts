// Keyed hashes, with the imported keys kept: deriving one anew costs three times what the check of a request does.
import { toBytes } from '../lib/bytes.ts'
import { Lru } from '../lib/lru.ts'

/** The hash functions that AWS's signatures use. */
export type Hash = 'SHA-1' | 'SHA-256'

/** A key imported for signing and for verifying. */
export type HmacKey = Awaited<ReturnType<typeof importHmacKey>>

const keys = new Lru<HmacKey>(512)

/** A key for the hash. An empty one is refused by the platform. */
export function importHmacKey(hash: Hash, bytes: Uint8Array) {
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash }, false, ['sign', 'verify'])
}

/**
 * The key called `name`, made by `make` the first time. The names hold secrets and stay in this isolate's memory. What is
 * kept is the key and not the promise of one, which could outlive the request that works on it.
 */
export async function keptKey(name: string, make: () => Promise<HmacKey>): Promise<HmacKey> {
  const kept = keys.get(name)
  if (kept) return kept
  const made = await make()
  keys.set(name, made)
  return made
}

/** The keyed hash of text. */
export async function hmac(key: HmacKey, text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, toBytes(text)))
}

/** Whether `signature` is the keyed hash of text, in constant time. */
export function verifyHmac(key: HmacKey, signature: Uint8Array, text: string): Promise<boolean> {
  return crypto.subtle.verify('HMAC', key, signature, toBytes(text))
}
