// Runs of bytes, and how HTTP asks for one.

/** A run of bytes. */
export interface ByteRange {
  readonly offset: number
  readonly length: number
}

/** What a Range header asks for of something. */
export type RequestedRange = ByteRange | 'whole' | 'unsatisfiable'

/**
 * Whether who has a part of something may have more of it, by the If-Range header: it is the same as then. A time holds where it is
 * the very one that was answered with.
 * @param etag with its quotes
 * @param modified milliseconds since 1970
 * @see https://datatracker.ietf.org/doc/html/rfc9110#section-13.1.5
 */
export function isStillThat(ifRange: string | null | undefined, etag: string, modified: number): boolean {
  const said = ifRange?.trim()
  return said === undefined || said === etag || said === new Date(modified).toUTCString()
}

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
