// Sealed data: what goes through other hands, and is to be read and made by the Worker and its operator alone.
import { type MasterSecrets, type Purpose, sealingKeys } from '../config/derived-keys.ts'
import { fromBase64, randomBytes, toBase64, toBytes } from '../lib/bytes.ts'
import { once } from '../lib/once.ts'

const IV_BYTES = 12

/** Seals plain data for one purpose. */
export class Seal {
  readonly #keys: () => Promise<readonly [CryptoKey, ...CryptoKey[]]>

  /** @param secrets data is sealed under the first, and opens under any */
  constructor(secrets: MasterSecrets, purpose: Purpose) {
    this.#keys = once(() => sealingKeys(secrets, purpose))
  }

  /**
   * Base64 of a random IV and the ciphertext.
   * @param name what it is sealed for: it opens under no other
   */
  async seal(name: string, data: unknown): Promise<string> {
    const iv = randomBytes(IV_BYTES)
    const [key] = await this.#keys()
    const box = { name: 'AES-GCM', iv, additionalData: toBytes(name) }
    const sealed = await crypto.subtle.encrypt(box, key, toBytes(JSON.stringify(data)))
    return toBase64(new Uint8Array([...iv, ...new Uint8Array(sealed)]))
  }

  /** @throws Error for what was moved, altered, or sealed under another secret */
  async open(name: string, sealed: string): Promise<unknown> {
    const bytes = fromBase64(sealed) ?? new Uint8Array()
    const box = { name: 'AES-GCM', iv: bytes.subarray(0, IV_BYTES), additionalData: toBytes(name) }
    const keys = await this.#keys()
    const opened = await Promise.any(keys.map(key => crypto.subtle.decrypt(box, key, bytes.subarray(IV_BYTES))))
    return JSON.parse(new TextDecoder().decode(opened))
  }
}
