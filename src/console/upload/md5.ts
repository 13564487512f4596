// MD5, which S3 and R2 tell parts by and browsers do not have: computed while bytes pass.

const BLOCK = 64

const SINES = Int32Array.from({ length: 64 }, (_, round) => Math.floor(Math.abs(Math.sin(round + 1)) * 2 ** 32) | 0)

/** @see https://www.rfc-editor.org/rfc/rfc1321 */
export class Md5 {
  readonly #state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476)
  readonly #rest = new Uint8Array(BLOCK)
  #length = 0

  /** @param bytes not kept */
  update(bytes: Uint8Array): this {
    let at = 0
    const open = this.#length % BLOCK
    this.#length += bytes.length
    if (open > 0) {
      at = Math.min(BLOCK - open, bytes.length)
      this.#rest.set(bytes.subarray(0, at), open)
      if (open + at < BLOCK) return this
      this.#mix(viewOf(this.#rest), 0)
    }
    const view = viewOf(bytes)
    for (; at + BLOCK <= bytes.length; at += BLOCK) this.#mix(view, at)
    this.#rest.set(bytes.subarray(at))
    return this
  }

  /** 16 bytes. Nothing is added afterwards. */
  digest(): Uint8Array<ArrayBuffer> {
    const bits = BigInt(this.#length) * 8n
    const padding = new Uint8Array(((2 * BLOCK - 9 - (this.#length % BLOCK)) % BLOCK) + 9)
    padding[0] = 0x80
    new DataView(padding.buffer).setBigUint64(padding.length - 8, bits, true)
    this.update(padding)
    const digest = new DataView(new ArrayBuffer(16))
    for (const [index, word] of this.#state.entries()) digest.setInt32(4 * index, word, true)
    return new Uint8Array(digest.buffer)
  }

  #mix(view: DataView, from: number): void {
    for (let index = 0; index < 16; index++) words[index] = view.getInt32(from + 4 * index, true)
    mixed.set(this.#state)
    first()
    second()
    third()
    fourth()
    for (let index = 0; index < 4; index++) this.#state[index] = (this.#state[index] ?? 0) + (mixed[index] ?? 0)
  }
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array) => new DataView(buffer, byteOffset, byteLength)

// The block that is being mixed, and into what: nothing else runs meanwhile
const words = new Int32Array(16)
const mixed = new Int32Array(4)

function keep(a: number, b: number, c: number, d: number): void {
  mixed[0] = a
  mixed[1] = b
  mixed[2] = c
  mixed[3] = d
}

// The four quarters of its rounds, written out: as one loop they take five times as long

function first(): void {
  let a = mixed[0] ?? 0
  let b = mixed[1] ?? 0
  let c = mixed[2] ?? 0
  let d = mixed[3] ?? 0
  for (let i = 0; i < 16; i += 4) {
    a = (a + (d ^ (b & (c ^ d))) + (SINES[i] ?? 0) + (words[i & 15] ?? 0)) | 0
    a = (((a << 7) | (a >>> 25)) + b) | 0
    d = (d + (c ^ (a & (b ^ c))) + (SINES[i + 1] ?? 0) + (words[(i + 1) & 15] ?? 0)) | 0
    d = (((d << 12) | (d >>> 20)) + a) | 0
    c = (c + (b ^ (d & (a ^ b))) + (SINES[i + 2] ?? 0) + (words[(i + 2) & 15] ?? 0)) | 0
    c = (((c << 17) | (c >>> 15)) + d) | 0
    b = (b + (a ^ (c & (d ^ a))) + (SINES[i + 3] ?? 0) + (words[(i + 3) & 15] ?? 0)) | 0
    b = (((b << 22) | (b >>> 10)) + c) | 0
  }
  keep(a, b, c, d)
}

function second(): void {
  let a = mixed[0] ?? 0
  let b = mixed[1] ?? 0
  let c = mixed[2] ?? 0
  let d = mixed[3] ?? 0
  for (let i = 16; i < 32; i += 4) {
    a = (a + (c ^ (d & (b ^ c))) + (SINES[i] ?? 0) + (words[(5 * i + 1) & 15] ?? 0)) | 0
    a = (((a << 5) | (a >>> 27)) + b) | 0
    d = (d + (b ^ (c & (a ^ b))) + (SINES[i + 1] ?? 0) + (words[(5 * i + 6) & 15] ?? 0)) | 0
    d = (((d << 9) | (d >>> 23)) + a) | 0
    c = (c + (a ^ (b & (d ^ a))) + (SINES[i + 2] ?? 0) + (words[(5 * i + 11) & 15] ?? 0)) | 0
    c = (((c << 14) | (c >>> 18)) + d) | 0
    b = (b + (d ^ (a & (c ^ d))) + (SINES[i + 3] ?? 0) + (words[(5 * i + 16) & 15] ?? 0)) | 0
    b = (((b << 20) | (b >>> 12)) + c) | 0
  }
  keep(a, b, c, d)
}

function third(): void {
  let a = mixed[0] ?? 0
  let b = mixed[1] ?? 0
  let c = mixed[2] ?? 0
  let d = mixed[3] ?? 0
  for (let i = 32; i < 48; i += 4) {
    a = (a + (b ^ c ^ d) + (SINES[i] ?? 0) + (words[(3 * i + 5) & 15] ?? 0)) | 0
    a = (((a << 4) | (a >>> 28)) + b) | 0
    d = (d + (a ^ b ^ c) + (SINES[i + 1] ?? 0) + (words[(3 * i + 8) & 15] ?? 0)) | 0
    d = (((d << 11) | (d >>> 21)) + a) | 0
    c = (c + (d ^ a ^ b) + (SINES[i + 2] ?? 0) + (words[(3 * i + 11) & 15] ?? 0)) | 0
    c = (((c << 16) | (c >>> 16)) + d) | 0
    b = (b + (c ^ d ^ a) + (SINES[i + 3] ?? 0) + (words[(3 * i + 14) & 15] ?? 0)) | 0
    b = (((b << 23) | (b >>> 9)) + c) | 0
  }
  keep(a, b, c, d)
}

function fourth(): void {
  let a = mixed[0] ?? 0
  let b = mixed[1] ?? 0
  let c = mixed[2] ?? 0
  let d = mixed[3] ?? 0
  for (let i = 48; i < 64; i += 4) {
    a = (a + (c ^ (b | ~d)) + (SINES[i] ?? 0) + (words[(7 * i) & 15] ?? 0)) | 0
    a = (((a << 6) | (a >>> 26)) + b) | 0
    d = (d + (b ^ (a | ~c)) + (SINES[i + 1] ?? 0) + (words[(7 * i + 7) & 15] ?? 0)) | 0
    d = (((d << 10) | (d >>> 22)) + a) | 0
    c = (c + (a ^ (d | ~b)) + (SINES[i + 2] ?? 0) + (words[(7 * i + 14) & 15] ?? 0)) | 0
    c = (((c << 15) | (c >>> 17)) + d) | 0
    b = (b + (d ^ (c | ~a)) + (SINES[i + 3] ?? 0) + (words[(7 * i + 21) & 15] ?? 0)) | 0
    b = (((b << 21) | (b >>> 11)) + c) | 0
  }
  keep(a, b, c, d)
}
