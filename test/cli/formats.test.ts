// What a file is, by its first and last bytes, and compressed files as they are inside.
import { spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it, vi } from 'vitest'
import { compressionOf, formatOf, HEAD } from '../../src/upload/formats.ts'
import { s3Stub } from './s3-stub.ts'
import { KEYS, run, scratchFolder, setPartSizes } from './support.ts'

const folder = scratchFolder()

/** Matchers are any to the compiler. */
const having = (text: string): unknown => expect.stringContaining(text)
const SOME: unknown = expect.any(String)
const MIB = 2 ** 20
const GIB = 2 ** 30

/** The beginning of a file with bytes at some places. */
function head(...marks: readonly (readonly [at: number, bytes: Uint8Array | string])[]): Buffer {
  const bytes = Buffer.alloc(HEAD)
  for (const [at, mark] of marks) bytes.set(Buffer.from(mark as string, 'latin1'), at)
  return bytes
}

const big = (value: number) => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}

const little = (value: number) => Buffer.from(big(value)).reverse()

const version = (number: number) => Uint8Array.of(0, 0, 0, number)
const vhdHeader = head([0, 'conectix'], [48, big(2 * GIB)])

describe('a format', () => {
  it.each<[string, Buffer, object]>([
    ['qcow2', head([0, 'QFI\xfb'], [4, version(3)], [24, big(10 * GIB)]), { virtualSize: 10 * GIB }],
    [
      'qcow2',
      head([0, 'QFI\xfb'], [4, version(2)], [8, big(104)], [24, big(GIB)]),
      { virtualSize: GIB, warning: having('backing file') },
    ],
    ['vmdk', head([0, 'KDMV']), { warning: having('qemu-img convert') }],
    ['vmdk', head([0, '# Disk DescriptorFile\n']), { warning: having('VMDK') }],
    ['vdi', head([64, '\x7f\x10\xda\xbe'], [368, little(GIB)]), { virtualSize: GIB, warning: SOME }],
    ['vhdx', head([0, 'vhdxfile']), { warning: SOME }],
    ['vhd', vhdHeader, { virtualSize: 2 * GIB, warning: SOME }],
    ['iso9660', head([32_769, 'CD001'], [510, '\x55\xaa']), {}],
    ['zip', head([0, 'PK\x03\x04']), { warning: having('no disk image') }],
    ['tar', head([257, 'ustar']), { warning: having('OVA') }],
    ['raw', head([510, '\x55\xaa']), {}],
    ['raw', Buffer.from('QFI\xfb', 'latin1'), {}],
    ['raw', Buffer.alloc(0), {}],
  ])('is recognised by the header: %s', (name, bytes, more) => {
    expect(formatOf(bytes)).toEqual({ name, ...more })
  })

  it('is recognised by what stands behind it: a VHD of fixed size', () => {
    expect(formatOf(head(), vhdHeader.subarray(0, 512))).toMatchObject({ name: 'vhd', virtualSize: 2 * GIB })
  })

  it.each([
    ['gz', gzipSync('x')],
    ['zst', zstdCompressSync('x')],
    ['zst', Buffer.from('5f2a4d1800000000', 'hex')],
    ['xz', Buffer.from('fd377a585a000004', 'hex')],
    ['bz2', Buffer.from('BZh91AY')],
    [undefined, head([0, 'QFI\xfb'])],
  ])('compressed: %s', (compression, bytes) => {
    expect(compressionOf(bytes)).toBe(compression)
  })
})

const program = (name: string) => (content: Uint8Array) => {
  const { stdout, status } = spawnSync(name, ['-c', '-1'], { input: content, maxBuffer: 2 * PART })
  if (status !== 0) throw new Error(`${name} does not compress`)
  return stdout
}

const isThere = (name: string) => spawnSync(name, ['--version']).status === 0

const PART = 8 * MIB
setPartSizes({ packed: PART })

/** Some that compresses well between some that is random, of which there is where the second part begins. */
const RANDOM = PART / 32
const content = Buffer.concat([randomBytes(RANDOM), Buffer.alloc(PART - 1.5 * RANDOM), randomBytes(RANDOM + 7)])
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

function image(name: string, bytes: Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

const twice = (compress: (content: Uint8Array) => Buffer) => (bytes: Uint8Array) =>
  Buffer.concat([compress(bytes.subarray(0, RANDOM)), compress(bytes.subarray(RANDOM))])

/** In frames of which each begins in the middle of what the decoder takes at once, and one to be skipped before each, as by pzstd. */
const framed = (bytes: Uint8Array) => {
  const ends = [100, 65_536, RANDOM, bytes.length]
  return Buffer.concat(
    ends.flatMap((end, index) => [
      Buffer.from('502a4d180400000012345678', 'hex'),
      zstdCompressSync(bytes.subarray(ends[index - 1] ?? 0, end)),
    ]),
  )
}

describe('a compressed image', () => {
  it.each<[string, (content: Uint8Array) => Buffer]>([
    ['gz', gzipSync],
    ['zst', zstdCompressSync],
    ['zst', twice(zstdCompressSync)],
    ['zst', framed],
    ['gz', twice(gzipSync)],
    ...(['xz', 'bz2'] as const).flatMap(ending => {
      const name = ending === 'xz' ? 'xz' : 'bzip2'
      return isThere(name) ? [[ending, program(name)] as [string, (content: Uint8Array) => Buffer]] : []
    }),
  ])('is unpacked on the way, and goes on where it broke off: %s', async (ending, compress) => {
    let isCut = true
    const stub = await s3Stub(({ operation, query, request }) => {
      if (operation !== 'UploadPart' || query.get('partNumber') !== '2' || !isCut) return false
      return request.socket.destroy()
    })
    const path = image(`gentoo.img.${ending}`, compress(content))
    // One after the other: none is on its way when another is cut
    const args = ['-U', stub.url, '--retries', '0', '--parallel', '1', path]
    const cut = await run('econe-upload', args, KEYS)
    expect(cut).toMatchObject({
      status: 1,
      stderr: having('of it is there: the same command goes on'),
    })
    isCut = false
    stub.seen.length = 0
    expect(await run('econe-upload', args, KEYS)).toEqual({ status: 0, stdout: 'Success: ImageId ami-1\n', stderr: '' })
    expect(stub.seen.filter(({ operation }) => operation === 'UploadPart')).toHaveLength(1)
    const [[key, object] = ['', undefined]] = stub.objects
    expect(key).toMatch(/\/gentoo\.img$/)
    expect(sha256(object?.content ?? Buffer.alloc(0))).toBe(sha256(content))
  })

  it.each<[string, Buffer, string]>([
    ['ends too early', gzipSync(content), 'unexpected end of file'],
    ['ends too early', zstdCompressSync(randomBytes(MIB)), ''],
    ['ends with something else', Buffer.concat([zstdCompressSync('x'), randomBytes(99)]), ''],
    ...(isThere('xz')
      ? [['ends too early', program('xz')(randomBytes(MIB)), 'Unexpected end'] as [string, Buffer, string]]
      : []),
  ])('that %s is said to be damaged', async (_, bytes, why) => {
    const stub = await s3Stub()
    const path = image('damaged', bytes)
    truncateSync(path, bytes.length - 20)
    const { status, stderr } = await run('econe-upload', ['-U', stub.url, path], KEYS)
    expect(status).toBe(1)
    expect(stderr).toMatch(/^econe-upload: \S+ is compressed \((gz|zst|xz)\), and damaged: /)
    expect(stderr).toContain(why)
    expect(stub.objects.size).toBe(0)
  })

  it('needs the program that unpacks it', async () => {
    const stub = await s3Stub()
    const path = image('no-program.xz', Buffer.from('fd377a585a000004', 'hex'))
    vi.stubEnv('PATH', folder)
    try {
      const { status, stderr } = await run('econe-upload', ['-U', stub.url, path], KEYS)
      expect({ status, stderr }).toEqual({
        status: 1,
        stderr:
          `econe-upload: ${path} is compressed (xz), and there is no program xz here to unpack it on the way: ` +
          'install it (package xz-utils or xz), or unpack the file first\n',
      })
    } finally {
      vi.unstubAllEnvs()
    }
    expect(stub.uploads.size).toBe(0)
  })

  it('that holds a format with a warning says so, whoever watches', async () => {
    const stub = await s3Stub()
    const path = image('appliance.vmdk.gz', gzipSync(head([0, 'KDMV'])))
    const { status, stderr } = await run('econe-upload', ['-U', stub.url, path], KEYS)
    expect(status).toBe(0)
    expect(stderr).toMatch(
      /^appliance\.vmdk\.gz: vmdk, unpacked from gz on the way\. But VMDK images are taken only where/,
    )
  })
})
