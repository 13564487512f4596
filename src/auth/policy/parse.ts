// Policies in IAM's JSON grammar, read and checked when they are written: what the grammar has and is not evaluated is refused by
// name, never ignored.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
import { isJsonObject, type JsonObject } from '../../lib/json-object.ts'
import { limits } from '../../limits.ts'
import { flawOf, isWholeKind, readArn } from './arn.ts'
import { type Condition, readCondition } from './conditions.ts'
import { parseStrictly } from './json.ts'
import type { Values } from './keys.ts'
import { readText, unknownVariables } from './text.ts'

/** A statement, ready to be held against requests. */
export interface Statement {
  readonly sid: string | undefined
  /** Its place in the policy, from 0. */
  readonly index: number
  readonly effect: 'Allow' | 'Deny'
  /** Whether it is about an action, such as `ec2:RunInstances`. */
  readonly isAbout: (action: string) => boolean
  /** Whether it is about a resource, by its ARN; `*` for an action that is about none. */
  readonly covers: (arn: string, values: Values) => boolean
  /** Whether it says of some resources of a kind something else than of others. */
  readonly namesResources: boolean
  readonly conditions: readonly Condition[]
}

export interface Policy {
  /** The document without white space: what is kept of it. */
  readonly text: string
  readonly statements: readonly Statement[]
}

/** A policy, or everything that is wrong with it, each in a sentence that begins with where. */
export type Parsed =
  | { readonly policy: Policy; readonly flaws?: undefined }
  | { readonly policy?: undefined; readonly flaws: readonly string[] }

const VERSIONS = ['2012-10-17', '2008-10-17'] as const

/** Characters of a text that is looked at at all: a policy of the longest, with its white space. */
const LONGEST_TEXT = limits.policyText.most

export function parsePolicy(source: string): Parsed {
  if (source.length > LONGEST_TEXT) return { flaws: [`The text has more than ${LONGEST_TEXT} characters`] }
  let document: unknown
  try {
    document = parseStrictly(source)
  } catch (error) {
    return { flaws: [`The text is no JSON: ${error instanceof Error ? error.message : String(error)}`] }
  }
  return new Reader().read(document)
}

/** Reads one document, and keeps what is wrong with it. */
class Reader {
  readonly #flaws: string[] = []
  /** Whether `${…}` stands for something: in documents of the newer version. */
  #variables = false

  read(document: unknown): Parsed {
    if (!isJsonObject(document)) return { flaws: ['The policy is no object'] }
    this.#checkNames('The policy', document, ['Version', 'Id', 'Statement'])
    const { Version = '2008-10-17', Id = '' } = document
    if (!VERSIONS.some(version => version === Version)) this.#flaw('Version', `it is one of ${VERSIONS.join(', ')}`)
    if (typeof Id !== 'string') this.#flaw('Id', 'it is a text')
    this.#variables = Version === '2012-10-17'
    const statements = this.#statements(document['Statement'])
    const text = JSON.stringify(document)
    const { most } = limits.policySize
    if (text.length > most) this.#flaw('The policy', `it has ${text.length} characters without white space, of ${most}`)
    return this.#flaws.length > 0 ? { flaws: this.#flaws } : { policy: { text, statements } }
  }

  #statements(given: unknown): Statement[] {
    const list: readonly unknown[] = Array.isArray(given) ? given : [given]
    if (given === undefined || list.length === 0) this.#flaw('Statement', 'there is none')
    const statements = list.flatMap((each, index) => this.#statement(each, index) ?? [])
    const sids = statements.flatMap(({ sid }) => sid ?? [])
    for (const sid of new Set(sids.filter((sid, index) => sids.indexOf(sid) !== index))) {
      this.#flaw('Statement', `the Sid '${sid}' is there twice`)
    }
    return statements
  }

  #statement(given: unknown, index: number): Statement | undefined {
    const where = `Statement ${index + 1}`
    if (!isJsonObject(given)) return this.#flaw(where, 'it is no object')
    this.#checkNames(where, given, ['Sid', 'Effect', ...ACTIONS, ...RESOURCES, 'Condition'])
    const { Sid, Effect } = given
    if (Sid !== undefined && !(typeof Sid === 'string' && /^[A-Za-z0-9]*$/.test(Sid))) {
      this.#flaw(`${where}, Sid`, 'it has letters and digits')
    }
    if (Effect !== 'Allow' && Effect !== 'Deny') return this.#flaw(`${where}, Effect`, 'it is Allow or Deny')
    const actions = this.#oneOf(where, given, ACTIONS)
    const resources = this.#oneOf(where, given, RESOURCES)
    const patterns = actions && this.#actions(`${where}, ${actions.name}`, actions.values)
    const covered = resources && this.#resources(`${where}, ${resources.name}`, resources.values)
    const conditions = this.#conditions(where, given['Condition'])
    if (!patterns || !covered) return undefined
    const { covers, namesResources } = covered
    return {
      sid: typeof Sid === 'string' && Sid !== '' ? Sid : undefined,
      index,
      effect: Effect,
      isAbout: action => patterns(action) === (actions.name === 'Action'),
      covers: (arn, values) => covers(arn, values) === (resources.name === 'Resource'),
      namesResources,
      conditions,
    }
  }

  /** One of two elements of which exactly one has to be there: a text, or a list of texts. */
  #oneOf<Name extends string>(where: string, given: JsonObject, names: readonly [Name, Name]) {
    const [name, another] = names.filter(each => given[each] !== undefined)
    if (name === undefined || another !== undefined) {
      return this.#flaw(where, `it has either ${names.join(' or ')}`)
    }
    const values = this.#texts(`${where}, ${name}`, given[name])
    return values && { name, values }
  }

  #texts(where: string, given: unknown): readonly string[] | undefined {
    const list: readonly unknown[] = Array.isArray(given) ? given : [given]
    const texts = list.filter(each => typeof each === 'string')
    if (texts.length === 0 || texts.length < list.length) return this.#flaw(where, 'it is a text, or a list of texts')
    return texts
  }

  #actions(where: string, values: readonly string[]) {
    for (const value of values) {
      if (/^(\*|[a-z0-9-]+:[a-z0-9*?]+)$/i.test(value)) continue
      this.#flaw(where, `'${value}' is neither '*' nor a service and an action (ec2:Describe*)`)
    }
    const matchers = values.map(value => readText(value, { wildcards: true, variables: false, ignoresCase: true }))
    return (action: string) => matchers.some(matches => matches(action, nothing))
  }

  #resources(where: string, values: readonly string[]) {
    const variables = this.#variables
    for (const value of values) {
      const flaw = value === '*' ? undefined : flawOf(value)
      if (flaw !== undefined) this.#flaw(where, flaw)
      for (const unknown of variables ? unknownVariables(value) : []) {
        this.#flaw(where, `the variable ${unknown} is not evaluated`)
      }
    }
    const arns = values.filter(value => value !== '*')
    const matchers = arns.map(value => readArn(value, { variables }))
    const all = arns.length < values.length
    return {
      covers: (arn: string, facts: Values) => all || matchers.some(matches => matches(arn, facts)),
      namesResources: !all && !arns.every(isWholeKind),
    }
  }

  #conditions(where: string, given: unknown): Condition[] {
    if (given === undefined) return []
    if (!isJsonObject(given)) return this.#flaw(`${where}, Condition`, 'it is no object') ?? []
    return Object.entries(given).flatMap(([operator, block]) => {
      const place = `${where}, Condition, ${operator}`
      if (!isJsonObject(block)) return this.#flaw(place, 'it is no object') ?? []
      return Object.entries(block).flatMap(([key, values]) => {
        const texts = this.#texts(`${place}, ${key}`, asTexts(values))
        const condition = texts && readCondition(operator, key, texts, this.#variables)
        return (typeof condition === 'string' ? this.#flaw(place, condition) : condition) ?? []
      })
    })
  }

  #checkNames(where: string, given: JsonObject, known: readonly string[]): void {
    for (const name of Object.keys(given)) {
      if (!known.includes(name)) this.#flaw(where, `the element '${name}' is not evaluated in the policy of a key`)
    }
  }

  #flaw(where: string, what: string): undefined {
    this.#flaws.push(`${where}: ${what}`)
  }
}

const ACTIONS = ['Action', 'NotAction'] as const
const RESOURCES = ['Resource', 'NotResource'] as const

const nothing: Values = () => undefined

/** Values of conditions may be numbers and booleans: IAM takes them for their texts. */
function asTexts(given: unknown): unknown {
  if (Array.isArray(given)) return given.map(asTexts)
  return typeof given === 'number' || typeof given === 'boolean' ? String(given) : given
}
