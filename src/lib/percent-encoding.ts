// Percent-encoding by RFC 3986, and what is encoded already brought into that one form.

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
  return canonicalPathPart(raw.replaceAll('+', '%20'))
}

/** The same of a segment of a path, where a plus sign is one. */
export function canonicalPathPart(raw: string): string {
  if (UNRESERVED.test(raw)) return raw
  const wellFormed = raw.replace(/%(?![0-9A-Fa-f]{2})/g, '%25')
  // Whole runs at a time, native code: the piece may be long, and is anybody's
  return encodeRfc3986(wellFormed.replace(ENCODED, canonicalByte)).replaceAll('%25', '%')
}

function canonicalByte(encoded: string): string {
  const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16))
  return UNRESERVED.test(character) ? character : encoded.toUpperCase()
}

function percentByte(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}
