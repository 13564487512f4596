// Download links for the cloud: OpenNebula fetches a staged image from the Worker by a signed, expiring URL.
import { isSigned, SIGNATURE_BYTES, type SigningKeys, sign } from '../lib/signing.ts'

/** Where the links live; what follows is the token, without dots: some downloaders look at an extension. */
export const LINK_PATH = '/_image/'

const BASE64URL = { alphabet: 'base64url', omitPadding: true } as const

export interface LinkOptions {
  readonly linkKeys: SigningKeys
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/**
 * The URL of a staged object: `<origin>/_image/<token>`. It stays readable in OpenNebula's IMAGE/PATH for whoever sees
 * the image, so it opens this object only, for reading, until it expires.
 *
 * @param origin   the Worker's own, such as `https://ec2.example.com`
 * @param lifetime milliseconds; hours, for OpenNebula may queue, retry and be restarted meanwhile
 */
export async function signLink(
  origin: string,
  objectKey: string,
  { linkKeys, now, lifetime }: LinkOptions & { readonly lifetime: number },
): Promise<string> {
  const claim = encode(`${now() + lifetime} ${objectKey}`)
  const mac = await sign(linkKeys, claim)
  const token = new Uint8Array([...mac, ...claim]).toBase64(BASE64URL)
  return new URL(LINK_PATH + token, origin).href
}

/** The object key that a token opens, or undefined for one that is not ours or has expired. */
async function openToken(token: string, { linkKeys, now }: LinkOptions): Promise<string | undefined> {
  const bytes = decodeBase64url(token)
  const claim = bytes?.subarray(SIGNATURE_BYTES)
  if (!bytes || !claim || !(await isSigned(linkKeys, bytes.subarray(0, SIGNATURE_BYTES), claim))) return undefined
  const [, expiry, objectKey] = /^(\d+) (.+)$/s.exec(new TextDecoder().decode(claim)) ?? []
  return Number(expiry) > now() ? objectKey : undefined
}

/** The bytes, or undefined where it is not exactly what {@link signLink} would write of them: base64 has spare bits. */
function decodeBase64url(text: string): Uint8Array | undefined {
  try {
    const bytes = Uint8Array.fromBase64(text, BASE64URL)
    return bytes.toBase64(BASE64URL) === text ? bytes : undefined
  } catch {
    return undefined
  }
}

/**
 * Answers a link: HEAD (with Content-Length: OpenNebula takes a raw image's size from it), GET, GET with one range, and
 * If-None-Match, as often as asked. Whatever is wrong with the link, the object or the method is a bare 404.
 *
 * @throws where the bucket fails
 */
export async function serveDownload(request: Request, bucket: R2Bucket, options: LinkOptions): Promise<Response> {
  const { pathname } = new URL(request.url)
  const readable = (request.method === 'GET' || request.method === 'HEAD') && pathname.startsWith(LINK_PATH)
  const key = readable ? await openToken(pathname.slice(LINK_PATH.length), options) : undefined
  const object = key === undefined ? null : await bucket.head(key)
  if (object === null) return notFound()
  const headers = headersOf(object)
  if (isKnown(request.headers.get('if-none-match'), object.httpEtag))
    return new Response(null, { status: 304, headers })
  if (request.method === 'HEAD') {
    headers.set('content-length', String(object.size))
    return new Response(null, { headers })
  }
  return download(bucket, object, requestedRange(request.headers, object), headers)
}

/** The runtime sets Content-Length from the body, and cancels the body when the client leaves. */
async function download(
  bucket: R2Bucket,
  object: R2Object,
  range: RequestedRange,
  headers: Headers,
): Promise<Response> {
  if (range === 'unsatisfiable') {
    headers.set('content-range', `bytes */${object.size}`)
    return new Response(null, { status: 416, headers })
  }
  const onlyIf = { etagMatches: object.etag }
  const found = await bucket.get(object.key, range === 'whole' ? { onlyIf } : { onlyIf, range })
  // Replaced or deleted in this very moment: no bytes rather than those of another.
  if (found === null || !('body' in found)) return notFound()
  if (range === 'whole') return new Response(found.body, { headers })
  headers.set('content-range', `bytes ${range.offset}-${range.offset + range.length - 1}/${object.size}`)
  return new Response(found.body, { status: 206, headers })
}

type RequestedRange = { readonly offset: number; readonly length: number } | 'whole' | 'unsatisfiable'

/** RFC 9110 section 14: several ranges or a malformed one are answered with the whole, which is allowed. */
function requestedRange(headers: Headers, { size, httpEtag }: R2Object): RequestedRange {
  const ifRange = headers.get('if-range')
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(headers.get('range') ?? '') ?? []
  if (from === undefined || to === undefined || from + to === '' || (ifRange !== null && ifRange !== httpEtag)) {
    return 'whole'
  }
  const offset = from === '' ? Math.max(0, size - Number(to)) : Number(from)
  const end = from === '' || to === '' ? size : Math.min(size, Number(to) + 1)
  if (from !== '' && to !== '' && Number(to) < Number(from)) return 'whole'
  return offset < end ? { offset, length: end - offset } : 'unsatisfiable'
}

function isKnown(ifNoneMatch: string | null, etag: string): boolean {
  const known = (ifNoneMatch ?? '').split(',').map(one => one.trim().replace(/^W\//, ''))
  return known.includes(etag) || known.includes('*')
}

function headersOf(object: R2Object): Headers {
  return new Headers({
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-store',
    'content-type': 'application/octet-stream',
    etag: object.httpEtag,
    'last-modified': object.uploaded.toUTCString(),
    'x-content-type-options': 'nosniff',
  })
}

function notFound(): Response {
  return new Response(null, { status: 404, headers: { 'cache-control': 'private, no-store' } })
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
