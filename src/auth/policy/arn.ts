// ARNs in policies: six parts between colons, in each of which wildcards may stand, and which none crosses.
import { type Matcher, type Reading, readText } from './text.ts'

const PARTS = 6

/** The parts of an ARN, of which the last may have colons itself; colons in variables separate nothing. */
export function partsOf(arn: string): string[] {
  const parts = ['']
  for (const token of arn.match(/\$\{[^}]*\}|:|[^:$]+|\$/gs) ?? []) {
    if (token === ':' && parts.length < PARTS) parts.push('')
    else parts[parts.length - 1] += token
  }
  return parts
}

/** What is wrong with an ARN of a policy; undefined where nothing is. */
export function flawOf(arn: string): string | undefined {
  const [scheme, partition = '', service = ''] = partsOf(arn)
  if (scheme !== 'arn') return `'${arn}' is neither '*' nor an ARN (arn:aws:service:region:account:resource)`
  if (!/^(aws|[*?]+|aws[*?]*)$/.test(partition)) return `'${arn}' is of another partition than aws`
  if (!/^[a-z0-9-]+$/.test(service)) return `'${arn}' names no service`
  return undefined
}

/**
 * Reads an ARN without flaws. What it has not all parts of is completed with `*`, as IAM does.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function readArn(arn: string, reading: Omit<Reading, 'wildcards'>): Matcher {
  const parts = partsOf(arn)
  const matchers = Array.from({ length: PARTS }, (_, index) =>
    readText(parts[index] ?? '*', { ...reading, wildcards: true }),
  )
  return (text, values) => {
    const tried = split(text)
    return tried.length === PARTS && matchers.every((matches, index) => matches(tried[index] ?? '', values))
  }
}

/** What was split last: all statements look at one ARN after the other. */
let last: { readonly arn: string; readonly parts: readonly string[] } = { arn: '', parts: [] }

/** The parts of an ARN of a request, which has no variables. */
function split(arn: string): readonly string[] {
  if (arn === last.arn) return last.parts
  const all = arn.split(':')
  const parts = all.length > PARTS ? [...all.slice(0, PARTS - 1), all.slice(PARTS - 1).join(':')] : all
  last = { arn, parts }
  return parts
}

/** Whether a pattern says of every resource of a kind the same, whichever it is: `…:instance/*`. */
export const isWholeKind = (arn: string): boolean => /^(\*|[a-z0-9-]+\/\*|)$/.test(partsOf(arn)[PARTS - 1] ?? '')
