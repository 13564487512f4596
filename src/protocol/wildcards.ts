// Patterns with `*` and `?`, matched in one pass over the text: none makes the matcher go back.

/** A value of a filter, read once. */
export interface Pattern {
  /** The text that it stands for, where it has no wildcards. */
  readonly literal: string | undefined
  readonly wildcards: number
  /** About how many characters are compared with one text, at the worst. */
  readonly work: number
  readonly matches: (text: Text) => boolean
}

/** A text, and its characters if they are asked for. */
export interface Text {
  readonly whole: string
  readonly characters: () => Characters
}

/** The characters of a text, of which `length` count. */
interface Characters {
  readonly codes: Uint32Array
  readonly length: number
}

/** What stands between two `*`, as characters; {@link ANY} for `?`. */
type Piece = readonly number[]

const ANY = -1

/** Reads a value in which `*` stands for any characters, `?` for one, and `\` takes the meaning from them. */
export function compile(value: string): Pattern {
  const pieces: number[][] = [[]]
  let wildcards = 0
  for (const [token] of value.matchAll(/\\[*?\\]|./gsu)) {
    if (token === '*' || token === '?') wildcards++
    if (token === '*') pieces.push([])
    else pieces.at(-1)?.push(token === '?' ? ANY : codeOf(token))
  }
  const floating = pieces.slice(1, -1).filter(piece => piece.length > 0)
  const anchored = (pieces[0]?.length ?? 0) + (pieces.length > 1 ? (pieces.at(-1)?.length ?? 0) : 0)
  const all = [pieces[0] ?? [], ...floating, ...(pieces.length > 1 ? [pieces.at(-1) ?? []] : [])]
  return {
    literal: wildcards === 0 ? textOf(all[0] ?? []) : undefined,
    wildcards,
    work: wildcards === 0 ? 0 : anchored + floating.reduce((sum, piece) => sum + workOf(piece), 0),
    matches: all.some(piece => piece.includes(ANY)) ? byCharacters(all) : byText(all.map(textOf)),
  }
}

/** A character, or one that has lost its meaning to the `\` before it. */
const codeOf = (token: string) => token.codePointAt(/^\\[*?\\]$/.test(token) ? 1 : 0) ?? 0

const textOf = (piece: Piece): string => String.fromCodePoint(...piece)

// The first piece begins the text, the last one ends it, and the others follow each other: the leftmost place of each
// leaves most for the rest, so that no other needs to be tried.

/** Matches pieces without `?`, which the runtime finds best by itself. */
function byText([first = '', ...others]: readonly string[]): (text: Text) => boolean {
  const last = others.pop()
  if (last === undefined) return ({ whole }) => whole === first
  return ({ whole }) => {
    if (whole.length < first.length + last.length || !whole.startsWith(first) || !whole.endsWith(last)) return false
    const end = whole.length - last.length
    let at = first.length
    for (const piece of others) {
      const found = whole.indexOf(piece, at)
      if (found < 0) return false
      at = found + piece.length
    }
    return at <= end
  }
}

function byCharacters([first = [], ...others]: readonly Piece[]): (text: Text) => boolean {
  const last = others.pop()
  if (last === undefined) {
    return ({ characters }) => {
      const { codes, length } = characters()
      return length === first.length && isAt(first, codes, 0)
    }
  }
  const floating = others.map(finder)
  const least = [first, ...others, last].reduce((sum, { length }) => sum + length, 0)
  return ({ characters }) => {
    const { codes, length } = characters()
    const end = length - last.length
    if (length < least || !isAt(first, codes, 0) || !isAt(last, codes, end)) return false
    let at = first.length
    for (const find of floating) {
      at = find(codes, at, end)
      if (at < 0) return false
    }
    return true
  }
}

function isAt(piece: Piece, codes: Uint32Array, start: number): boolean {
  for (let index = 0; index < piece.length; index++) {
    const code = piece[index]
    if (code !== ANY && code !== codes[start + index]) return false
  }
  return true
}

/**
 * Reads texts, their first characters, into one room: it holds the text that was read last.
 * @param most characters that are read
 */
export function textReader(most: number): (text: string) => Text {
  const codes = new Uint32Array(most)
  return text => {
    const whole = text.length > most ? text.slice(0, most) : text
    let read: Characters | undefined
    return {
      whole,
      characters: () => {
        read ??= { codes, length: readInto(codes, whole) }
        return read
      },
    }
  }
}

/** @returns how many characters there are */
function readInto(codes: Uint32Array, text: string): number {
  let length = 0
  for (let at = 0; at < text.length; length++) {
    const code = text.codePointAt(at) ?? 0
    codes[length] = code
    at += code > 0xffff ? 2 : 1
  }
  return length
}

/** Where a piece ends that begins at `from` or later and ends at `to` or earlier; -1 where there is none. */
type Find = (codes: Uint32Array, from: number, to: number) => number

/** Characters that one number has a bit for. */
const BITS = 31

const wordsOf = ({ length }: Piece) => Math.ceil(length / BITS)

/** Of a piece that may be anywhere: a pass over the text, by the runtime or, with `?`, in steps of several numbers. */
const workOf = (piece: Piece) => (piece.includes(ANY) ? 2000 * wordsOf(piece) : 200)

/**
 * Looks for a piece by the bits of numbers: bit n is set where the n + 1 characters of the text that end here are those
 * that the piece begins with. One step a character, whatever the piece and the text (R. Baeza-Yates, G. Gonnet: A new
 * approach to text searching, 1992).
 */
function finder(piece: Piece): Find {
  const words = wordsOf(piece)
  const masks = masksOf(piece, words)
  const others = masks.get(ANY) ?? new Int32Array(words)
  const found = 1 << ((piece.length - 1) % BITS)
  const states = new Int32Array(words)
  return (codes, from, to) => {
    states.fill(0)
    for (let at = from; at < to; at++) {
      const mask = masks.get(codes[at] ?? 0) ?? others
      let carry = 1
      for (let word = 0; word < words; word++) {
        const state = states[word] ?? 0
        states[word] = ((state << 1) | carry) & (mask[word] ?? 0)
        carry = (state >>> (BITS - 1)) & 1
      }
      if ((states[words - 1] ?? 0) & found) return at + 1
    }
    return -1
  }
}

/** For each character of a piece the places where it may stand, and those of any character under {@link ANY}. */
function masksOf(piece: Piece, words: number): Map<number, Int32Array> {
  const masks = new Map<number, Int32Array>()
  for (const wanted of new Set([ANY, ...piece])) {
    const mask = new Int32Array(words)
    for (const [index, code] of piece.entries()) {
      if (code !== ANY && code !== wanted) continue
      const word = Math.floor(index / BITS)
      mask[word] = (mask[word] ?? 0) | (1 << (index % BITS))
    }
    masks.set(wanted, mask)
  }
  return masks
}
