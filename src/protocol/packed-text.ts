// Texts of items that are kept by the thousand: items of a kind are written alike, so what is alike is kept once.
//
// Of kinds there may be more than are kept, and anybody can make some. So what is used stays, and only one in sixteen new ones takes
// the place of the one that was used longest ago: a list of many items comes in by that, and a few of each kind push little out.

/** Kinds of texts, and characters of what is alike in those of one. */
const MAX_FRAMES = 256
const MAX_FRAME = 16 * 1024
/** Of new kinds for which there is no room one in so many is kept all the same. */
const SELDOM = 16

/** What is not empty between two tags. */
const VALUE = />([^<]+)(?=<)/g
/** Stands for a value: XML cannot hold it. */
const HERE = '\0'
/** Between two values: none of them has it, since they are escaped. */
const BETWEEN = '<'

/** A text taken apart. */
export interface Packed {
  readonly frame: Frame
  readonly values: string
}

/** What is around the values of all texts of a kind. */
interface Frame {
  /** Absent when it had to make room: then its texts are no more to be had. */
  parts?: readonly string[]
  /** When it was used last, as `uses` counts. */
  used: number
}

/** Frames by what they are, and how often any was used or looked for in vain. */
const frames = new Map<string, Frame>()
let uses = 0
let refused = 0

/** Takes the text of an element apart; undefined where it is of a kind that is not kept. */
export function pack(text: string): Packed | undefined {
  const values: string[] = []
  const around = text.replace(VALUE, (_, value: string) => {
    values.push(value)
    return `>${HERE}`
  })
  const frame = frames.get(around) ?? newFrame(around)
  if (!frame) return undefined
  frame.used = ++uses
  return { frame, values: values.join(BETWEEN) }
}

function newFrame(around: string): Frame | undefined {
  if (around.length > MAX_FRAME || !makeRoom()) return undefined
  const frame = { parts: around.split(HERE), used: uses }
  frames.set(around, frame)
  return frame
}

function makeRoom(): boolean {
  if (frames.size < MAX_FRAMES) return true
  if (++refused % SELDOM !== 0) return false
  const [around, frame] = frames.entries().reduce((oldest, each) => (each[1].used < oldest[1].used ? each : oldest))
  delete frame.parts
  return frames.delete(around)
}

/** The text again; undefined where its frame is no more. */
export function unpack({ frame, values }: Packed): string | undefined {
  if (!frame.parts) return undefined
  frame.used = ++uses
  const [first = '', ...others] = frame.parts
  const list = values.split(BETWEEN)
  let text = first
  for (const [index, rest] of others.entries()) text += (list[index] ?? '') + rest
  return text
}
