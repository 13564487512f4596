// The Describe actions: the ids, filters, pages and streams of all of them, each from one description of what it lists.
import type { Filter, Tag } from '@aws-sdk/client-ec2'
import { streamOf, transformed } from '../../lib/transformed.ts'
import type { Ec2Error } from '../../protocol/errors.ts'
import { type FilterTable, matcher } from '../../protocol/filters.ts'
import {
  type Json,
  type Page,
  type PagedInput,
  type PageLimits,
  pageSize,
  readToken,
  type TokenScope,
  takePage,
} from '../../protocol/paging.ts'
import type { AwsAction } from '../model/types.ts'
import type { Context } from './context.ts'

/** What every Describe may be asked. */
export interface DescribeInput extends PagedInput {
  readonly Filters?: readonly Filter[] | undefined
  readonly DryRun?: boolean | undefined
}

/** What the filters of a Describe look at: AWS's item, and for what that does not say the view which it was made of. */
export type Filters<Item, View> = FilterTable<Item, [view: View, context: Context]>

/** Of a filter that AWS has: what nothing of this cloud has, so that the filter is valid and matches nothing. */
export const none = () => undefined

/** The same of what is so of nothing here. */
export const no = () => false

/** One of a list, and the place where the list goes on behind it in another request. */
export type Placed<View, Place extends Json> = readonly [view: View, place: Place]

/** How a request names what it wants to be told of. */
export interface Naming<Input, View> {
  /** All that the input names; none where it asks for whatever there is. */
  readonly ids: (input: Input) => readonly string[] | undefined
  /** What AWS calls the set of ids where it makes no pages of it. */
  readonly set?: string | undefined
  /** What the ids name, in the order of the answer. @throws Ec2Error for what does not exist */
  readonly find: (ids: readonly string[], context: Context, input: Input) => Promise<readonly View[]>
}

/** Where a Describe has its objects from. */
export interface ListSource<Input, View, Place extends Json> {
  /** Absent where nothing can be named but by filters. */
  readonly named?: Naming<Input, View>
  /** Tells places from those of an earlier form. */
  readonly isPlace: (value: unknown) => value is Place
  /** All that there is, or what stands behind a place; what streams is read as far as needed. */
  readonly list: (
    context: Context,
    after: Place | undefined,
    input: Input,
  ) => AsyncIterable<Placed<View, Place>> | Promise<Iterable<Placed<View, Place>>>
}

/** What a Describe lists. */
export interface Listing<Input, View, Item, Place extends Json> extends ListSource<Input, View, Place> {
  /** Its tokens are good for no other action. */
  readonly action: AwsAction
  /** How many may be asked for on a page; 5 to 1000 where nothing else is said. */
  readonly pages?: PageLimits
  /** A view as AWS's item; undefined for one that the input leaves out. */
  readonly item: (view: View, context: Context, input: Input) => Item | undefined
  readonly filters: Filters<Item, View>
  /** Where given, its tags are filters too. */
  readonly tags?: (item: Item) => readonly Tag[] | undefined
}

/** One that was asked for, and what its item was made of. */
export interface Selected<View, Item> {
  readonly view: View
  readonly item: Item
}

/**
 * The items that a request asks for: those that it names, a page, or everything as a stream.
 *
 * The size of the page is checked first, then the filters, at last the ids or the token.
 * @throws Ec2Error as `pageSize`, `matcher`, `readToken` and the listing's `find` do
 */
export async function describe<Input extends DescribeInput, View, Item, Place extends Json>(
  listing: Listing<Input, View, Item, Place>,
  input: Input,
  context: Context,
): Promise<Page<Item>> {
  const { items, nextToken } = await select(listing, input, context)
  return {
    items: Array.isArray(items) ? items.map(({ item }) => item) : transformed(items, ({ item }) => item),
    nextToken,
  }
}

/** The same with their views, for an answer that says more than the items do. */
export async function select<Input extends DescribeInput, View, Item, Place extends Json>(
  listing: Listing<Input, View, Item, Place>,
  input: Input,
  context: Context,
): Promise<Page<Selected<View, Item>>> {
  const { action, named, pages, isPlace, filters, tags } = listing
  const ids = named?.ids(input) ?? []
  const size = pageSize(input, named?.set === undefined ? undefined : { set: named.set, given: ids }, pages)
  const matches = matcher(input.Filters, filters, tags && (item => tags(item) ?? []))
  const wanted = (view: View): Item | undefined => {
    const item = listing.item(view, context, input)
    return item !== undefined && matches(item, view, context) ? item : undefined
  }
  if (named && ids.length > 0) {
    const items = (await named.find(ids, context, input)).flatMap(view => {
      const item = wanted(view)
      return item === undefined ? [] : { view, item }
    })
    return { items, nextToken: undefined }
  }
  const scope = pageScope(context, action, input)
  const after = await readToken(scope, isPlace)
  const listed = await listing.list(context, after, input)
  const found = transformed(Symbol.asyncIterator in listed ? listed : streamOf(listed), ([view, place]) => {
    const item = wanted(view)
    return item === undefined ? undefined : { view, item, place }
  })
  return takePage(found, size, scope, ({ place }) => place)
}

/** What a NextToken of this request is good for. */
const pageScope = ({ account, pageKeys }: Context, action: AwsAction, input: PagedInput): TokenScope => ({
  keys: pageKeys,
  action,
  account: account.id,
  input,
})

/** Where a list ends, as an output has it. */
export const nextPage = ({ nextToken }: Page<unknown>): { readonly NextToken?: string } =>
  nextToken === undefined ? {} : { NextToken: nextToken }

/** What all of it is read from, however much of it is wanted. */
type ReadAll<Input, View> = (context: Context, input: Input) => Promise<Iterable<View>>

/**
 * A list that is read as a whole.
 * @param key each one's own, what it is sorted by, for pages; absent for an action that makes none
 */
export const whole = <Input, View>(
  all: ReadAll<Input, View>,
  key?: (view: View) => string,
): ListSource<Input, View, string> => ({
  isPlace: value => typeof value === 'string',
  list: async (context, after, input) =>
    sorted(await all(context, input), key)
      .map(view => [view, key?.(view) ?? ''] as const)
      .filter(([, place]) => after === undefined || place > after),
})

const sorted = <View>(views: Iterable<View>, key?: (view: View) => string): View[] =>
  key ? [...views].sort((a, b) => (key(a) < key(b) ? -1 : 1)) : [...views]

/** Objects of which there are so few that all are read, whichever are named. */
export interface Collected<Input, View> {
  readonly all: ReadAll<Input, View>
  /** The members of the input that name objects, and what of an object they name. */
  readonly names: readonly (readonly [
    given: (input: Input) => readonly string[] | undefined,
    of: (view: View) => string | undefined,
  ])[]
  /** What is said of names that nothing has. */
  readonly missing: (names: readonly [string, ...string[]]) => Ec2Error
  /** What AWS calls the set of names where it makes no pages of it. */
  readonly set?: string
  /** Each one's own; what they are sorted by, for pages. Absent for an action that makes none. */
  readonly key?: (view: View) => string
}

/** A collection as the source of a Describe. */
export function collected<Input, View>({
  all,
  names,
  missing,
  set,
  key,
}: Collected<Input, View>): ListSource<Input, View, string> {
  const find = async (_: unknown, context: Context, input: Input) => {
    const views = sorted(await all(context, input), key)
    const wanted = new Set<View>()
    for (const [given, of] of names) {
      const byName = Map.groupBy(views, of)
      const asked = given(input) ?? []
      const [first, ...others] = asked.filter(name => !byName.has(name))
      if (first !== undefined) throw missing([first, ...others])
      for (const view of asked.flatMap(name => byName.get(name) ?? [])) wanted.add(view)
    }
    return views.filter(view => wanted.has(view))
  }
  return {
    named: { ids: input => names.flatMap(([given]) => given(input) ?? []), set, find },
    ...whole(all, key),
  }
}
