// How a file goes to the bucket, the same whoever sends it: under which key, in parts of which size, so that one client goes on
// where another broke off.

const MIB = 2 ** 20

/** S3 numbers parts from 1 to this. */
export const MOST_PARTS = 10_000

/** How many bytes parts have. */
export const PART_SIZES = {
  /** A multiple of this: more than S3's least, and little to send again. */
  step: 8 * MIB,
  /** The most that is below Cloudflare's limit for a request, 100 MB on most plans. */
  largest: 88 * MIB,
  /** Those of a file that is unpacked on the way: to how much nobody knows, and so there is room for 312 GiB. */
  packed: 32 * MIB,
}

/** Asks that the object be deleted as soon as an image was made of it. */
export const DELETE_AFTER_IMPORT = 'x-amz-meta-delete-after-import'

/** The most bytes that a file may have. */
export const LARGEST_FILE = MOST_PARTS * PART_SIZES.largest

/** The size of all parts but the last: the least that makes few enough of them; undefined where none does. */
export function partSizeOf(size: number): number | undefined {
  const { step, largest } = PART_SIZES
  const partSize = Math.max(1, Math.ceil(size / MOST_PARTS / step)) * step
  return partSize > largest ? undefined : partSize
}

/** What of a file tells it from all others of its name, and from itself once it was changed. */
export interface FileState {
  readonly name: string
  /** Bytes. */
  readonly size: number
  /** When it was last modified, in milliseconds since 1970. */
  readonly modified: number
}

/** A text that is another one for every other state: browsers know no fractions of milliseconds. */
export const stateText = ({ name, size, modified }: FileState): string => `${name}\n${size}\n${Math.trunc(modified)}`

/**
 * The key of a file's object.
 * @param digest SHA-256 of {@link stateText}, in hexadecimal
 * @param name in a form that no client, shell or URL takes for something else
 */
export const keyOf = (digest: string, name: string): string =>
  `${digest.slice(0, 16)}/${name.replace(/[^\w.@-]/g, '-').slice(0, 200)}`

/** The name that a file gives its image: with `-` for what a name cannot have. */
export function nameOfFile(file: string): string {
  return file
    .replace(/[^\w()[\] ./'@-]/gu, '-')
    .slice(0, 128)
    .padEnd(3, '-')
}
