// Instants in writing, in UTC and to the second. Times are in milliseconds since 1970.

/** `2026-11-23T10:15:00Z`. @param time a number, or a date */
export const instantAt = (time: number | Date): string => new Date(time).toISOString().replace(/\.\d{3}/, '')

/** `2026-11-23`. */
export const dateAt = (time: number | Date): string => instantAt(time).replace(/T.*/, '')

/** `20261123T101500Z`, the form of dates in SigV4. */
export const compactDate = (time: number | Date): string => instantAt(time).replaceAll(/[-:]/g, '')

const COMPACT_DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/

/** Whether a text looks like one. */
export const isCompactDate = (text: string): boolean => COMPACT_DATE.test(text)

/** Milliseconds since 1970, or undefined for what is no such date. */
export function parseCompactDate(date: string): number | undefined {
  const time = Date.parse(date.replace(COMPACT_DATE, '$1-$2-$3T$4:$5:$6Z'))
  // The way back finds what Date.parse lets pass: other notations, and the 30th of February.
  return Number.isNaN(time) || compactDate(time) !== date ? undefined : time
}
