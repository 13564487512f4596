// The headers that are kept with an object and given back with it.
import { toBase64, toBytes } from '../lib/bytes.ts'
import { excerpt } from '../lib/excerpt.ts'
import { limits } from '../limits.ts'
import { S3Error } from './errors.ts'

const META = 'x-amz-meta-'

/** What S3 keeps of a write besides metadata. */
const SYSTEM = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
] as const

type SystemHeader = (typeof SYSTEM)[number]

/** What an object has whose writer says nothing of it. */
const DEFAULT_TYPE = 'binary/octet-stream'

/** The parameters by which a reader has them otherwise. */
export const OVERRIDES: Readonly<Record<string, SystemHeader>> = Object.fromEntries(
  SYSTEM.map(name => [`response-${name}`, name]),
)

/**
 * What is kept of the headers of a write.
 * @throws S3Error MetadataTooLarge, InvalidArgument
 */
export function keptHeaders(headers: ReadonlyMap<string, string>): Record<string, string> {
  const kept: Record<string, string> = { 'content-type': DEFAULT_TYPE }
  for (const name of SYSTEM) {
    const value = name === 'content-encoding' ? withoutChunks(headers.get(name)) : headers.get(name)
    if (value) kept[name] = value
  }
  const size = sizeOf(Object.entries(kept))
  if (size > limits.objectHeaders.most) throw tooLarge('headers', size, limits.objectHeaders.most)
  const metadata = [...headers].filter(([name]) => name.startsWith(META))
  for (const [name] of metadata) checkName(name)
  const bytes = sizeOf(metadata.map(([name, value]) => [name.slice(META.length), value]))
  if (bytes > limits.objectMetadata.most) throw tooLarge('metadata headers', bytes, limits.objectMetadata.most)
  for (const [name, value] of metadata) kept[name] = value
  return kept
}

/** `aws-chunked` is how the body came, and not what it is. */
const withoutChunks = (encoding = '') =>
  encoding
    .split(',')
    .map(each => each.trim())
    .filter(each => each !== '' && each.toLowerCase() !== 'aws-chunked')
    .join(',')

const sizeOf = (headers: readonly (readonly [string, string])[]) =>
  headers.reduce((sum, [name, value]) => sum + toBytes(name).length + toBytes(value).length, 0)

/** A link has metadata in its query, where a name may be anything: what is no header's cannot be given back. */
function checkName(name: string): void {
  if (/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return
  throw new S3Error('InvalidArgument', `${excerpt(name)} cannot be the name of a header.`, {
    elements: { ArgumentName: excerpt(name) },
  })
}

const tooLarge = (what: string, size: number, most: number) =>
  new S3Error('MetadataTooLarge', `Your ${what} exceed the maximum allowed size`, {
    elements: { Size: String(size), MaxSizeAllowed: String(most) },
  })

/** What a header can hold as it is; anything else is encoded as S3 does, by RFC 2047. */
const PLAIN = /^[\t\x20-\x7e]*$/

/**
 * The value of a header that somebody else chose, as it may be sent: no control character of it is.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
 */
export function headerValue(text: string): string {
  return PLAIN.test(text) ? text : `=?UTF-8?B?${toBase64(toBytes(text))}?=`
}
