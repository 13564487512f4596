// Images: imports from URLs as the front-end does them, and their use by VMs.
import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ImageState } from '../../../src/sandbox/images/image-states.ts'
import { element } from '../rpc.ts'
import { cloud, imageState, LONG, start, vmState } from '../start.ts'

const FILE = randomBytes(3 * 1024 * 1024 + 1)

interface FileServer {
  url: string
  /** `HEAD`, `GET whole` or `GET closed`, in the order in which they ended. */
  requests: string[]
}

type Serve = (request: IncomingMessage, response: ServerResponse, file: Buffer) => void

const serveWhole: Serve = (request, response, file) => {
  response.writeHead(200, { 'Content-Length': file.length })
  response.end(request.method === 'HEAD' ? undefined : file)
}

async function serve(file: Buffer, answer: Serve = serveWhole): Promise<FileServer> {
  const requests: string[] = []
  const server = createServer((request, response) => {
    response.once('close', () => {
      const end = response.writableFinished ? 'whole' : 'closed'
      requests.push(request.method === 'HEAD' ? 'HEAD' : `GET ${end}`)
    })
    answer(request, response, file)
  })
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/disk.img`, requests }
}

const template = (url: string): string => `NAME="disk" TYPE="OS" PATH="${url}"`

describe('an import', () => {
  test('begins with HEAD and GETs that are closed early, then downloads', async () => {
    // Large enough that an early close is seen: the connection's buffers do not hold it.
    const file = Buffer.alloc(64 * 1024 * 1024, 'x')
    const { url, requests } = await serve(file)
    const { sandbox, helen } = await start()
    expect(await helen('one.image.allocate', template(url), 1, true)).toMatchObject({ ok: true, value: '0' })
    expect(await imageState(helen, 0)).toBe(ImageState.LOCKED)
    await sandbox.settled()
    expect(await imageState(helen, 0)).toBe(ImageState.LOCKED)
    sandbox.advance(LONG)
    expect(await imageState(helen, 0)).toBe(ImageState.READY)
    await expect.poll(() => requests.toSorted()).toEqual(['GET closed', 'GET closed', 'GET whole', 'HEAD'])
    expect(sandbox.world.images.get(0)?.sha256).toBe(createHash('sha256').update(file).digest('hex'))
    expect(sandbox.world.statistics.downloads).toBe(1)
  })

  test('counts MiB that have begun', async () => {
    const { url } = await serve(FILE)
    const { helen } = await start()
    await helen('one.image.allocate', template(url), 1, true)
    expect(element((await helen('one.image.info', 0)).value, 'SIZE')).toBe('4')
  })

  test('of a qcow2 file has the size of the disk in it', async () => {
    const header = Buffer.alloc(512)
    header.write('QFI\xfb', 'latin1')
    header.writeBigUInt64BE(10n * 1024n * 1024n * 1024n, 24)
    const { url } = await serve(header)
    const { helen, sandbox } = await start()
    await helen('one.image.allocate', template(url), 1, true)
    await sandbox.settled()
    sandbox.advance(LONG)
    const { value } = await helen('one.image.info', 0)
    expect([element(value, 'SIZE'), element(value, 'FORMAT')]).toEqual(['10240', 'qcow2'])
  })

  test.each<[string, number, (header: Buffer) => void, string]>([
    ['KDMV', 0, header => header.writeBigUInt64LE(2n ** 21n, 12), 'vmdk'],
    ['conectix', 0, header => header.writeBigUInt64BE(2n ** 30n, 48), 'vpc'],
    ['\x7f\x10\xda\xbe', 64, header => header.writeBigUInt64LE(2n ** 30n, 368), 'vdi'],
    ['vhdxfile', 0, () => undefined, 'vhdx'],
  ])('of another format is converted to what the datastore says: %j', async (magic, at, write, format) => {
    const header = Buffer.alloc(512)
    header.write(magic, at, 'latin1')
    write(header)
    const { url } = await serve(header)
    const { helen, sandbox } = await start()
    const formats: string[] = []
    for (const [name, DRIVER] of [['kept'], ['converted', 'qcow2']] as const) {
      const datastore = sandbox.world.datastores.get(1)
      if (datastore && DRIVER) datastore.template['DRIVER'] = [DRIVER]
      const { value } = await helen('one.image.allocate', `NAME="${name}" PATH="${url}"`, 1, true)
      await sandbox.settled()
      sandbox.advance(LONG)
      const image = await helen('one.image.info', Number(value))
      expect(element(image.value, 'SIZE')).toBe(format === 'vhdx' ? '1' : '1024')
      formats.push(element(image.value, 'FORMAT') ?? '')
    }
    expect(formats).toEqual([format, 'qcow2'])
  })

  test('of a packed disk makes no image', async () => {
    const { url } = await serve(Buffer.from('\x1f\x8b\x08', 'latin1'))
    const { helen } = await start()
    expect(await helen('one.image.allocate', template(url), 1, true)).toMatchObject({
      ...{ ok: false, code: 8192 },
      value: '[one.image.allocate] Cannot parse image SIZE: Unsupported remote image format',
    })
  })

  test('is tried again where it breaks off', async () => {
    let gets = 0
    const { url } = await serve(FILE, (request, response, file) => {
      if (request.method === 'GET') gets += 1
      if (gets !== 3 && gets !== 5) return serveWhole(request, response, file)
      response.writeHead(200, { 'Content-Length': file.length })
      response.write(file.subarray(0, 1000), () => response.destroy())
    })
    const { sandbox, helen } = await start()
    await helen('one.image.allocate', template(url), 1, true)
    await sandbox.settled()
    expect(gets).toBe(4)
    expect(sandbox.world.images.get(0)?.sha256).toBe(createHash('sha256').update(FILE).digest('hex'))
  })

  test.each<[string, Serve]>([
    ['that answers 404', (_, response) => response.writeHead(404).end()],
    ['that does not say how long it is', (_, response) => response.writeHead(200).end()],
    [
      'that takes HEAD but no GET',
      (request, response, file) =>
        response.writeHead(request.method === 'HEAD' ? 200 : 403, { 'Content-Length': file.length }).end(),
    ],
  ])('from a URL %s makes no image', async (_, answer) => {
    const { url } = await serve(FILE, answer)
    const { sandbox, helen } = await start()
    expect(await helen('one.image.allocate', template(url), 1, true)).toEqual({
      ok: false,
      code: 8192,
      value: `[one.image.allocate] Cannot parse image SIZE: cannot access '${url}' (Permission denied)`,
    })
    expect(sandbox.world.images.all()).toHaveLength(0)
  })

  test('whose download breaks off ends in state ERROR, with the reason', async () => {
    let gets = 0
    const { url } = await serve(FILE, (request, response, file) => {
      if (request.method === 'GET') gets += 1
      if (gets < 3) return serveWhole(request, response, file)
      response.writeHead(200, { 'Content-Length': file.length })
      response.write(file.subarray(0, 1000), () => response.destroy())
    })
    const { sandbox, helen } = await start()
    await helen('one.image.allocate', template(url), 1, true)
    await sandbox.settled()
    sandbox.advance(LONG)
    const { value } = await helen('one.image.info', 0)
    expect(element(value, 'STATE')).toBe(String(ImageState.ERROR))
    expect(element(value, 'ERROR')).toContain(`Error copying image in the datastore: Error downloading ${url}`)
  })

  test('starts again when the sandbox was restored meanwhile', async () => {
    const { url } = await serve(FILE)
    const first = await start()
    await first.helen('one.image.allocate', template(url), 1, true)
    const saved: unknown = JSON.parse(JSON.stringify(first.sandbox.snapshot()))
    const second = await start()
    second.sandbox.restore(saved)
    await second.sandbox.settled()
    second.sandbox.advance(LONG)
    expect(await imageState(second.helen, 0)).toBe(ImageState.READY)
    expect(second.sandbox.world.images.get(0)?.sha256).toBe(createHash('sha256').update(FILE).digest('hex'))
  })
})

describe('use', () => {
  test('a VM waits for an image that is being imported', async () => {
    const { url } = await serve(FILE)
    const { sandbox, helen } = await start()
    await helen('one.image.allocate', template(url), 1, true)
    await helen('one.template.instantiate', 0, '', false, 'DISK=[IMAGE_ID="0"]', false)
    expect(await vmState(helen, 0)).toEqual([10, 0])
    expect(await imageState(helen, 0)).toBe(ImageState.LOCKED_USED)
    await sandbox.settled()
    sandbox.advance(LONG)
    expect(await vmState(helen, 0)).toEqual([3, 3])
    expect(await imageState(helen, 0)).toBe(ImageState.USED)
  })

  test('of a persistent image is for one VM; it is free again when the VM is gone', async () => {
    const { sandbox, helen } = await start()
    await helen('one.image.allocate', 'NAME="vol" TYPE="DATABLOCK" SIZE="1" PERSISTENT="YES"', 1, true)
    sandbox.advance(LONG)
    const run = async () => await helen('one.template.instantiate', 0, '', false, 'DISK=[IMAGE_ID="0"]', false)
    expect(await run()).toMatchObject({ ok: true })
    expect(await imageState(helen, 0)).toBe(ImageState.USED_PERS)
    const second = await run()
    expect(second.code).toBe(16384)
    expect(second.value).toContain('DISK 0: Cannot acquire image 0, it is persistent and already in use')
    expect(await helen('one.image.persistent', 0, false)).toMatchObject({ code: 2048 })
    await helen('one.vm.action', 'terminate', 0)
    expect(await imageState(helen, 0)).toBe(ImageState.READY)
  })

  test('an image in use cannot be deleted, nor one that is being cloned; then it can', async () => {
    const { sandbox, admin } = await start(cloud())
    await admin('one.image.clone', 0, 'copy', -1)
    const using = '[one.image.delete] Cannot delete image. There are 0 VMs using it.'
    expect(await admin('one.image.delete', 0)).toEqual({ ok: false, code: 2048, value: using })
    expect(await imageState(admin, 0)).toBe(ImageState.USED)
    sandbox.advance(LONG)
    expect(await admin('one.image.delete', 0)).toMatchObject({ ok: true })
    sandbox.advance(LONG)
    expect(await admin('one.image.info', 0)).toMatchObject({ code: 1024 })
    expect(await imageState(admin, 1)).toBe(ImageState.READY)
  })

  test('an image that is being made is deleted only by force, and is gone at once', async () => {
    const { sandbox, helen } = await start()
    await helen('one.image.allocate', 'NAME="vol" TYPE="DATABLOCK" SIZE="1"', 1, true)
    expect(await helen('one.image.enable', 0, false)).toMatchObject({ code: 8192 })
    expect(await helen('one.image.delete', 0, false)).toEqual({
      ok: false,
      code: 8192,
      value:
        '[one.image.delete] Image locked, use --force flag to remove the image. Force delete may leave some files on Datastore',
    })
    expect(await helen('one.image.delete', 0, true)).toMatchObject({ ok: true })
    expect(await helen('one.image.info', 0)).toMatchObject({ code: 1024 })
    sandbox.advance(LONG)
    expect(await helen('one.image.info', 0)).toMatchObject({ code: 1024 })
  })

  test('a persistent image is not launched while it is copied, any other is', async () => {
    const { sandbox, admin, helen } = await start(cloud())
    const run = () => helen('one.template.instantiate', 0, 'one', false, 'DISK=[IMAGE_ID="0"]', false)
    await admin('one.image.clone', 0, 'copy', -1)
    expect(await run()).toMatchObject({ ok: true })
    await helen('one.vm.action', 'terminate', 0)
    expect(await imageState(admin, 0)).toBe(ImageState.USED)
    sandbox.advance(LONG)
    expect(await imageState(admin, 0)).toBe(ImageState.READY)
    await admin('one.image.persistent', 0, true)
    await admin('one.image.clone', 0, 'another', -1)
    expect(await imageState(admin, 0)).toBe(ImageState.CLONE)
    const refused = await run()
    expect(refused.code).toBe(16384)
    expect(refused.value).toContain('Cannot acquire image 0, it is in state: CLONE')
    const copying = '[one.image.delete] Cannot delete image. There are 1 active clone operations.'
    expect(await admin('one.image.delete', 0)).toEqual({ ok: false, code: 2048, value: copying })
    sandbox.advance(LONG)
    expect(await imageState(admin, 0)).toBe(ImageState.READY)
  })

  test('a copy that is given up lets its source go', async () => {
    const { admin } = await start(cloud())
    await admin('one.image.clone', 0, 'copy', -1)
    expect(await imageState(admin, 0)).toBe(ImageState.USED)
    await admin('one.image.delete', 1, true)
    expect(await imageState(admin, 0)).toBe(ImageState.READY)
  })

  test('an image that is going may be deleted again', async () => {
    const { admin, sandbox } = await start(cloud())
    expect(await admin('one.image.delete', 0)).toMatchObject({ ok: true })
    expect(await imageState(admin, 0)).toBe(ImageState.DELETE)
    expect(await admin('one.image.delete', 0)).toMatchObject({ ok: true })
    sandbox.advance(LONG)
    expect(await admin('one.image.delete', 0)).toMatchObject({ code: 1024 })
  })

  test('a disabled image cannot be used', async () => {
    const { admin } = await start(cloud())
    await admin('one.image.enable', 0, false)
    const answer = await admin('one.template.instantiate', 0, '', false, 'DISK=[IMAGE_ID="0"]', false)
    expect(answer.value).toContain('DISK 0: Cannot acquire image 0, it is in state: DISABLED')
  })

  test("another user's private image cannot be used", async () => {
    const { helen, rival, sandbox } = await start()
    await helen('one.image.allocate', 'NAME="vol" TYPE="DATABLOCK" SIZE="1"', 1, true)
    sandbox.advance(LONG)
    const answer = await rival('one.template.instantiate', 0, '', false, 'DISK=[IMAGE_ID="0"]', false)
    expect(answer.code).toBe(512)
    expect(answer.value).toContain('Not authorized to perform USE IMAGE [0].')
    expect(sandbox.world.vms.all()).toHaveLength(0)
  })
})

test('plain users may not name a file of the datastore', async () => {
  const { helen } = await start()
  const answer = await helen('one.image.allocate', 'NAME="x" SOURCE="/etc/shadow" FORMAT="raw" SIZE="1"', 1, true)
  expect(answer.code).toBe(512)
  expect(answer.value).toContain('restricted attribute SOURCE')
})
