// Texts of items that are kept by the thousand: items of a kind are written alike, so what is alike is kept once.

/** Kinds of texts, and characters of what is alike in those of one: what is more than that is not packed. */
const MAX_FRAMES = 256
const MAX_FRAME = 16 * 1024

/** What is not empty between two tags. */
const VALUE = />([^<]+)(?=<)/g
/** Stands for a value: XML cannot hold it. */
const HERE = '\0'
/** Between two values: none of them has it, since they are escaped. */
const BETWEEN = '<'

/** A text taken apart. */
export interface Packed {
  /** What is around the values. */
  readonly frame: readonly string[]
  readonly values: string
}

/** Frames that are shared, by themselves. They stay, so that there are never more. */
const frames = new Map<string, readonly string[]>()

/** Takes the text of an element apart; undefined where nothing is gained by it. */
export function pack(text: string): Packed | undefined {
  const values: string[] = []
  const around = text.replace(VALUE, (_, value: string) => {
    values.push(value)
    return `>${HERE}`
  })
  let frame = frames.get(around)
  if (!frame) {
    if (frames.size === MAX_FRAMES || around.length > MAX_FRAME) return undefined
    frame = around.split(HERE)
    frames.set(around, frame)
  }
  return { frame, values: values.join(BETWEEN) }
}

/** The text again. */
export function unpack({ frame, values }: Packed): string {
  const [first = '', ...others] = frame
  const list = values.split(BETWEEN)
  let text = first
  for (const [index, rest] of others.entries()) text += (list[index] ?? '') + rest
  return text
}
