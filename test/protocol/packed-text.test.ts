// Texts of items taken apart and put together again.
import { expect, it } from 'vitest'
import { pack, unpack } from '../../src/protocol/packed-text.ts'

it.each([
  '<item/>',
  '<item></item>',
  '<item><a>1</a><b></b><c>x &lt; y &gt; z &amp; "</c></item>',
  '<item><a> </a><a>\n</a><d><e>é😀</e><e>]]&gt;</e></d>tail</item>',
  '<item>1<b>2</b>3<b/>4</item>',
])('are the same: %s', text => {
  const packed = pack(text)
  expect(packed && unpack(packed)).toBe(text)
})

it('share what is around their values', () => {
  const packed = ['1', '2', '3'].map(value => pack(`<item><a>${value}</a><b>${value}${value}</b></item>`))
  expect(new Set(packed.map(each => each?.frame)).size).toBe(1)
  expect(packed.map(each => each && unpack(each))).toContain('<item><a>2</a><b>22</b></item>')
})

it('are kept of so many kinds, of others seldom', () => {
  const kinds = Array.from({ length: 1000 }, (_, kind) => `<item${kind}>1</item${kind}>`)
  const texts = kinds.map(text => {
    const packed = pack(text)
    return packed && unpack(packed)
  })
  for (const [kind, text] of texts.entries()) if (text !== undefined) expect(text).toBe(kinds[kind])
  expect(texts.slice(-160).filter(text => text !== undefined)).toHaveLength(10)
})

it('are no more where their kind made room, and stay of a kind that is in use', () => {
  const some = (name: string, count: number) =>
    Array.from({ length: count }, (_, kind) => `<${name}${kind}>1</${name}${kind}>`)
  some('first', 300).forEach(pack)
  // One that comes again and again is kept soon
  const used = Array.from({ length: 16 }, () => pack('<used>1</used>')).find(each => each !== undefined)
  const [unused] = some('unused', 16).flatMap(text => pack(text) ?? [])
  for (const text of some('other', 16 * 300)) {
    pack(text)
    expect(used && unpack(used)).toBe('<used>1</used>')
  }
  expect(unused).toBeDefined()
  expect(unused && unpack(unused)).toBeUndefined()
})
