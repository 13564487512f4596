// What the front-end does with an image's URL: looks at it before it answers the call, downloads it afterwards.
import { createHash } from 'node:crypto'
import { internal } from '../protocol/errors.ts'

export interface Probe {
  /** Bytes of the disk: of a raw file, or as the header of a qcow2 file says. */
  size: number
  format: 'raw' | 'qcow2'
}

const MIB = 1024 * 1024
const QCOW2_MAGIC = 'QFI\xfb'
/** Offset of the virtual size in a qcow2 header, 8 bytes. */
const QCOW2_SIZE = 24

export const isUrl = (path: string): boolean => /^https?:\/\//.test(path)

/** MiB that so many bytes take. */
export const mebibytes = (bytes: number): number => Math.ceil(bytes / MIB)

/** HEAD for the size, then GETs that are closed after their first bytes, to learn the format and to prove that the file can be
 *  read. Throws code 8192 when the URL cannot be read or does not say how long the file is. */
export async function probe(fetcher: typeof fetch, url: string): Promise<Probe> {
  try {
    const head = await fetcher(url, { method: 'HEAD' })
    const length = Number(head.headers.get('content-length') ?? Number.NaN)
    if (!head.ok || !(length >= 0)) throw new Error(`HEAD answered ${head.status}`)
    const first = await firstBytes(fetcher, url)
    await firstBytes(fetcher, url)
    const isQcow2 = first.subarray(0, QCOW2_MAGIC.length).toString('latin1') === QCOW2_MAGIC
    return isQcow2
      ? { size: Number(first.readBigUInt64BE(QCOW2_SIZE)), format: 'qcow2' }
      : { size: length, format: 'raw' }
  } catch {
    throw internal(`Cannot parse image SIZE: cannot access '${url}' (Permission denied)`)
  }
}

async function firstBytes(fetcher: typeof fetch, url: string): Promise<Buffer> {
  const response = await fetcher(url)
  const reader = bodyOf(response, url).getReader()
  const { value } = await reader.read()
  await reader.cancel()
  return Buffer.from(value ?? [])
}

/** Downloads the file without keeping it; its hex SHA-256. */
export async function download(fetcher: typeof fetch, url: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of bodyOf(await fetcher(url), url)) hash.update(chunk)
  return hash.digest('hex')
}

function bodyOf(response: Response, url: string): ReadableStream<Uint8Array> {
  if (!response.ok || !response.body) throw new Error(`${url} answered ${response.status}`)
  return response.body
}
