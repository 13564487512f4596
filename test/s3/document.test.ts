import { describe, expect, it } from 'vitest'
import { parseDocument, textOf } from '../../src/s3/document.ts'
import { writeDocument } from '../../src/s3/xml.ts'

const parse = (text: string) => parseDocument(new TextEncoder().encode(text), 'a')
const textIn = (text: string) => textOf(parse(`<a><b>${text}</b></a>`), 'b')

describe('parseDocument', () => {
  it('reads elements and their text', () => {
    const text = '\ufeff<?xml version="1.0"?>\n<!-- x --><a xmlns="u" q = \'1\'>\n <b>1</b><c/><b>2</b>\n</a>\n'
    const { children } = parse(text)
    expect(children.map(({ name, text }) => [name, text])).toEqual([
      ['b', '1'],
      ['c', ''],
      ['b', '2'],
    ])
  })

  it.each([
    ['&lt;&amp;&quot;&apos;&gt;', '<&"\'>'],
    ['&#65;&#x1F600;', 'A\u{1f600}'],
    ['&#1;', '\u0001'],
    ['x<![CDATA[<&]]>y', 'x<&y'],
    ['a<!-- - -->b', 'ab'],
    [' k\r\nl ', ' k\nl '],
    ['&#13;', '\r'],
  ])('reads %s', (text, expected) => {
    expect(textIn(text)).toBe(expected)
  })

  it.each([
    '',
    'text',
    '<a>',
    '<a/><a/>',
    '<a/>text',
    '<b/>',
    '</a>',
    '<a></b>',
    '<a></a x="1">',
    '<a><b></a></b>',
    '<!DOCTYPE a [<!ENTITY x "y">]><a/>',
    '<a>&x;</a>',
    '<a>&</a>',
    '<a>&#0;</a>',
    '<a>&#xD800;</a>',
    '<a>&#x110000;</a>',
    '<a><![CDATA[</a>',
    '<a><!-- </a>',
    '<a><?php ?></a>',
    '<a b=1/>',
    '<a\u0001/>',
    `${'<a>'.repeat(20)}${'</a>'.repeat(20)}`,
  ])('refuses %s', text => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'MalformedXML' }))
  })

  it('refuses what is no UTF-8', () => {
    expect(() => parseDocument(Uint8Array.of(60, 97, 62, 255, 60, 47, 97, 62), 'a')).toThrow('well-formed')
  })

  it('takes time in proportion to what it reads', () => {
    const time = (count: number) => {
      const texts = [`<a ${' '.repeat(count)}`, `<a ${'b="c" '.repeat(count / 6)}`, `<a>${'&'.repeat(count)}`]
      const began = performance.now()
      for (const text of texts) expect(() => parse(text)).toThrow('well-formed')
      return performance.now() - began
    }
    time(10_000)
    expect(time(1_000_000)).toBeLessThan(5000)
  })

  it('has one element where there may be one', () => {
    expect(() => textOf(parse('<a><b/><b/></a>'), 'b')).toThrow('well-formed')
    expect(() => textOf(parse('<a><b><c/></b></a>'), 'b')).toThrow('well-formed')
    expect(textOf(parse('<a/>'), 'b')).toBeUndefined()
  })
})

describe('writeDocument', () => {
  it('writes in order, without what is undefined, and nothing unescaped', () => {
    const content = [
      ['K', '<&"\u0001\r'],
      ['N', 1],
      ['U', undefined],
      ['D', new Date(0)],
      ['L', [['T', true]], 'x="y"'],
      ['E', []],
    ] as const
    expect(writeDocument('R', content)).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<R xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
        '<K>&lt;&amp;&quot;\ufffd&#13;</K><N>1</N><D>1970-01-01T00:00:00.000Z</D><L x="y"><T>true</T></L><E></E></R>',
    )
  })
})
