// What a message repeats of the caller's own text.

/** The text, cut where it is longer than anyone would read. */
export function excerpt(text: string, length = 100): string {
  return text.length > length ? `${text.slice(0, length)}…` : text
}
