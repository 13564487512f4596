// XML-RPC's XML: read at once, or by xmldom, with the same outcome.
import { describe, expect, it } from 'vitest'
import { parseElements } from '../../../src/sandbox/protocol/plain.ts'

const leaf = (tagName: string, text: string) => ({ tagName, text, children: [] })

describe('XML', () => {
  it.each([
    ['text', '<a>b</a>', leaf('a', 'b')],
    ['a head', '<?xml version="1.0"?>\n<a>b</a>\n', leaf('a', 'b')],
    ['another head', '<?xml version="1.0" standalone="yes"?><a>b</a>', leaf('a', 'b')],
    ['the five entities', '<a>&lt;&gt;&amp;&quot;&apos;&amp;lt;</a>', leaf('a', `<>&"'&lt;`)],
    ['characters by their numbers', '<a>&#65;&#x42;</a>', leaf('a', 'AB')],
    ['a section', '<a>1<![CDATA[<b>]]>2</a>', leaf('a', '1<b>2')],
    ['an attribute', '<a x="1">b</a>', leaf('a', 'b')],
    ['nothing', '<a/>', leaf('a', '')],
    ['a comment', '<a>1<!-- <b> -->2</a>', leaf('a', '12')],
    ['line ends', '<a>1\r\n2</a>', leaf('a', '1\n2')],
    [
      'elements between text',
      '<a> <b>1</b> <c>2</c></a>',
      {
        tagName: 'a',
        text: ' 1 2',
        children: [leaf('b', '1'), leaf('c', '2')],
      },
    ],
  ])('with %s', (_, text, expected) => {
    expect(parseElements(text)).toEqual(expected)
  })

  it.each([
    ...['', 'a', '<a>', '</a>', '<a></b>', '<a><b></a></b>', '<a>&nope;</a>', '<a>b</a>c'],
    ...['<a></a><b></b>', '<a><', '<1></1>'],
  ])('that is not well-formed: %s', text => {
    expect(parseElements(text)).toBeUndefined()
  })
})
