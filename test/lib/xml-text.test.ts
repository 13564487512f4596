// Text in XML 1.0.
import { expect, it } from 'vitest'
import { escapeXml, isXmlText } from '../../src/lib/xml-text.ts'

it.each([
  ['a ☃ 𝄞\n\t', 'a ☃ 𝄞\n\t', true],
  ['<a href="b">&amp;', '&lt;a href=&quot;b&quot;&gt;&amp;amp;', true],
  ['a\r\nb', 'a&#13;\nb', true],
  ['\0\x1b\ufffe', '\ufffd\ufffd\ufffd', false],
  ['\ud800', '\ufffd', false],
])('%j', (text, escaped, held) => {
  expect(escapeXml(text)).toBe(escaped)
  expect(isXmlText(text)).toBe(held)
})
