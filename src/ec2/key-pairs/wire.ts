// The SSH wire format (RFC 4251, section 5), in which public keys and PuTTY's and OpenSSH's private keys are written.

/** The parts as one. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** A `string`: the length in 32 bits, big-endian, then the bytes; text is written as UTF-8. */
export function field(content: Uint8Array | string): Uint8Array {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  const length = new Uint8Array(4)
  new DataView(length.buffer).setUint32(0, bytes.length)
  return concat([length, bytes])
}

/** An `mpint`: a positive number from its big-endian bytes, with a zero in front where it would else read negative. */
export function mpint(magnitude: Uint8Array): Uint8Array {
  const looksNegative = (magnitude[0] ?? 0) >= 0x80
  return field(looksNegative ? concat([Uint8Array.of(0), magnitude]) : magnitude)
}

/** The contents of the fields that make up a blob, or `undefined` when it does not consist of whole fields. */
export function fieldsOf(blob: Uint8Array): Uint8Array[] | undefined {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength)
  const fields: Uint8Array[] = []
  let at = 0
  while (at < blob.length) {
    if (at + 4 > blob.length) return undefined
    const end = at + 4 + view.getUint32(at)
    if (end > blob.length) return undefined
    fields.push(blob.subarray(at + 4, end))
    at = end
  }
  return fields
}
