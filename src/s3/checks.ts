// What a request announces of its bytes, each to be verified: the hash that was signed, Content-MD5, a checksum.
import { fromBase64, fromHex, toBase64, toHex } from '../lib/bytes.ts'
import { excerpt } from '../lib/excerpt.ts'
import {
  type ChecksumAlgorithm,
  checksumHeader,
  type DeclaredChecksum,
  declaredChecksum,
  isChecksum,
  type RunningHash,
  runningChecksum,
  runningHash,
  wrongChecksum,
} from './checksums.ts'
import type { Content } from './content.ts'
import { S3Error } from './errors.ts'
import type { Authentic } from './payload.ts'

/** The hashes that R2 verifies while it stores, of which it takes one: the dearest first. */
const NATIVE = ['md5', 'sha256', 'sha1'] as const

/** Something that was announced. */
export interface Check {
  /** The name that R2 has for it, if it knows such a hash. */
  readonly native?: (typeof NATIVE)[number] | undefined
  /** Begins to compute it. */
  readonly start: () => RunningHash
  /** What it has to be; absent where that is in a trailing header. */
  readonly expected?: Uint8Array | undefined
  /** The checksum that it is, if it is one. */
  readonly algorithm?: ChecksumAlgorithm
  /** What is said where it is another. */
  readonly wrong: (computed?: Uint8Array) => S3Error
}

/**
 * All that a request announces of its bytes.
 * @throws S3Error InvalidDigest for a Content-MD5 that is none, InvalidRequest for such a checksum, or for several
 */
export function checksOf({ headers, payload }: Authentic): readonly Check[] {
  const md5 = headers.get('content-md5')
  const checksum = declaredChecksum(headers, payload.kind === 'chunked' && payload.trailers)
  return [
    ...(payload.kind === 'hashed' ? [signedHash(payload.sha256)] : []),
    ...(md5 === undefined ? [] : [contentMd5(md5)]),
    ...(checksum ? [checksumCheck(checksum)] : []),
  ]
}

const signedHash = (sha256: string): Check => ({
  native: 'sha256',
  start: () => runningHash('sha256'),
  expected: fromHex(sha256, 32),
  wrong: computed =>
    new S3Error(
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
      {
        elements: {
          ClientComputedContentSHA256: sha256,
          ...(computed && { S3ComputedContentSHA256: toHex(computed) }),
        },
      },
    ),
})

function contentMd5(text: string): Check {
  const expected = fromBase64(text)
  if (expected?.length !== 16) {
    throw new S3Error('InvalidDigest', 'The Content-MD5 you specified is not valid.', {
      elements: { 'Content-MD5': excerpt(text) },
    })
  }
  return {
    native: 'md5',
    start: () => runningHash('md5'),
    expected,
    wrong: computed =>
      new S3Error('BadDigest', 'The Content-MD5 you specified did not match what we received.', {
        elements: { ExpectedDigest: text, ...(computed && { CalculatedDigest: toBase64(computed) }) },
      }),
  }
}

const checksumCheck = ({ algorithm, value }: DeclaredChecksum): Check => ({
  native: NATIVE.find(name => name === algorithm.toLowerCase()),
  start: () => runningChecksum(algorithm),
  expected: value === undefined ? undefined : fromBase64(value),
  algorithm,
  wrong: () => wrongChecksum(algorithm),
})

/** The one of them that R2 is to verify: what it is not told before it has the bytes, it cannot. */
export const nativeCheck = (checks: readonly Check[]): Check | undefined =>
  NATIVE.map(name => checks.find(({ native, expected }) => expected && native === name)).find(found => found)

/** Checks while bytes pass. */
export class RunningChecks {
  readonly #running: readonly { readonly check: Check; readonly hash: RunningHash }[]

  constructor(checks: readonly Check[]) {
    this.#running = checks.map(check => ({ check, hash: check.start() }))
  }

  update(bytes: Uint8Array): void {
    for (const { hash } of this.#running) hash.update(bytes)
  }

  /**
   * @param trailers headers that came behind the bytes
   * @throws S3Error for the first that is wrong
   */
  verify(trailers: ReadonlyMap<string, string>): void {
    for (const { check, hash } of this.#running) {
      const computed = hash.digest()
      if (toHex(computed) !== toHex(expectedOf(check, trailers))) throw check.wrong(computed)
    }
  }
}

/**
 * All the bytes, when they were found right.
 *
 * @param most bytes
 * @throws S3Error MaxMessageLengthExceeded, and for what is wrong
 */
export async function readVerified(content: Content, checks: readonly Check[], most: number): Promise<Uint8Array> {
  const whole = new Uint8Array(most)
  let size = 0
  for (let bytes = await content.next(); bytes; bytes = await content.next()) {
    if (size + bytes.length > most) throw tooLong(most)
    whole.set(bytes, size)
    size += bytes.length
  }
  const read = whole.subarray(0, size)
  const running = new RunningChecks(checks)
  running.update(read)
  running.verify(content.trailers)
  return read
}

/** A document is longer than may be. */
export const tooLong = (most: number): S3Error =>
  new S3Error('MaxMessageLengthExceeded', 'Your request was too big.', {
    elements: { MaxMessageLengthBytes: String(most) },
  })

/** What it has to be. @throws S3Error InvalidRequest where a trailing header is no checksum */
function expectedOf({ expected, algorithm }: Check, trailers: ReadonlyMap<string, string>): Uint8Array {
  if (expected) return expected
  const header = algorithm ? checksumHeader(algorithm) : ''
  const value = trailers.get(header) ?? ''
  const bytes = algorithm && isChecksum(algorithm, value) ? fromBase64(value) : undefined
  if (!bytes) throw new S3Error('InvalidRequest', `Value for ${header} trailing header is invalid.`)
  return bytes
}

/** The checksum among them, which was found right. */
export function verifiedChecksum(checks: readonly Check[], trailers: ReadonlyMap<string, string>) {
  const check = checks.find(({ algorithm }) => algorithm)
  if (!check?.algorithm) return {}
  return { checksum: { algorithm: check.algorithm, value: toBase64(expectedOf(check, trailers)) } }
}
