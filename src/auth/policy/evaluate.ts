// What a policy says of a request: an explicit deny wins, and what no statement allows is denied.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
import type { Condition } from './conditions.ts'
import type { KeyName, Values } from './keys.ts'
import type { Policy, Statement } from './parse.ts'

/** One resource that a request wants to do something to. */
export interface Asked {
  /** The resource's ARN, whose id is `*` for one that is yet to be made; `*` where the action is about no resource. */
  readonly resource: string
  /** What there is to be known of the request and the resource. */
  readonly values: Values
  /** Which conditions hold, of those that were looked at: for what is asked by the same values. */
  readonly held?: Map<Condition, boolean>
}

/** How it was decided, and by which statement; by none where no statement speaks of it. */
export type Verdict =
  | { readonly decision: 'allow' | 'explicitDeny'; readonly statement: Statement }
  | { readonly decision: 'implicitDeny'; readonly statement?: undefined }

/** Those of the statements that are about an action. */
export const statementsAbout = ({ statements }: Policy, action: string): readonly Statement[] =>
  statements.filter(({ isAbout }) => isAbout(action))

/**
 * Pure: the same for the same request.
 * @param statements those that are about its action
 */
export function evaluate(statements: readonly Statement[], { resource, values, held = new Map() }: Asked): Verdict {
  const isHeld = (condition: Condition): boolean => {
    const known = held.get(condition) ?? condition.holds(values)
    held.set(condition, known)
    return known
  }
  let allowing: Statement | undefined
  for (const statement of statements) {
    const { effect, covers, conditions } = statement
    if (effect === 'Allow' && allowing) continue
    if (!covers(resource, values) || !conditions.every(isHeld)) continue
    if (effect === 'Deny') return { decision: 'explicitDeny', statement }
    allowing = statement
  }
  return allowing ? { decision: 'allow', statement: allowing } : { decision: 'implicitDeny' }
}

/** Whether no statement could ever allow an action, whatever it is about. */
export const isNeverAllowed = (policy: Policy, action: string): boolean =>
  !statementsAbout(policy, action).some(({ effect }) => effect === 'Allow')

/** What has to be known to decide about an action, besides its name. */
export interface Interest {
  /** Whether it depends on which resources of a kind are meant. */
  readonly resources: boolean
  /** The keys of conditions, without what follows their slash. */
  readonly keys: ReadonlySet<KeyName>
}

/** Of an action that a policy decides by its name alone, nothing has to be looked up. */
export function interestIn(policy: Policy, action: string): Interest {
  const about = statementsAbout(policy, action)
  return {
    resources: about.some(({ namesResources }) => namesResources),
    keys: new Set(about.flatMap(({ conditions }) => conditions.map(({ key }) => key.name))),
  }
}
