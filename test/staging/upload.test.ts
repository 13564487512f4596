// Staging into the real local R2: the bytes as they were sent, or nothing at all.
import { describe, expect, it, vi } from 'vitest'
import { limits } from '../../src/limits.ts'
import { Ec2Error } from '../../src/protocol/errors.ts'
import { readForm } from '../../src/staging/form.ts'
import { PART_SIZE, stageObject } from '../../src/staging/upload.ts'
import { concat } from '../s3/support.ts'
import { bucket, bucketWith, metadata, noise, sha256, sourceOf, streamOf, waiter } from './support.ts'

const MiB = 2 ** 20

/** Pieces of 1 MiB, as a network has it. */
function* inPieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += MiB) yield bytes.subarray(at, at + MiB)
}

/** The bucket, and the multipart uploads that were begun in it. */
function watched(change: (upload: R2MultipartUpload) => R2MultipartUpload = upload => upload) {
  const begun: R2MultipartUpload[] = []
  const watching = bucketWith({
    async createMultipartUpload(key, options) {
      const upload = await bucket.createMultipartUpload(key, options)
      begun.push(upload)
      return change(upload)
    },
  })
  return { bucket: watching, begun }
}

/** An upload whose second part the bucket refuses. */
const refusingSecond = (upload: R2MultipartUpload): R2MultipartUpload => ({
  ...upload,
  uploadPart: (number, part) =>
    number === 2 ? Promise.reject(new Error('uploadPart: Internal (10001)')) : upload.uploadPart(number, part),
  abort: () => upload.abort(),
  complete: parts => upload.complete(parts),
})

async function expectNothingLeft(key: string, begun: readonly R2MultipartUpload[]): Promise<void> {
  expect(await bucket.head(key)).toBeNull()
  for (const { uploadId } of begun) {
    const gone = bucket.resumeMultipartUpload(key, uploadId).uploadPart(1, new Uint8Array(1))
    await expect(gone, 'the upload takes no more parts').rejects.toThrow(/10024/)
  }
}

describe('a stream of unknown length', { timeout: 60_000 }, () => {
  it.each([0, 1, PART_SIZE - 1, PART_SIZE, PART_SIZE + 1, 2 * PART_SIZE, 3 * PART_SIZE + 12_345])(
    'of %i bytes is stored as it was sent',
    async length => {
      const key = `upload/${length}`
      const content = noise(length)
      const staged = await stageObject(bucket, key, sourceOf(streamOf(inPieces(content))), {
        metadata,
        waitUntil: waiter(),
      })
      const object = await bucket.get(key)
      expect(staged).toEqual({ key, size: length, etag: object?.etag })
      expect(object?.customMetadata).toEqual(metadata)
      expect(object?.httpMetadata?.contentType).toBe('application/octet-stream')
      expect(object && (await sha256(object.body))).toBe(await sha256(content))
      await bucket.delete(key)
    },
  )

  it('keeps no name that would not fit the metadata', async () => {
    const long = { ...metadata, name: `${'x'.repeat(254)}🐧${'y'.repeat(9000)}` }
    await stageObject(bucket, 'upload/name', sourceOf(streamOf([noise(1)])), { metadata: long, waitUntil: waiter() })
    expect((await bucket.head('upload/name'))?.customMetadata?.['name']).toBe(`${'x'.repeat(254)}\ufffd`)
    await bucket.delete('upload/name')
  })

  it('leaves nothing when it breaks in the middle, and fails with its own error', async () => {
    for (const length of [MiB, PART_SIZE, PART_SIZE + MiB, 3 * PART_SIZE]) {
      const { bucket: watching, begun } = watched()
      const broken = new Ec2Error('MalformedQueryString', 'The multipart form is malformed.')
      const waitUntil = waiter()
      const staging = stageObject(watching, 'upload/broken', sourceOf(streamOf(inPieces(noise(length)), broken)), {
        metadata,
        waitUntil,
      })
      await expect(staging).rejects.toBe(broken)
      expect(begun).toHaveLength(length < PART_SIZE ? 0 : 1)
      await expectNothingLeft('upload/broken', begun)
      await expect(waitUntil.mock.calls[0]?.[0]).resolves.toBeUndefined()
    }
  })

  it('is given up only when no part is on its way any more, lest one arrive later', async () => {
    const events: string[] = []
    const { bucket: watching } = watched(upload => ({
      ...upload,
      uploadPart: async (number, part) => {
        const stored = await upload.uploadPart(number, part)
        events.push('stored')
        return stored
      },
      abort: async () => {
        events.push('aborted')
        await upload.abort()
      },
      complete: parts => upload.complete(parts),
    }))
    const body = streamOf(inPieces(noise(PART_SIZE)), new Error('Network connection lost.'))
    const staging = stageObject(watching, 'upload/late', sourceOf(body), { metadata, waitUntil: waiter() })
    await expect(staging).rejects.toBeInstanceOf(Ec2Error)
    expect(events).toEqual(['stored', 'aborted'])
  })

  it('leaves nothing when it is stopped, and the source is cancelled', async () => {
    const { bucket: watching, begun } = watched()
    const stop = new AbortController()
    const enough = new Error('enough')
    const cancel = vi.fn<(reason: unknown) => void>()
    let sent = 0
    const body = new ReadableStream({
      type: 'bytes',
      pull(controller) {
        // From here on it stalls: nothing but the signal ends it.
        if (sent === 2 * PART_SIZE + MiB) return stop.abort(enough)
        sent += MiB
        controller.enqueue(noise(MiB))
      },
      cancel,
    })
    const options = { metadata, waitUntil: waiter(), signal: stop.signal }
    await expect(stageObject(watching, 'upload/stopped', sourceOf(body), options)).rejects.toBe(enough)
    expect(cancel).toHaveBeenCalledWith(enough)
    expect(begun).toHaveLength(1)
    await expectNothingLeft('upload/stopped', begun)
  })

  it('is not even begun when it was stopped before', async () => {
    const options = { metadata, waitUntil: waiter(), signal: AbortSignal.abort(new Error('enough')) }
    const never = sourceOf(new ReadableStream({ type: 'bytes' }))
    await expect(stageObject(bucket, 'upload/never', never, options)).rejects.toThrow('enough')
  })

  it('leaves nothing when the bucket refuses a part, which the caller may try again', async () => {
    const { bucket: watching, begun } = watched(refusingSecond)
    const staging = stageObject(watching, 'upload/refused', sourceOf(streamOf(inPieces(noise(4 * PART_SIZE)))), {
      metadata,
      waitUntil: waiter(),
    })
    await expect(staging).rejects.toMatchObject({ code: 'Unavailable', status: 503 })
    await expectNothingLeft('upload/refused', begun)
  })

  it('may have so many bytes, and not one more', async () => {
    const stage = (length: number) => {
      const { bucket: watching, begun } = watched()
      const options = { metadata, waitUntil: waiter(), most: PART_SIZE }
      return {
        begun,
        staged: stageObject(watching, 'upload/most', sourceOf(streamOf(inPieces(noise(length)))), options),
      }
    }
    expect(await stage(PART_SIZE).staged).toMatchObject({ size: PART_SIZE })
    await bucket.delete('upload/most')
    const { staged, begun } = stage(PART_SIZE + 1)
    await expect(staged).rejects.toMatchObject({ code: 'InvalidParameterValue', status: 400 })
    await expectNothingLeft('upload/most', begun)
    expect(limits.uploadedImage.most * MiB, 'R2 takes no more parts').toBeLessThanOrEqual(10_000 * PART_SIZE)
  })
})

describe('a stream of which is known about how long it is', { timeout: 60_000 }, () => {
  /** What is stored of `length` bytes of which `announced` were announced, and how its parts were given to R2. */
  function stage(length: number, announced: number, more: { failure?: Error; signal?: AbortSignal } = {}) {
    const kinds: string[] = []
    const { bucket: watching, begun } = watched(upload => ({
      ...upload,
      uploadPart: (number, part) => {
        kinds.push(part instanceof ReadableStream ? 'passed' : 'held')
        return upload.uploadPart(number, part)
      },
      abort: () => upload.abort(),
      complete: parts => upload.complete(parts),
    }))
    const content = noise(length)
    const source = sourceOf(streamOf(inPieces(content), more.failure))
    const options = { metadata, waitUntil: waiter(), announced, ...(more.signal && { signal: more.signal }) }
    return { content, begun, kinds, staged: stageObject(watching, 'upload/known', source, options) }
  }

  it.each([
    ['a little more than announced', 3 * PART_SIZE + 2, 3 * PART_SIZE, ['passed', 'passed', 'held', 'held']],
    ['a little less than announced', 2 * PART_SIZE + 1, 3 * PART_SIZE, ['passed', 'passed', 'held']],
    ['too few to pass', PART_SIZE + 1, 2 * PART_SIZE - 1, ['held', 'held']],
  ])('is stored as it was sent: %s', async (_, length, announced, expected) => {
    const { staged, content, kinds } = stage(length, announced)
    expect(await staged).toMatchObject({ size: length })
    expect(kinds).toEqual(expected)
    const object = await bucket.get('upload/known')
    expect(object && (await sha256(object.body))).toBe(await sha256(content))
    await bucket.delete('upload/known')
  })

  describe('is a form’s file', () => {
    const type = 'multipart/form-data; boundary=b'
    const head = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.img"\r\n\r\n'
    const content = noise(2 * PART_SIZE + 4321)

    async function stageFrom(form: Uint8Array, length: number) {
      const { bucket: watching, begun } = watched()
      const parts = readForm(streamOf(inPieces(form)), type, { length })
      const { value: file } = await parts.next()
      if (file?.kind !== 'file') throw new Error('expected a file')
      const { content: source, announced } = file
      const staged = stageObject(watching, 'upload/form', source, { metadata, waitUntil: waiter(), announced })
      return { parts, begun, staged }
    }

    it('with something behind it, which is still read', async () => {
      const behind = '\r\n--b\r\nContent-Disposition: form-data; name="After"\r\n\r\nx\r\n--b--'
      const form = concat(head, content, behind)
      const { parts, begun, staged } = await stageFrom(form, form.length)
      await staged
      expect(begun).toHaveLength(1)
      expect((await parts.next()).value).toEqual({ kind: 'field', name: 'After', value: 'x' })
      const object = await bucket.get('upload/form')
      expect(object && (await sha256(object.body))).toBe(await sha256(content))
      await bucket.delete('upload/form')
    })

    it('that ends too early, in a part that passes', async () => {
      const form = concat(head, content)
      const { begun, staged } = await stageFrom(form.subarray(0, MiB), form.length)
      await expect(staged).rejects.toMatchObject({ code: 'MalformedQueryString', status: 400 })
      await expectNothingLeft('upload/form', begun)
    })
  })

  it('leaves nothing when it is far shorter than announced', async () => {
    const { staged, begun } = stage(PART_SIZE + MiB, 4 * PART_SIZE)
    await expect(staged).rejects.toMatchObject({ code: 'IncompleteBody', status: 400 })
    await expectNothingLeft('upload/known', begun)
  })

  it('leaves nothing when it breaks in a part that passes', async () => {
    const failure = new Ec2Error('MalformedQueryString', 'no')
    const { staged, begun } = stage(PART_SIZE + MiB, 4 * PART_SIZE, { failure })
    await expect(staged).rejects.toBe(failure)
    await expectNothingLeft('upload/known', begun)
  })

  it('leaves nothing when it is stopped in a part that passes', async () => {
    const stop = new AbortController()
    const { bucket: watching, begun } = watched()
    let sent = 0
    const body = new ReadableStream({
      type: 'bytes',
      pull(controller) {
        if (sent === PART_SIZE + MiB) return stop.abort(new Error('enough'))
        sent += MiB
        controller.enqueue(noise(MiB))
      },
    })
    const options = { metadata, waitUntil: waiter(), announced: 4 * PART_SIZE, signal: stop.signal }
    await expect(stageObject(watching, 'upload/known', sourceOf(body), options)).rejects.toThrow('enough')
    await expectNothingLeft('upload/known', begun)
  })

  it('leaves nothing when the bucket refuses a part that passes, and does not read it', async () => {
    const { bucket: watching, begun } = watched(refusingSecond)
    const source = sourceOf(streamOf(inPieces(noise(4 * PART_SIZE))))
    const staging = stageObject(watching, 'upload/known', source, {
      ...{ metadata, waitUntil: waiter(), announced: 4 * PART_SIZE },
    })
    await expect(staging).rejects.toMatchObject({ code: 'Unavailable', status: 503 })
    await expectNothingLeft('upload/known', begun)
  })
})
