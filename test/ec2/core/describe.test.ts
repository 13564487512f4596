// The one mechanism of all Describes: ids, filters, pages and streams of a small listing.
import type { Filter } from '@aws-sdk/client-ec2'
import { beforeAll, expect, it, describe as suite } from 'vitest'
import type { Context } from '../../../src/ec2/core/context.ts'
import {
  type Collected,
  collected,
  describe,
  type Filters,
  type Listing,
  nextPage,
  select,
} from '../../../src/ec2/core/describe.ts'
import { Ec2Error } from '../../../src/protocol/errors.ts'

interface Input {
  readonly Ids?: string[]
  readonly Names?: string[]
  readonly Even?: boolean
  readonly Filters?: Filter[]
  readonly MaxResults?: number
  readonly NextToken?: string
}

/** What is listed: `owner` is what only a filter looks at. */
interface Thing {
  readonly number: number
  readonly owner: string
}

interface Item {
  readonly Id: string
  readonly Tags: { Key: string; Value: string }[]
}

let context: Context
beforeAll(async () => {
  const hmac = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode('secret'), hmac, false, ['sign', 'verify'])
  const only: Pick<Context, 'account' | 'pageKeys'> = {
    account: { id: '000000000002', user: { id: 2, name: 'helen' } },
    pageKeys: [key],
  }
  // Nothing else of it is looked at
  context = only as Context
})

const thing = (number: number): Thing => ({ number, owner: number < 5 ? 'helen' : 'rival' })
const idOf = ({ number }: Thing) => `thing-${number}`
const unknown = (ids: readonly string[]) => new Ec2Error('InvalidVolume.NotFound', `There is no ${ids.join()}`)

const filters = {
  id: item => item.Id,
  owner: (_, view) => view.owner,
  account: (_item, _view, { account }) => account.id,
} satisfies Filters<Item, Thing>

const item = (view: Thing, _: Context, { Even }: Input): Item | undefined =>
  Even && view.number % 2 === 1 ? undefined : { Id: idOf(view), Tags: [{ Key: 'n', Value: String(view.number) }] }

/** Twelve of them, by falling numbers; counts how many were read. */
function streamed() {
  const read: number[] = []
  const listing: Listing<Input, Thing, Item, number> = {
    action: 'DescribeInstances',
    named: {
      ids: ({ Ids }) => Ids,
      set: 'thingSet',
      find: async ids => {
        const numbers = ids.map(id => Number(id.slice('thing-'.length)))
        if (numbers.some(number => !(number < 12))) throw unknown(ids)
        return numbers.map(thing)
      },
    },
    isPlace: value => typeof value === 'number',
    list: async function* (_, before = 12) {
      for (let number = before - 1; number >= 0; number--) {
        read.push(number)
        yield [thing(number), number]
      }
    },
    item,
    filters,
    tags: ({ Tags }) => Tags,
  }
  return { listing, read }
}

const numbersOf = async (items: Iterable<Item> | AsyncIterable<Item>) =>
  (await Array.fromAsync(items)).map(({ Id }) => Number(Id.slice('thing-'.length)))

const by = (Name: string, ...Values: string[]): Filter => ({ Name, Values })
const code = (code: string): unknown => expect.objectContaining({ code })

suite('what streams', () => {
  const ask = async (input: Input) => {
    const page = await describe(streamed().listing, input, context)
    return { numbers: await numbersOf(page.items), ...nextPage(page) }
  }

  it('is listed whole', async () => {
    expect(await ask({})).toEqual({ numbers: [11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0] })
    expect(await ask({ Ids: [] })).toMatchObject({ numbers: { length: 12 } })
  })

  it('is read as far as it is taken', async () => {
    const { listing, read } = streamed()
    const { items } = await describe(listing, {}, context)
    expect(read).toEqual([])
    for await (const { Id } of items) if (Id === 'thing-9') break
    expect(read).toEqual([11, 10, 9])
  })

  it('is found by ids, in their order', async () => {
    expect(await ask({ Ids: ['thing-3', 'thing-7'] })).toEqual({ numbers: [3, 7] })
    await expect(ask({ Ids: ['thing-3', 'thing-12'] })).rejects.toEqual(code('InvalidVolume.NotFound'))
  })

  it.each<[string, Filter, number[]]>([
    ['the item', by('id', 'thing-1*'), [11, 10, 1]],
    ['what only its view says', by('owner', 'helen'), [4, 3, 2, 1, 0]],
    ['what the context says', by('account', '*2'), [11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]],
    ['its tags', by('tag:n', '7'), [7]],
  ])('is filtered by %s', async (_, filter, numbers) => {
    expect(await ask({ Filters: [filter] })).toEqual({ numbers })
  })

  it('is filtered when it is named, too', async () => {
    expect(await ask({ Ids: ['thing-3', 'thing-7'], Filters: [by('owner', 'rival')] })).toEqual({ numbers: [7] })
  })

  it('leaves out what the input leaves out', async () => {
    expect(await ask({ Even: true })).toEqual({ numbers: [10, 8, 6, 4, 2, 0] })
    expect(await ask({ Even: true, Ids: ['thing-3', 'thing-4'] })).toEqual({ numbers: [4] })
  })

  it('comes in pages, with everything once', async () => {
    const first = await ask({ MaxResults: 5, Even: true })
    expect(first.numbers).toEqual([10, 8, 6, 4, 2])
    const second = await ask({ MaxResults: 5, Even: true, NextToken: first.NextToken ?? '' })
    expect(second).toEqual({ numbers: [0] })
  })

  it('goes on behind a page though no other page is asked for', async () => {
    const { NextToken = '' } = await ask({ MaxResults: 5 })
    expect(await ask({ NextToken })).toEqual({ numbers: [6, 5, 4, 3, 2, 1, 0] })
  })

  it('goes with the views that the items are made of', async () => {
    const { items } = await select(streamed().listing, { Ids: ['thing-3'] }, context)
    expect(items).toMatchObject([{ view: thing(3), item: { Id: 'thing-3' } }])
  })

  it.each<[string, Input, string]>([
    [
      'the size of a page before all',
      { MaxResults: 4, Filters: [by('colour', 'red')], Ids: ['x'] },
      'InvalidParameterValue',
    ],
    ['pages of ids', { MaxResults: 5, Filters: [by('colour', 'red')], Ids: ['x'] }, 'InvalidParameterCombination'],
    ['filters before ids', { Filters: [by('colour', 'red')], Ids: ['thing-x'] }, 'InvalidParameterValue'],
    ['filters before tokens', { Filters: [by('colour', 'red')], NextToken: 'x' }, 'InvalidParameterValue'],
    ['tokens', { NextToken: 'x' }, 'InvalidPaginationToken'],
  ])('checks %s', async (_, input, expected) => {
    await expect(ask(input)).rejects.toEqual(code(expected))
  })
})

suite('what is read as a whole', () => {
  const collection: Collected<Input, Thing> = {
    all: async () => [5, 3, 9, 1, 7, 2].map(thing),
    names: [
      [({ Ids }) => Ids, idOf],
      [({ Names }) => Names, ({ number }) => `number ${number}`],
    ],
    missing: unknown,
  }
  const ask = async (input: Input, more: Partial<Collected<Input, Thing>> = {}) => {
    const source = collected({ ...collection, ...more })
    const listing = { action: 'DescribeInstanceTypes', pages: { min: 1, max: 100 }, item, filters, ...source } as const
    const page = await describe(listing, input, context)
    return { numbers: await numbersOf(page.items), ...nextPage(page) }
  }

  it('keeps its order', async () => {
    expect(await ask({})).toEqual({ numbers: [5, 3, 9, 1, 7, 2] })
  })

  it('is found by any kind of name, each once', async () => {
    expect(await ask({ Ids: ['thing-1', 'thing-5'], Names: ['number 5', 'number 9'] })).toEqual({ numbers: [5, 9, 1] })
  })

  it.each<[Input, string]>([
    [{ Ids: ['thing-1', 'thing-4', 'thing-6'], Names: ['number 8'] }, 'There is no thing-4,thing-6'],
    [{ Ids: ['thing-1'], Names: ['number 8'] }, 'There is no number 8'],
  ])('says what is missing of %j', async (input, message) => {
    await expect(ask(input)).rejects.toMatchObject({ message })
  })

  it('comes in pages by its key', async () => {
    const numbers: number[] = []
    let NextToken: string | undefined
    do {
      const input: Input = { MaxResults: 4, ...(NextToken !== undefined && { NextToken }) }
      const page = await ask(input, { key: idOf })
      numbers.push(...page.numbers)
      NextToken = page.NextToken
    } while (NextToken !== undefined)
    expect(numbers).toEqual([1, 2, 3, 5, 7, 9])
  })

  it('has no filters by tags where it has no tags', async () => {
    await expect(ask({ Filters: [by('tag:n', '7')] })).rejects.toEqual(code('InvalidParameterValue'))
  })
})
