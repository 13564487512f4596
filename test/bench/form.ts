// econe's upload as its client sends it: a form of signed fields, then the file, which is made up while it is sent.
import { randomUUID } from 'node:crypto'
import { signV2 } from '../../src/auth/sigv2.ts'
import { credentials } from './credentials.ts'
import { textOf } from './edge.ts'

const BLOCK = new Uint8Array(1024 * 1024)

/** Uploads an image of so many MiB; the answer's text. */
export async function upload(url: string, mebibytes: number): Promise<string> {
  const request = {
    method: 'POST',
    host: new URL(url).hostname,
    path: '/',
    parameters: [
      ['Action', 'UploadImage'],
      ['Version', '2008-12-01'],
    ] as const,
  }
  const { accessKeyId, secretAccessKey } = credentials
  const fields = await signV2(request, { accessKeyId, secret: secretAccessKey }, Date.now)
  const boundary = randomUUID()
  const part = (name: string, rest: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${rest}\r\n`
  const head = fields.map(([name, value]) => part(name, `\r\n\r\n${value}`)).join('')
  const file = part('file', `; filename="${boundary}.img"\r\nContent-Type: application/octet-stream\r\n`)
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: ReadableStream.from(body(`${head}${file}`, mebibytes, `\r\n--${boundary}--\r\n`)),
    duplex: 'half',
    // A redirect that might be followed makes Node keep all that it sent
    redirect: 'error',
  })
  return textOf(response)
}

function* body(head: string, blocks: number, tail: string): Generator<Uint8Array> {
  yield Buffer.from(head)
  for (let sent = 0; sent < blocks; sent++) yield BLOCK
  yield Buffer.from(tail)
}
