// A file that is uploaded: under which key, in which parts, and what it is. Nothing of it is held: its bytes are read as they go.
import { type Compression, compressionOf, type Format, formatOf, HEAD, TAIL } from '../../upload/formats.ts'
import { keyOf, partSizeOf, stateText } from '../../upload/plan.ts'
import { Md5 } from './md5.ts'

/** A run of a file's bytes. */
export interface Part {
  readonly number: number
  readonly bytes: Blob
}

/** Its parts in order; none where it has more bytes than an object may have. */
export function partsOf(file: File): Part[] {
  const partSize = partSizeOf(file.size)
  if (partSize === undefined) return []
  return Array.from({ length: Math.ceil(file.size / partSize) }, (_, index) => ({
    number: index + 1,
    bytes: file.slice(index * partSize, (index + 1) * partSize),
  }))
}

/** Where it goes in the bucket: nothing else goes there, and it only as long as it is not changed. */
export async function keyOfFile({ name, size, lastModified }: File): Promise<string> {
  const state = new TextEncoder().encode(stateText({ name, size, modified: lastModified }))
  return keyOf(new Uint8Array(await crypto.subtle.digest('SHA-256', state)).toHex(), name)
}

/** What it is, by its first and last bytes. */
export async function recognise(file: File): Promise<Format & { readonly compression?: Compression }> {
  const [head, tail] = await Promise.all([file.slice(0, HEAD), file.slice(-TAIL)].map(part => part.bytes()))
  const compression = head && compressionOf(head)
  return { ...formatOf(head ?? new Uint8Array(), tail), ...(compression && { compression }) }
}

/** The MD5 of some bytes of a file. @throws DOMException where it cannot be read any more; what the signal was aborted with */
export async function md5Of(bytes: Blob, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const md5 = new Md5()
  const reader = bytes.stream().getReader()
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    if (signal.aborted) await reader.cancel()
    signal.throwIfAborted()
    md5.update(read.value)
  }
  return md5.digest()
}

/** The ETag of an object that is made of parts with these MD5s. */
export function etagOfParts(digests: readonly Uint8Array[]): string {
  const whole = new Md5()
  for (const digest of digests) whole.update(digest)
  return `${whole.digest().toHex()}-${digests.length}`
}
