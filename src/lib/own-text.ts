// Short pieces of a long text, kept without it.

/** The same text without the rest of what it is a part of: the engine would keep all of a large text for a few values. */
export function ownText(text: string): string {
  // The engine copies pieces shorter than this by itself
  return text.length < 13 ? text : ` ${text}`.slice(1)
}
