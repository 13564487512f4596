// That bodies stream: of however many bytes come, two windows' worth is held, and R2 is waited for.
import { expect, it } from 'vitest'
import { ByteWindow, WINDOW } from '../../src/lib/byte-window.ts'
import { receiveBody } from '../../src/s3/body.ts'
import { bucketWith } from '../staging/support.ts'
import { authenticOf, bucket, requestOf } from './door.ts'
import { crc32, inChunks, inHeader, type Message, noise, piecesOf } from './support.ts'

const MIB = 2 ** 20
const PIECE = 64 * 1024

const body = noise(8 * MIB)
const pieces = piecesOf(body, PIECE)
const trailers = { 'x-amz-checksum-crc32': crc32(body) }

const messages: Readonly<Record<string, () => Message>> = {
  'that R2 verifies': () => inHeader({ body }),
  'with a checksum': () => inHeader({ body, headers: trailers }),
  'in chunks': () => inChunks({ pieces, signed: false, trailers }).message,
  'in signed chunks': () => inChunks({ pieces, signed: true, trailers }).message,
}

it.each(Object.entries(messages))('a body %s is not held', async (what, make) => {
  const message = make()
  let [sent, arrived, held] = [0, 0, 0]
  const left = piecesOf(message.body, PIECE).values()
  const source = new ReadableStream({
    type: 'bytes',
    pull(controller) {
      const { value, done } = left.next()
      if (done) {
        controller.close()
        controller.byobRequest?.respond(0)
        return
      }
      sent += value.length
      held = Math.max(held, sent - arrived)
      controller.enqueue(value.slice())
    },
  })
  const counting = bucketWith({
    async put(key: string, bytes: unknown) {
      if (!(bytes instanceof ReadableStream)) throw new TypeError('the whole of it was held')
      const window = new ByteWindow(bytes, { size: PIECE })
      while (await window.fill('full')) {
        arrived += window.unread.length
        window.use(window.unread.length)
        // Whoever could run ahead does
        await scheduler.wait(0)
      }
      return bucket.put(key, '')
    },
  } as Partial<R2Bucket>)
  const { url, method, headers } = requestOf(message)
  const request = new Request(url, { method, headers, body: source })
  await receiveBody(request, await authenticOf(message)).store(counting, what, {
    allowed: Promise.resolve(),
    waitUntil: () => undefined,
  })
  expect(arrived).toBe(body.length)
  expect(held).toBeLessThanOrEqual(2 * WINDOW + 2 * PIECE)
  await bucket.delete(what)
})
