// The memory of the WebAssembly that folds: what is folded, and the bytes as they come.

/** Bytes that are folded at a time: few enough to stay in the caches nearest to the processor. */
export const BLOCK = 128 * 1024

/** Bytes that one instruction takes. */
export const VECTOR = 16

/** Where the bytes as they come begin; what is folded is before, behind as many zeros as the degree of the multiple. */
export const SOURCE = BLOCK + 4096

export const SIZE = SOURCE + BLOCK + VECTOR
