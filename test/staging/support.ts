// What the staging tests share: the local R2 bucket, streams cut where a test wants them, digests.
import { env } from 'cloudflare:workers'
import { vi } from 'vitest'
import type { Env } from '../../src/edge/services.ts'
import { ByteWindow } from '../../src/lib/byte-window.ts'
import type { Source } from '../../src/staging/upload.ts'
import { concat } from '../s3/support.ts'

declare global {
  namespace Cloudflare {
    interface Env {
      readonly STAGING: R2Bucket
    }
  }
}

/** The bucket of wrangler.toml, in the local simulator. */
export const bucket: Env['STAGING'] = env.STAGING

export const metadata = { created: '2026-11-23T16:00:00.000Z', name: 'gentoo 🐧.img', owner: 'helen' }

/** Random bytes. */
export function noise(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536))
  return bytes
}

/** A byte stream of these pieces; it ends, or errors with `failure` after the last. */
export function streamOf(pieces: Iterable<Uint8Array>, failure?: Error): ReadableStream<Uint8Array> {
  const left = [...pieces].filter(piece => piece.length > 0)
  return new ReadableStream({
    type: 'bytes',
    pull(controller) {
      const piece = left.shift()
      if (piece) return controller.enqueue(piece.slice())
      if (failure) return controller.error(failure)
      controller.close()
      controller.byobRequest?.respond(0)
    },
  })
}

export async function sha256(content: ReadableStream | Uint8Array): Promise<string> {
  const sum = new crypto.DigestStream('SHA-256')
  await (content instanceof Uint8Array ? streamOf([content]) : content).pipeTo(sum)
  return new Uint8Array(await sum.digest).toHex()
}

export async function bytesOf(stream: ReadableStream | null): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

/** The same as a source. */
export function sourceOf(stream: ReadableStream): Source {
  const window = new ByteWindow(stream)
  return {
    async next(most) {
      if (window.unread.length === 0 && !(await window.fill('some'))) return undefined
      const bytes = window.unread.subarray(0, most)
      window.use(bytes.length)
      return bytes
    },
    close: reason => window.close(reason),
  }
}

/** All bytes of a source. */
export async function bytesIn(source: Source): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for (let bytes = await source.next(1000); bytes; bytes = await source.next(1000)) pieces.push(bytes.slice())
  return concat(...pieces)
}

/** The bucket, with some of its methods replaced. */
export function bucketWith(methods: Partial<R2Bucket>): R2Bucket {
  return new Proxy(bucket, {
    get(target, name) {
      const own: unknown = Reflect.get(methods, name)
      const real: unknown = Reflect.get(target, name)
      return (
        own ??
        (typeof real === 'function' ? (...given: unknown[]): unknown => Reflect.apply(real, target, given) : real)
      )
    },
  })
}

/** A `waitUntil` that tells what it was given. */
export function waiter() {
  return vi.fn<(work: Promise<unknown>) => void>()
}
