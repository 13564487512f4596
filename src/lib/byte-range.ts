// Runs of bytes, and how HTTP asks for one.

/** A run of bytes. */
export interface ByteRange {
  readonly offset: number
  readonly length: number
}

/** What a Range header asks for of something. */
export type RequestedRange = ByteRange | 'whole' | 'unsatisfiable'

/**
 * Reads a Range header. Several ranges or a malformed one are answered with the whole, which is allowed.
 * @param size bytes of what it asks for a part of
 * @see https://datatracker.ietf.org/doc/html/rfc9110#section-14
 */
export function requestedRange(header: string | null | undefined, size: number): RequestedRange {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? []
  if (from === undefined || to === undefined || from + to === '') return 'whole'
  if (from !== '' && to !== '' && Number(to) < Number(from)) return 'whole'
  const offset = from === '' ? Math.max(0, size - Number(to)) : Number(from)
  const end = from === '' || to === '' ? size : Math.min(size, Number(to) + 1)
  return offset < end ? { offset, length: end - offset } : 'unsatisfiable'
}
