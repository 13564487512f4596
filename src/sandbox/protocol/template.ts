// OpenNebula's template syntax: NAME="value" lines and NAME=[A="1",B="2"] vectors, read with the front-end's own token rules
// (its flex and bison grammars), of which some are surprising: see `quotedEnd`.
import { childElements, type Element, isElement, parseXmlText } from './dom.ts'
import { internal } from './errors.ts'

/** A vector attribute: member names in upper case. */
export type Vector = Record<string, string>
export type Attribute = string | Vector
/** All attributes by upper-case name; a name may occur more than once, in order. */
export type Template = Record<string, Attribute[]>

type TokenKind = 'variable' | 'equal' | 'equalEmpty' | 'comma' | 'open' | 'close' | 'quoted' | 'bare' | 'cdata' | 'end'

interface Token {
  kind: TokenKind
  text: string
  where: string
}

type Rule = readonly [kind: TokenKind | 'skip', pattern: RegExp]

// The longest match wins, and among equals the first rule. What no rule matches is dropped, one character at a time.
const NAME_RULES: readonly Rule[] = [
  ['skip', /[ \t]*#[^\n]*\n/y],
  ['skip', /[ \t\n]+/y],
  ['variable', /[A-Za-z0-9_]+/y],
  ['equal', /[ \t]*=[ \t]*/y],
  ['equalEmpty', /[ \t]*=[ \t]*\n/y],
  ['comma', /[ \t\n]*,[ \t\n]*/y],
  ['close', /[ \t\n]*\][ \t\n]*/y],
]
const VALUE_RULES: readonly Rule[] = [
  ['open', /[ \t]*\[[ \t\n]*/y],
  ['cdata', /[^\n]*\]\]>[^\n]*/y],
  ['bare', /[^=# \t\n,[\]]+/y],
]

/** Where a quoted value that starts at `start` ends: behind the first quote without a backslash before it, else behind the
 *  last quote there is. A value that ends in a backslash therefore swallows what follows it. -1 without any closing quote. */
function quotedEnd(text: string, start: number): number {
  let end = -1
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    end = at + 1
    if (text[at - 1] !== '\\') break
  }
  return end
}

class Scanner {
  readonly #text: string
  #at = 0
  #line = 0
  #fromColumn = 1
  #toColumn = 1
  #inValue = false

  constructor(text: string) {
    this.#text = text
  }

  next(): Token {
    while (this.#at < this.#text.length) {
      const [kind, length] = this.#match()
      const text = this.#text.slice(this.#at, this.#at + length)
      this.#advance(text)
      if (kind === 'skip') continue
      this.#inValue = kind === 'equal'
      return { kind, text, where: this.#where() }
    }
    return { kind: 'end', text: '', where: this.#where() }
  }

  #match(): [kind: TokenKind | 'skip', length: number] {
    const matches = (this.#inValue ? VALUE_RULES : NAME_RULES).map(([kind, pattern]): [TokenKind | 'skip', number] => {
      pattern.lastIndex = this.#at
      return [kind, pattern.exec(this.#text)?.[0].length ?? 0]
    })
    if (this.#inValue && this.#text[this.#at] === '"') {
      matches.splice(2, 0, ['quoted', quotedEnd(this.#text, this.#at) - this.#at])
    }
    const longest = matches.reduce((best, match) => (match[1] > best[1] ? match : best))
    return longest[1] > 0 ? longest : ['skip', 1]
  }

  #advance(text: string): void {
    this.#at += text.length
    this.#line += text.split('\n').length - 1
    this.#fromColumn = this.#toColumn
    this.#toColumn += Buffer.byteLength(text)
  }

  #where(): string {
    return `line ${this.#line}, columns ${this.#fromColumn}:${this.#toColumn}`
  }
}

const syntaxError = (token: Token): Error => internal(`Parse error: syntax error at ${token.where}`)

const unquote = (text: string): string => trim(text.replaceAll('\\"', '"').replaceAll('\r', ''))

const BLANK = ' \t\n\v\f'

/** By hand: a pattern for white space at the end takes quadratic time on a long run of it elsewhere. */
function trim(text: string): string {
  let from = 0
  let to = text.length
  while (from < to && BLANK.includes(text.charAt(from))) from += 1
  while (to > from && BLANK.includes(text.charAt(to - 1))) to -= 1
  return text.slice(from, to)
}

/** Names come back in upper case; one that begins with a digit would not be an XML element and gets `ONE_` before it. */
const attributeName = (text: string): string => (/^\d/.test(text) ? `ONE_${text}` : text).toUpperCase()

class Parser {
  readonly #scanner: Scanner
  #token: Token

  constructor(text: string) {
    this.#scanner = new Scanner(text)
    this.#token = this.#scanner.next()
  }

  template(): Template {
    const template: Template = {}
    while (this.#token.kind !== 'end') {
      const name = attributeName(this.#take('variable').text)
      append(template, name, this.#attribute())
    }
    return template
  }

  #attribute(): Attribute {
    if (this.#accept('equalEmpty')) return ''
    this.#take('equal')
    if (this.#token.kind === 'cdata') throw internal('Parse error.')
    return this.#accept('open') ? this.#vector() : this.#value()
  }

  #vector(): Vector {
    const vector: Vector = {}
    if (this.#accept('close')) return vector
    do {
      const name = attributeName(this.#take('variable').text)
      this.#take('equal')
      const value = this.#value()
      vector[name] ??= value
    } while (this.#accept('comma'))
    this.#take('close')
    return vector
  }

  #value(): string {
    if (this.#token.kind === 'quoted') return unquote(this.#take('quoted').text.slice(1, -1))
    return unquote(this.#take('bare').text)
  }

  #accept(kind: TokenKind): boolean {
    if (this.#token.kind !== kind) return false
    this.#token = this.#scanner.next()
    return true
  }

  #take(kind: TokenKind): Token {
    const token = this.#token
    if (!this.#accept(kind)) throw syntaxError(token)
    return token
  }
}

/** Reads a template, in its own syntax or as XML. Throws the front-end's parse error (code 8192), with line and columns where
 *  it gives them. */
export const parseTemplate = (text: string): Template =>
  text.startsWith('<') ? xmlTemplate(text) : new Parser(text).template()

/** `<TEMPLATE><A>1</A><B><C>2</C></B></TEMPLATE>`, whatever the root is called. Any XML name will do, and it stays as it is but
 *  for the case of its ASCII letters. What is nested more deeply is dropped, and so is what is empty. */
function xmlTemplate(text: string): Template {
  const root = parseXmlText(text)
  if (!root) throw internal('Parse error: XML Template malformed.')
  const template: Template = {}
  for (const element of childElements(root)) {
    const value = xmlAttribute(element)
    if (value !== undefined) append(template, upperCase(element.tagName), value)
  }
  return template
}

const upperCase = (name: string): string => name.replace(/[a-z]/g, letter => letter.toUpperCase())

function xmlAttribute(element: Element): Attribute | undefined {
  const members = childElements(element)
  if (members.length === 0) return element.firstChild ? trim(element.textContent ?? '') : undefined
  const simple = members.filter(member => member.firstChild && !isElement(member.firstChild))
  return Object.fromEntries(simple.map(member => [upperCase(member.tagName), trim(member.firstChild?.nodeValue ?? '')]))
}

/** Adds one attribute behind those of the same name. */
export function append(template: Template, name: string, value: Attribute): void {
  template[name] ??= []
  template[name].push(value)
}

/** What update with type 1 does: every name in `changes` replaces all attributes of that name; an empty vector removes them. */
export function merge(template: Template, changes: Template): Template {
  const merged = { ...template }
  for (const [name, values] of Object.entries(changes)) {
    const kept = values.filter(value => typeof value === 'string' || Object.keys(value).length > 0)
    if (kept.length > 0) merged[name] = kept
    else delete merged[name]
  }
  return merged
}

/** The first single value of that name, '' when there is none. */
export const single = (template: Template, name: string): string =>
  template[name]?.find(value => typeof value === 'string') ?? ''

/** All vectors of that name, the very objects. */
export const vectors = (template: Template, name: string): Vector[] =>
  (template[name] ?? []).filter(value => typeof value !== 'string')

/** A copy without the named attributes. */
export const without = (template: Template, names: readonly string[]): Template =>
  Object.fromEntries(Object.entries(template).filter(([name]) => !names.includes(name)))

/** OpenNebula's truth: YES and TRUE in any case, 1. */
export const isYes = (value: string | undefined): boolean => /^(yes|true|1|y|t)$/i.test(value ?? '')
