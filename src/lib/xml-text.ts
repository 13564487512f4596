// Text in XML 1.0: which characters it can hold, and how it is escaped.

/** What is no `Char` of XML 1.0 and cannot stand in a document, not even escaped: controls and lone surrogates. */
const illegal = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u

/** The same, and what has to be escaped. A parser would read a carriage return as a line feed. */
const special = /[&<>"\r]|[^\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u
const everySpecial = new RegExp(special, 'gu')

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
}

/** Whether an XML document can hold the text. */
export function isXmlText(text: string): boolean {
  return !illegal.test(text)
}

/** The text as it stands in an element or a quoted attribute; what XML cannot hold becomes U+FFFD. */
export function escapeXml(text: string): string {
  if (!special.test(text)) return text
  return text.replace(everySpecial, character => references[character] ?? '\ufffd')
}
