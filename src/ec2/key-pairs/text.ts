// Base64 in lines, as every text form of a key has it.

/** Base64 in lines of this many characters. */
export const base64Lines = (bytes: Uint8Array, width: number): string[] =>
  bytes.toBase64().match(new RegExp(`.{1,${width}}`, 'g')) ?? []

/** PEM (RFC 7468), ending with a line break. */
export const pem = (label: string, bytes: Uint8Array, width = 64): string =>
  asText([`-----BEGIN ${label}-----`, ...base64Lines(bytes, width), `-----END ${label}-----`])

/** Lines as a text file. */
export const asText = (lines: readonly string[]): string => `${lines.join('\n')}\n`
