import { describe, expect, it } from 'vitest'
import { UnsafeValue } from '../../src/opennebula/errors.ts'
import { decoded, encoded, Substituted, type TemplateData, writeTemplate } from '../../src/opennebula/template.ts'

/**
 * Reads a template as OpenNebula's lexer does: a quoted value is as long as it can be, where a `"` after a backslash
 * may or may not end it. (Whether more follows is why a value must not end in a backslash.)
 */
function parse(template: string): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  let rest = template
  const take = (pattern: RegExp): string => {
    const match = pattern.exec(rest)
    if (!match || /^[^"\n]*\]\]>/.test(rest)) throw new Error(`syntax error at ${rest.slice(0, 20)}`)
    rest = rest.slice(match[0].length)
    return match[1] ?? ''
  }
  const value = () => take(/^"((?:[^"]|(?<=\\)")*)"/).replaceAll('\\"', '"')
  while (rest !== '') {
    const name = take(/^\s*([A-Za-z0-9_]+)=/)
    let item: unknown
    if (rest.startsWith('[')) {
      const vector: Record<string, string> = {}
      take(/^(\[)/)
      while (!rest.startsWith(']')) {
        const member = take(/^,?([A-Za-z0-9_]+)=/)
        vector[member] = value()
      }
      take(/^(\])/)
      item = vector
    } else item = value()
    const before = result[name]
    result[name] = before === undefined ? item : [before, item].flat()
  }
  return result
}

describe('writeTemplate', () => {
  it('writes values, vectors and lists', () => {
    const data = {
      NAME: 'x',
      CPU: 0.5,
      PERSISTENT: true,
      LEFT_OUT: undefined,
      DISK: [
        { IMAGE_ID: 3, TARGET: undefined },
        { IMAGE_ID: 4, READONLY: false },
      ],
      CONTEXT: { NETWORK: 'YES', ID: new Substituted('i-$VMID') },
      EMPTY: '',
    }
    expect(writeTemplate(data)).toBe(
      'NAME="x"\nCPU="0.5"\nPERSISTENT="YES"\nDISK=[IMAGE_ID="3"]\nDISK=[IMAGE_ID="4",READONLY="NO"]\n' +
        'CONTEXT=[NETWORK="YES",ID="i-$VMID"]\nEMPTY=""',
    )
  })

  it.each([
    '"',
    'a"b',
    '\\"',
    '\\\\"x',
    'a\\b',
    '",X="1',
    '"]\nY="1',
    '\n#x',
    'a\nb',
    '[A="1"]',
    ']]',
    '=,[]#',
    'é日本',
    "'",
    ' ',
  ])('carries %j as it is', text => {
    const data = { NAME: text, V: { A: text, B: 'end' }, LAST: text }
    expect(parse(writeTemplate(data))).toEqual(data)
  })

  it.each(['\\', 'a\\', '\\\\', '"\\', ']]>', 'a]]>b', '\r', '\0', '\x1b', '\x7f', '\x85', '😀', '\ud800', '\uffff'])(
    'refuses %j',
    text => {
      for (const data of [{ A: text }, { A: { B: text } }, { A: [{ B: text }] }, { A: new Substituted(text) }]) {
        expect(() => writeTemplate(data)).toThrow(UnsafeValue)
      }
    },
  )

  it('carries every other text or refuses it', () => {
    const traps = ['\\', '"', ']', '>', ',', '=', '\n', 'A', '#', '[', ' ']
    let refused = 0
    for (let number = 0; number < traps.length ** 4; number += 3) {
      const pick = (place: number) => traps[Math.floor(number / traps.length ** place) % traps.length]
      const text = `${pick(3)}${pick(2)}${pick(1)}${pick(0)}`
      const data = { A: text, V: { B: text, C: text } }
      try {
        expect(parse(writeTemplate(data)), text).toEqual(data)
      } catch (error) {
        if (!(error instanceof UnsafeValue)) throw error
        expect(text.endsWith('\\') || text.includes(']]>'), text).toBe(true)
        refused++
      }
    }
    expect(refused).toBeGreaterThan(100)
  })

  it.each(['', 'a', 'A-B', '1A', 'A B', 'A=', 'É', 'A"', 'A\n'])('refuses the attribute name %j', name => {
    expect(() => writeTemplate({ [name]: 'x' })).toThrow(UnsafeValue)
    expect(() => writeTemplate({ V: { [name]: 'x' } })).toThrow(UnsafeValue)
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1e21, 1e-9])('refuses the number %d', number => {
    expect(() => writeTemplate({ A: number })).toThrow(UnsafeValue)
  })

  it('lets no $ into CONTEXT that OpenNebula would replace, unless it is meant', () => {
    expect(() => writeTemplate({ CONTEXT: { A: '$USER[SSH_PUBLIC_KEY]' } })).toThrow(UnsafeValue)
    expect(() => writeTemplate({ CONTEXT: [{ A: 'x$' }] })).toThrow(UnsafeValue)
    expect(writeTemplate({ CONTEXT: { A: new Substituted('$USER[SSH_PUBLIC_KEY]') } })).toContain('$USER')
    expect(writeTemplate({ DESCRIPTION: '$5' })).toBe('DESCRIPTION="$5"')
  })

  it('never repeats the value in its message', () => {
    const write = (data: TemplateData) => () => writeTemplate(data)
    expect(write({ A: 'hunter2\\' })).toThrow(/^A ends in a backslash$/)
    expect(write({ A: { B: 'hunter2😀' } })).toThrow(/^A\/B holds/)
  })
})

describe('encoded', () => {
  it.each(['', 'Name', '😀', '\ud800', '\0\r\n\\"]]>$VMID', 'é'.repeat(1000), '__proto__'])('brings back %j', text => {
    const value = { key: text, list: [text, 1, null, true], [text]: 'x' }
    expect(encoded(value)).toMatch(/^[A-Za-z0-9_-]+$/)
    expect(decoded(encoded(value))).toEqual(value)
    expect(() => writeTemplate({ EC2_TAGS: encoded(value), CONTEXT: { A: encoded(text) } })).not.toThrow()
  })

  it('understands base64 as well', () => {
    expect(decoded('eyJOYW1lIjoieCJ9')).toEqual({ Name: 'x' })
    expect(decoded(btoa('["??>"]'))).toEqual(['??>'])
  })

  it.each(['', '!', 'eyJ', 'AAAA', '_w', 'bm8ganNvbg'])('makes nothing of %j', text => {
    expect(decoded(text)).toBeUndefined()
  })
})
