// What a file is, by the first and the last of its bytes: a disk image of some format, an archive, or something compressed.

/** What is compressed, by the ending that such files have. */
export type Compression = 'gz' | 'xz' | 'zst' | 'bz2'

/** How many bytes of a file's beginning are looked at: an ISO's mark is at 32 KiB. */
export const HEAD = 36 * 1024

/** How many of its end: a VHD of fixed size has its header there. */
export const TAIL = 512

const MAGIC: readonly (readonly [Compression, readonly number[]])[] = [
  ['gz', [0x1f, 0x8b, 0x08]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['zst', [0x28, 0xb5, 0x2f, 0xfd]],
  ['bz2', [0x42, 0x5a, 0x68]],
  // A frame to be skipped, in which pzstd says how long the next one is
  ...Array.from({ length: 16 }, (_, kind) => ['zst', [0x50 + kind, 0x2a, 0x4d, 0x18]] as const),
]

/** How a file that begins so is compressed; undefined where it is not. */
export function compressionOf(head: Uint8Array): Compression | undefined {
  return MAGIC.find(([, magic]) => magic.every((byte, index) => head[index] === byte))?.[0]
}

/** What is to be said of a format. */
export interface Format {
  /** Such as `qcow2`. */
  readonly name: string
  /** What instances see of it, in bytes, where the header says. */
  readonly virtualSize?: number
  /** What stands in the way of running it. */
  readonly warning?: string
}

/** Of formats that not every cloud takes. */
const converted = (name: string): string =>
  `${name} images are taken only where your cloud's datastore converts them: elsewhere upload what qemu-img convert -O qcow2 ` +
  'makes of it'

const archive = 'it is no disk image: OpenNebula does not unpack it. Upload the disk that is in it'

type Recogniser = (head: DataView, tail: DataView) => Omit<Format, 'name'> | undefined

/** In the order in which they are tried: an ISO may have anything in its first sectors, so its own mark comes first. */
const RECOGNISERS: readonly (readonly [name: string, recognise: Recogniser])[] = [
  ['qcow2', qcow2],
  ['vmdk', head => (isVmdk(head) ? { warning: converted('VMDK') } : undefined)],
  ['vdi', vdi],
  ['vhdx', head => (text(head, 0, 8) === 'vhdxfile' ? { warning: converted('VHDX') } : undefined)],
  ['vhd', vhd],
  ['iso9660', head => (text(head, 32_769, 5) === 'CD001' ? {} : undefined)],
  ['zip', head => (text(head, 0, 4) === 'PK\x03\x04' ? { warning: archive } : undefined)],
  ['tar', head => (text(head, 257, 5) === 'ustar' ? { warning: `${archive} (an OVA is such an archive)` } : undefined)],
]

/**
 * What a file is. Whatever has no mark is taken to be a raw disk, as OpenNebula takes it.
 *
 * @param head the first {@link HEAD} bytes, or fewer of a smaller file
 * @param tail the last {@link TAIL}, where they are known
 */
export function formatOf(head: Uint8Array, tail: Uint8Array = new Uint8Array()): Format {
  const [first, last] = [viewOf(head), viewOf(tail)]
  for (const [name, recognise] of RECOGNISERS) {
    const found = recognise(first, last)
    if (found) return { name, ...found }
  }
  return { name: 'raw' }
}

/** @see https://gitlab.com/qemu-project/qemu/-/blob/master/docs/interop/qcow2.rst */
function qcow2(head: DataView): Omit<Format, 'name'> | undefined {
  if (text(head, 0, 4) !== 'QFI\xfb' || head.byteLength < 32 || head.getUint32(4) < 2) return undefined
  const hasBackingFile = head.getBigUint64(8) !== 0n
  const warning =
    'it is only what differs from another file, its backing file: upload what qemu-img convert -O qcow2 makes of both'
  return { virtualSize: Number(head.getBigUint64(24)), ...(hasBackingFile && { warning }) }
}

const isVmdk = (head: DataView) =>
  ['KDMV', 'COWD'].includes(text(head, 0, 4)) || text(head, 0, 21) === '# Disk DescriptorFile'

function vdi(head: DataView): Omit<Format, 'name'> | undefined {
  if (head.byteLength < 376 || head.getUint32(64, true) !== 0xbeda_107f) return undefined
  return { virtualSize: Number(head.getBigUint64(368, true)), warning: converted('VDI') }
}

/** A disk of fixed size has its header behind it, any other a copy before it. */
function vhd(head: DataView, tail: DataView): Omit<Format, 'name'> | undefined {
  const header = [head, tail].find(each => text(each, 0, 8) === 'conectix')
  if (header === undefined || header.byteLength < 56) return undefined
  return { virtualSize: Number(header.getBigUint64(48)), warning: converted('VHD') }
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array) => new DataView(buffer, byteOffset, byteLength)

/** Those characters of one byte each, fewer at the end. */
const text = (bytes: DataView, from: number, length: number) => {
  const end = Math.min(from + length, bytes.byteLength)
  return Array.from({ length: Math.max(0, end - from) }, (_, at) =>
    String.fromCharCode(bytes.getUint8(from + at)),
  ).join('')
}
