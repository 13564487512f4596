// The checksums that S3 knows: declared by a request, computed while bytes pass, and made of those of parts.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
import { createHash } from 'node:crypto'
import { fromBase64, toBase64 } from '../lib/bytes.ts'
import { CRC32, CRC32C, CRC64NVME, Crc, type CrcModel, combineCrcs } from '../lib/crc.ts'
import { excerpt } from '../lib/excerpt.ts'
import { S3Error } from './errors.ts'
import { fold } from './fold/fold.ts'

export const checksumAlgorithms = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const

export type ChecksumAlgorithm = (typeof checksumAlgorithms)[number]

/** Of all bytes, or of the checksums of the parts. */
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE'

export interface Checksum {
  readonly algorithm: ChecksumAlgorithm
  readonly type: ChecksumType
  /** Base64; where it is composite with a hyphen and the number of parts. */
  readonly value: string
}

/** Something that is computed while bytes pass. */
export interface RunningHash {
  /** @param bytes not kept */
  update(bytes: Uint8Array): void
  digest(): Uint8Array
}

interface Algorithm {
  /** Bytes of a checksum. */
  readonly length: number
  readonly start: () => RunningHash
  /** Of objects that are made of parts; what goes without saying comes first. */
  readonly types: readonly [ChecksumType, ...ChecksumType[]]
  /** How those of parts become that of the whole. */
  readonly crc?: CrcModel
}

const ALGORITHMS: Readonly<Record<ChecksumAlgorithm, Algorithm>> = {
  CRC32: { length: 4, start: () => new Crc(CRC32, fold), types: ['COMPOSITE', 'FULL_OBJECT'], crc: CRC32 },
  CRC32C: { length: 4, start: () => new Crc(CRC32C, fold), types: ['COMPOSITE', 'FULL_OBJECT'], crc: CRC32C },
  CRC64NVME: { length: 8, start: () => new Crc(CRC64NVME, fold), types: ['FULL_OBJECT'], crc: CRC64NVME },
  SHA1: { length: 20, start: () => runningHash('sha1'), types: ['COMPOSITE'] },
  SHA256: { length: 32, start: () => runningHash('sha256'), types: ['COMPOSITE'] },
}

/** A hash that the platform computes. */
export function runningHash(name: 'md5' | 'sha1' | 'sha256'): RunningHash {
  const hash = createHash(name)
  return { update: bytes => void hash.update(bytes), digest: () => new Uint8Array(hash.digest()) }
}

/** Begins to compute a checksum. */
export const runningChecksum = (algorithm: ChecksumAlgorithm): RunningHash => ALGORITHMS[algorithm].start()

export const isChecksumAlgorithm = (text: string): text is ChecksumAlgorithm => Object.hasOwn(ALGORITHMS, text)

/** The types that a checksum of an object made of parts may have; the first where nothing is said. */
export const checksumTypes = (algorithm: ChecksumAlgorithm): Algorithm['types'] => ALGORITHMS[algorithm].types

/** Whether a text is a checksum of the algorithm, in base64. */
export const isChecksum = (algorithm: ChecksumAlgorithm, text: string): boolean =>
  fromBase64(text)?.length === ALGORITHMS[algorithm].length

/** The header of a checksum, which may be a trailing one. */
export const checksumHeader = (algorithm: ChecksumAlgorithm): string => `${PREFIX}${algorithm.toLowerCase()}`

const PREFIX = 'x-amz-checksum-'

/** Headers that begin so and are no checksum. */
const OTHERS: ReadonlySet<string> = new Set(['type', 'algorithm', 'mode'].map(name => PREFIX + name))

/** What a request says its checksum is, or that it will come behind the body. */
export interface DeclaredChecksum {
  readonly algorithm: ChecksumAlgorithm
  /** Base64; absent where it comes in a trailing header. */
  readonly value?: string
}

/**
 * Reads the checksum of a request's body, of which there may be one, in a header or announced by x-amz-trailer.
 *
 * @param headers      by lower-case name
 * @param mayTrail     whether trailing headers may come
 * @throws S3Error InvalidRequest for several, for one that is none, and for x-amz-sdk-checksum-algorithm without it
 */
export function declaredChecksum(
  headers: ReadonlyMap<string, string>,
  mayTrail: boolean,
): DeclaredChecksum | undefined {
  const found = [...headers].filter(([name]) => name.startsWith(PREFIX) && !OTHERS.has(name))
  const trailer = trailingChecksum(headers.get('x-amz-trailer'), mayTrail)
  const declared = [...found.map(headerChecksum), ...(trailer ? [trailer] : [])]
  if (declared.length > 1) {
    throw invalid('Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.')
  }
  checkSdkAlgorithm(headers.get('x-amz-sdk-checksum-algorithm'), declared[0])
  return declared[0]
}

function headerChecksum([name, value]: readonly [string, string]): DeclaredChecksum {
  const algorithm = algorithmIn(name)
  if (!algorithm) throw invalid('The algorithm type you specified in x-amz-checksum- header is invalid.')
  if (!isChecksum(algorithm, value)) throw invalid(`Value for ${name} header is invalid.`)
  return { algorithm, value }
}

/** A trailing header may be a checksum, and nothing else. */
function trailingChecksum(announced: string | undefined, mayTrail: boolean): DeclaredChecksum | undefined {
  if (announced === undefined) return undefined
  const algorithm = algorithmIn(announced.trim().toLowerCase())
  if (!mayTrail || !algorithm) throw invalid('The value specified in the x-amz-trailer header is not supported')
  return { algorithm }
}

function checkSdkAlgorithm(named: string | undefined, declared: DeclaredChecksum | undefined): void {
  if (named === undefined) return
  if (!isChecksumAlgorithm(named.toUpperCase())) {
    throw invalid(
      `Checksum algorithm provided is unsupported. Please try again with any of the valid types: [${Object.keys(ALGORITHMS).join(', ')}]`,
    )
  }
  if (!declared) {
    throw invalid(
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    )
  }
  if (declared.algorithm !== named.toUpperCase())
    throw invalid('Value for x-amz-sdk-checksum-algorithm header is invalid.')
}

function algorithmIn(header: string): ChecksumAlgorithm | undefined {
  const name = header.startsWith(PREFIX) ? header.slice(PREFIX.length).toUpperCase() : ''
  return isChecksumAlgorithm(name) ? name : undefined
}

const invalid = (message: string) => new S3Error('InvalidRequest', message)

/** A checksum is not that of the bytes that came. */
export const wrongChecksum = (algorithm: ChecksumAlgorithm): S3Error =>
  new S3Error('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`)

/** A part, by its checksum in base64 and its length in bytes. */
export interface PartChecksum {
  readonly value: string
  readonly size: number
}

/**
 * The checksum of an object made of parts, in order.
 *
 * @param type one of `checksumTypes`
 * @throws S3Error InvalidRequest for a type that the algorithm does not have
 */
export function checksumOfParts(
  algorithm: ChecksumAlgorithm,
  type: ChecksumType,
  parts: readonly PartChecksum[],
): Checksum {
  const { crc, types } = ALGORITHMS[algorithm]
  const own = parts.map(({ value, size }) => ({ digest: digestIn(value, algorithm), size }))
  if (types.includes(type)) {
    if (type === 'COMPOSITE') return { algorithm, type, value: `${compositeOf(algorithm, own)}-${parts.length}` }
    if (crc) return { algorithm, type, value: toBase64(combineCrcs(crc, own)) }
  }
  throw invalid(`The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`)
}

function compositeOf(algorithm: ChecksumAlgorithm, parts: readonly { readonly digest: Uint8Array }[]): string {
  const running = runningChecksum(algorithm)
  for (const { digest } of parts) running.update(digest)
  return toBase64(running.digest())
}

function digestIn(value: string, algorithm: ChecksumAlgorithm): Uint8Array {
  const digest = fromBase64(value)
  if (digest?.length === ALGORITHMS[algorithm].length) return digest
  throw invalid(`Value ${excerpt(value)} is no ${algorithm} checksum.`)
}
