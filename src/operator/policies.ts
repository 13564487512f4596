// The policies of keys on the command line: from a file or in short forms, how they are shown, and what refusals mean.
import type { KeySummary } from '../auth/key-record.ts'
import { workIn } from '../auth/policy/decide.ts'
import { type Policy, parsePolicy } from '../auth/policy/parse.ts'
import type { ToldRefusal } from '../auth/policy/refusals.ts'
import { documentOf, type ShortForms } from '../auth/policy/short.ts'
import type { Arguments } from '../cli/arguments.ts'
import type { Option } from '../cli/command.ts'
import { Failure, UsageError } from '../cli/errors.ts'
import { contentOf } from '../cli/files.ts'
import { printable } from '../cli/table.ts'
import { limits } from '../limits.ts'

/** How a policy is given. */
export const POLICY_OPTIONS: readonly Option[] = [
  { name: 'policy', short: 'p', value: 'FILE', about: 'What it may be used for: a policy in the JSON of AWS IAM' },
  { name: 'read-only', about: 'Or in short: it may look, and change nothing' },
  { name: 'allow', value: 'ACTIONS', about: "Only these: 'ec2:Describe*,ec2:StartInstances'", many: true },
  { name: 'deny', value: 'ACTIONS', about: 'None of these', many: true },
  { name: 'type', value: 'TYPES', about: "Instances of these types only: 'm1.*'", many: true },
  { name: 'source', value: 'BLOCKS', about: 'Only requests that come from there: 203.0.113.0/24', many: true },
  { name: 'until', value: 'WHEN', about: 'Nothing more from then on: as --expires, but the key is told so' },
]

const SHORT = ['read-only', 'allow', 'deny', 'type', 'source', 'until']

/**
 * The policy that a command line gives, if it gives one.
 *
 * @param instantOf reads a time. @throws {UsageError}
 * @throws {UsageError} for a file together with short forms
 * @throws {Failure} that says all that is wrong with it
 */
export function policyIn(given: Arguments, instantOf: (when: string) => number): Policy | undefined {
  const file = given.last('policy')
  const short = SHORT.find(name => given.has(name))
  if (file !== undefined && short !== undefined) throw new UsageError(`--policy and --${short} exclude each other`)
  if (file !== undefined) return parsed(contentOf(file).toString('utf8'), file)
  return short === undefined ? undefined : parsed(JSON.stringify(documentOf(shortForms(given, instantOf))))
}

function shortForms(given: Arguments, instantOf: (when: string) => number): ShortForms {
  const all = (name: string) => given.all(name).flatMap(value => value.split(/[\s,]+/).filter(Boolean))
  const until = given.last('until')
  return {
    readOnly: given.has('read-only'),
    allow: all('allow'),
    deny: all('deny'),
    types: all('type'),
    sources: all('source'),
    ...(until !== undefined && { until: instantOf(until) }),
  }
}

function parsed(text: string, file?: string): Policy {
  const { policy, flaws = [] } = parsePolicy(text)
  const costs = policy && costsOf(policy)
  if (policy && costs === undefined) return policy
  const where = file === undefined ? '' : `${file}: `
  const wrong = costs === undefined ? flaws : [`The policy: ${costs}`]
  throw new Failure(`${where}no key can have this policy:\n${wrong.map(flaw => `  ${flaw}`).join('\n')}`)
}

/** What is to be said of a policy that is too costly: whatever a request is about is held against its wildcards. */
export function costsOf(policy: Pick<Policy, 'text'>): string | undefined {
  const [work, { most }] = [workIn(policy), limits.policyWork]
  return work > most
    ? `its wildcards cost ${work} of ${most} (docs/limits.md): fewer '*' and '?' between others`
    : undefined
}

/** @param none what it means that there is none */
export const shownPolicy = (policy: string | undefined, none: string): string =>
  `policy: ${policy === undefined ? none : JSON.stringify(JSON.parse(policy), null, 2)}`

/** A key with its policy, in lines. */
export function shownKey({
  accessKeyId,
  user,
  status,
  created,
  expires,
  lastUsed,
  description,
  policy,
  madeWith,
}: KeySummary) {
  const time = (instant: number) => new Date(instant).toISOString()
  return [
    `accessKeyId: ${accessKeyId}`,
    `user: ${user.name} (${user.id})`,
    `status: ${status}`,
    `created: ${time(created)}`,
    `expires: ${expires === undefined ? 'never' : time(expires)}`,
    `lastUsed: ${lastUsed ?? 'never'}`,
    ...(madeWith === undefined ? [] : [`madeWith: ${madeWith}`]),
    ...(description ? [`description: ${description}`] : []),
    shownPolicy(policy, 'none, it may do whatever its user may'),
  ]
}

/** What a refusal was about, in lines. */
export function shownRefusal(refusal: ToldRefusal) {
  const { requestId, accessKeyId, action, resource, decision, statement, context } = refusal
  const sid = statement?.sid === undefined ? '' : ` (${statement.sid})`
  const why = decision === 'explicitDeny' ? `statement ${statement?.number}${sid} denies it` : 'no statement allows it'
  return [
    `request: ${requestId}`,
    `accessKeyId: ${accessKeyId}`,
    `action: ${action}`,
    `resource: ${resource}`,
    `because: ${why}${refusal.policy === 'session' ? ', in the policy of the session' : ''}`,
    'context:',
    ...Object.entries(context).map(([key, value]) => `  ${key}: ${value}`),
  ].map(line => printable(line))
}
