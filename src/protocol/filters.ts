// The filters of the Describe actions: one mechanism, to which each of them brings a table of what its filters look at.
import type { Filter, Tag } from '@aws-sdk/client-ec2'
import { limits } from '../limits.ts'
import { Ec2Error } from './errors.ts'
import { excerpt } from './excerpt.ts'

/** What a filter is compared with: booleans as `true` and `false`, dates in ISO 8601; undefined matches nothing. */
export type Filterable = string | number | boolean | Date | undefined

/** By filter name, what the filter looks at in an item; of several values one has to match. */
export interface FilterTable<Item> {
  readonly [filter: string]: (item: Item) => Filterable | Iterable<Filterable>
}

type Predicate<Subject> = (subject: Subject) => boolean

const maxValues = limits.filterValues.most

/**
 * Compiles a request's filters into a predicate. An item has to match all filters, and of each one of its values, in
 * which `*` stands for any characters, `?` for one, and `\` takes the meaning from them. A filter without values
 * matches nothing.
 *
 * @param tagsOf where given, `tag:<key>`, `tag-key` and `tag-value` are filters too
 * @throws Ec2Error InvalidParameterValue for a filter that is not in the table, FilterLimitExceeded
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Filter.html
 */
export function matcher<Item>(
  filters: readonly Filter[] | undefined,
  table: FilterTable<Item>,
  tagsOf?: (item: Item) => Iterable<Tag>,
): Predicate<Item> {
  const given = filters ?? []
  const count = given.reduce((sum, { Values }) => sum + Math.max(1, Values?.length ?? 0), 0)
  if (count > maxValues) {
    const message = `The maximum number of filter values specified on a single call is ${maxValues}`
    throw new Ec2Error('FilterLimitExceeded', message)
  }
  const predicates = given.map(({ Name = 'null', Values = [] }) => {
    const look = Object.hasOwn(table, Name) ? table[Name] : tagsOf && tagFilter(Name, tagsOf)
    if (!look) throw new Ec2Error('InvalidParameterValue', `The filter '${excerpt(Name)}' is invalid`)
    const matches = anyOf(Values.map(pattern))
    return (item: Item) => textsOf(look(item)).some(matches)
  })
  return item => predicates.every(matches => matches(item))
}

function tagFilter<Item>(
  name: string,
  tagsOf: (item: Item) => Iterable<Tag>,
): ((item: Item) => Iterable<Filterable>) | undefined {
  if (name === 'tag-key') return item => Array.from(tagsOf(item), tag => tag.Key)
  if (name === 'tag-value') return item => Array.from(tagsOf(item), tag => tag.Value)
  if (!name.startsWith('tag:')) return undefined
  const key = name.slice('tag:'.length)
  return item => Array.from(tagsOf(item), tag => (tag.Key === key ? (tag.Value ?? '') : undefined))
}

function textsOf(value: Filterable | Iterable<Filterable>): string[] {
  const isList = typeof value === 'object' && !(value instanceof Date)
  return (isList ? [...value] : [value]).flatMap(single => textOf(single) ?? [])
}

function textOf(value: Filterable): string | undefined {
  return value instanceof Date ? value.toISOString() : value?.toString()
}

function anyOf<Subject>(predicates: readonly Predicate<Subject>[]): Predicate<Subject> {
  return subject => predicates.some(matches => matches(subject))
}

const anyCharacters = Symbol('*')
const oneCharacter = Symbol('?')
type Token = string | typeof anyCharacters | typeof oneCharacter

function pattern(value: string): Predicate<string> {
  const tokens = tokensOf(value)
  if (tokens.every(token => typeof token === 'string')) {
    const literal = tokens.join('')
    return text => text === literal
  }
  return text => isMatch(tokens, Array.from(text))
}

function tokensOf(value: string): Token[] {
  return Array.from(value.matchAll(/\\[*?\\]|./gsu), ([part]) => {
    if (part === '*') return anyCharacters
    if (part === '?') return oneCharacter
    return part.length > 1 && part.startsWith('\\') ? part.slice(1) : part
  })
}

/**
 * Goes through the text once, and back only to the last `*`, which then takes one character more: unlike with a regular
 * expression no pattern makes this slow.
 */
function isMatch(tokens: readonly Token[], text: readonly string[]): boolean {
  let [token, character] = [0, 0]
  let retry: { token: number; character: number } | undefined
  while (character < text.length) {
    if (tokens[token] === anyCharacters) {
      token += 1
      retry = { token, character }
    } else if (token < tokens.length && (tokens[token] === oneCharacter || tokens[token] === text[character])) {
      token += 1
      character += 1
    } else if (retry) {
      retry.character += 1
      token = retry.token
      character = retry.character
    } else {
      return false
    }
  }
  return tokens.slice(token).every(left => left === anyCharacters)
}
