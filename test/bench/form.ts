// econe's upload as its client sends it: a form of signed fields, then the file, which is made up while it is sent.
import { randomUUID } from 'node:crypto'
import { signV2 } from '../../src/auth/sigv2.ts'
import { credentials } from './credentials.ts'
import { send } from './send.ts'

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
  const parts = [Buffer.from(`${head}${file}`), Buffer.from(`\r\n--${boundary}--\r\n`)] as const
  const length = parts.reduce((sum, each) => sum + each.length, mebibytes * BLOCK.length)
  const { text } = await send(url, {
    method: 'POST',
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}`, 'content-length': String(length) },
    body: body(mebibytes, ...parts),
  })
  return text
}

function* body(blocks: number, head: Uint8Array, tail: Uint8Array): Generator<Uint8Array> {
  yield head
  for (let sent = 0; sent < blocks; sent++) yield BLOCK
  yield tail
}
