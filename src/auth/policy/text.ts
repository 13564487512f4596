// The texts of policies: wildcards, and the variables that stand for who makes a request. No text makes a matcher go back.
import { compile, type Text, textReader } from '../../protocol/wildcards.ts'
import type { Values } from './keys.ts'

/** What a text of a policy is held against; variables have their values from the request. */
export type Matcher = (text: string, values: Values) => boolean

/** How a text is read. */
export interface Reading {
  /** Whether `*` and `?` are wildcards. */
  readonly wildcards: boolean
  /** Whether `${…}` is a variable: in version 2012-10-17, where AWS has them. */
  readonly variables: boolean
  readonly ignoresCase?: boolean
}

/** Those of IAM's variables that a request always has: with others, a statement would be about nothing now and then. */
const VARIABLES = ['aws:username', 'aws:userid', 'aws:PrincipalAccount', 'aws:RequestedRegion'] as const

/** What stands for a character that would mean something. */
const ESCAPES = ['*', '?', '$']

const TOKENS = /\$\{[^}]*\}|[^$]+|\$/gs

/** The variables of a text that are not evaluated. */
export const unknownVariables = (text: string): string[] =>
  (text.match(TOKENS) ?? []).filter(token => {
    const name = variableIn(token)
    return name !== undefined && !ESCAPES.includes(name) && knownVariable(name) === undefined
  })

const variableIn = (token: string): string | undefined => /^\$\{(.*)\}$/s.exec(token)?.[1]

const knownVariable = (name: string) => VARIABLES.find(known => known.toLowerCase() === name.toLowerCase())

/** Reads a text whose variables are known. */
export function readText(text: string, reading: Reading): Matcher {
  const tokens = reading.variables ? (text.match(TOKENS) ?? []) : [text]
  const named = reading.variables ? tokens.map(variableIn) : []
  const isVariable = (name: string | undefined) => name !== undefined && !ESCAPES.includes(name)
  const patternFor = (values: Values | undefined): string =>
    tokens
      .map((token, index) => {
        const name = named[index]
        if (name === undefined) return reading.wildcards ? withWildcards(token) : literally(token)
        return literally(isVariable(name) ? variableValue(name, values) : name)
      })
      .join('')
  if (!named.some(isVariable)) return matcher(patternFor(undefined), reading)
  // One request asks as the same user about all that it is about
  let last: { readonly pattern: string; readonly matches: (text: string) => boolean } | undefined
  return (tried, values) => {
    const pattern = patternFor(values)
    if (last?.pattern !== pattern) last = { pattern, matches: matcher(pattern, reading) }
    return last.matches(tried)
  }
}

/** About how many characters of another text are compared with a text of a policy, at the worst. */
export const workOf = (text: string): number => compile(withWildcards(text)).work

function variableValue(name: string, values: Values | undefined): string {
  const known = knownVariable(name)
  return (known && values?.(known, '')?.[0]) ?? ''
}

/** IAM's texts have no `\` that takes a meaning away. */
const withWildcards = (text: string) => text.replace(/\\/g, '\\\\')
const literally = (text: string) => text.replace(/[\\*?]/g, '\\$&')

function matcher(pattern: string, { ignoresCase = false }: Reading): (text: string) => boolean {
  const matches = matcherOf(ignoresCase ? pattern.toLowerCase() : pattern)
  return ignoresCase ? text => matches(text.toLowerCase()) : matches
}

/** Most texts of policies are plain, or all that there is: these are not worth a pattern. */
function matcherOf(pattern: string): (text: string) => boolean {
  if (pattern === '*') return () => true
  if (!/[*?\\]/.test(pattern)) return text => text === pattern
  const { matches } = compile(pattern)
  return text => matches(read(text))
}

/** What was read last: all patterns look at one text after the other. */
let last: Text = textReader(0)('')

function read(text: string): Text {
  if (text !== last.whole) last = textReader(text.length)(text)
  return last
}
