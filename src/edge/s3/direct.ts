// Parts that clients store in R2 themselves. Nothing of what they say of them is believed: what R2 has is looked at. These two
// operations are econe's own; a part is begun and finished as one that goes through the Worker is.
import type { PartInfo } from '../../account/bucket/calls.ts'
import { limits } from '../../limits.ts'
import { type Element, expectOnly, malformed, textOf } from '../../s3/document.ts'
import { S3Error } from '../../s3/errors.ts'
import { readNumber } from '../../s3/listing.ts'
import type { Elements } from '../../s3/xml.ts'
import { type DirectAccess, linkToPut } from '../../staging/direct.ts'
import { quoted } from './answers.ts'
import { documented, type ObjectCall } from './call.ts'
import { documentOf } from './documents.ts'
import { partNumber } from './parts.ts'
import { uploadIdOf } from './uploads.ts'

/** A part that is to come. */
interface Wanted {
  readonly number: number
  readonly size: number
  readonly md5: string
}

/**
 * Reserves a piece for each part, and answers with the requests by which R2 takes their bytes: all of them or none.
 * @throws S3Error NotImplemented where the operator gave no way to R2, or for an upload whose parts have checksums besides
 */
export async function beginParts(call: ObjectCall): Promise<Response> {
  const { ask, directUploads } = call
  if (!directUploads) throw noWay('the parts of uploads come by UploadPart')
  const wanted = partsOf(await documentOf(call, 'BeginParts'), ['PartNumber', 'Size', 'ContentMD5']).map(readWanted)
  const begun: string[] = []
  try {
    const parts: Elements[] = []
    for (const part of wanted) parts.push(await begin(part, { ...call, directUploads }, begun))
    return documented(
      'BeginPartsResult',
      parts.map(part => ['Part', part]),
    )
  } catch (error) {
    // What stays begun is given up in time
    await Promise.allSettled(begun.map(piece => ask('cancel', { piece })))
    throw error
  }
}

/** @param begun gets the piece */
async function begin(
  { number, size, md5 }: Wanted,
  call: ObjectCall & { readonly directUploads: DirectAccess },
  begun: string[],
): Promise<Elements> {
  const { piece, until, checksum } = await call.ask('beginPart', {
    key: call.key,
    uploadId: uploadIdOf(call),
    number,
    size,
    isLinked: true,
  })
  begun.push(piece)
  if (checksum) throw noWay(`the parts of this upload come with their ${checksum.algorithm}, by UploadPart`)
  const lifetime = Math.floor((until - Date.now()) / 1000)
  const { url, headers } = await linkToPut(call.directUploads, { key: piece, size, md5 }, lifetime)
  return [
    ['PartNumber', number],
    ['Piece', piece],
    ['Url', url],
    ...Object.entries(headers).map(
      ([name, value]) =>
        [
          'Header',
          [
            ['Name', name],
            ['Value', value],
          ],
        ] as const,
    ),
    ['Expires', new Date(Date.now() + 1000 * lifetime)],
  ]
}

/**
 * Makes parts of what is in R2 by now, in their order. At the first that cannot be one the request is refused; those before it count.
 * @throws S3Error InvalidPart for what is not there
 */
export async function finishParts(call: ObjectCall): Promise<Response> {
  const pieces = partsOf(await documentOf(call, 'FinishParts'), ['Piece']).map(part => textOf(part, 'Piece') ?? '')
  const parts: PartInfo[] = []
  for (const piece of pieces) parts.push(await finish(piece, call))
  return documented(
    'FinishPartsResult',
    parts.map(({ number, etag, size }) => [
      'Part',
      [
        ['PartNumber', number],
        ['ETag', quoted(etag)],
        ['Size', size],
      ],
    ]),
  )
}

async function finish(piece: string, call: ObjectCall): Promise<PartInfo> {
  const { key, ask, bytes, caller } = call
  const [, account] = /^objects\/(\d{12})\/[\da-f]{32}$/.exec(piece) ?? []
  const object = account === caller.account.id ? await head(bytes, piece) : null
  const md5 = object?.checksums.md5
  if (!object || !md5) {
    throw new S3Error(
      'InvalidPart',
      'One or more of the specified parts could not be found. The part may not have been uploaded.',
    )
  }
  const of = { key, uploadId: uploadIdOf(call) }
  return ask('finishPart', { piece, size: object.size, md5: new Uint8Array(md5).toHex(), of })
}

function head(bytes: R2Bucket, piece: string): Promise<R2Object | null> {
  return bytes.head(piece).catch((cause: unknown) => {
    throw new S3Error('ServiceUnavailable', 'The part cannot be looked at, at the moment. Please try again.', { cause })
  })
}

/** @throws S3Error MalformedXML for none, too many, or ones with elements of other names */
function partsOf(root: Element, names: readonly string[]): readonly Element[] {
  expectOnly(root, 'Part')
  const { children: parts } = root
  if (parts.length === 0 || parts.length > limits.directParts.most) throw malformed()
  for (const part of parts) expectOnly(part, ...names)
  return parts
}

/** @throws S3Error InvalidArgument, InvalidDigest, MalformedXML */
function readWanted(part: Element): Wanted {
  const size = readNumber(textOf(part, 'Size'), 'Size', Number.MAX_SAFE_INTEGER)
  if (size === undefined) throw malformed()
  return { number: partNumber(textOf(part, 'PartNumber') ?? ''), size, md5: readMd5(textOf(part, 'ContentMD5') ?? '') }
}

function readMd5(text: string): string {
  if (/^[A-Za-z\d+/]{21}[AQgw]==$/.test(text)) return text
  throw new S3Error('InvalidDigest', 'The Content-MD5 you specified was invalid.', {
    elements: { 'Content-MD5': text },
  })
}

const noWay = (how: string) =>
  new S3Error('NotImplemented', `A request you provided implies functionality that is not implemented: ${how}.`)
