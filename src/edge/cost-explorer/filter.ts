// The Filter of a question about usage: conditions on dimensions, joined by And, Or and Not.
import { excerpt } from '../../lib/excerpt.ts'
import { limits } from '../../limits.ts'
import type { Members } from '../../protocol/json.ts'
import { type Dimension, isDimension } from './dimensions.ts'
import { invalid } from './invalid.ts'

/** Whether usage with these dimensions is asked for. */
export type Filter = (of: Readonly<Record<Dimension, string>>) => boolean

/** What there may be in one. */
export const EXPRESSION = ['And', 'Or', 'Not', 'Dimensions', 'Tags', 'CostCategories']

/** @throws JsonError ValidationException */
export function filterIn(expression: Members | undefined): Filter {
  if (!expression) return () => true
  let conditions = 0
  const read = (members: Members, depth: number): Filter => {
    if (depth > limits.usageFilterDepth.most || ++conditions > limits.usageFilter.most) {
      throw invalid('The Filter has too many conditions, or too many in one another.')
    }
    const parts = EXPRESSION.filter(name => members.has(name))
    const [part] = parts
    if (part === undefined || parts.length > 1)
      throw invalid('An expression has to have one of And, Or, Not and Dimensions.')
    const inside = (each: Members) => read(each, depth + 1)
    if (part === 'And' || part === 'Or') {
      const filters = members.objects(part, EXPRESSION).map(inside)
      if (filters.length < 2) throw invalid(`${part} has to have at least two expressions.`)
      return part === 'And' ? of => filters.every(filter => filter(of)) : of => filters.some(filter => filter(of))
    }
    if (part === 'Not') {
      const not = members.object('Not', EXPRESSION)
      const filter = not && inside(not)
      return of => !filter?.(of)
    }
    if (part === 'Dimensions') return condition(members)
    throw invalid(`Usage has no ${part} to be filtered by.`)
  }
  return read(expression, 1)
}

const MATCHES = ['EQUALS', 'CASE_SENSITIVE']

function condition(members: Members): Filter {
  const given = members.object('Dimensions', ['Key', 'Values', 'MatchOptions'])
  const [key = '', values = [], options = []] = [
    given?.required('Key'),
    given?.strings('Values'),
    given?.strings('MatchOptions'),
  ]
  if (!isDimension(key)) throw invalid(`The dimension '${excerpt(key)}' is not known here.`)
  if (values.length === 0) throw invalid(`The dimension ${key} has to have Values.`)
  const unknown = options.find(option => !MATCHES.includes(option))
  if (unknown !== undefined)
    throw invalid(`The match option '${excerpt(unknown)}' is not one of ${MATCHES.join(', ')}.`)
  const wanted = new Set(values)
  return of => wanted.has(of[key])
}
