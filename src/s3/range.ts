// Which bytes of an object a request asks for.
import { type ByteRange, isStillThat, requestedRange } from '../lib/byte-range.ts'
import { excerpt } from '../lib/excerpt.ts'
import type { Validators } from './conditions.ts'
import { S3Error } from './errors.ts'

/**
 * The bytes that the Range header asks for; undefined for the whole, which several ranges and malformed ones are answered
 * with, as at S3.
 * @param size of the object
 * @throws S3Error InvalidRange
 */
export function readRange(
  headers: ReadonlyMap<string, string>,
  { size, etag, modified }: Validators & { readonly size: number },
): ByteRange | undefined {
  const header = headers.get('range')
  if (header === undefined || !isStillThat(headers.get('if-range'), `"${etag}"`, modified)) return undefined
  const range = requestedRange(header, size)
  if (range !== 'unsatisfiable') return range === 'whole' ? undefined : range
  throw new S3Error('InvalidRange', 'The requested range is not satisfiable', {
    elements: { RangeRequested: excerpt(header), ActualObjectSize: String(size) },
  })
}

/**
 * The bytes of a part.
 * @param number from 1 on
 * @param sizes  of the object's parts, in order
 * @throws S3Error InvalidPartNumber
 */
export function rangeOfPart(number: number, sizes: readonly number[]): ByteRange {
  const length = sizes[number - 1]
  if (length === undefined) {
    throw new S3Error('InvalidPartNumber', 'The requested partnumber is not satisfiable', {
      elements: { PartNumberRequested: String(number), ActualPartCount: String(sizes.length) },
    })
  }
  return { offset: sizes.slice(0, number - 1).reduce((sum, size) => sum + size, 0), length }
}
