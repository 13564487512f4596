// An object: put, read and deleted.
import type { ByteRange } from '../../lib/byte-range.ts'
import { judgeRead, readConditions, readWriteConditions } from '../../s3/conditions.ts'
import { fromToldS3, S3Error } from '../../s3/errors.ts'
import { headerValue, keptHeaders, OVERRIDES } from '../../s3/kept-headers.ts'
import { invalidArgument, readNumber } from '../../s3/listing.ts'
import { rangeOfPart, readRange } from '../../s3/range.ts'
import type { ObjectInfo, Piece, StoredObject } from '../../staging/object.ts'
import { openObject } from '../../staging/read.ts'
import { checksumHeaders, ENCRYPTED, objectHeaders, quoted, validators } from './answers.ts'
import { type AnswerHeaders, bare, type ObjectCall, present } from './call.ts'
import { receive } from './receive.ts'

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
export async function putObject(call: ObjectCall): Promise<Response> {
  const { key, ask } = call
  const headers = keptHeaders(call.headers)
  const conditions = readWriteConditions(call.headers)
  const { etag, checksum } = await receive(call, {
    begin: announced => ask('beginPut', { ...announced, key, conditions }),
    finish: stored => ask('finishPut', { ...stored, key, headers, conditions }),
  })
  return bare(200, { etag: quoted(etag), ...checksumHeaders(checksum), ...ENCRYPTED })
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */
export async function getObject(call: ObjectCall): Promise<Response> {
  const found = await call.ask('open', { key: call.key })
  const answer = answerTo(call, found, found.pieces)
  if (answer.status === 304) return bare(304, answer.headers)
  const opened = await openObject(call.bytes, found, answer.range)
  // It was deleted, or is another by now: the account's object knows which
  if (opened === undefined) return again(call, found)
  const { status, headers } = answer
  // What is packed is so already: the runtime would do it again
  return new Response(opened.body, { status, headers: present(headers), encodeBody: 'manual' })
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html */
export async function headObject(call: ObjectCall): Promise<Response> {
  const { key, ask, parameters, headers: asked } = call
  const { status, headers, length } =
    parameters.has('partNumber') || asked.has('range')
      ? await ask('open', { key }).then(found => answerTo(call, found, found.pieces))
      : answerTo(call, await ask('head', { key }))
  return bare(status, { ...headers, 'content-length': length })
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html */
export async function deleteObject({ key, headers, ask }: ObjectCall): Promise<Response> {
  const { ifMatch } = readWriteConditions(headers)
  const [removed] = await ask('remove', { objects: [{ key, ifMatch }] })
  if (removed?.error) throw fromToldS3(removed.error)
  return bare(204)
}

/** The answer to who asks for an object, but for its bytes. */
interface Answer {
  readonly status: 200 | 206 | 304
  readonly headers: AnswerHeaders
  /** Undefined for the whole. */
  readonly range?: ByteRange | undefined
  /** Content-Length of what has one. */
  readonly length?: string
}

/**
 * @param pieces of the object: to be known where one of its parts is asked for
 * @throws S3Error PreconditionFailed, InvalidRange, InvalidPartNumber, InvalidRequest, InvalidArgument
 */
function answerTo(call: ObjectCall, found: ObjectInfo, pieces: readonly Piece[] = []): Answer {
  if (judgeRead(readConditions(call.headers), found) === 'unchanged') return { status: 304, headers: validators(found) }
  const number = readNumber(call.parameters.get('partNumber'), 'partNumber')
  const range = number === undefined ? readRange(call.headers, found) : partOf(call, number, found, pieces)
  const { size, parts } = found
  const checksum = checksumOf(found, number, range, pieces)
  const asksForChecksum = call.headers.get('x-amz-checksum-mode')?.toUpperCase() === 'ENABLED'
  const headers = {
    ...objectHeaders(found),
    ...overrides(call),
    ...(asksForChecksum && checksumHeaders(checksum)),
    ...(number !== undefined && parts !== undefined && { 'x-amz-mp-parts-count': String(parts) }),
    ...(range && { 'content-range': `bytes ${range.offset}-${range.offset + range.length - 1}/${size}` }),
  }
  return { status: range ? 206 : 200, headers, range, length: String(range?.length ?? size) }
}

/**
 * That of exactly the bytes which are answered with, for a client holds it against them: the part's own of a part, and of a range that
 * is one. All other ranges have none.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */
function checksumOf(
  { size, parts, checksum }: ObjectInfo,
  number: number | undefined,
  range: ByteRange | undefined,
  pieces: readonly Piece[],
) {
  const part = parts === undefined ? undefined : (number ?? partIn(range, pieces))
  if (part === undefined) {
    const isWhole = range === undefined || (range.length === size && checksum?.type === 'FULL_OBJECT')
    return isWhole ? checksum : undefined
  }
  const own = pieces[part - 1]?.checksum
  return own && { ...own, ...(checksum?.algorithm === own.algorithm && { type: checksum.type }) }
}

/** The number of the part that has these bytes and no others; undefined where none has. */
function partIn(range: ByteRange | undefined, pieces: readonly Piece[]): number | undefined {
  let offset = 0
  for (const [at, { size }] of pieces.entries()) {
    if (range?.offset === offset && range.length === size) return at + 1
    offset += size
  }
  return undefined
}

/** The bytes of a part; undefined where there are none, for no range says so. */
function partOf(
  { headers }: ObjectCall,
  number: number,
  { size, parts }: ObjectInfo,
  pieces: readonly Piece[],
): ByteRange | undefined {
  if (headers.has('range')) {
    throw new S3Error('InvalidRequest', 'Cannot specify both Range header and partNumber query parameter')
  }
  if (number < 1) throw invalidArgument('partNumber', String(number), 'Part number must be an integer from 1 on')
  const range = rangeOfPart(number, parts === undefined ? [size] : pieces.map(piece => piece.size))
  return range.length > 0 ? range : undefined
}

/** What a reader asks to have otherwise: every request here is signed, as that has to be. */
const overrides = ({ parameters }: ObjectCall): AnswerHeaders =>
  Object.fromEntries(
    Object.entries(OVERRIDES).flatMap(([parameter, name]) => {
      const value = parameters.get(parameter)
      return value === undefined ? [] : [[name, headerValue(value)]]
    }),
  )

/** @throws S3Error NoSuchKey where it was deleted meanwhile, ServiceUnavailable where its bytes are lost */
async function again(call: ObjectCall, { pieces }: StoredObject): Promise<Response> {
  const now = await call.ask('open', { key: call.key })
  if (now.pieces[0]?.key !== pieces[0]?.key) return getObject(call)
  throw new S3Error('ServiceUnavailable', 'The object cannot be read at the moment. Please try again.')
}
