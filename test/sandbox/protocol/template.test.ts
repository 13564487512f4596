// The template syntax, with the surprises of the real grammar.
import { describe, expect, test } from 'vitest'
import { merge, parseTemplate } from '../../../src/sandbox/protocol/template.ts'
import { templateXml } from '../../../src/sandbox/protocol/xml.ts'

describe('values', () => {
  test.each([
    ['quoted', 'A="x y"', 'x y'],
    ['bare', 'A=x-1.5/y', 'x-1.5/y'],
    ['with blanks around the sign', 'A =\t"x"', 'x'],
    ['empty', 'A=""', ''],
    ['empty at the end of a line', 'A=\nB="1"', ''],
    ['an escaped quote', 'A="say \\"hi\\""', 'say "hi"'],
    ['a backslash stands for itself', 'A="a\\b\\\\c"', 'a\\b\\\\c'],
    ['newlines survive', 'A="1\n2"', '1\n2'],
    ['carriage returns do not', 'A="1\r\n2"', '1\n2'],
    ['blanks at the ends do not', 'A="  x  "', 'x'],
    ['markup and other scripts', 'A="<&> é 日本"', '<&> é 日本'],
    ['a last backslash, with nothing behind it', 'A="x\\"', 'x\\'],
    ['a quote that is never closed', 'A="x', '"x'],
  ])('%s', (_, text, value) => {
    expect(parseTemplate(text)['A']).toEqual([value])
  })

  test('a value that ends in a backslash swallows what follows, and a later value becomes an attribute', () => {
    const [first, second] = ['x\\', ' EVIL="y']
    expect(parseTemplate(`A="${first}"\nB="${second}"`)).toEqual({ A: ['x"\nB='], EVIL: ['y'] })
  })
})

describe('attributes', () => {
  test('names come back in upper case, members too', () => {
    expect(parseTemplate('abc="1" Vec=[ a = 1 , b="2" ]')).toEqual({ ABC: ['1'], VEC: [{ A: '1', B: '2' }] })
  })

  test('a name may occur more than once, in order', () => {
    expect(parseTemplate('R=[P="1"]\nR=[P="2"]')).toEqual({ R: [{ P: '1' }, { P: '2' }] })
  })

  test('of a member that occurs twice, the first counts', () => {
    expect(parseTemplate('V=[A="1",A="2"]')).toEqual({ V: [{ A: '1' }] })
  })

  test('a name that begins with a digit gets a prefix', () => {
    expect(parseTemplate('1KEY="x"')).toEqual({ ONE_1KEY: ['x'] })
  })

  test('comments are skipped', () => {
    expect(parseTemplate('# A="0"\nA="1" # B="2"\nC="3"')).toEqual({ A: ['1'], C: ['3'] })
  })

  test('an empty vector', () => {
    expect(parseTemplate('V=[]')).toEqual({ V: [{}] })
  })

  test('nothing at all', () => {
    expect(parseTemplate('')).toEqual({})
  })
})

describe('XML', () => {
  test.each([
    [
      'single attributes, vectors, and CDATA',
      '<TEMPLATE><A>1</A><B><C><![CDATA[<2>]]></C></B></TEMPLATE>',
      { A: ['1'], B: [{ C: '<2>' }] },
    ],
    ['any name, in upper case as far as it is ASCII', '<x><aé:b-c.d>1</aé:b-c.d></x>', { 'Aé:B-C.D': ['1'] }],
    ['a name twice', '<x><a>1</a><a>2</a></x>', { A: ['1', '2'] }],
    ['what is empty, or too deep', '<x><a/><b></b><c><d><e>1</e></d></c></x>', { C: [{}] }],
    ['a quote and a backslash', '<x><a>\\"</a></x>', { A: ['\\"'] }],
  ])('%s', (_, text, template) => {
    expect(parseTemplate(text)).toEqual(template)
  })
})

describe('errors', () => {
  test.each([
    ['an open vector', 'NAME="bad6" TYPE=[', 'Parse error: syntax error at line 0, columns 18:19'],
    ['a dash in a name', 'EC2_DASH-KEY="x"', 'Parse error: syntax error at line 0, columns 10:13'],
    ['the end of CDATA', 'A="x]]>y"', 'Parse error.'],
    ['an element without an end', '<TEMPLATE><A>1</TEMPLATE>', 'Parse error: XML Template malformed.'],
    ['no value', 'A=', 'Parse error: syntax error at line 0, columns 2:3'],
    ['a vector in a vector', 'A=[B=[C="1"]]', 'Parse error: syntax error at line 0, columns 6:7'],
  ])('%s', (_, text, message) => {
    expect(() => parseTemplate(text)).toThrow(message)
  })

  test('columns count bytes, and go on over lines', () => {
    expect(() => parseTemplate('A="é"\nB')).toThrow('syntax error at line 1, columns 8:9')
  })
})

describe('update', () => {
  const template = parseTemplate('A="1" B=[X="1",Y="2"] C="3" C="4"')

  test('a merge replaces attributes whole and leaves the others', () => {
    expect(merge(template, parseTemplate('B=[X="9"] C="5"'))).toEqual(parseTemplate('A="1" B=[X="9"] C="5"'))
  })

  test('a merge keeps an empty value, and removes what is an empty vector', () => {
    expect(merge(template, parseTemplate('A="" B=[]'))).toEqual(parseTemplate('A="" C="3" C="4"'))
  })
})

test('attributes are written in alphabetical order', () => {
  expect(templateXml('T', parseTemplate('B="2" A=[Y="<",X="1"] A=[Z="3"]'))).toBe(
    '<T><A><X><![CDATA[1]]></X><Y><![CDATA[<]]></Y></A><A><Z><![CDATA[3]]></Z></A><B><![CDATA[2]]></B></T>',
  )
})
