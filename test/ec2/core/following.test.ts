// What is made of a document once, and what is made of it every time.
import { expect, it } from 'vitest'
import { following, followingItem, said, type Viewer } from '../../../src/ec2/core/following.ts'
import { makeLast } from '../../../src/lib/lasting.ts'
import { context } from '../disk-images/fixtures.ts'

const make = (text: string, { account }: Viewer) => ({ text: `${text} of ${account.user.name}` })
const document = { text: 'a thing' }
const lasting = { text: 'a thing' }
makeLast(lasting)

const shown = following(({ text }: { text: string }, viewer) => make(text, viewer))
const other: Viewer = { ...context, account: { ...context.account, user: { id: 99, name: 'rival' } } }

it('is made once of what comes again, for each that looks', () => {
  const first = shown(lasting, context)
  expect(shown(lasting, { ...context })).toBe(first)
  expect(shown(lasting, other)).toEqual({ text: 'a thing of rival' })
  expect(shown(lasting, context)).toEqual(first)
})

it('is read once of what comes again, whoever looks, but for very many', () => {
  let reads = 0
  const reading = said(({ text }: { text: string }) => (text === '' ? undefined : ++reads))
  expect([reading(lasting), reading(lasting)]).toEqual([1, 1])
  expect([reading(document), reading(document)]).toEqual([2, 3])
  const one = { text: 'one' }
  makeLast(one, false)
  expect([reading(one), reading(one)]).toEqual([4, 5])
  const nothing = { text: '' }
  makeLast(nothing)
  expect([reading(nothing), reading(nothing)]).toEqual([undefined, undefined])
})

it('is made anew where the operator has set the region otherwise', () => {
  const first = shown(lasting, context)
  expect(shown(lasting, { ...context, settings: { ...context.settings } })).not.toBe(first)
})

it('is made anew of what does not come again', () => {
  expect(shown(document, context)).not.toBe(shown(document, context))
})

it('is made anew where the time was asked for', () => {
  let time = 0
  const timed = following((_: object, { now }) => ({ now: now() }))
  const viewer = { ...context, now: () => ++time }
  expect([timed(lasting, viewer), timed(lasting, viewer)]).toEqual([{ now: 1 }, { now: 2 }])
})

it('comes again itself, so that more may follow from it', () => {
  const more = following((source: object) => ({ source }))
  expect(more(shown(lasting, context), context)).toBe(more(shown(lasting, context), context))
})

it('is an item that is made anew for who looks at it, where very many last', () => {
  const many = [{ text: 'one' }, { text: 'two' }]
  for (const each of many) makeLast(each, false)
  let made = 0
  const item = followingItem(({ text }: { text: string }, { account }) => ({
    text,
    of: account.user.name,
    made: ++made,
  }))
  const [one, two] = many.map(each => item(each, context))
  expect(many.map(each => item(each, context))).toEqual([one, two])
  expect([{ ...one }, { ...two }]).toMatchObject([{ text: 'one' }, { text: 'two' }])
  expect(item(lasting, context)).toBe(item(lasting, context))
  expect(item({ text: 'one' }, other)).toMatchObject({ of: 'rival' })
  expect(many.map(each => item(each, other).of)).toEqual(['rival', 'rival'])
})
