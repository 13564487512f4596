// Tables look as econe's did, whatever they hold.
import { describe, expect, it } from 'vitest'
import { displayWidth, formatTable, printable } from '../../src/cli/table.ts'

const COLUMNS = [
  { head: 'Owner', width: 11 },
  { head: 'ImageId', width: 22 },
  { head: 'InstanceId', width: 10 },
  { head: 'InstanceType', width: 12 },
]

describe('formatTable', () => {
  it('prints the transcript of the original, to the letter', () => {
    expect(formatTable(COLUMNS, [['helen', 'ami-00000001', 'i-15', 'm1.small']], 78)).toEqual([
      'Owner       ImageId                InstanceId InstanceType',
      '------------------------------------------------------------------------------',
      'helen       ami-00000001           i-15       m1.small',
    ])
  })

  it('prints rows alone without heads, and nothing for none', () => {
    expect(formatTable(COLUMNS, [['helen', 'ami-1', 'i-1', 't']])).toEqual([
      'helen       ami-1                  i-1        t',
    ])
    expect(formatTable(COLUMNS, [])).toEqual([])
    expect(formatTable(COLUMNS, [], 78)).toHaveLength(2)
  })

  it('widens a column for its longest cell and the dashes for the longest line', () => {
    const [heads, dashes, first, second] = formatTable(
      [
        { head: 'A', width: 2 },
        { head: 'B', width: 2 },
      ],
      [
        ['i-0123456789abcdef0', 'x'.repeat(90)],
        ['i', 'y'],
      ],
      78,
    )
    expect(heads).toBe('A                   B')
    expect(dashes).toBe('-'.repeat(19 + 1 + 90))
    expect(first).toBe(`i-0123456789abcdef0 ${'x'.repeat(90)}`)
    expect(second).toBe('i                   y')
  })

  it('widens a column for its head only when that is shown', () => {
    const columns = [
      { head: 'InstanceId', width: 2 },
      { head: 'B', width: 1 },
    ]
    expect(formatTable(columns, [['i', 'y']])).toEqual(['i  y'])
    expect(formatTable(columns, [['i', 'y']], 1)[2]).toBe('i          y')
  })

  it('shows a dash for nothing', () => {
    expect(formatTable(COLUMNS, [['', 'ami-1', '', '']])).toEqual(['-           ami-1                  -          -'])
  })

  it('aligns what is two columns wide, or none', () => {
    const columns = [
      { head: 'Key', width: 8 },
      { head: 'Value', width: 1 },
    ]
    expect(
      formatTable(columns, [
        ['日本語', 'x'],
        ['🚀', 'x'],
        ['e\u0301te\u0301', 'x'],
      ]),
    ).toEqual(['日本語   x', '🚀       x', 'e\u0301te\u0301      x'])
  })
})

it('prints more rows than a call can have arguments', () => {
  const rows = Array.from({ length: 200_000 }, (_, row) => [String(row)])
  expect(formatTable([{ head: 'A', width: 1 }], rows, 1)).toHaveLength(200_002)
})

describe('printable', () => {
  it('leaves no escape sequence, line end or change of direction', () => {
    expect(printable('a\x1b[31mb\r\n\u202ec\x9b')).toBe('a\\u001b[31mb\\u000d\\u000a\\u202ec\\u009b')
    expect(printable('a\nb\x07', 'many lines')).toBe('a\nb\\u0007')
  })
})

describe('displayWidth', () => {
  it.each([
    ['', 0],
    ['abc', 3],
    ['한국', 4],
    ['ｶﾅ', 2],
    ['👩‍👩‍👧', 2],
    ['ñ', 1],
  ])('%s', (text, width) => {
    expect(displayWidth(text)).toBe(width)
  })
})
