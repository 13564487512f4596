// What a disk image is, by its first bytes: in which format, how large, and whether it would have the cloud read anything else.
//
// OpenNebula asks `qemu-img` the same, whatever the caller says. An image that names another file has it read that one on the
// front-end, into a disk of the caller's.
import { impossible, invalidBecause } from '../../protocol/complaints.ts'
import type { Ec2Error } from '../../protocol/errors.ts'

/** The formats of disks that a cloud can make use of: the first two as they are, the others where it converts them. */
export const DISK_FORMATS = ['RAW', 'QCOW2', 'VMDK', 'VHD', 'VHDX', 'VDI'] as const
export type DiskFormat = (typeof DISK_FORMATS)[number]

/** Whether a disk is converted before VMs can have it. */
export const isConverted = (format: DiskFormat): boolean => format !== 'RAW' && format !== 'QCOW2'

/** So many bytes of an image tell what it is. */
export const HEADER_BYTES = 64 * 1024

/** What an image says of itself. */
export interface DiskHeader {
  readonly format: DiskFormat
  /** Bytes of the disk, which are more or less than those of the image; absent where that is as large, or does not say so. */
  readonly size?: number | undefined
}

const MIB = 2 ** 20
const SECTOR = 512
/** Where QEMU looks for the description of a VMDK, and how far. */
const DESCRIPTION = [SECTOR, 21 * SECTOR] as const

/** An image as its readers see it. */
interface Header {
  readonly bytes: DataView
  /** What is written there, where that is ASCII. */
  readonly text: string
}

interface Known {
  /** What images of the kind begin with, or have at a place. */
  readonly magic: string
  readonly at?: number
  /** @throws Ec2Error */
  readonly read: (header: Header) => DiskHeader
}

/** Large numbers are sizes: what is beyond the largest safe one is no disk. */
const long = (bytes: DataView, at: number, littleEndian = false): number =>
  bytes.byteLength < at + 8 ? 0 : Number(bytes.getBigUint64(at, littleEndian))

const word = (bytes: DataView, at: number): number => (bytes.byteLength < at + 4 ? 0 : bytes.getUint32(at))

/** https://gitlab.com/qemu-project/qemu/-/blob/master/docs/interop/qcow2.rst */
function qcow2({ bytes }: Header): DiskHeader {
  const version = word(bytes, 4)
  if (version < 2) throw unreadable('a QCOW of version 1')
  const EXTERNAL_DATA = 4n
  const hasData = version > 2 && bytes.byteLength >= 80 && (bytes.getBigUint64(72) & EXTERNAL_DATA) !== 0n
  if (long(bytes, 8) !== 0 || hasData) throw incomplete('QCOW2')
  return { format: 'QCOW2', size: long(bytes, 24) }
}

function vmdk({ bytes, text }: Header): DiskHeader {
  const sectors = long(bytes, 12, true)
  if (sectors === 0 || text.slice(...DESCRIPTION).includes('parentFileNameHint')) throw incomplete('VMDK')
  return { format: 'VMDK', size: sectors * SECTOR }
}

function vhd({ bytes }: Header): DiskHeader {
  const DIFFERENCING = 4
  if (word(bytes, 60) === DIFFERENCING) throw incomplete('VHD')
  return { format: 'VHD', size: long(bytes, 48) }
}

const none =
  (what: string): Known['read'] =>
  () => {
    throw unreadable(what)
  }

const packed =
  (what: string): Known['read'] =>
  () => {
    throw invalidBecause(`The disk image is packed (${what}): it has to be unpacked before it is uploaded.`)
  }

const known: readonly Known[] = [
  { magic: 'QFI\xfb', read: qcow2 },
  { magic: 'KDMV', read: vmdk },
  { magic: 'conectix', read: vhd },
  { magic: 'vhdxfile', read: () => ({ format: 'VHDX' }) },
  { magic: '\x7f\x10\xda\xbe', at: 64, read: ({ bytes }) => ({ format: 'VDI', size: long(bytes, 368, true) }) },
  { magic: 'COWD', read: none('a VMDK of version 3') },
  { magic: 'QED\0', read: none('a QED') },
  { magic: 'WithoutFreeSpace', read: none('an image of Parallels') },
  { magic: 'WithouFreSpacExt', read: none('an image of Parallels') },
  { magic: '\x1f\x8b', read: packed('gzip') },
  { magic: 'BZh', read: packed('bzip2') },
  { magic: '\xfd7zXZ\0', read: packed('xz') },
  { magic: '\x28\xb5\x2f\xfd', read: packed('zstd') },
  { magic: 'PK\x03\x04', read: packed('zip') },
  { magic: '7z\xbc\xaf\x27\x1c', read: packed('7z') },
  { magic: 'ustar', at: 257, read: packed('tar, of which an OVA is one') },
]

/**
 * The description of a VMDK, which names the files that its disk is in: QEMU takes text that begins so for one. There is one way
 * to read a line: with two, text that is none would be tried in all combinations.
 */
const DESCRIPTOR = /^(?:[ \t]*(?:#[^\n]*|\r?)\n)*[ \t]*version=\d/

/**
 * Reads the beginning of an image, {@link HEADER_BYTES} of it or all.
 * @throws Ec2Error InvalidParameterValue for what is packed, or whose disk is not all there; UnsupportedOperation for what
 *   no cloud can read
 */
export function readHeader(beginning: Uint8Array): DiskHeader {
  const text = new TextDecoder('ascii').decode(beginning)
  const bytes = new DataView(beginning.buffer, beginning.byteOffset, beginning.byteLength)
  const header = { bytes, text }
  const found = known.find(({ magic, at = 0 }) => stands(magic, beginning, at))
  if (found) return bounded(found.read(header))
  if (DESCRIPTOR.test(text)) throw incomplete('VMDK')
  return { format: 'RAW' }
}

const stands = (magic: string, bytes: Uint8Array, at: number): boolean =>
  Array.from(magic).every((character, index) => bytes[at + index] === character.charCodeAt(0))

/** A size that no disk has is not believed: OpenNebula will say what it makes of it. */
const bounded = ({ format, size }: DiskHeader): DiskHeader => ({
  format,
  size: Number.isSafeInteger(size) ? size : undefined,
})

/** MiB that a disk takes. @param bytes of its image */
export const diskSize = ({ size }: DiskHeader, bytes: number): number => Math.ceil((size ?? bytes) / MIB)

const unreadable = (what: string): Ec2Error =>
  impossible(`The disk image is ${what}: the cloud reads ${DISK_FORMATS.join(', ')}.`)

const incomplete = (format: DiskFormat): Ec2Error =>
  invalidBecause(`The ${format} image has some of its disk in other files: it has to be made one that has all of it.`)
