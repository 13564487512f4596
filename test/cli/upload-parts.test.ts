// econe-upload through the S3 door: parts, what is there of them, what goes wrong. A real door takes them in test/e2e.
import { createHash, randomBytes } from 'node:crypto'
import { appendFileSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { BUCKET, etagOf, type Oddity, refuse, type Stub, s3Stub } from './s3-stub.ts'
import { bodyOf, deadUrl, KEYS, oddServer, run, scratchFolder, setPartSizes } from './support.ts'

// Programs take their time on a busy machine.
const folder = scratchFolder()
const PART = 512 * 1024
setPartSizes({ step: PART })

function image(name: string, content: Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const upload = ({ url }: Pick<Stub, 'url'>, path: string, ...args: string[]) =>
  run('econe-upload', ['-U', url, ...args, path], KEYS)

const count = ({ seen }: Stub, operation: string) => seen.filter(each => each.operation === operation).length

const only = <T>(values: Iterable<T>): T => {
  const [one, ...others] = values
  if (one === undefined || others.length > 0)
    throw new Error(`${others.length + (one === undefined ? 0 : 1)} instead of one`)
  return one
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** Answers the given operation by itself, the first so many times. */
const atFirst = (operation: string, times: number, odd: Oddity): Oddity => {
  let left = times
  return (seen, response) => (seen.operation === operation && left-- > 0 ? odd(seen, response) : false)
}

const content = randomBytes(3 * PART + 7)

describe('a file', () => {
  it('is sent in parts, verified, and an image is made of it', async () => {
    const stub = await s3Stub()
    expect(await upload(stub, image('gentoo.img', content))).toEqual({
      status: 0,
      stdout: 'Success: ImageId ami-1\n',
      stderr: '',
    })
    const [key, object] = only(stub.objects)
    expect(key).toMatch(/^[0-9a-f]{16}\/gentoo\.img$/)
    expect(sha256(object.content)).toBe(sha256(content))
    expect(object.passing).toBe(true)
    expect(count(stub, 'UploadPart')).toBe(4)
    expect(stub.uploads.size).toBe(0)
    const form = stub.actions.find(each => each.get('Action') === 'RegisterImage')
    expect(form?.get('ImageLocation')).toBe(`${BUCKET}/${key}`)
    expect(form?.get('Name')).toBe('gentoo.img')
  })

  it('becomes the image that is asked for', async () => {
    const stub = await s3Stub()
    const args = ['-n', 'web server', '-d', 'for the shop', '-t', 'stage=test', '-t', 'lone', '--architecture', 'arm64']
    const { status } = await upload(stub, image('small.img', randomBytes(7)), ...args, '--wait', '--keep')
    expect(status).toBe(0)
    const { passing } = only(stub.objects.values())
    expect(passing).toBe(false)
    const form = stub.actions.find(each => each.get('Action') === 'RegisterImage')
    expect(Object.fromEntries(form ?? [])).toMatchObject({
      ...{ Name: 'web server', Description: 'for the shop', Architecture: 'arm64' },
      'TagSpecification.1.ResourceType': 'image',
      'TagSpecification.1.Tag.1.Key': 'stage',
      'TagSpecification.1.Tag.1.Value': 'test',
      'TagSpecification.1.Tag.2.Key': 'lone',
      'TagSpecification.1.Tag.2.Value': '',
    })
  })

  it('is stored alone, with what to do next', async () => {
    const stub = await s3Stub()
    const { status, stdout } = await upload(stub, image("it's.img", randomBytes(7)), '--no-register')
    const [key] = only(stub.objects)
    expect(status).toBe(0)
    expect(stdout).toBe(
      `Success: ImageLocation ${BUCKET}/${key}\nRegister it's.img with: econe-register -n 'it-s.img' ${BUCKET}/${key}\n`,
    )
    expect(stub.actions).toEqual([])
  })

  it('is not sent where another image has its name', async () => {
    const stub = await s3Stub()
    stub.images.set('taken.img', 'ami-7')
    const { status, stderr } = await upload(stub, image('taken.img', randomBytes(7)))
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr:
        'econe-upload: an image of yours has the name taken.img already, ami-7: give this one another with --name\n',
    })
    expect(count(stub, 'CreateMultipartUpload')).toBe(0)
  })

  it('has to have something in it', async () => {
    const path = image('empty.img', Buffer.alloc(0))
    expect(await upload({ url: 'http://127.0.0.1:1' }, path)).toMatchObject({
      status: 1,
      stderr: `econe-upload: ${path} is empty\n`,
    })
  })
})

/** A file of which some parts are there. */
async function half(name: string): Promise<{ stub: Stub; path: string }> {
  const stub = await s3Stub(
    atFirst('UploadPart', 100, (seen, response) => {
      if (resumes || Number(seen.query.get('partNumber')) < 3) return false
      refuse(response, 403, 'AccessDenied')
      return true
    }),
  )
  let resumes = false
  const path = image(name, content)
  const { status, stderr } = await upload(stub, path, '--parallel', '1')
  expect(status).toBe(1)
  expect(stderr).toContain('AccessDenied, says the stub')
  expect(stderr).toContain('66% of it is there: the same command goes on from there')
  resumes = true
  stub.seen.length = 0
  return { stub, path }
}

describe('an upload that broke off', () => {
  it('goes on with what is missing', async () => {
    const { stub, path } = await half('resumed.img')
    expect(await upload(stub, path)).toMatchObject({ status: 0 })
    expect(count(stub, 'CreateMultipartUpload')).toBe(0)
    expect(count(stub, 'UploadPart')).toBe(2)
    expect(sha256(only(stub.objects.values()).content)).toBe(sha256(content))
  })

  it('does not keep a part that is not what the file has there', async () => {
    const { stub, path } = await half('damaged.img')
    only(stub.uploads.values()).parts.set(2, randomBytes(PART))
    expect(await upload(stub, path)).toMatchObject({ status: 0 })
    expect(count(stub, 'UploadPart')).toBe(3)
    expect(sha256(only(stub.objects.values()).content)).toBe(sha256(content))
  })

  it('begins anew where the file was changed', async () => {
    const { stub, path } = await half('changed.img')
    appendFileSync(path, 'more')
    expect(await upload(stub, path)).toMatchObject({ status: 0 })
    expect(count(stub, 'UploadPart')).toBe(4)
    expect(sha256(only(stub.objects.values()).content)).toBe(sha256(Buffer.concat([content, Buffer.from('more')])))
  })

  it('begins anew with --restart, and leaves nothing of it', async () => {
    const { stub, path } = await half('restarted.img')
    expect(await upload(stub, path, '--restart')).toMatchObject({ status: 0 })
    expect(count(stub, 'UploadPart')).toBe(4)
    expect(stub.uploads.size).toBe(0)
  })

  it('is given up with --abort', async () => {
    const { stub, path } = await half('given-up.img')
    expect(await upload(stub, path, '--abort')).toMatchObject({
      status: 0,
      stdout: `Success: Giving up the upload of ${path}\n`,
    })
    expect(stub.uploads.size).toBe(0)
    expect(await upload(stub, path, '--abort')).toMatchObject({
      stdout: `Success: No upload of ${path} is unfinished\n`,
    })
  })

  it('is found whole where only the image is missing', async () => {
    const stub = await s3Stub()
    const path = image('whole.img', content)
    await upload(stub, path, '--no-register')
    expect(only(stub.objects.values()).passing).toBe(false)
    stub.seen.length = 0
    expect(await upload(stub, path)).toMatchObject({ status: 0, stdout: 'Success: ImageId ami-1\n' })
    expect(count(stub, 'UploadPart')).toBe(0)
    expect(only(stub.objects.values()).passing).toBe(true)
  })
})

describe('what goes wrong', () => {
  it.each<[string, Oddity]>([
    ['a link that breaks', ({ request }) => request.once('data', () => request.socket.destroy())],
    ['a door out of order', (_, response) => refuse(response, 503, 'SlowDown')],
    ['bytes that were damaged', (_, response) => refuse(response, 400, 'BadDigest')],
    ['a gateway without a door', (_, response) => response.writeHead(502).end('<h1>Bad gateway</h1>')],
  ])('is tried again: %s', async (_, odd) => {
    const stub = await s3Stub(atFirst('UploadPart', 2, odd))
    expect(await upload(stub, image('again.img', content), '--parallel', '2')).toMatchObject({ status: 0, stderr: '' })
    expect(sha256(only(stub.objects.values()).content)).toBe(sha256(content))
  })

  it.each<[string, Oddity]>([
    ['a link that breaks', ({ request }) => request.socket.destroy()],
    ['a door out of order', (_, response) => refuse(response, 503, 'SlowDown')],
    ['a gateway without a door', (_, response) => response.writeHead(502).end('<h1>Bad gateway</h1>')],
  ])('is tried again at the very first request: %s', async (_, odd) => {
    const stub = await s3Stub(atFirst('ListBuckets', 2, odd))
    expect(await upload(stub, image('first.img', content))).toMatchObject({ status: 0, stderr: '' })
    expect(count(stub, 'ListBuckets')).toBe(3)
    expect(sha256(only(stub.objects.values()).content)).toBe(sha256(content))
  })

  it('is said when it was tried often enough, before anything is sent', async () => {
    const stub = await s3Stub(atFirst('ListBuckets', 100, (_, response) => response.writeHead(502).end()))
    const { status, stderr } = await upload(stub, image('nowhere.img', content), '--retries', '1')
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'econe-upload: the endpoint is out of order (HTTP 502)\n',
    })
    expect(count(stub, 'ListBuckets')).toBe(2)
  })

  it('is said when it was tried often enough, and how it goes on', async () => {
    const stub = await s3Stub(atFirst('UploadPart', 100, (_, response) => refuse(response, 503, 'SlowDown')))
    const { status, stderr } = await upload(stub, image('lost.img', content), '--retries', '1')
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'econe-upload: SlowDown, says the stub\n0% of it is there: the same command goes on from there\n',
    })
  })

  it('is no loss where the answer to the last request was lost', async () => {
    const stub = await s3Stub(
      atFirst('CompleteMultipartUpload', 1, (_, response) => {
        // It is done, and nobody is told
        response.end = () => response.destroy()
        return false
      }),
    )
    expect(await upload(stub, image('told.img', content))).toMatchObject({ status: 0 })
  })

  it('is a part that the door stored otherwise', async () => {
    const stub = await s3Stub(
      atFirst('UploadPart', 1, async ({ request }, response) => {
        await bodyOf(request)
        return response.setHeader('etag', '"00000000000000000000000000000000"').end()
      }),
    )
    const { status, stderr } = await upload(stub, image('liar.img', content), '--parallel', '1')
    expect(status).toBe(1)
    expect(stderr).toContain('part 1 was stored with other bytes than were sent')
  })

  it('is a whole that the door stored otherwise', async () => {
    const stub = await s3Stub((seen, response) => {
      if (seen.operation !== 'HeadObject' || stub.objects.size === 0) return false
      return response.writeHead(200, { etag: `"${etagOf([content])}"`, 'content-length': content.length }).end()
    })
    const { status, stderr } = await upload(stub, image('whole-liar.img', content))
    expect(status).toBe(1)
    expect(stderr).toMatch(/what is stored under \S+ is not what was sent: try again with --restart/)
  })

  it('is a file that changes meanwhile: nothing of it is kept', async () => {
    const path = image('moving.img', randomBytes(16 * PART))
    const stub = await s3Stub(
      atFirst('UploadPart', 1, () => {
        // Those that are on their way by now are still as they were
        truncateSync(path, 8 * PART)
        return false
      }),
    )
    const { status, stderr } = await upload(stub, path)
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `econe-upload: ${path} was changed while it was uploaded: nothing of it is kept\n`,
    })
    expect(stub.uploads.size).toBe(0)
  })

  it('is an upload that somebody else gave up', async () => {
    const stub = await s3Stub(
      atFirst('UploadPart', 1, () => {
        stub.uploads.clear()
        return false
      }),
    )
    const { status, stderr } = await upload(stub, image('taken-away.img', content))
    expect(status).toBe(1)
    expect(stderr).toContain('NoSuchUpload')
  })

  it('is Ctrl-C: it says what is there and how it goes on', async () => {
    const interruption = new AbortController()
    const stub = await s3Stub(
      atFirst('UploadPart', 100, seen => {
        if (seen.query.get('partNumber') !== '3') return false
        return interruption.abort()
      }),
    )
    const path = image('stopped.img', content)
    const args = ['-U', stub.url, '--parallel', '1', path]
    expect(await run('econe-upload', args, KEYS, interruption.signal)).toEqual({
      status: 130,
      stdout: '',
      stderr:
        'econe-upload: interrupted: 66% of stopped.img is there; the same command goes on from there, or gives it up with --abort\n',
    })
    expect(only(stub.uploads.values()).parts.size).toBe(2)
  })
})

describe('an endpoint', () => {
  it('without an S3 door gets a form', async () => {
    let form = ''
    const url = await oddServer(async (request, response) => {
      if (request.method === 'GET') return response.writeHead(404).end('<h1>Not found</h1>')
      form = (await bodyOf(request)).toString('latin1')
      return response.end('<RegisterImageResponse><imageId>ami-1</imageId></RegisterImageResponse>')
    })
    expect(await upload({ url }, image('old.img', randomBytes(7)))).toEqual({
      status: 0,
      stdout: 'Success: ImageId ami-1\n',
      stderr: '',
    })
    expect(form).toContain('UploadImage')
    const { status, stderr } = await upload({ url }, image('old.img', randomBytes(7)), '-n', 'web')
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `econe-upload: ${url}/ has no S3 door, which --name needs: nothing was sent\n`,
    })
  })

  it('whose policy lists no buckets is used all the same', async () => {
    const stub = await s3Stub(atFirst('ListBuckets', 1, (_, response) => refuse(response, 403, 'AccessDenied')))
    const { status } = await upload(stub, image('narrow.img', randomBytes(7)))
    expect(status).toBe(0)
  })

  it('that knows the key no more says so', async () => {
    const stub = await s3Stub(atFirst('ListBuckets', 1, (_, response) => refuse(response, 403, 'InvalidAccessKeyId')))
    expect(await upload(stub, image('nobody.img', randomBytes(7)))).toMatchObject({
      status: 1,
      stderr: 'econe-upload: InvalidAccessKeyId, says the stub\n',
    })
  })
})

describe('a way past the endpoint', () => {
  /** An endpoint that sends its clients to another place. */
  const pointing = (place: string) =>
    s3Stub(({ operation }, response) => {
      if (operation !== 'BeginParts') return false
      const part = `<Piece>objects/1</Piece><Url>${place}/objects/1</Url><Expires>2099-01-01T00:00:00Z</Expires>`
      return response.end(`<BeginPartsResult><Part>${part}</Part></BeginPartsResult>`)
    })

  it.each<[string, () => Promise<string>]>([
    ['where nobody is', deadUrl],
    [
      'that refuses',
      () => oddServer((request, response) => request.resume().on('end', () => refuse(response, 403, 'No'))),
    ],
  ])('%s is not used for long', async (_, place) => {
    const stub = await pointing(await place())
    expect(await upload(stub, image('past.img', content))).toMatchObject({ status: 0, stderr: '' })
    expect(count(stub, 'UploadPart')).toBe(4)
    expect(sha256(only(stub.objects.values()).content)).toBe(sha256(content))
  })
})

describe('options', () => {
  it.each([
    [['--no-register', '--name', 'web'], '--no-register and --name exclude each other'],
    [['-M', '--wait'], '--multipart and --wait exclude each other'],
    [['--abort', '--restart'], '--abort and --restart exclude each other'],
    [['--parallel', '0'], "--parallel has to be a number from 1 to 32, but is '0'"],
    [['--retries', 'ever'], "--retries has to be a number from 0 to 1000, but is 'ever'"],
    [['--tag', '=v'], "the tag '=v' has no key: write KEY=VALUE"],
  ])('%s', async (args, message) => {
    const { status, stderr } = await upload({ url: 'http://127.0.0.1:1' }, image('any.img', randomBytes(7)), ...args)
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `econe-upload: ${message}\necone-upload: see econe-upload --help\n`,
    })
  })
})

it('two files of a name do not go on in each other’s place', async () => {
  const stub = await s3Stub()
  const path = image('same.img', content)
  await upload(stub, path, '--no-register')
  utimesSync(path, 1, 1)
  await upload(stub, path, '--no-register')
  expect(stub.objects.size).toBe(2)
})
