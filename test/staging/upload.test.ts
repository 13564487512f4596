// Staging into the real local R2: the bytes as they were sent, or nothing at all.
import { describe, expect, it, vi } from 'vitest'
import { Ec2Error } from '../../src/protocol/errors.ts'
import { readForm } from '../../src/staging/form.ts'
import { PART_SIZE, stageObject } from '../../src/staging/upload.ts'
import { bucket, bucketWith, metadata, noise, sha256, streamOf, waiter } from './support.ts'

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

async function expectNothingLeft(key: string, begun: readonly R2MultipartUpload[]): Promise<void> {
  expect(await bucket.head(key)).toBeNull()
  for (const { uploadId } of begun) {
    const gone = bucket.resumeMultipartUpload(key, uploadId).uploadPart(1, new Uint8Array(1))
    await expect(gone, 'the upload takes no more parts').rejects.toThrow(/10024/)
  }
}

describe('a stream of unknown length', { timeout: 60_000 }, () => {
  it.each([0, 1, PART_SIZE - 1, PART_SIZE, PART_SIZE + 1, 2 * PART_SIZE, 40 * MiB + 12_345])(
    'of %i bytes is stored as it was sent',
    async length => {
      const key = `upload/${length}`
      const content = noise(length)
      const staged = await stageObject(bucket, key, streamOf(inPieces(content)), { metadata, waitUntil: waiter() })
      const object = await bucket.get(key)
      expect(staged).toEqual({ key, size: length, etag: object?.etag })
      expect(object?.customMetadata).toEqual(metadata)
      expect(object?.httpMetadata?.contentType).toBe('application/octet-stream')
      expect(object && (await sha256(object.body))).toBe(await sha256(content))
      await bucket.delete(key)
    },
  )

  it('is stored from a form’s file', async () => {
    const content = noise(PART_SIZE + 4321)
    const data = new FormData()
    data.append('Action', 'UploadImage')
    data.append('file', new Blob([content]), 'a.img')
    const { body, headers } = new Request('https://example.com', { method: 'POST', body: data })
    for await (const part of readForm(body ?? streamOf([]), headers.get('content-type') ?? '')) {
      if (part.kind === 'file') {
        await stageObject(bucket, 'upload/form', part.stream, { metadata, waitUntil: waiter() })
      }
    }
    const object = await bucket.get('upload/form')
    expect(object && (await sha256(object.body))).toBe(await sha256(content))
    await bucket.delete('upload/form')
  })

  it('keeps no name that would not fit the metadata', async () => {
    const long = { ...metadata, name: `${'x'.repeat(254)}🐧${'y'.repeat(9000)}` }
    await stageObject(bucket, 'upload/name', streamOf([noise(1)]), { metadata: long, waitUntil: waiter() })
    expect((await bucket.head('upload/name'))?.customMetadata?.['name']).toBe(`${'x'.repeat(254)}\ufffd`)
    await bucket.delete('upload/name')
  })

  it('leaves nothing when it breaks in the middle, and fails with its own error', async () => {
    for (const length of [MiB, PART_SIZE, PART_SIZE + MiB, 3 * PART_SIZE]) {
      const { bucket: watching, begun } = watched()
      const broken = new Ec2Error('MalformedQueryString', 'The multipart form is malformed.')
      const waitUntil = waiter()
      const staging = stageObject(watching, 'upload/broken', streamOf(inPieces(noise(length)), broken), {
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
    const staging = stageObject(watching, 'upload/late', body, { metadata, waitUntil: waiter() })
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
    await expect(stageObject(watching, 'upload/stopped', body, options)).rejects.toBe(enough)
    expect(cancel).toHaveBeenCalledWith(enough)
    expect(begun).toHaveLength(1)
    await expectNothingLeft('upload/stopped', begun)
  })

  it('is not even begun when it was stopped before', async () => {
    const options = { metadata, waitUntil: waiter(), signal: AbortSignal.abort(new Error('enough')) }
    await expect(stageObject(bucket, 'upload/never', new ReadableStream({ type: 'bytes' }), options)).rejects.toThrow(
      'enough',
    )
  })

  it('leaves nothing when the bucket refuses a part, which the caller may try again', async () => {
    const { bucket: watching, begun } = watched(upload => ({
      ...upload,
      uploadPart: (number, part) =>
        number === 2 ? Promise.reject(new Error('uploadPart: Internal (10001)')) : upload.uploadPart(number, part),
      abort: () => upload.abort(),
      complete: parts => upload.complete(parts),
    }))
    const staging = stageObject(watching, 'upload/refused', streamOf(inPieces(noise(4 * PART_SIZE))), {
      metadata,
      waitUntil: waiter(),
    })
    await expect(staging).rejects.toMatchObject({ code: 'Unavailable', status: 503 })
    await expectNothingLeft('upload/refused', begun)
  })

  it('may have 78 GiB, and not one part more', async () => {
    // Nobody stores that in a test: the stream lets its buffers count without writing them, the upload drops them.
    const staging = async (parts: number) => {
      let stored = 0
      let aborts = 0
      const counting = bucketWith({
        createMultipartUpload: async key => ({
          key,
          uploadId: '',
          uploadPart: async partNumber => ({ partNumber, etag: '' }),
          complete: async uploaded => {
            stored = uploaded.length
            return bucket.put(key, '', {})
          },
          abort: async () => {
            aborts += 1
          },
        }),
      })
      let left = parts
      const body = new ReadableStream({
        type: 'bytes',
        pull(controller) {
          if (left === 0) controller.close()
          controller.byobRequest?.respond(left === 0 ? 0 : (controller.byobRequest.view?.byteLength ?? 0))
          left -= 1
        },
      })
      const staged = stageObject(counting, 'upload/huge', body, { metadata, waitUntil: waiter() })
      const error: unknown = await staged.then(
        () => undefined,
        (reason: unknown) => reason,
      )
      return { stored, aborts, error }
    }
    expect(await staging(10_000)).toEqual({ stored: 10_000, aborts: 0, error: undefined })
    expect(await staging(10_001)).toMatchObject({
      stored: 0,
      aborts: 1,
      error: { code: 'InvalidParameterValue', status: 400 },
    })
    await bucket.delete('upload/huge')
  })
})

describe('a stream of known length', { timeout: 60_000 }, () => {
  const stage = (body: ReadableStream<Uint8Array>, contentLength: number, signal?: AbortSignal) =>
    stageObject(bucket, 'upload/known', body, { metadata, waitUntil: waiter(), contentLength, signal })

  it.each([0, 5, 12 * MiB])('of %i bytes is stored in one piece', async length => {
    const content = noise(length)
    expect(await stage(streamOf(inPieces(content)), length)).toMatchObject({ size: length })
    const object = await bucket.get('upload/known')
    expect(object?.checksums.toJSON().md5, 'R2 knows the MD5 of one piece only').toBe(object?.etag)
    expect(object && (await sha256(object.body))).toBe(await sha256(content))
    await bucket.delete('upload/known')
  })

  it.each([
    ['shorter', 99],
    ['longer', 101],
  ])('leaves nothing when it is %s than announced', async (_, length) => {
    await expect(stage(streamOf([noise(length)]), 100)).rejects.toMatchObject({ code: 'IncompleteBody', status: 400 })
    expect(await bucket.head('upload/known')).toBeNull()
  })

  it('leaves nothing when it breaks', async () => {
    const broken = new Ec2Error('MalformedQueryString', 'no')
    await expect(stage(streamOf([noise(MiB)], broken), 2 * MiB)).rejects.toBe(broken)
    await expect(stage(streamOf([noise(MiB)], new Error('lost')), 2 * MiB)).rejects.toMatchObject({ status: 503 })
    expect(await bucket.head('upload/known')).toBeNull()
  })

  it('leaves nothing when it is stopped', async () => {
    const stop = new AbortController()
    const body = new ReadableStream({
      type: 'bytes',
      pull(controller) {
        controller.enqueue(noise(10))
        stop.abort(new Error('enough'))
      },
    })
    await expect(stage(body, 100, stop.signal)).rejects.toThrow('enough')
    expect(await bucket.head('upload/known')).toBeNull()
  })

  it('leaves nothing when the bucket refuses', async () => {
    const refusing = bucketWith({ put: () => Promise.reject(new TypeError('put: Internal (10001)')) })
    const options = { metadata, waitUntil: waiter(), contentLength: 5 }
    const staging = stageObject(refusing, 'upload/known', streamOf([noise(5)]), options)
    await expect(staging).rejects.toMatchObject({ code: 'Unavailable', status: 503 })
  })
})
