// Which characters OpenNebula can carry, and the entities of its XML.
import { MalformedAnswer, UnsafeValue } from '../errors.ts'

// Its XML-RPC library knows the Basic Multilingual Plane only and answers anything else with fault -503; a carriage
// return would be dropped without a word.
const UNSENDABLE = /[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd]/

/**
 * Makes sure that a string reaches OpenNebula as it is.
 *
 * @param what names the value in the message; the value itself is not repeated, it may be a secret
 * @throws UnsafeValue for control characters (tab and newline apart), characters beyond U+FFFD and lone surrogates
 */
export function assertSendable(text: string, what: string): void {
  if (UNSENDABLE.test(text)) throw new UnsafeValue(`${what} holds a control character or one beyond U+FFFF`)
}

const NAMED: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&amp;': '&', '&quot;': '"', '&apos;': "'" }

/** Undoes one level of XML escaping: the five names and numeric references. Throws MalformedAnswer for any other. */
export function unescapeXml(text: string): string {
  return text.includes('&') ? text.replace(/&[^;&]*;?/g, entity => NAMED[entity] ?? numericReference(entity)) : text
}

/** What `&#65;` or `&#x41;` stands for. Throws MalformedAnswer for what is no such reference. */
export function numericReference(entity: string): string {
  const digits = /^&#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}));$/.exec(entity)
  const code = digits?.[1] === undefined ? Number(digits?.[2] ?? 0) : Number.parseInt(digits[1], 16)
  if (code === 0 || code > 0x10ffff) throw new MalformedAnswer('unknown XML entity')
  return String.fromCodePoint(code)
}

/** Writes text as XML character data. */
export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** The text of a CDATA section, escaped once. An escaped carriage return is a line end of the inner document. */
export function unescapeSection(escaped: string): string {
  const text = unescapeXml(escaped)
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
}

/** Character data of a document that is escaped into another: escaped twice. */
export function unescapeTwice(escaped: string): string {
  return unescapeXml(unescapeSection(escaped))
}
