// What a policy says of a request: an explicit deny wins, and what no statement allows is denied.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
import type { KeyName, Values } from './keys.ts'
import type { Policy, Statement } from './parse.ts'

/** One thing that a request wants to do, to one resource. */
export interface Asked {
  /** `ec2:TerminateInstances` */
  readonly action: string
  /** The resource's ARN, whose id is `*` for one that is yet to be made; `*` where the action is about no resource. */
  readonly resource: string
  /** What there is to be known of the request and the resource. */
  readonly values: Values
}

/** How it was decided, and by which statement; by none where no statement speaks of it. */
export type Verdict =
  | { readonly decision: 'allow' | 'explicitDeny'; readonly statement: Statement }
  | { readonly decision: 'implicitDeny'; readonly statement?: undefined }

/** Pure: the same for the same request. */
export function evaluate({ statements }: Policy, { action, resource, values }: Asked): Verdict {
  let allowing: Statement | undefined
  for (const statement of statements) {
    if (statement.effect === 'Allow' && allowing) continue
    if (!applies(statement)) continue
    if (statement.effect === 'Deny') return { decision: 'explicitDeny', statement }
    allowing = statement
  }
  return allowing ? { decision: 'allow', statement: allowing } : { decision: 'implicitDeny' }

  function applies({ isAbout, covers, conditions }: Statement): boolean {
    return isAbout(action) && covers(resource, values) && conditions.every(({ holds }) => holds(values))
  }
}

/** Whether no statement could ever allow an action, whatever it is about. */
export const isNeverAllowed = ({ statements }: Policy, action: string): boolean =>
  !statements.some(({ effect, isAbout }) => effect === 'Allow' && isAbout(action))

/** What has to be known to decide about an action, besides its name. */
export interface Interest {
  /** Whether it depends on which resources of a kind are meant. */
  readonly resources: boolean
  /** The keys of conditions, without what follows their slash. */
  readonly keys: ReadonlySet<KeyName>
}

/** Of an action that a policy decides by its name alone, nothing has to be looked up. */
export function interestIn({ statements }: Policy, action: string): Interest {
  const about = statements.filter(({ isAbout }) => isAbout(action))
  return {
    resources: about.some(({ namesResources }) => namesResources),
    keys: new Set(about.flatMap(({ conditions }) => conditions.map(({ key }) => key.name))),
  }
}
