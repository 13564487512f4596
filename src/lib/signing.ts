// Signatures of the Worker's own: HMAC with SHA-256, by keys of which the first signs and all verify.

/** HMAC keys with SHA-256 for one purpose: the first signs, and what any of them signed counts. */
export type SigningKeys = readonly [CryptoKey, ...CryptoKey[]]

/** Bytes of a signature. */
export const SIGNATURE_BYTES = 32

export const sign = async ([key]: SigningKeys, bytes: Uint8Array): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes))

/** Whether one of the keys made the signature. */
export async function isSigned(keys: SigningKeys, signature: Uint8Array, bytes: Uint8Array): Promise<boolean> {
  const verdicts = await Promise.all(keys.map(key => crypto.subtle.verify('HMAC', key, signature, bytes)))
  return verdicts.includes(true)
}
