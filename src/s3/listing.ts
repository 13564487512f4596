// The parameters of S3's lists, and the keys in their documents.
import { excerpt } from '../lib/excerpt.ts'
import { encodeRfc3986 } from '../lib/percent-encoding.ts'
import { limits } from '../limits.ts'
import { S3Error } from './errors.ts'

/** The parameters of a request: none of S3's has several values. */
export type Parameters = ReadonlyMap<string, string>

/** What all lists of keys are asked with. */
export interface ListParameters {
  readonly prefix: string
  /** '' where keys are not gathered. */
  readonly delimiter: string
  readonly most: number
  /** Keys as they stand in the document: `url` where the client asks for that. */
  readonly encode: (key: string) => string
  /** To be repeated in the answer. */
  readonly encoding: 'url' | undefined
}

/**
 * @param size the name of the parameter for the most on a page: `max-keys`, `max-uploads`
 * @throws S3Error InvalidArgument
 */
export function readListParameters(parameters: Parameters, size: string): ListParameters {
  return {
    prefix: parameters.get('prefix') ?? '',
    delimiter: parameters.get('delimiter') ?? '',
    most: readPageSize(parameters.get(size), size),
    ...readEncoding(parameters),
  }
}

/** @throws S3Error InvalidArgument for another encoding than `url` */
export function readEncoding(parameters: Parameters): Pick<ListParameters, 'encode' | 'encoding'> {
  const encoding = parameters.get('encoding-type') ?? ''
  if (encoding === '') return { encode: key => key, encoding: undefined }
  if (encoding === 'url') return { encode: encodeKey, encoding }
  throw invalidArgument('encoding-type', encoding, 'Invalid Encoding Method specified in Request')
}

/** At most as many as S3 gives on a page. @throws S3Error InvalidArgument */
export const readPageSize = (text: string | undefined, name: string): number =>
  Math.min(readNumber(text, name) ?? limits.listedKeys.most, limits.listedKeys.most)

/** @throws S3Error InvalidArgument for what is no number from 0 to `most` */
export function readNumber(text: string | undefined, name: string, most = 2 ** 31 - 1): number | undefined {
  if (text === undefined || text === '') return undefined
  if (/^\d{1,16}$/.test(text) && Number(text) <= most) return Number(text)
  throw invalidArgument(name, text, `Provided ${name} not an integer or within integer range`)
}

/** A place in a list as a token, which says nothing to a client: base64 of JSON. */
export const writeToken = (key: string): string => new TextEncoder().encode(JSON.stringify(key)).toBase64(BASE64URL)

const BASE64URL = { alphabet: 'base64url', omitPadding: true } as const

/** @throws S3Error InvalidArgument for what {@link writeToken} did not write */
export function readToken(token: string): string {
  try {
    const bytes = Uint8Array.fromBase64(token, BASE64URL)
    const key: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
    if (typeof key === 'string') return key
  } catch {
    // None of ours
  }
  throw invalidArgument('continuation-token', token, 'The continuation token provided is incorrect')
}

export const invalidArgument = (name: string, value: string, message: string): S3Error =>
  new S3Error('InvalidArgument', `${message}: ${excerpt(value)}`, {
    elements: { ArgumentName: name, ArgumentValue: excerpt(value) },
  })

/** Percent-encoded but for slashes. */
const encodeKey = (key: string): string => encodeRfc3986(key).replaceAll('%2F', '/')
