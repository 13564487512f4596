// econe-upload against the S3 door: cut off, killed and resumed at random points, the bytes are those of the file.
import { randomBytes, randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, createWriteStream, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { DescribeImagesCommand } from '@aws-sdk/client-ec2'
import { GetObjectCommand, ListMultipartUploadsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { type Ended, run, scratchFolder, start } from '../../cli/support.ts'
import { credentials, ec2, endpoint, until } from '../cloud.ts'
import { bucketOf, s3 } from './support.ts'

const MIB = 2 ** 20
const Bucket = bucketOf()
const client = s3()
const folder = scratchFolder()

const { accessKeyId, secretAccessKey } = credentials()
const environment = (url: string) => ({ EC2_URL: url, EC2_ACCESS_KEY: accessKeyId, EC2_SECRET_KEY: secretAccessKey })

const open = new Set<Socket>()
afterAll(() => {
  for (const socket of open) socket.destroy()
})

/** A way to the endpoint that counts what is sent, and may cut it off. */
async function way(onSent: (bytes: number, cut: () => void) => void): Promise<string> {
  const { hostname, port } = new URL(endpoint)
  const server = createServer(socket => {
    const onward = connect(Number(port), hostname)
    const cut = () => {
      socket.destroy()
      onward.destroy()
    }
    for (const each of [socket, onward]) {
      open.add(each)
      each.on('error', cut).on('close', () => {
        open.delete(each)
        cut()
      })
    }
    socket.on('data', bytes => onSent(bytes.length, cut))
    socket.pipe(onward).pipe(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  // What it is where it listens on a port
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function image(name: string, content: Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const upload = (url: string, path: string, args: string[] = [], signal?: AbortSignal): Promise<Ended> =>
  run('econe-upload', ['--no-register', ...args, path], environment(url), signal)

async function isStored({ stdout }: Ended, content: Uint8Array): Promise<boolean> {
  const [, Key = ''] = /ImageLocation images_\d{12}\/(\S+)/.exec(stdout) ?? []
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }))
  return Buffer.compare((await Body?.transformToByteArray()) ?? Buffer.alloc(0), content) === 0
}

const uploadsOf = async (name: string) => {
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }))
  return Uploads.filter(({ Key }) => Key?.endsWith(`/${name}`))
}

/** In four parts. */
const content = randomBytes(25 * MIB + 5)

describe('an image', () => {
  it('is made of it, awaited, and all that is left', async () => {
    const path = image('shop.img', randomBytes(MIB))
    const args = [
      '-n',
      'web server',
      '-d',
      'for the shop',
      '-t',
      'stage=test',
      '--architecture',
      'x86_64',
      '--wait',
      path,
    ]
    const ended = await run('econe-upload', args, environment(endpoint))
    expect(ended).toMatchObject({ status: 0, stderr: '' })
    const [id = ''] = /ami-[0-9a-f]{17}/.exec(ended.stdout) ?? []
    const { Images } = await ec2().send(new DescribeImagesCommand({ ImageIds: [id] }))
    expect(Images?.[0]).toMatchObject({
      ...{ Name: 'web server', Description: 'for the shop', State: 'available', Architecture: 'x86_64' },
      Tags: [{ Key: 'stage', Value: 'test' }],
    })
    await until('the object to go', async () => {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }))
      return !Contents.some(({ Key }) => Key?.endsWith('/shop.img'))
    })
    expect(await run('econe-register', [id], environment(endpoint))).toMatchObject({ stdout: ended.stdout })
    const again = await run('econe-upload', ['-n', 'web server', path], environment(endpoint))
    expect(again).toMatchObject({
      status: 1,
      stderr: `econe-upload: an image of yours has the name web server already, ${id}: give this one another with --name\n`,
    })
  })

  it('is made of what was stored alone', async () => {
    const { stdout } = await upload(endpoint, image('later.img', randomBytes(MIB)))
    const [, name = '', location = ''] = /econe-register -n '([^']+)' (\S+)\n/.exec(stdout) ?? []
    expect(await run('econe-register', ['-n', name, location], environment(endpoint))).toMatchObject({ status: 0 })
  })
})

describe('a file', () => {
  it('arrives as it is', async () => {
    const ended = await upload(endpoint, image('plain.img', content))
    expect(ended).toMatchObject({ status: 0, stderr: '' })
    expect(await isStored(ended, content)).toBe(true)
  })

  it('arrives unpacked', async () => {
    const path = join(folder, 'packed.img.gz')
    await pipeline(createReadStream(image('packed.img', content)), createGzip({ level: 1 }), createWriteStream(path))
    const ended = await upload(endpoint, path)
    expect(ended).toMatchObject({ status: 0, stderr: '' })
    expect(await isStored(ended, content)).toBe(true)
  })

  it('arrives over a link that breaks again and again', async () => {
    const cuts = { left: 8, next: randomInt(3 * MIB) }
    const url = await way((bytes, cut) => {
      cuts.next -= bytes
      if (cuts.left === 0 || cuts.next > 0) return
      cuts.left--
      cuts.next = randomInt(3 * MIB)
      cut()
    })
    const ended = await upload(url, image('cut.img', content), ['--retries', '100'])
    expect(ended).toMatchObject({ status: 0, stderr: '' })
    expect(cuts.left).toBe(0)
    expect(await isStored(ended, content)).toBe(true)
  })

  it('arrives though it is interrupted at any moment, and goes on from there', async () => {
    const path = image('interrupted.img', content)
    const interruption = { left: Number.POSITIVE_INFINITY, controller: new AbortController() }
    const url = await way(bytes => {
      interruption.left -= bytes
      if (interruption.left <= 0) interruption.controller.abort()
    })
    for (let round = 0; round < 8; round++) {
      interruption.left = randomInt(12 * MIB)
      interruption.controller = new AbortController()
      const ended = await upload(url, path, [], interruption.controller.signal)
      expect(ended.status).toBe(ended.stderr === '' ? 0 : 130)
    }
    interruption.left = Number.POSITIVE_INFINITY
    const ended = await upload(url, path)
    expect(await isStored(ended, content)).toBe(true)
    expect(await uploadsOf('interrupted.img')).toEqual([])
  })

  it('arrives though its process is killed', async () => {
    const path = image('killed.img', content)
    let kill = () => undefined as unknown
    let left = 0
    const url = await way((bytes, cut) => {
      left -= bytes
      if (left > 0) return
      kill()
      // What it sends until it is gone does not arrive
      cut()
    })
    for (const bytes of [2 * MIB, 12 * MIB]) {
      left = bytes
      const { child, ended } = start('econe-upload', ['--no-register', path], environment(url))
      kill = () => child.kill('SIGKILL')
      // No status: it did not end by itself
      expect(await ended).toEqual({ status: null, stdout: '', stderr: '' })
      expect(await uploadsOf('killed.img')).toHaveLength(1)
    }
    kill = () => undefined
    const ended = await upload(endpoint, path)
    expect(await isStored(ended, content)).toBe(true)
  })

  it('leaves nothing where it is given up', async () => {
    const path = image('abandoned.img', content)
    const interruption = new AbortController()
    let sent = 0
    const url = await way(bytes => {
      sent += bytes
      if (sent > 12 * MIB) interruption.abort()
    })
    expect((await upload(url, path, [], interruption.signal)).status).toBe(130)
    expect(await uploadsOf('abandoned.img')).toHaveLength(1)
    expect((await run('econe-upload', ['--abort', path], environment(endpoint))).status).toBe(0)
    expect(await uploadsOf('abandoned.img')).toEqual([])
  })
})
