// Whether a policy lets a request do what it asks for, to all that it is about; and if not, why.
//
// Both doors ask here: EC2's by its actions and resources, S3's by `s3:GetObject` and the ARN of an object.
import { Lru } from '../../lib/lru.ts'
import { type Asked, evaluate, statementsAbout, type Verdict } from './evaluate.ts'
import type { KeyName, Values } from './keys.ts'
import { type Policy, parsePolicy } from './parse.ts'
import { workOf } from './text.ts'

/** What is known, by whole condition keys: `aws:SourceIp`, `ec2:Attribute/InstanceType`. */
export type Known = Readonly<Record<string, string | undefined>>

/** A resource that a request is about, and what is known of it. */
export interface Target {
  /** Its ARN; `*` where the action is about no resource. */
  readonly arn: string
  readonly known?: Known
  /** The tags that it has. */
  readonly tags?: ReadonlyMap<string, string>
  /** The tags that the request speaks of, for it; without a value where none is said. */
  readonly given?: ReadonlyMap<string, string | undefined>
  /** Whether it is enough that nothing denies it. */
  readonly isTouched?: boolean
}

/** Why a request was refused: by which statement, or by none. */
export interface Refusal {
  readonly action: string
  readonly resource: string
  readonly decision: Exclude<Verdict['decision'], 'allow'>
  /** Whose policy it was: the key's, unless it is said. */
  readonly policy?: 'identity-based' | 'session'
  /** The statement that denies it, by its place from 1 and its Sid. */
  readonly statement?: { readonly number: number; readonly sid?: string }
  /** What was known of the request and the resource, by condition keys. */
  readonly context: Readonly<Record<string, string>>
}

/**
 * Asks a policy about one action.
 *
 * @param action `ec2:RunInstances`
 * @param known  what is known of the request, whatever resource it is about
 * @returns the first refusal; undefined where all of it is allowed
 */
export function refusalOf(
  policy: Policy,
  action: string,
  targets: readonly Target[],
  known: Known,
): Refusal | undefined {
  const statements = statementsAbout(policy, action)
  let asked: Pick<Asked, 'values' | 'held'> | undefined
  let before: Target | undefined
  for (const target of targets) {
    const { arn: resource, isTouched = false } = target
    // A thousand resources of which the same is known are one question to conditions
    if (!asked || !before || !isAlike(before, target)) asked = { values: valuesOf(target, known), held: new Map() }
    before = target
    const verdict = evaluate(statements, { resource, ...asked })
    const { decision, statement } = verdict
    if (decision === 'allow' || (isTouched && decision === 'implicitDeny')) continue
    const { sid, index = 0 } = statement ?? {}
    const number = index + 1
    const context = contextOf(target, known)
    return { action, resource, decision, ...(statement && { statement: { number, ...(sid && { sid }) } }), context }
  }
  return undefined
}

const isAlike = (one: Target, other: Target): boolean =>
  one.known === other.known && one.tags === other.tags && one.given === other.given

/** The names of keys under which tags are asked for. */
const TAGS: Partial<Record<KeyName, 'tags' | 'given'>> = {
  'aws:RequestTag/': 'given',
  'aws:ResourceTag/': 'tags',
  'ec2:ResourceTag/': 'tags',
}

function valuesOf(target: Target, known: Known): Values {
  const { given = new Map<string, string>() } = target
  return (name, rest) => {
    if (name === 'aws:TagKeys') return given.size > 0 ? [...given.keys()] : undefined
    const kind = TAGS[name]
    const value = kind ? tagOf(rest, target[kind]) : (knownOf(name + rest, target.known) ?? knownOf(name + rest, known))
    return value === undefined ? undefined : [value]
  }
}

/** What is known by a key. What follows its slash is the caller's, in any case as all of a key is. */
function knownOf(key: string, known: Known = {}): string | undefined {
  if (key in known || !key.includes('/')) return known[key]
  return Object.entries(known).find(([other]) => other.toLowerCase() === key.toLowerCase())?.[1]
}

/** The value of a tag. In policies keys of tags are in any case; one that is spelled the same counts first. */
function tagOf(key: string, tags: ReadonlyMap<string, string | undefined> = new Map()): string | undefined {
  const alike = () => [...tags].find(([other]) => other.toLowerCase() === key.toLowerCase())?.[1]
  return tags.get(key) ?? alike()
}

function contextOf({ known: ofTarget, tags, given }: Target, known: Known): Record<string, string> {
  const all = [
    ...Object.entries({ ...known, ...ofTarget }),
    ...Array.from(tags ?? [], ([key, value]) => [`aws:ResourceTag/${key}`, value] as const),
    ...Array.from(given ?? [], ([key, value = '']) => [`aws:RequestTag/${key}`, value] as const),
  ]
  return Object.fromEntries(all.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])))
}

/** AWS's sentence for a refusal. @param user the ARN of whose request it is */
export function sentenceOf({ action, resource, decision, policy = 'identity-based' }: Refusal, user: string): string {
  const why =
    decision === 'explicitDeny'
      ? `with an explicit deny in ${policy === 'session' ? 'a' : 'an'} ${policy} policy`
      : `because no ${policy} policy allows the ${action} action`
  return `User: ${user} is not authorized to perform: ${action} on resource: ${resource} ${why}`
}

/** How much the texts of a policy look for, as `workOf` has it. */
export function workIn({ text }: Pick<Policy, 'text'>): number {
  let work = 0
  JSON.parse(text, (_, value: unknown) => {
    if (typeof value === 'string') work += workOf(value)
    return value
  })
  return work
}

/** The policies of keys that were in use of late, by their texts. */
const read = new Lru<Policy>(200)

/** A policy that allows nothing. */
const NOTHING: Policy = { text: '', statements: [] }

/**
 * A policy by its text, read once. It was checked when it was written: one that cannot be read is of a later release, and allows
 * nothing.
 */
export function policyOf(text: string): Policy {
  const known = read.get(text)
  if (known) return known
  const policy = parsePolicy(text).policy ?? NOTHING
  read.set(text, policy)
  return policy
}
