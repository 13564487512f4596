// Cyclic redundancy checks of up to 64 bits, computed by tables and combined without the bytes.
//
// Eight bytes a step (slicing by 8) in two halves of 32 bits, for BigInt is slow. A MiB takes 0.9 ms of CPU in workerd; a table of
// single bytes takes more than twice as long, and so does `DigestStream` for CRC64NVME. Where the platform has WebAssembly at hand most
// of the bytes are folded before: `s3/fold/`.

/** A check whose bits are reflected, that begins with ones and ends inverted: all those in use. */
export interface CrcModel {
  readonly name: 'CRC32' | 'CRC32C' | 'CRC64NVME'
  readonly width: 32 | 64
  /** Reflected, its lower and its upper half. */
  readonly polynomial: Halves
  /**
   * A multiple of it that has few terms: their exponents in bytes, from 0 up. A byte can be taken away where it is added to those that
   * are as far behind it as the highest of them is above each other one, and what is left of a message has the same check.
   *
   * Found by looking for powers of x that add up to nothing (the generalised birthday problem); squared three times, the exponents of
   * a multiple are eight times as large, and it is one still. A few more terms make the multiple shorter, and it costs more to add
   * them; the two highest ones are more than some vectors apart, for what was stored just now is slow to load.
   */
  readonly multiple: readonly number[]
}

/** A number of 64 bits: its lower half, and its upper one, which is 0 where there are 32. */
export type Halves = readonly [low: number, high: number]

const eightfold = (exponents: readonly number[]) => exponents.map(each => 8 * each)

export const CRC32: CrcModel = {
  ...{ name: 'CRC32', width: 32, polynomial: [0xedb88320, 0] },
  multiple: eightfold([0, 79, 85, 123, 186, 203]),
}
export const CRC32C: CrcModel = {
  ...{ name: 'CRC32C', width: 32, polynomial: [0x82f63b78, 0] },
  multiple: eightfold([0, 14, 39, 54, 144, 209]),
}
export const CRC64NVME: CrcModel = {
  ...{ name: 'CRC64NVME', width: 64, polynomial: [0xac4bc9b5, 0x9a6c9329] },
  multiple: [0, 95, 133, 142, 568, 761, 1460, 1740],
}

/** Makes runs of bytes shorter whose check stays what it is. */
export interface Fold {
  /** So many bytes it takes, at least and at most. */
  readonly least: number
  readonly most: number
  /**
   * @param register what was computed of the bytes before; for what is given back it is nothing
   * @returns fewer bytes, valid until the next call
   */
  shorten(bytes: Uint8Array, model: CrcModel, register: Halves): Uint8Array
}

/** For each of eight places the remainder of each byte, in halves. */
interface Tables {
  readonly low: Int32Array
  readonly high: Int32Array
}

const SLICES = 8

const made = new Map<CrcModel, Tables>()

function tablesOf(model: CrcModel): Tables {
  const known = made.get(model)
  if (known) return known
  const low = new Int32Array(256 * SLICES)
  const high = new Int32Array(256 * SLICES)
  for (let byte = 0; byte < 256; byte++) {
    let rest: Halves = [byte, 0]
    for (let bit = 0; bit < 8; bit++) rest = timesX(rest, model)
    low[byte] = rest[0]
    high[byte] = rest[1]
  }
  for (let index = 256; index < 256 * SLICES; index++) {
    const [before, above] = [low[index - 256] ?? 0, high[index - 256] ?? 0]
    low[index] = ((before >>> 8) | (above << 24)) ^ (low[before & 255] ?? 0)
    high[index] = (above >>> 8) ^ (high[before & 255] ?? 0)
  }
  const tables = { low, high }
  made.set(model, tables)
  return tables
}

/** Times x, modulo the polynomial. */
function timesX([low, high]: Halves, { polynomial }: CrcModel): Halves {
  const shifted = [(low >>> 1) | (high << 31), high >>> 1] as const
  return low & 1 ? [shifted[0] ^ polynomial[0], shifted[1] ^ polynomial[1]] : shifted
}

const NO_FOLD: Fold = { least: Number.POSITIVE_INFINITY, most: 0, shorten: bytes => bytes }

/** A check that is computed piece by piece. */
export class Crc {
  readonly #model: CrcModel
  readonly #tables: Tables
  readonly #fold: Fold | undefined
  #low = -1
  #high: number

  constructor(model: CrcModel, fold?: Fold) {
    this.#model = model
    this.#fold = fold
    this.#tables = tablesOf(model)
    this.#high = model.width === 64 ? -1 : 0
  }

  update(bytes: Uint8Array): void {
    const fold = this.#fold ?? NO_FOLD
    let rest = bytes
    while (rest.length >= fold.least) {
      const shorter = fold.shorten(rest.subarray(0, fold.most), this.#model, [this.#low, this.#high])
      this.#low = this.#high = 0
      this.#divide(shorter)
      rest = rest.subarray(fold.most)
    }
    this.#divide(rest)
  }

  #divide(bytes: Uint8Array): void {
    const { low: l, high: h } = this.#tables
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const whole = bytes.length - (bytes.length % SLICES)
    let low = this.#low
    let high = this.#high
    for (let at = 0; at < whole; at += SLICES) {
      const x = view.getInt32(at, true) ^ low
      const y = view.getInt32(at + 4, true) ^ high
      const a = 1792 + (x & 255)
      const b = 1536 + ((x >>> 8) & 255)
      const c = 1280 + ((x >>> 16) & 255)
      const d = 1024 + (x >>> 24)
      const e = 768 + (y & 255)
      const f = 512 + ((y >>> 8) & 255)
      const g = 256 + ((y >>> 16) & 255)
      const i = y >>> 24
      low =
        entry(l, a) ^ entry(l, b) ^ entry(l, c) ^ entry(l, d) ^ entry(l, e) ^ entry(l, f) ^ entry(l, g) ^ entry(l, i)
      high =
        entry(h, a) ^ entry(h, b) ^ entry(h, c) ^ entry(h, d) ^ entry(h, e) ^ entry(h, f) ^ entry(h, g) ^ entry(h, i)
    }
    for (let at = whole; at < bytes.length; at++) {
      const x = (low ^ view.getUint8(at)) & 255
      low = ((low >>> 8) | (high << 24)) ^ entry(l, x)
      high = (high >>> 8) ^ entry(h, x)
    }
    this.#low = low
    this.#high = high
  }

  /** Of the bytes so far: 4 or 8 bytes, the most significant first. */
  digest(): Uint8Array {
    return toBytes([~this.#low, ~this.#high], this.#model)
  }
}

/** An entry of a table, which is there. */
const entry = (table: Int32Array, index: number): number => table[index] ?? 0

/** A run of bytes, by its check and its length. */
export interface CrcPart {
  readonly digest: Uint8Array
  readonly size: number
}

/** The check of runs of bytes one behind the other. */
export function combineCrcs(model: CrcModel, parts: Iterable<CrcPart>): Uint8Array {
  const shifts = new Map<number, Halves>()
  const squares = squaresOfX(model)
  let all: Halves = [0, 0]
  for (const { digest, size } of parts) {
    // Most parts are of one size
    const shift = shifts.get(size) ?? powerOfX(8 * size, squares, model)
    shifts.set(size, shift)
    const [low, high] = times(shift, all, model)
    const [ownLow, ownHigh] = fromBytes(digest, model)
    all = [low ^ ownLow, high ^ ownHigh]
  }
  return toBytes(all, model)
}

/** x, x^2, x^4, …, as far as lengths in bits go. */
function squaresOfX(model: CrcModel): Halves[] {
  const squares: Halves[] = [timesX(one(model), model)]
  for (let last = squares[0]; last && squares.length < 53; last = squares.at(-1)) squares.push(times(last, last, model))
  return squares
}

function powerOfX(exponent: number, squares: readonly Halves[], model: CrcModel): Halves {
  let power = one(model)
  for (const square of squares) {
    if (exponent % 2 === 1) power = times(square, power, model)
    exponent = Math.floor(exponent / 2)
  }
  return power
}

/** The polynomial 1: reflected, its highest bit. */
const one = ({ width }: CrcModel): Halves => (width === 64 ? [0, 1 << 31] : [1 << 31, 0])

/** The product of two polynomials, modulo that of the model. */
function times([low, high]: Halves, other: Halves, model: CrcModel): Halves {
  let product: Halves = [0, 0]
  let power = other
  for (const word of model.width === 64 ? [high, low] : [low]) {
    for (let bit = 31; bit >= 0; bit--) {
      if ((word >>> bit) & 1) product = [product[0] ^ power[0], product[1] ^ power[1]]
      power = timesX(power, model)
    }
  }
  return product
}

function toBytes([low, high]: Halves, { width }: CrcModel): Uint8Array {
  const bytes = new Uint8Array(8)
  const view = new DataView(bytes.buffer)
  view.setInt32(0, high)
  view.setInt32(4, low)
  return bytes.subarray(8 - width / 8)
}

function fromBytes(digest: Uint8Array, { width }: CrcModel): Halves {
  const view = new DataView(digest.buffer, digest.byteOffset, digest.length)
  return width === 64 ? [view.getInt32(4), view.getInt32(0)] : [view.getInt32(0), 0]
}
