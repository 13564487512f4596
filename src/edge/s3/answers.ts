// What answers say of an object, in headers and in documents.
import type { BodyChecksum } from '../../account/bucket/calls.ts'
import { type ChecksumType, checksumHeader } from '../../s3/checksums.ts'
import { headerValue } from '../../s3/kept-headers.ts'
import type { Elements } from '../../s3/xml.ts'
import type { ObjectInfo } from '../../staging/object.ts'
import type { AnswerHeaders } from './call.ts'

export const quoted = (etag: string): string => `"${etag}"`

/** R2 encrypts all that it keeps: https://developers.cloudflare.com/r2/reference/data-security/ */
export const ENCRYPTED = { 'x-amz-server-side-encryption': 'AES256' } as const

/** A checksum, of which the type is not known where it is a part's. */
type AnyChecksum = BodyChecksum & { readonly type?: ChecksumType }

/** A checksum as headers. */
export const checksumHeaders = (checksum: AnyChecksum | undefined): AnswerHeaders =>
  checksum ? { [checksumHeader(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': checksum.type } : {}

/** A checksum as elements. */
export const checksumElements = (checksum: AnyChecksum | undefined): Elements =>
  checksum
    ? [
        [`Checksum${checksum.algorithm}`, checksum.value],
        ['ChecksumType', checksum.type],
      ]
    : []

/** By what a client tells this object from another: a 304 has these too. */
export const validators = ({ etag, modified, headers }: ObjectInfo): AnswerHeaders => ({
  etag: quoted(etag),
  'last-modified': new Date(modified).toUTCString(),
  'cache-control': headers['cache-control'] && headerValue(headers['cache-control']),
})

/**
 * All that is said of an object with its bytes, or without them. Whose browser shows one is shown no page of this host:
 * the bytes are anybody's.
 */
export const objectHeaders = (info: ObjectInfo): AnswerHeaders => ({
  'accept-ranges': 'bytes',
  ...Object.fromEntries(Object.entries(info.headers).map(([name, value]) => [name, headerValue(value)])),
  ...validators(info),
  ...ENCRYPTED,
  'content-security-policy': "sandbox; default-src 'none'",
  'x-content-type-options': 'nosniff',
})
