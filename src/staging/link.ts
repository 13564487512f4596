// Download links for the cloud: OpenNebula fetches a staged image, or an object that is held for it, from the Worker by a
// signed, expiring URL.
import { type ByteRange, isStillThat, type RequestedRange, requestedRange } from '../lib/byte-range.ts'
import { isSigned, SIGNATURE_BYTES, type SigningKeys, sign } from '../lib/signing.ts'
import { parseHeldKey, type StagedName } from './key.ts'
import type { StoredObject } from './object.ts'
import { openObject } from './read.ts'

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
 * @param path     what stands before the paths of links, if they do not begin with `/_image/`
 */
export async function signLink(
  origin: string,
  objectKey: string,
  { linkKeys, now, lifetime, path = '' }: LinkOptions & { readonly lifetime: number; readonly path?: string },
): Promise<string> {
  const claim = encode(`${now() + lifetime} ${objectKey}`)
  const mac = await sign(linkKeys, claim)
  const token = new Uint8Array([...mac, ...claim]).toBase64(BASE64URL)
  return new URL(path + LINK_PATH + token, origin).href
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

/** What links open. */
export interface LinkedBytes {
  readonly bucket: R2Bucket
  /** What an account holds for the import of an image; undefined where there is no such hold. */
  readonly held: (name: StagedName) => Promise<StoredObject | undefined>
}

/** Something that can be fetched. */
interface Download {
  readonly size: number
  /** With its quotes. */
  readonly etag: string
  readonly modified: Date
  /** Its bytes, or a range of them; undefined where they are gone, or are no longer these. */
  readonly open: (range: ByteRange | undefined) => Promise<{ readonly body: ReadableStream | null } | undefined>
}

/**
 * Answers a link: HEAD (with Content-Length: OpenNebula takes a raw image's size from it), GET, GET with one range, and
 * If-None-Match, as often as asked. Whatever is wrong with the link, the object or the method is a bare 404.
 *
 * @throws where the bucket or the account fails
 */
export async function serveDownload(request: Request, bytes: LinkedBytes, options: LinkOptions): Promise<Response> {
  const readable = request.method === 'GET' || request.method === 'HEAD'
  const [, token] = new URL(request.url).pathname.split(LINK_PATH, 2)
  const key = readable && token !== undefined ? await openToken(token, options) : undefined
  const found = key === undefined ? undefined : await find(key, bytes)
  if (found === undefined) return notFound()
  const headers = headersOf(found)
  if (isKnown(request.headers.get('if-none-match'), found.etag)) return new Response(null, { status: 304, headers })
  if (request.method === 'HEAD') {
    headers.set('content-length', String(found.size))
    return new Response(null, { headers })
  }
  return download(found, rangeIn(request.headers, found), headers)
}

/** What the key of a link names. */
function find(key: string, { bucket, held }: LinkedBytes): Promise<Download | undefined> {
  const hold = parseHeldKey(key)
  return hold === undefined ? stagedObject(key, bucket) : heldObject(hold, bucket, held)
}

async function stagedObject(key: string, bucket: R2Bucket): Promise<Download | undefined> {
  const object = await bucket.head(key)
  if (object === null) return undefined
  const open = async (range: ByteRange | undefined) => {
    const onlyIf = { etagMatches: object.etag }
    const found = await bucket.get(key, range === undefined ? { onlyIf } : { onlyIf, range })
    // Replaced or deleted in this very moment: no bytes rather than those of another.
    return found !== null && 'body' in found ? found : undefined
  }
  return { size: object.size, etag: object.httpEtag, modified: object.uploaded, open }
}

async function heldObject(
  hold: StagedName,
  bucket: R2Bucket,
  held: LinkedBytes['held'],
): Promise<Download | undefined> {
  const object = await held(hold)
  if (object === undefined) return undefined
  const { size, etag, modified } = object
  return {
    ...{ size, etag: `"${etag}"`, modified: new Date(modified) },
    open: range => openObject(bucket, object, range),
  }
}

/** The runtime sets Content-Length from the body, and cancels the body when the client leaves. */
async function download(found: Download, range: RequestedRange, headers: Headers): Promise<Response> {
  if (range === 'unsatisfiable') {
    headers.set('content-range', `bytes */${found.size}`)
    return new Response(null, { status: 416, headers })
  }
  const opened = await found.open(range === 'whole' ? undefined : range)
  if (opened === undefined) return notFound()
  if (range === 'whole') return new Response(opened.body, { headers })
  headers.set('content-range', `bytes ${range.offset}-${range.offset + range.length - 1}/${found.size}`)
  return new Response(opened.body, { status: 206, headers })
}

/** Of another object than the client has a part of, it gets the whole. */
function rangeIn(headers: Headers, { size, etag, modified }: Download): RequestedRange {
  const isSame = isStillThat(headers.get('if-range'), etag, modified.getTime())
  return isSame ? requestedRange(headers.get('range'), size) : 'whole'
}

function isKnown(ifNoneMatch: string | null, etag: string): boolean {
  const known = (ifNoneMatch ?? '').split(',').map(one => one.trim().replace(/^W\//, ''))
  return known.includes(etag) || known.includes('*')
}

function headersOf({ etag, modified }: Download): Headers {
  return new Headers({
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-store',
    'content-type': 'application/octet-stream',
    etag,
    'last-modified': modified.toUTCString(),
    'x-content-type-options': 'nosniff',
  })
}

function notFound(): Response {
  return new Response(null, { status: 404, headers: { 'cache-control': 'private, no-store' } })
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
