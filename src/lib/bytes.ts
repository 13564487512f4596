// Bytes as hexadecimal and base64, text as bytes, and random bytes. On every platform: the command line runs without the newer methods
// of Uint8Array.

const encoder = new TextEncoder()
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** The UTF-8 of text. */
export function toBytes(text: string): Uint8Array {
  return encoder.encode(text)
}

/** Lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  let hex = ''
  for (const byte of bytes) hex += HEX[byte]
  return hex
}

/** The bytes of lower-case hexadecimal of exactly `length` bytes, or `undefined` for anything else. */
export function fromHex(hex: string, length: number): Uint8Array | undefined {
  if (hex.length !== 2 * length || !/^[0-9a-f]*$/.test(hex)) return undefined
  const bytes = new Uint8Array(length)
  for (let index = 0; index < length; index++) bytes[index] = Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16)
  return bytes
}

/** Padded base64. */
export function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(''))
}

/** The bytes of canonical, padded base64, or `undefined`: unlike `atob` it tolerates no second spelling of them. */
export function fromBase64(base64: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64) || base64.length % 4 !== 0) return undefined
  const bytes = Uint8Array.from(atob(base64), character => character.charCodeAt(0))
  return toBase64(bytes) === base64 ? bytes : undefined
}

/** So many bytes that nobody can guess. */
export function randomBytes(count: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(count))
}

/** Which of two texts comes first in the order of their bytes in UTF-8, which is not that of strings: negative, 0 or positive. */
export function compareBytes(one: string, other: string): number {
  const [ones, others] = [toBytes(one), toBytes(other)]
  const at = ones.findIndex((byte, index) => byte !== others[index])
  return at < 0 ? ones.length - others.length : (ones[at] ?? 0) - (others[at] ?? -1)
}
