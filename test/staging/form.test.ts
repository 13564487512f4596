// The streaming form reader: every border, every malformation, and its bounds.
import { describe, expect, it, vi } from 'vitest'
import { WINDOW } from '../../src/lib/byte-window.ts'
import { Ec2Error } from '../../src/protocol/errors.ts'
import { type FormLimits, readForm } from '../../src/staging/form.ts'
import { concat } from '../s3/support.ts'
import { bytesIn, noise, streamOf } from './support.ts'

const BOUNDARY = '------------------------d74496d66958873e'
const CONTENT_TYPE = `multipart/form-data; boundary=${BOUNDARY}`

const encode = (text: string) => new TextEncoder().encode(text)

const field = (name: string, value: string | Uint8Array) =>
  concat(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n`, value, '\r\n')

const file = (content: string | Uint8Array, header = 'Content-Disposition: form-data; name="file"; filename="a.img"') =>
  concat(`--${BOUNDARY}\r\n${header}\r\nContent-Type: application/octet-stream\r\n\r\n`, content, '\r\n')

const END = `--${BOUNDARY}--\r\n`

type Part = [name: string, content: string | Uint8Array]

/** The whole form, files with their bytes. */
async function read(body: ReadableStream, contentType = CONTENT_TYPE, limits?: FormLimits) {
  const parts: Part[] = []
  for await (const part of readForm(body, contentType, limits && { bounds: limits })) {
    parts.push([part.name, part.kind === 'field' ? part.value : await bytesIn(part.content)])
  }
  return parts
}

const readBytes = (form: Uint8Array, contentType?: string) => read(streamOf([form]), contentType)

/** `toEqual` takes seconds for a megabyte. */
const same = (one: string | Uint8Array | undefined, other: Uint8Array) =>
  one instanceof Uint8Array && one.length === other.length && crypto.subtle.timingSafeEqual(one, other)

async function refusal(reading: Promise<unknown>): Promise<Ec2Error> {
  const error: unknown = await reading.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof Ec2Error) return error
  throw new Error(`expected an Ec2Error, got ${String(error)}`)
}

describe('a form', { timeout: 60_000 }, () => {
  const content = concat('\r\n--', BOUNDARY.slice(0, -1), '\r\n\r\n--\r\n\0\xff', noise(40))
  const form = concat(
    field('Action', 'UploadImage'),
    field('Name', 'größe 🐧'),
    field('Empty', ''),
    file(content),
    field('Signature', 'a+b/c='),
    END,
  )
  const parts: Part[] = [
    ['Action', 'UploadImage'],
    ['Name', 'größe 🐧'],
    ['Empty', ''],
    ['file', content],
    ['Signature', 'a+b/c='],
  ]

  it('is read the same wherever a chunk ends', async () => {
    for (let cut = 0; cut <= form.length; cut++) {
      expect(await read(streamOf([form.subarray(0, cut), form.subarray(cut)])), `cut at ${cut}`).toEqual(parts)
    }
  })

  it('is read the same byte by byte', async () => {
    expect(await read(streamOf(Array.from(form, byte => Uint8Array.of(byte))))).toEqual(parts)
  })

  it('is truncated wherever it ends too early', async () => {
    const closed = form.length - '\r\n'.length
    for (let end = 0; end < closed; end++) {
      const error = await refusal(readBytes(form.subarray(0, end)))
      expect([error.code, error.status], `ends at ${end}`).toEqual(['MalformedQueryString', 400])
    }
    expect(await readBytes(form.subarray(0, closed))).toEqual(parts)
  })

  it('may have a preamble, an epilogue, padding and no parts at all', async () => {
    expect(await readBytes(concat('This is a multi-part message.\r\n', form, 'and more\r\n--', BOUNDARY))).toEqual(
      parts,
    )
    expect(await readBytes(concat(`--${BOUNDARY} \t\r\n`, field('A', 'b').subarray(BOUNDARY.length + 4), END))).toEqual(
      [['A', 'b']],
    )
    expect(await readBytes(encode(END))).toEqual([])
  })

  it('is read as the platform’s own encoder writes it', async () => {
    const data = new FormData()
    data.append('quote"and\r\nline', 'x')
    data.append('file', new Blob([content]), 'büld "1".img')
    const { body, headers } = new Request('https://example.com', { method: 'POST', body: data })
    expect(await read(body ?? streamOf([]), headers.get('content-type') ?? '')).toEqual([
      ['quote"and\r\nline', 'x'],
      ['file', content],
    ])
  })
})

describe('a file', { timeout: 60_000 }, () => {
  it('may end at any place relative to the reader’s window', async () => {
    const before = field('Action', 'UploadImage')
    const start = before.length + file('').length - 2
    const bytes = noise(WINDOW)
    for (let offset = -BOUNDARY.length - 8; offset <= 8; offset++) {
      const content = bytes.subarray(start - offset)
      const parts = await readBytes(concat(before, file(content), field('After', 'x'), END))
      expect(parts.map(([name]) => name)).toEqual(['Action', 'file', 'After'])
      expect(same(parts[1]?.[1], content), `offset ${offset}`).toBe(true)
    }
  })

  it.each([0, 1, WINDOW - 1, WINDOW, 3 * WINDOW + 7])('of %i bytes arrives whole', async length => {
    const content = noise(length)
    expect(same((await readBytes(concat(file(content), END)))[0]?.[1], content)).toBe(true)
  })

  it('may be full of what looks like a boundary', async () => {
    const content = concat(...Array.from({ length: 3e4 }, () => `\r\n--${BOUNDARY.slice(0, -1)}`))
    expect(same((await readBytes(concat(file(content), END)))[0]?.[1], content)).toBe(true)
  })

  it('tells its names and type', async () => {
    const header = 'content-disposition: form-data; filename="C:\\\\tmp\\\\a \\"b\\".img"; name=file'
    for await (const part of readForm(streamOf([concat(file('x', header), END)]), CONTENT_TYPE)) {
      expect(part).toMatchObject({
        kind: 'file',
        name: 'file',
        filename: 'C:\\tmp\\a "b".img',
        contentType: 'application/octet-stream',
      })
    }
  })

  it('tells how many bytes it has, if nothing is behind it', async () => {
    const announced = async (form: Uint8Array, length?: number) => {
      for await (const part of readForm(streamOf([form]), CONTENT_TYPE, { length })) {
        if (part.kind === 'file') return part.announced
      }
      throw new Error('expected a file')
    }
    const form = concat(field('A', 'b'), file(noise(WINDOW)), END)
    expect(await announced(form, form.length)).toBe(WINDOW)
    expect(await announced(form)).toBeUndefined()
    expect(await announced(form, 5), 'of a length that is wrong').toBe(0)
  })

  it('reads the request only as fast as it is read', async () => {
    let pulled = 0
    const body = new ReadableStream({
      type: 'bytes',
      pull(controller) {
        pulled += WINDOW
        controller.enqueue(pulled === WINDOW ? concat(file(''), noise(WINDOW)) : noise(WINDOW))
      },
    })
    for await (const part of readForm(body, CONTENT_TYPE)) {
      if (part.kind !== 'file') throw new Error('expected a file')
      await part.content.next(WINDOW)
      await new Promise(resolve => setTimeout(resolve, 10))
      expect(pulled).toBeLessThanOrEqual(4 * WINDOW)
      break
    }
  })

  it('that nobody reads is skipped', async () => {
    const names: string[] = []
    const form = concat(file(noise(2 * WINDOW)), file(noise(10)), field('After', 'x'), END)
    for await (const part of readForm(streamOf([form]), CONTENT_TYPE)) names.push(part.name)
    expect(names).toEqual(['file', 'file', 'After'])
  })

  it('fails, and the form with it, when the client goes away', async () => {
    const pieces = [concat(field('A', 'b'), file(noise(WINDOW)))]
    const form = readForm(streamOf(pieces, new Error('Network connection lost.')), CONTENT_TYPE)
    await form.next()
    const part = (await form.next()).value
    if (part?.kind !== 'file') throw new Error('expected a file')
    expect(await refusal(bytesIn(part.content))).toMatchObject({ code: 'MalformedQueryString', status: 400 })
    expect(await refusal(form.next())).toMatchObject({ code: 'MalformedQueryString', status: 400 })
  })

  it('ends the request when the reader leaves', async () => {
    const cancel = vi.fn<() => void>()
    const body = new ReadableStream({
      type: 'bytes',
      pull: controller => controller.enqueue(concat(file(noise(10)))),
      cancel,
    })
    for await (const _ of readForm(body, CONTENT_TYPE)) break
    expect(cancel).toHaveBeenCalledOnce()
  })
})

describe('refused', () => {
  const limits: FormLimits = { parts: 3, fieldBytes: 100, headerBytes: 200 }
  const limited = (form: Uint8Array) => read(streamOf([form]), CONTENT_TYPE, limits)

  it.each([
    ['no multipart at all', 'application/x-www-form-urlencoded'],
    ['no boundary', 'multipart/form-data'],
    ['an empty boundary', 'multipart/form-data; boundary='],
    ['a boundary of 71 characters', `multipart/form-data; boundary=${'x'.repeat(71)}`],
    ['another type', `multipart/mixed; boundary=${BOUNDARY}`],
    ['another boundary', 'multipart/form-data; boundary=other'],
    ['a parameter that ends in boundary', `multipart/form-data; xboundary=${BOUNDARY}`],
  ])('%s', async (_, contentType) => {
    expect(await refusal(readBytes(concat(field('A', 'b'), END), contentType))).toMatchObject({
      code: 'MalformedQueryString',
      status: 400,
    })
  })

  it.each([
    `multipart/form-data; boundary="${BOUNDARY}"`,
    `Multipart/Form-Data;charset=utf-8;BOUNDARY=${BOUNDARY}; x=y`,
  ])('but not %s', async contentType => {
    expect(await readBytes(concat(field('A', 'b'), END), contentType)).toEqual([['A', 'b']])
  })

  it.each([
    ['a boundary that goes on', concat(field('A', 'b'), `--${BOUNDARY}x\r\n\r\n`)],
    ['a part without a name', concat(file('x', 'Content-Disposition: form-data'), END)],
    ['a part without Content-Disposition', concat(file('x', 'X-Y: z'), END)],
    ['an attachment', concat(file('x', 'Content-Disposition: attachment; name="file"'), END)],
    ['a header line without a name', concat(file('x', ': form-data; name="file"'), END)],
    ['bytes that are no UTF-8, in a value', concat(field('A', Uint8Array.of(0xc3)), END)],
    ['bytes that are no UTF-8, in a name', concat(`--${BOUNDARY}\r\n`, Uint8Array.of(0xff), '\r\n\r\n\r\n', END)],
    [
      'line ends without a carriage return',
      encode(`--${BOUNDARY}\nContent-Disposition: form-data; name="A"\n\nb\n${END}`),
    ],
    ['a huge header line', concat(`--${BOUNDARY}\r\nX: `, 'x'.repeat(2 * WINDOW))],
    ['many header lines', concat(`--${BOUNDARY}\r\n`, 'X: y\r\n'.repeat(100))],
    ['an endless preamble', encode('x'.repeat(1000))],
  ])('%s', async (_, form) => {
    expect(await refusal(limited(form))).toMatchObject({ code: 'MalformedQueryString', status: 400 })
  })

  it('a value beyond the limit, named', async () => {
    expect(await limited(concat(field('UserData', 'x'.repeat(100)), END))).toEqual([['UserData', 'x'.repeat(100)]])
    const error = await refusal(limited(concat(field('UserData', 'x'.repeat(101)), END)))
    expect(error).toMatchObject({ code: 'InvalidParameterValue', status: 400 })
    expect(error.message).toContain('parameter UserData')
  })

  it('too many parts', async () => {
    const parts = (count: number) => concat(...Array.from({ length: count }, () => field('A', 'b')), END)
    expect(await limited(parts(3))).toHaveLength(3)
    expect(await refusal(limited(parts(4)))).toMatchObject({ code: 'RequestResourceCountExceeded', status: 400 })
  })
})
