// Text in columns, as econe printed it: each as wide as its longest cell, nothing ever cut.

/** A column's head and least width, in characters of a terminal. */
export interface Heading {
  readonly head: string
  readonly width: number
}

const graphemes = new Intl.Segmenter()
const ASCII = /^[\x20-\x7e]*$/
/** Half-width katakana are the exception in their script. */
const WIDE =
  /(?![\uff61-\uff9f])[\p{Emoji_Presentation}\p{sc=Han}\p{sc=Hangul}\p{sc=Hiragana}\p{sc=Katakana}\u3000-\u303f\uff01-\uff60]/u

/** Columns a text takes in a terminal: two for each emoji and each ideograph. */
export function displayWidth(text: string): number {
  if (ASCII.test(text)) return text.length
  let width = 0
  for (const { segment } of graphemes.segment(text)) width += WIDE.test(segment) ? 2 : 1
  return width
}

/** Text that leaves the terminal as it is: other people's names may hold escape sequences. Line ends only if asked. */
export function printable(text: string, lines: 'one line' | 'many lines' = 'one line'): string {
  return text.replace(/\p{Cc}|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, control =>
    control === '\n' && lines === 'many lines' ? control : `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/**
 * Lines of a table. An empty cell shows as `-`, so that the words of a line can be counted.
 *
 * @param rule least length of the dashes under the heads; undefined for a table without heads
 */
export function formatTable(headings: readonly Heading[], rows: readonly string[][], rule?: number): string[] {
  const cells = rows.map(row => row.map(cell => printable(cell) || '-'))
  const heads = headings.map(({ head }) => head)
  const shown = rule === undefined ? cells : [heads, ...cells]
  const widths = headings.map(({ width }, column) =>
    widest(
      shown.map(row => row[column] ?? ''),
      width,
    ),
  )
  const lines = shown.map(row =>
    row
      .map((cell, column) => pad(cell, widths[column] ?? 0))
      .join(' ')
      .trimEnd(),
  )
  if (rule === undefined) return lines
  return lines.toSpliced(1, 0, '-'.repeat(widest(lines, rule)))
}

/** Not by `Math.max(...)`: a list may have more lines than a call can have arguments. */
function widest(texts: readonly string[], least: number): number {
  return texts.reduce((width, text) => Math.max(width, displayWidth(text)), least)
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)))
}
