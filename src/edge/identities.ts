// What the actions of STS and IAM work with: the key of the request, temporary credentials, roles, and the keys of its user.
import type { AccountObject } from '../account/object.ts'
import type { Defer } from '../account/services.ts'
import type { AccessKey, FindKey } from '../auth/access-key.ts'
import { invalidClientToken } from '../auth/errors.ts'
import type { AccessKeys } from '../auth/keys.ts'
import { workIn } from '../auth/policy/decide.ts'
import { parsePolicy } from '../auth/policy/parse.ts'
import type { Role, Roles } from '../auth/roles.ts'
import type { NewSession, Sessions } from '../auth/sessions.ts'
import type { Call } from '../ec2/core/call.ts'
import type { Identity, IssuedSession, RoleView, SessionWish } from '../ec2/core/identity.ts'
import { limits } from '../limits.ts'
import { Ec2Error } from '../protocol/errors.ts'

export interface IdentityParts {
  readonly accounts: Pick<DurableObjectNamespace<AccountObject>, 'getByName'>
  readonly findKey: (defer: Defer) => FindKey
  readonly accessKeys: AccessKeys
  readonly sessions: Sessions
  readonly roles: Roles
}

/** A policy that allows nothing: what a federated user has without one of its own. */
const NOTHING = ''

export const identities =
  ({ accounts, findKey, accessKeys, sessions, roles }: IdentityParts) =>
  ({ account, signer }: Call, defer: Defer): Identity => ({
    signer,
    issue: async wish => {
      const parent = await findKey(defer)(signer.accessKeyId)
      if (parent?.user.id !== account.user.id) throw invalidClientToken()
      return issued(parent, wish, sessions)
    },
    role: async name => {
      const found = await roles.find(name, account.user)
      return found && viewOf(found)
    },
    keys: () => accounts.getByName(account.id).accessKeys(account),
    lastUsed: accessKeyId => accessKeys.lastUsed(accessKeyId),
  })

async function issued(
  parent: AccessKey,
  { kind, name, role, duration, policy }: SessionWish,
  sessions: Sessions,
): Promise<IssuedSession> {
  const now = Math.floor(Date.now() / 1000) * 1000
  // They end with the key, whatever is asked for: clients are to know when
  const expires = Math.min(now + duration * 1000, parent.expires ?? Number.POSITIVE_INFINITY)
  const own = policy === undefined ? [] : [textOf(policy)]
  const session: NewSession = {
    ...{ kind, issued: now, expires },
    ...(name !== undefined && { name }),
    ...(role && { role: { name: role.name, created: role.created } }),
    policies: kind === 'federated' && own.length === 0 ? [NOTHING] : own,
  }
  return { ...(await sessions.issue(parent, session)), expires }
}

/** @throws Ec2Error MalformedPolicyDocument, PackedPolicyTooLarge */
function textOf(source: string): string {
  const { policy, flaws } = parsePolicy(source)
  if (!policy) throw new Ec2Error('MalformedPolicyDocument', `${flaws.join('. ')}.`)
  // Numbers may be written shorter than they are
  const { sessionPolicy, sessionPolicyWork } = limits
  if (policy.text.length <= sessionPolicy.most && workIn(policy) <= sessionPolicyWork.most) return policy.text
  throw new Ec2Error('PackedPolicyTooLarge', 'Packed policy consumes more than 100% of the allotted space.')
}

const viewOf = ({ name, created, duration, externalId }: Role): RoleView => ({
  ...{ name, created, duration },
  ...(externalId !== undefined && { externalId }),
})
