// econe's own way to upload an image: a multipart form whose fields are signed with SigV2 and whose file is not. EC2 has
// no such action. The file is read as fast as it is sent, so its size does not matter.
import { randomUUID } from 'node:crypto'
import { basename } from 'node:path'
import { signV2 } from '../../auth/sigv2.ts'
import type { Answer } from '../answer.ts'
import { type OpenFile, openFile, shortened } from '../files.ts'
import { Progress } from '../progress.ts'
import { EC2, exchange, type Session } from '../query.ts'

/** Bytes read from the file at a time. */
const CHUNK = 256 * 1024

/**
 * Uploads the file at a path; the answer holds its `imageId`.
 *
 * @throws {Failure} if it cannot be read, or as a query does
 */
export async function uploadForm(session: Session, path: string): Promise<Answer> {
  const source = await openFile(path)
  const progress = new Progress(session.terminal, { total: source.size, label: basename(path) })
  try {
    return await exchange(session, await uploadRequest(session, path, source, progress))
  } finally {
    progress.end()
    await source.handle.close()
  }
}

async function uploadRequest(
  session: Session,
  path: string,
  source: OpenFile,
  progress: Progress,
): Promise<RequestInit> {
  const { url } = session.endpoint
  const boundary = `econe-${randomUUID()}`
  const fields = await signedFields(session)
  const part = `name="file"; filename="${escaped(basename(path))}"\r\nContent-Type: application/octet-stream`
  const head = Buffer.from(
    [...fields.map(([name, value]) => `name="${name}"\r\n\r\n${value}`), `${part}\r\n\r\n`]
      .map(content => `--${boundary}\r\nContent-Disposition: form-data; ${content}`)
      .join('\r\n'),
  )
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`)
  session.trace(`POST ${url.href} Action=UploadImage Version=${EC2.version} file=${path} (${source.size} bytes)`)
  return {
    method: 'POST',
    headers: {
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-length': String(head.length + source.size + tail.length),
    },
    body: ReadableStream.from(formOf(head, bytesOf(path, source, progress), tail)),
    duplex: 'half',
    // A redirect that might be followed makes Node keep all that it sent: the whole image in memory.
    // https://github.com/nodejs/undici/issues/4058
    redirect: 'error',
  }
}

/** The form's fields as econe's client signed them: over the host without its port. */
function signedFields({ endpoint: { url, accessKey, secretKey } }: Session) {
  return signV2(
    {
      method: 'POST',
      host: url.hostname,
      path: url.pathname,
      parameters: [
        ['Action', 'UploadImage'],
        ['Version', EC2.version],
      ],
    },
    { accessKeyId: accessKey, secret: secretKey },
    Date.now,
  )
}

async function* formOf(head: Buffer, content: AsyncIterable<Buffer>, tail: Buffer): AsyncGenerator<Uint8Array> {
  yield head
  yield* content
  yield tail
}

/** The file's bytes, exactly as many as were announced. */
async function* bytesOf(path: string, { handle, size }: OpenFile, progress: Progress): AsyncGenerator<Buffer> {
  for (let sent = 0; sent < size; ) {
    const { bytesRead, buffer } = await handle.read({
      buffer: Buffer.allocUnsafe(CHUNK),
      length: Math.min(CHUNK, size - sent),
      position: sent,
    })
    if (bytesRead === 0) throw shortened(path)
    yield buffer.subarray(0, bytesRead)
    sent += bytesRead
    progress.advance(bytesRead)
  }
}

/** As browsers write file names in forms. */
function escaped(name: string): string {
  return name.replace(/["\r\n]/g, encodeURIComponent)
}
