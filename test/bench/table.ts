// The bench's output: sections of Markdown, the same on a terminal and in RESULTS.md.

/** A heading's worth of results. */
export interface Section {
  readonly title: string
  /** What was measured and how, in a sentence or two. */
  readonly about: string
  readonly columns: readonly string[]
  readonly rows: readonly Row[]
}

export type Row = readonly (string | number)[]

/** The section as Markdown, its columns lined up. */
export function markdown({ title, about, columns, rows }: Section): string {
  const cells = [columns, ...rows].map(row => row.map(String))
  const widths = columns.map((_, column) => Math.max(3, ...cells.map(row => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`
  const [head = [], ...body] = cells
  const rule = widths.map(width => '-'.repeat(width))
  return [`## ${title}`, '', about, '', line(head), line(rule), ...body.map(line), ''].join('\n')
}

/** A figure against its target: within it, or by how much it is missed. */
export function verdict(value: number, target: number, unit = ''): string {
  if (value <= target) return 'met'
  return `missed by ${short(value - target)}${unit} (${(value / target).toFixed(1)}×)`
}

/** A number with no more digits than it is worth. */
export const short = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)

/** The middle one of some measurements. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}
