// The WebAssembly that folds, written out: for each check a loop that is nothing but loads and exclusive ors.
import { CRC32, CRC32C, CRC64NVME, type CrcModel } from '../../lib/crc.ts'
import { SIZE, SOURCE, VECTOR } from './layout.ts'

const PAGE = 64 * 1024

/** Codes of the binary format. https://webassembly.github.io/spec/core/binary/ */
const SECTION = { types: 1, functions: 3, memories: 5, exports: 7, code: 10 }
const KIND = { function: 0, memory: 2 }
const [FUNCTION, I32, VOID, AT_LEAST] = [0x60, 0x7f, 0x40, 0x00]
const [BLOCK, LOOP, END, BRANCH, BRANCH_IF] = [0x02, 0x03, 0x0b, 0x0c, 0x0d]
const [GET, SET, CONSTANT, ADD, IS_NOT_LESS] = [0x20, 0x21, 0x41, 0x6a, 0x4f]
const [LOAD, STORE, XOR] = [
  [0xfd, 0x00],
  [0xfd, 0x0b],
  [0xfd, 0x51],
]

/** Parameters of the functions. */
const [PLACE, LIMIT, TO] = [0, 1, 2]

/** The module: its memory, and a function `(place, limit, to)` for each check. */
export function foldModule(): Uint8Array {
  const models = [CRC32, CRC32C, CRC64NVME]
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(SECTION.types, [[FUNCTION, ...list([[I32], [I32], [I32]]), ...list([])]]),
    ...section(
      SECTION.functions,
      models.map(() => [0]),
    ),
    ...section(SECTION.memories, [[AT_LEAST, ...number(Math.ceil(SIZE / PAGE))]]),
    ...section(SECTION.exports, [
      [...text('memory'), KIND.memory, 0],
      ...models.map(({ name }, index) => [...text(name), KIND.function, ...number(index)]),
    ]),
    ...section(
      SECTION.code,
      models.map(model => sized([...list([]), ...loopOf(model), END])),
    ),
  ])
}

/**
 * From a place up to a limit, a vector a step: what comes, and all before that is to be added to it, is stored `to` further on than the
 * place.
 */
function loopOf({ multiple }: CrcModel): number[] {
  const vector = (offset: number) => [GET, PLACE, ...LOAD, 0, ...number(offset)]
  const before = multiple.slice(0, -1).flatMap(exponent => [...vector(exponent), ...XOR])
  return [
    ...[BLOCK, VOID, LOOP, VOID],
    ...[GET, PLACE, GET, LIMIT, IS_NOT_LESS, BRANCH_IF, 1],
    ...[GET, PLACE, GET, TO, ADD, ...vector(SOURCE), ...before, ...STORE, 0, 0],
    ...[GET, PLACE, CONSTANT, VECTOR, ADD, SET, PLACE, BRANCH, 0],
    ...[END, END],
  ]
}

const section = (id: number, items: readonly (readonly number[])[]): number[] => [id, ...sized(list(items))]
const sized = (bytes: readonly number[]): number[] => [...number(bytes.length), ...bytes]
const list = (items: readonly (readonly number[])[]): number[] => [...number(items.length), ...items.flat()]
const text = (name: string): number[] => sized([...new TextEncoder().encode(name)])

/** LEB128. */
function number(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...number(value >>> 7)]
}
