// Dates as they stand in signatures.

/** `20261123T101500Z`, the form of dates in SigV4. @param time milliseconds since 1970 */
export function compactDate(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, '')
}

const COMPACT_DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/

/** Whether a text looks like one. */
export const isCompactDate = (text: string): boolean => COMPACT_DATE.test(text)

/** Milliseconds since 1970, or undefined for what is no such date. */
export function parseCompactDate(date: string): number | undefined {
  const time = Date.parse(date.replace(COMPACT_DATE, '$1-$2-$3T$4:$5:$6Z'))
  // The way back finds what Date.parse lets pass: other notations, and the 30th of February.
  return Number.isNaN(time) || compactDate(time) !== date ? undefined : time
}
