// The conditions of a request: what is read only if it is (not) of an ETag or time, and what is written only then.
// https://datatracker.ietf.org/doc/html/rfc9110#section-13.2.2
import { excerpt } from '../lib/excerpt.ts'
import { S3Error } from './errors.ts'

/** What a reader demands of an object. ETags are without quotes, `*` is any; times are milliseconds since 1970. */
export interface ReadConditions {
  readonly ifMatch?: readonly string[]
  readonly ifNoneMatch?: readonly string[]
  readonly ifModifiedSince?: number
  readonly ifUnmodifiedSince?: number
}

/** What a writer demands of the object that is there. ETags are without quotes; `*` is any. */
export interface WriteConditions {
  readonly ifMatch?: string
  /** That there is none. */
  readonly ifNoneMatch?: '*'
}

/** What conditions are held against. */
export interface Validators {
  /** Without quotes. */
  readonly etag: string
  /** Milliseconds since 1970. */
  readonly modified: number
}

/**
 * The conditions of a reader. A date that cannot be read is as if it were absent.
 * @param prefix what the headers begin with: `x-amz-copy-source-` for those of the source of a copy
 */
export function readConditions(headers: ReadonlyMap<string, string>, prefix = ''): ReadConditions {
  const etags = (name: string) =>
    headers
      .get(prefix + name)
      ?.split(',')
      .map(withoutQuotes)
  const time = (name: string) => {
    const date = Date.parse(headers.get(prefix + name) ?? '')
    return Number.isNaN(date) ? undefined : date
  }
  const [ifMatch, ifNoneMatch] = [etags('if-match'), etags('if-none-match')]
  const [ifModifiedSince, ifUnmodifiedSince] = [time('if-modified-since'), time('if-unmodified-since')]
  return {
    ...(ifMatch && { ifMatch }),
    ...(ifNoneMatch && { ifNoneMatch }),
    ...(ifModifiedSince !== undefined && { ifModifiedSince }),
    ...(ifUnmodifiedSince !== undefined && { ifUnmodifiedSince }),
  }
}

/**
 * Whether an object may be read. An ETag goes before a time.
 * @returns `unchanged` where the reader has it already
 * @throws S3Error PreconditionFailed
 */
export function judgeRead(conditions: ReadConditions, { etag, modified }: Validators): 'changed' | 'unchanged' {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = conditions
  const isAmong = (etags: readonly string[]) => etags.includes('*') || etags.includes(etag)
  // Headers have whole seconds
  const isLater = (time: number) => Math.floor(modified / 1000) > Math.floor(time / 1000)
  if (ifMatch) {
    if (!isAmong(ifMatch)) throw preconditionFailed('If-Match')
  } else if (ifUnmodifiedSince !== undefined && isLater(ifUnmodifiedSince)) {
    throw preconditionFailed('If-Unmodified-Since')
  }
  if (ifNoneMatch) return isAmong(ifNoneMatch) ? 'unchanged' : 'changed'
  return ifModifiedSince === undefined || isLater(ifModifiedSince) ? 'changed' : 'unchanged'
}

/**
 * The conditions of a writer.
 * @throws S3Error NotImplemented for one that S3 does not have on writes
 */
export function readWriteConditions(headers: ReadonlyMap<string, string>): WriteConditions {
  const ifMatch = headers.get('if-match')
  const ifNoneMatch = headers.get('if-none-match')
  for (const name of ['if-modified-since', 'if-unmodified-since']) refuse(headers, name)
  if (ifMatch !== undefined) refuse(headers, 'if-none-match')
  else if (ifNoneMatch?.trim() !== '*') refuse(headers, 'if-none-match')
  return {
    ...(ifMatch !== undefined && { ifMatch: withoutQuotes(ifMatch) }),
    ...(ifNoneMatch !== undefined && { ifNoneMatch: '*' }),
  }
}

/** @param condition the header that holds it */
export const preconditionFailed = (condition: string): S3Error =>
  new S3Error('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
    elements: { Condition: condition },
  })

/** An ETag as clients write it: with quotes or, some of them, without. */
export const withoutQuotes = (etag: string): string => etag.trim().replace(/^(?:W\/)?"(.*)"$/s, '$1')

function refuse(headers: ReadonlyMap<string, string>, name: string): void {
  const value = headers.get(name)
  if (value === undefined) return
  throw new S3Error(
    'NotImplemented',
    `A header you provided implies functionality that is not implemented: ${name}: ${excerpt(value)}`,
    { elements: { Header: name } },
  )
}
