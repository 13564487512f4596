// Requests to S3 as clients sign and frame them. Their bytes are one block again and again, so that making them up costs next to
// nothing while it is measured.
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { CRC32, CRC64NVME, Crc, type CrcModel, combineCrcs } from '../../src/lib/crc.ts'
import { credentials, REGION } from './credentials.ts'
import { type Answer, type Message, receive, send } from './send.ts'

const MIB = 2 ** 20
const BLOCK = randomBytes(MIB)
/** Bytes of a chunk: what AWS's SDKs send. */
const CHUNK = 64 * 1024
const CRLF = Buffer.from('\r\n')

const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()

const EMPTY = sha256('')
const CHUNK_HASHES = chunksOf(BLOCK).map(sha256)

/** What is asked for. */
interface Asked {
  readonly method: string
  /** With its query, encoded and in order. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** x-amz-content-sha256 */
  readonly payload?: string
}

/** Signs what comes behind a signature, as the next of a chain. */
type Chain = (algorithm: string, lines: string) => string

/** The headers of a signed request, and what the signatures of its chunks go on from. */
function sign(
  url: string,
  { method, path, headers: asked = {}, payload = 'UNSIGNED-PAYLOAD' }: Asked,
): { readonly headers: Record<string, string>; readonly chain: Chain } {
  const date = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')
  const scope = [date.slice(0, 8), REGION, 's3', 'aws4_request']
  const own = { host: new URL(url).host, 'x-amz-content-sha256': payload, 'x-amz-date': date }
  const headers: Readonly<Record<string, string>> = { ...asked, ...own }
  const sorted = Object.keys(headers).sort()
  const names = sorted.join(';')
  const lines = sorted.map(name => `${name}:${headers[name]}\n`)
  const [location, query = ''] = path.split('?')
  const canonical = [method, location, query, lines.join(''), names, payload].join('\n')
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${credentials.secretAccessKey}`)
  const seal = (algorithm: string, text: string) =>
    hmac(key as Buffer, [algorithm, date, scope.join('/'), text].join('\n')).toString('hex')
  let signature = seal('AWS4-HMAC-SHA256', sha256(canonical))
  const authorization =
    `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope.join('/')}, SignedHeaders=${names}, ` +
    `Signature=${signature}`
  const chain: Chain = (algorithm, text) => {
    signature = seal(algorithm, `${signature}\n${text}`)
    return signature
  }
  return { headers: { ...headers, authorization }, chain }
}

/** A body, what is said of it in headers, and how it is signed. */
export interface Body {
  readonly payload: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Iterable<Uint8Array>
  /** Instead, where it is signed. */
  readonly signed?: (chain: Chain) => Iterable<Uint8Array>
}

/** How a body of so many MiB is sent. */
export type Form = (mebibytes: number) => Body

/** As it is, under a signed hash: here it may be any, for R2 verifies it, and the bucket of the bench does not. */
export const hashed: Form = mebibytes => ({ ...unsigned(mebibytes), payload: EMPTY })

/** As it is. */
export const unsigned: Form = mebibytes => ({
  payload: 'UNSIGNED-PAYLOAD',
  headers: { 'content-length': String(mebibytes * MIB) },
  body: Array.from({ length: mebibytes }, () => BLOCK),
})

/** As it is, its checksum in a header. */
export const withCrc64: Form = mebibytes => {
  const body = unsigned(mebibytes)
  return { ...body, headers: { ...body.headers, 'x-amz-checksum-crc64nvme': crcOf(CRC64NVME, mebibytes) } }
}

/** In chunks that nobody signed, a checksum behind them: what AWS's SDKs send by themselves. */
export const trailing: Form = mebibytes => {
  const trailer = `x-amz-checksum-crc32:${crcOf(CRC32, mebibytes)}\r\n\r\n`
  const block = Buffer.concat(chunksOf(BLOCK).flatMap(chunk => [header(), chunk, CRLF]))
  const end = Buffer.from(`0\r\n${trailer}`)
  const body = [...Array.from({ length: mebibytes }, () => block), end]
  return { ...chunked('STREAMING-UNSIGNED-PAYLOAD-TRAILER', mebibytes, [block, end]), body }
}

/** In chunks of which each is signed. */
export const chained: Form = mebibytes => signedBody('STREAMING-AWS4-HMAC-SHA256-PAYLOAD', mebibytes, [])

/** So, and behind them a signed checksum. */
export const chainedTrailing: Form = mebibytes => {
  const trailer = `x-amz-checksum-crc32:${crcOf(CRC32, mebibytes)}`
  return signedBody('STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER', mebibytes, [trailer])
}

function signedBody(payload: string, mebibytes: number, trailers: readonly string[]): Body {
  const ofOne = [...signedChunks(() => EMPTY, 1, trailers)]
  return { ...chunked(payload, mebibytes, ofOne), signed: chain => signedChunks(chain, mebibytes, trailers) }
}

/** @param ofOne how one MiB is framed: its chunks, and the end */
function chunked(payload: string, mebibytes: number, [block, end]: readonly Uint8Array[]): Body {
  const headers = {
    'content-length': String(mebibytes * (block?.length ?? 0) + (end?.length ?? 0)),
    'content-encoding': 'aws-chunked',
    'x-amz-decoded-content-length': String(mebibytes * MIB),
    ...(payload.endsWith('TRAILER') && { 'x-amz-trailer': 'x-amz-checksum-crc32' }),
  }
  return { payload, headers, body: [] }
}

function* signedChunks(chain: Chain, mebibytes: number, trailers: readonly string[]): Generator<Uint8Array> {
  const signed = (hash: string) => `;chunk-signature=${chain('AWS4-HMAC-SHA256-PAYLOAD', `${EMPTY}\n${hash}`)}`
  const chunks = chunksOf(BLOCK)
  for (let sent = 0; sent < mebibytes; sent++) {
    yield Buffer.concat(chunks.flatMap((chunk, at) => [header(signed(CHUNK_HASHES[at] ?? '')), chunk, CRLF]))
  }
  const lines = trailers.map(line => `${line}\n`).join('')
  const end = [`0${signed(EMPTY)}`, ...trailers]
  if (lines !== '') end.push(`x-amz-trailer-signature:${chain('AWS4-HMAC-SHA256-TRAILER', sha256(lines))}`)
  yield Buffer.from(`${end.join('\r\n')}\r\n\r\n`)
}

const header = (signature = '') => Buffer.from(`${CHUNK.toString(16)}${signature}\r\n`)

function chunksOf(bytes: Buffer): Buffer[] {
  return Array.from({ length: bytes.length / CHUNK }, (_, at) => bytes.subarray(at * CHUNK, (at + 1) * CHUNK))
}

/** Of so many blocks, in base64. */
function crcOf(model: CrcModel, blocks: number): string {
  const crc = new Crc(model)
  crc.update(BLOCK)
  const parts = Array.from({ length: blocks }, () => ({ digest: crc.digest(), size: MIB }))
  return Buffer.from(combineCrcs(model, parts)).toString('base64')
}

/** A user's client. */
export class S3 {
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  /** PutObject, or UploadPart where the path says so. */
  put(path: string, { payload, headers: own, body, signed }: Body): Promise<Answer> {
    const { headers, chain } = sign(this.#url, { method: 'PUT', path, headers: own, payload })
    return send(this.#url + path, { method: 'PUT', headers, body: signed?.(chain) ?? body })
  }

  /** An operation whose body is a document, or none. */
  call(method: string, path: string, document = ''): Promise<Answer> {
    const { headers } = sign(this.#url, { method, path, payload: sha256(document) })
    const message: Message = { method, headers, ...(document !== '' && { body: [Buffer.from(document)] }) }
    return send(this.#url + path, message)
  }

  /** The first MiB of an object; how many bytes came. */
  get(path: string, mebibytes: number): Promise<number> {
    const { headers } = sign(this.#url, { method: 'GET', path, headers: firstOf(mebibytes) })
    return receive(this.#url + path, headers)
  }

  /** Uploads an object in parts of a size, some of them at a time. */
  async upload(path: string, form: Form, parts: Parts): Promise<void> {
    const { text } = await this.call('POST', `${path}?uploads=`)
    const uploadId = encodeURIComponent(/<UploadId>([^<]+)</.exec(text)?.[1] ?? '')
    const answers = await this.putParts(form, parts, number => `${path}?partNumber=${number}&uploadId=${uploadId}`)
    const elements = answers.map(
      ({ headers }, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${headers.etag}</ETag></Part>`,
    )
    const document = `<CompleteMultipartUpload>${elements.join('')}</CompleteMultipartUpload>`
    await this.call('POST', `${path}?uploadId=${uploadId}`, document)
  }

  /** Puts parts, some of them at a time; the answers in their order. */
  async putParts(form: Form, { mebibytes, size, atOnce }: Parts, pathOf: (number: number) => string) {
    const body = form(size)
    const answers: Answer[] = []
    let next = 0
    const worker = async () => {
      while (next < mebibytes / size) {
        const number = ++next
        answers[number - 1] = await this.put(pathOf(number), body)
      }
    }
    await Promise.all(Array.from({ length: atOnce }, worker))
    return answers
  }
}

/** All in MiB. */
interface Parts {
  readonly mebibytes: number
  readonly size: number
  readonly atOnce: number
}

/** A Range header for the first MiB. */
export const firstOf = (mebibytes: number) => ({ range: `bytes=0-${mebibytes * MIB - 1}` })
