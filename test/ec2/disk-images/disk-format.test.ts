// What a disk image is by its first bytes, and that none gets by which has the cloud read another file.
import { describe, expect, it } from 'vitest'
import { diskSize, HEADER_BYTES, readHeader } from '../../../src/ec2/disk-images/disk-format.ts'
import { Ec2Error } from '../../../src/protocol/errors.ts'

const GIB = 2 ** 30
const MIB = 2 ** 20

/** The beginning of an image: texts and numbers at their places. */
function image(
  parts: Readonly<Record<number, string | ((bytes: DataView, at: number) => void)>>,
  length = HEADER_BYTES,
) {
  const bytes = new Uint8Array(length)
  for (const [at, part] of Object.entries(parts)) {
    if (typeof part === 'function') part(new DataView(bytes.buffer), Number(at))
    else
      bytes.set(
        Array.from(part, character => character.charCodeAt(0)),
        Number(at),
      )
  }
  return bytes
}

const u32 = (value: number) => (bytes: DataView, at: number) => bytes.setUint32(at, value)
const u64 =
  (value: number, littleEndian = false) =>
  (bytes: DataView, at: number) =>
    bytes.setBigUint64(at, BigInt(value), littleEndian)

const qcow2 = { 0: 'QFI\xfb', 4: u32(3), 24: u64(10 * GIB) }
const vmdk = { 0: 'KDMV', 12: u64(20 * 2 ** 21, true) }

describe('an image', () => {
  it.each([
    ['raw', image({}), { format: 'RAW' }],
    ['raw, of few bytes', image({ 0: 'MBR' }, 4), { format: 'RAW' }],
    ['raw, of none', image({}, 0), { format: 'RAW' }],
    ['lines that are no description', image({ 0: '#\r\n'.repeat(HEADER_BYTES / 3) }), { format: 'RAW' }],
    ['a bootable disk', image({ 0: '\xeb\x63\x90', 510: '\x55\xaa' }), { format: 'RAW' }],
    ['qcow2', image(qcow2), { format: 'QCOW2', size: 10 * GIB }],
    ['qcow2 of version 2', image({ ...qcow2, 4: u32(2), 72: u64(4) }), { format: 'QCOW2', size: 10 * GIB }],
    ['vmdk', image(vmdk), { format: 'VMDK', size: 20 * GIB }],
    ['vhd', image({ 0: 'conectix', 48: u64(5 * GIB), 60: u32(3) }), { format: 'VHD', size: 5 * GIB }],
    ['vhdx', image({ 0: 'vhdxfile' }), { format: 'VHDX' }],
    ['vdi', image({ 64: '\x7f\x10\xda\xbe', 368: u64(7 * GIB, true) }), { format: 'VDI', size: 7 * GIB }],
    [
      'qcow2 of a size that nothing has',
      image({ ...qcow2, 24: '\xff\xff\xff\xff\xff\xff\xff\xff' }),
      { format: 'QCOW2' },
    ],
  ])('that is %s is told', (_, bytes, header) => expect(readHeader(bytes)).toEqual(header))

  it.each<[string, Uint8Array, string]>([
    ['has a backing file', image({ ...qcow2, 8: u64(104), 16: u32(11), 104: '/etc/passwd' }), 'in other files'],
    ['has its data in another file', image({ ...qcow2, 72: u64(4) }), 'in other files'],
    ['is a qcow of version 1 with a backing file', image({ ...qcow2, 4: u32(1), 8: u64(48) }), 'version 1'],
    [
      'is a VMDK with a parent',
      image({ ...vmdk, 512: '# Disk DescriptorFile\nparentFileNameHint="/etc/passwd"' }),
      'other files',
    ],
    ['is a VMDK that is only a description', image({ ...vmdk, 12: u64(0) }), 'other files'],
    [
      'is the description of a VMDK',
      image({ 0: '# Disk DescriptorFile\nversion=1\nRW 1 FLAT "/etc/passwd" 0' }, 64),
      'other files',
    ],
    ['is the description of a VMDK without a title', image({ 0: '\n  # x\n version=1\n' }, 64), 'other files'],
    ['is the description of a VMDK of Windows', image({ 0: '# x\r\n\r\n#\r\nversion=1\r\n' }, 64), 'other files'],
    ['is a differencing VHD', image({ 0: 'conectix', 60: u32(4) }), 'other files'],
    ['is a QED', image({ 0: 'QED\0' }), 'a QED'],
    ['is an old VMDK', image({ 0: 'COWD' }), 'VMDK of version 3'],
    ['is packed by gzip', image({ 0: '\x1f\x8b\x08' }), 'gzip'],
    ['is packed by xz', image({ 0: '\xfd7zXZ\0' }), 'xz'],
    ['is packed by zstd', image({ 0: '\x28\xb5\x2f\xfd' }), 'zstd'],
    ['is packed by bzip2', image({ 0: 'BZh9' }), 'bzip2'],
    ['is an OVA', image({ 0: 'disk.ovf', 257: 'ustar' }), 'OVA'],
  ])('that %s is refused', (_, bytes, why) => {
    expect(() => readHeader(bytes)).toThrow(Ec2Error)
    expect(() => readHeader(bytes)).toThrow(why)
  })

  it('takes what its disk has, in whole MiB', () => {
    expect(diskSize({ format: 'RAW' }, MIB + 1)).toBe(2)
    expect(diskSize({ format: 'QCOW2', size: 10 * GIB }, MIB)).toBe(10 * 1024)
  })
})
