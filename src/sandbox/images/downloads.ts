// What the front-end does with an image's URL: looks at it before it answers the call, downloads it afterwards.
import { createHash } from 'node:crypto'
import { internal } from '../protocol/errors.ts'

export interface Probe {
  /** Bytes of the disk: of a raw file, or as its header says. */
  size: number
  /** As `qemu-img info` calls it. */
  format: string
}

const MIB = 1024 * 1024

/** How the disks are told that are no raw ones, and where they say how large they are. */
const FORMATS: readonly {
  readonly name: string
  readonly magic: string
  readonly at?: number
  readonly size?: (head: Buffer) => number
}[] = [
  { name: 'qcow2', magic: 'QFI\xfb', size: head => Number(head.readBigUInt64BE(24)) },
  { name: 'vmdk', magic: 'KDMV', size: head => 512 * Number(head.readBigUInt64LE(12)) },
  { name: 'vpc', magic: 'conectix', size: head => Number(head.readBigUInt64BE(48)) },
  { name: 'vdi', magic: '\x7f\x10\xda\xbe', at: 64, size: head => Number(head.readBigUInt64LE(368)) },
  { name: 'vhdx', magic: 'vhdxfile' },
]

/** What `file` calls packed: of a raw disk in it the front-end cannot tell the size. */
const PACKED = ['\x1f\x8b', 'BZh', '\xfd7zXZ\0']

/** Bytes of the longest header that is read. */
const HEADER = 512

/** How often curl tries again (`curl_retry_args` in downloader.sh). */
const RETRIES = 3

export const isUrl = (path: string): boolean => /^https?:\/\//.test(path)

/** MiB that so many bytes take. */
export const mebibytes = (bytes: number): number => Math.ceil(bytes / MIB)

/** HEAD for the size, then GETs that are closed after their first bytes, to learn the format and to prove that the file can be
 *  read. Throws code 8192 when the URL cannot be read or does not say how long the file is. */
export async function probe(fetcher: typeof fetch, url: string): Promise<Probe> {
  const { length, first } = await lookAt(fetcher, url).catch(() => {
    throw internal(`Cannot parse image SIZE: cannot access '${url}' (Permission denied)`)
  })
  const stands = (magic: string, at = 0) => first.subarray(at, at + magic.length).toString('latin1') === magic
  if (PACKED.some(magic => stands(magic))) throw internal('Cannot parse image SIZE: Unsupported remote image format')
  const found = FORMATS.find(({ magic, at }) => stands(magic, at))
  return { size: found?.size?.(first) ?? length, format: found?.name ?? 'raw' }
}

async function lookAt(fetcher: typeof fetch, url: string): Promise<{ length: number; first: Buffer }> {
  const head = await fetcher(url, { method: 'HEAD' })
  const length = Number(head.headers.get('content-length') ?? Number.NaN)
  if (!head.ok || !(length >= 0)) throw new Error(`HEAD answered ${head.status}`)
  const first = await firstBytes(fetcher, url)
  await firstBytes(fetcher, url)
  return { length, first }
}

async function firstBytes(fetcher: typeof fetch, url: string): Promise<Buffer> {
  const response = await fetcher(url)
  const reader = bodyOf(response, url).getReader()
  const { value } = await reader.read()
  await reader.cancel()
  // As long as any header, however short the file
  return Buffer.concat([value ?? new Uint8Array(), Buffer.alloc(HEADER)])
}

/** Downloads the file without keeping it, from its beginning again where it breaks off; its hex SHA-256. */
export async function download(fetcher: typeof fetch, url: string): Promise<string> {
  for (let left = RETRIES; ; left--) {
    try {
      const hash = createHash('sha256')
      for await (const chunk of bodyOf(await fetcher(url), url)) hash.update(chunk)
      return hash.digest('hex')
    } catch (error) {
      if (left === 0) throw error
    }
  }
}

function bodyOf(response: Response, url: string): ReadableStream<Uint8Array> {
  if (!response.ok || !response.body) throw new Error(`${url} answered ${response.status}`)
  return response.body
}
