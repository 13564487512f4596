// Links by which a client stores one piece in R2 itself: exactly these bytes, under a key that nothing has yet, for a short time.
import { AwsV4Signer } from 'aws4fetch'

/** How R2 is reached with S3's protocol, and as whom. */
export interface DirectAccess {
  /** Address without a slash at its end. */
  readonly endpoint: string
  readonly bucket: string
  /** What stands before keys there. */
  readonly prefix?: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** What a link is for. */
export interface DirectPiece {
  /** The key in R2. */
  readonly key: string
  /** Bytes. */
  readonly size: number
  /** MD5 of the bytes, in base64. */
  readonly md5: string
}

/** A request that R2 takes from whoever has it. */
export interface DirectLink {
  readonly url: string
  /** Signed: to be sent as they are, besides Content-Length. */
  readonly headers: Readonly<Record<string, string>>
}

/** R2 is one region. */
const REGION = 'auto'

/**
 * A PUT of a piece. Its length and its MD5 are signed, so that no other bytes are taken; and `If-None-Match: *` is, so that a
 * link which is used again, late or by somebody else, stores nothing where a piece is already.
 *
 * @param lifetime seconds within which the request has to begin
 * @see https://developers.cloudflare.com/r2/api/s3/presigned-urls/
 * @see https://developers.cloudflare.com/r2/api/s3/extensions/#conditional-operations-in-putobject
 */
export async function linkToPut(
  { endpoint, bucket, prefix = '', accessKeyId, secretAccessKey }: DirectAccess,
  { key, size, md5 }: DirectPiece,
  lifetime: number,
): Promise<DirectLink> {
  const headers = { 'content-md5': md5, 'if-none-match': '*' }
  const url = new URL(`${endpoint}/${bucket}/${prefix}${key}`)
  url.searchParams.set('X-Amz-Expires', String(lifetime))
  const signer = new AwsV4Signer({
    ...{ method: 'PUT', url: url.href, accessKeyId, secretAccessKey, service: 's3', region: REGION },
    // Content-Length too
    ...{ signQuery: true, allHeaders: true },
    headers: { ...headers, 'content-length': String(size) },
  })
  const signed = await signer.sign()
  return { url: signed.url.href, headers }
}
