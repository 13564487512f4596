// The filters of the Describe actions: one mechanism, to which each of them brings a table of what its filters look at.
import type { Filter, Tag } from '@aws-sdk/client-ec2'
import { excerpt } from '../lib/excerpt.ts'
import { limits } from '../limits.ts'
import { invalidBecause } from './complaints.ts'
import { Ec2Error } from './errors.ts'
import { compile, type Pattern, textReader } from './wildcards.ts'

/** What a filter is compared with: booleans as `true` and `false`, dates in ISO 8601; undefined matches nothing. */
export type Filterable = string | number | boolean | Date | undefined

/**
 * By filter name, what the filter looks at in an item; of several values one has to match.
 * @template Facts what a filter may look at besides the item
 */
export interface FilterTable<Item, Facts extends readonly unknown[] = []> {
  readonly [filter: string]: (item: Item, ...facts: Facts) => Filterable | Iterable<Filterable>
}

/** Whether an item is one of those that are looked for. */
export type Matches<Item, Facts extends readonly unknown[] = []> = (item: Item, ...facts: Facts) => boolean

/** What a filter looks at in the tags of an item, which are read once for all filters. */
type LookAtTags = (tags: readonly Tag[]) => Filterable | Iterable<Filterable>

/**
 * Compiles a request's filters into a predicate. An item has to match all filters, and of each one of its values, in
 * which `*` stands for any characters, `?` for one, and `\` takes the meaning from them. A filter without values
 * matches nothing.
 *
 * @param tagsOf where given, `tag:<key>`, `tag-key` and `tag-value` are filters too
 * @throws Ec2Error InvalidParameterValue for a filter that is not in the table, FilterLimitExceeded
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Filter.html
 */
export function matcher<Item, Facts extends readonly unknown[] = []>(
  filters: readonly Filter[] | undefined,
  table: FilterTable<Item, Facts>,
  tagsOf?: (item: Item) => Iterable<Tag>,
): Matches<Item, Facts> {
  const given = filters ?? []
  checkCounts(given)
  const compiled = given.map(({ Values = [] }) => Values.map(compile))
  checkWildcards(compiled.flat())
  const predicates = given.map(({ Name = 'null' }, index) => {
    const look = Object.hasOwn(table, Name) ? table[Name] : undefined
    const lookAtTags = look || !tagsOf ? undefined : tagFilter(Name)
    if (!look && !lookAtTags) throw invalidBecause(`The filter '${excerpt(Name)}' is invalid`)
    const matches = anyOf(compiled[index] ?? [])
    return (item: Item, facts: Facts, tags: () => readonly Tag[]) =>
      textsOf(look ? look(item, ...facts) : lookAtTags?.(tags())).some(matches)
  })
  return (item, ...facts) => {
    let list: readonly Tag[] | undefined
    const tags = () => {
      list ??= tagsOf ? [...tagsOf(item)] : []
      return list
    }
    return predicates.every(matches => matches(item, facts, tags))
  }
}

function checkCounts(given: readonly Filter[]): void {
  const { filters, filterValues, filterValue } = limits
  if (given.length > filters.most) {
    throw exceeded(`The maximum number of filters specified on a single call is ${filters.most}`)
  }
  const count = given.reduce((sum, { Values }) => sum + Math.max(1, Values?.length ?? 0), 0)
  if (count > filterValues.most) {
    throw exceeded(`The maximum number of filter values specified on a single call is ${filterValues.most}`)
  }
  if (given.some(({ Values = [] }) => Values.some(value => value.length > filterValue.most))) {
    throw exceeded(`The maximum length for a filter value is ${filterValue.most} characters`)
  }
}

function checkWildcards(patterns: readonly Pattern[]): void {
  const { filterWildcards, filterWork } = limits
  if (patterns.some(({ wildcards }) => wildcards > filterWildcards.most)) {
    throw exceeded(`The maximum number of wildcards in a filter value is ${filterWildcards.most}`)
  }
  if (patterns.reduce((sum, { work }) => sum + work, 0) > filterWork.most) {
    throw exceeded('The filter values have more text beside wildcards than a single call may look for')
  }
}

const exceeded = (message: string) => new Ec2Error('FilterLimitExceeded', message)

function tagFilter(name: string): LookAtTags | undefined {
  if (name === 'tag-key') return tags => tags.map(tag => tag.Key)
  if (name === 'tag-value') return tags => tags.map(tag => tag.Value)
  if (!name.startsWith('tag:')) return undefined
  const key = name.slice('tag:'.length)
  return tags => tags.map(tag => (tag.Key === key ? (tag.Value ?? '') : undefined))
}

function textsOf(value: Filterable | Iterable<Filterable>): string[] {
  const isList = typeof value === 'object' && !(value instanceof Date)
  return (isList ? [...value] : [value]).flatMap(single => textOf(single) ?? [])
}

function textOf(value: Filterable): string | undefined {
  return value instanceof Date ? value.toISOString() : value?.toString()
}

/** Matches one of several values: those without wildcards in one look, the others one after the other. */
function anyOf(values: readonly Pattern[]): (text: string) => boolean {
  const literals = new Set(values.map(({ literal }) => literal))
  const patterns = values.filter(({ literal }) => literal === undefined)
  return text => literals.has(text) || (patterns.length > 0 && isLike(patterns, text))
}

const read = textReader(limits.filteredText.most)

function isLike(patterns: readonly Pattern[], text: string): boolean {
  const characters = read(text)
  return patterns.some(({ matches }) => matches(characters))
}
