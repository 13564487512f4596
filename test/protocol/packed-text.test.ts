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

it('are not taken apart where there are too many kinds of them', () => {
  const kinds = Array.from({ length: 1000 }, (_, kind) => `<item${kind}>1</item${kind}>`)
  const packed = kinds.map(text => pack(text))
  expect(packed.filter(each => each !== undefined).length).toBeLessThan(300)
  for (const [kind, each] of packed.entries()) if (each) expect(unpack(each)).toBe(kinds[kind])
})
