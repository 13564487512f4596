// What the text of an object is known again by: itself, or where very many are remembered a digest in its place.
import { createHash } from 'node:crypto'
import { limits } from '../../limits.ts'

/** The text of an object but for the insides of volatile elements: what is before the first of them, between two, behind the last. */
export type Runs = readonly string[]

/** What is compared with these runs. */
export interface Proof {
  /** Characters of each. */
  readonly lengths: readonly number[]
  /** The runs, or their digest. */
  readonly runs?: Runs
  readonly digest?: string
}

/** UTF-8 of a character takes no more. */
const BYTES = 3
const room = new Uint8Array(BYTES * limits.documentText.most)
const encoder = new TextEncoder()

/**
 * SHA-256 of runs, by which they are told from all others of the same lengths: nobody can make other text that has the same.
 *
 * Half of a surrogate pair, which UTF-8 does not have, can only be where a run of another object ends. Those that are remembered
 * end with a tag.
 */
export function digestOf(runs: Runs): string {
  let length = 0
  for (const run of runs) length += encoder.encodeInto(run, room.subarray(length)).written
  return createHash('sha256').update(room.subarray(0, length)).digest('base64')
}
