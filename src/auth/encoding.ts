// Percent-encoding, hex and base64 as AWS's signature schemes write them. Pure: the command line uses it as well.

const UNRESERVED = /^[A-Za-z0-9\-._~]*$/
const ENCODED = /%[0-9A-Fa-f]{2}/g
/** What encodeURIComponent leaves as it is and RFC 3986 does not. */
const LEFT_OVER = ['!', "'", '(', ')', '*'].map(character => [character, percentByte(character)] as const)

/** RFC 3986 percent-encoding of text as UTF-8: only letters, digits, `-`, `.`, `_` and `~` stay as they are. */
export function encodeRfc3986(text: string): string {
  if (UNRESERVED.test(text)) return text
  const encoded = encodeURIComponent(text.toWellFormed())
  return LEFT_OVER.reduce((left, [character, code]) => left.replaceAll(character, code), encoded)
}

/**
 * A piece of a raw query string in its canonical encoding, byte for byte: what is encoded stays encoded (`%2f` becomes
 * `%2F`, `%41` becomes `A`), what should have been is encoded now. It never decodes to text, so bytes that are no
 * UTF-8 survive.
 */
export function canonicalQueryPart(raw: string): string {
  if (UNRESERVED.test(raw)) return raw
  const wellFormed = raw.replace(/%(?![0-9A-Fa-f]{2})/g, '%25').replaceAll('+', '%20')
  // Whole runs at a time, native code: the piece may be long, and is anybody's
  return encodeRfc3986(wellFormed.replace(ENCODED, canonicalByte)).replaceAll('%25', '%')
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

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

function canonicalByte(encoded: string): string {
  const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16))
  return UNRESERVED.test(character) ? character : encoded.toUpperCase()
}

function percentByte(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}
