// KV and R2 for a bare workerd, which brings neither: the protocols its bindings speak, answered outside of its process so
// that what they hold is not counted as the Worker's.
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'

/** A server on the loopback interface. */
export interface Served extends AsyncDisposable {
  /** `127.0.0.1:PORT` */
  readonly address: string
}

async function serve(
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<unknown>,
): Promise<Served> {
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    address: `127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

/** A KV namespace: `GET`, `PUT` and `DELETE /key`, `GET /?prefix=` for a list of all, and `POST /bulk/get` for many keys. */
export function serveKv(): Promise<Served> {
  const values = new Map<string, string>()
  return serve(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://kv')
    const key = decodeURIComponent(pathname.slice(1))
    if (request.method === 'GET' && key === '') {
      const names = [...values.keys()].filter(name => name.startsWith(searchParams.get('prefix') ?? ''))
      response.end(JSON.stringify({ keys: names.map(name => ({ name })), list_complete: true }))
    } else if (request.method === 'DELETE') {
      values.delete(key)
      response.end()
    } else if (request.method === 'POST') {
      const { keys } = JSON.parse(await text(request)) as { keys: string[] }
      response.end(JSON.stringify(Object.fromEntries(keys.map(each => [each, values.get(each) ?? null]))))
    } else if (request.method === 'PUT') {
      values.set(key, await text(request))
      response.end()
    } else {
      const value = values.get(key)
      response.writeHead(value === undefined ? 404 : 200).end(value)
    }
  })
}

/** What a bucket is asked: JSON in a header of a GET, or before the bytes of a PUT. */
interface R2Request {
  readonly method: string
  readonly object?: string
  readonly objects?: string[]
  readonly uploadId?: string
  readonly partNumber?: number
  /** Numbers of 64 bits are texts. */
  readonly range?: { readonly offset?: string; readonly length?: string }
}

/** An R2 bucket as far as staging uses it, its objects in files of a folder. The first part has to begin first, and tells how long all are. */
export function serveR2(folder: string): Promise<Served> {
  const uploads = new Map<string, { readonly file: string; size?: number }>()
  const fileOf = (key = '') => join(folder, createHash('sha256').update(key).digest('hex'))

  const store = async (body: AsyncIterable<Buffer>, file: string, start?: number) =>
    pipeline(body, createWriteStream(file, start === undefined ? {} : { flags: 'r+', start }))

  const storePart = async ({ uploadId = '', partNumber = 1 }: R2Request, body: AsyncIterable<Buffer>, size: number) => {
    const upload = uploads.get(uploadId)
    if (!upload) throw new Error('A part is of an upload that was not begun')
    upload.size ??= size
    await store(body, upload.file, (partNumber - 1) * upload.size)
  }

  return serve(async (request, response) => {
    const { asked, body, size } = await readRequest(request)
    const file = fileOf(asked.object)
    switch (asked.method) {
      case 'head':
      case 'get':
        return sendObject(response, asked, file)
      case 'put':
        await store(body, file)
        return sendJson(response, await describe(asked, file))
      case 'createMultipartUpload': {
        const uploadId = randomUUID()
        uploads.set(uploadId, { file })
        await writeFile(file, '')
        return sendJson(response, { uploadId })
      }
      case 'uploadPart':
        await storePart(asked, body, size)
        return sendJson(response, { etag: `part-${asked.partNumber}` })
      case 'completeMultipartUpload':
        return sendJson(response, await describe(asked, file))
      case 'delete':
        for (const key of asked.objects ?? [asked.object]) await rm(fileOf(key), { force: true })
        return response.end()
      default:
        return response.writeHead(501).end()
    }
  })
}

/** Bytes that are read at a time. */
const READ = 512 * 1024

const METADATA_SIZE = 'cf-r2-metadata-size'

/** What is asked, and the bytes that come with it. */
interface Received {
  readonly asked: R2Request
  readonly body: AsyncIterable<Buffer>
  /** Bytes of the body. */
  readonly size: number
}

async function readRequest(request: IncomingMessage): Promise<Received> {
  const header = request.headers['cf-r2-request']
  if (typeof header === 'string') return { asked: JSON.parse(header) as R2Request, body: request, size: 0 }
  const size = Number(request.headers[METADATA_SIZE])
  const chunks: AsyncIterator<Buffer, undefined> = request[Symbol.asyncIterator]()
  let head = Buffer.alloc(0)
  while (head.length < size) {
    const { done, value } = await chunks.next()
    if (done) throw new Error('A request to the bucket ended in its metadata')
    head = Buffer.concat([head, value])
  }
  const asked = JSON.parse(head.toString('utf8', 0, size)) as R2Request
  return { asked, body: rest(head.subarray(size), chunks), size: Number(request.headers['content-length']) - size }
}

async function* rest(first: Buffer, others: AsyncIterator<Buffer, undefined>): AsyncGenerator<Buffer> {
  yield first
  yield* { [Symbol.asyncIterator]: () => others }
}

async function describe({ object }: R2Request, file: string) {
  const { size, mtimeMs } = await stat(file)
  const etag = createHash('md5').update(file).digest('hex')
  return { name: object, version: etag, size, etag, uploaded: Math.floor(mtimeMs), customFields: [], checksums: {} }
}

async function sendObject(response: ServerResponse, asked: R2Request, file: string): Promise<unknown> {
  const object = await describe(asked, file).catch(() => undefined)
  if (!object) {
    const error = JSON.stringify({ version: 1, v4code: 10007, message: 'The specified key does not exist.' })
    return response.writeHead(404, { 'cf-r2-error': error }).end()
  }
  if (asked.method === 'head') return sendJson(response, object)
  const offset = Number(asked.range?.offset ?? 0)
  const length = Number(asked.range?.length ?? object.size - offset)
  const head = Buffer.from(JSON.stringify({ ...object, range: { offset, length } }))
  response.writeHead(200, { [METADATA_SIZE]: head.length, 'content-length': head.length + length })
  response.write(head)
  const bytes = createReadStream(file, { start: offset, end: offset + length - 1, highWaterMark: READ })
  // A reader that leaves early, as OpenNebula's probes do, is no error
  return pipeline(bytes, response).catch(() => undefined)
}

function sendJson(response: ServerResponse, value: object): void {
  const body = Buffer.from(JSON.stringify(value))
  response.writeHead(200, { [METADATA_SIZE]: body.length, 'content-length': body.length }).end(body)
}
