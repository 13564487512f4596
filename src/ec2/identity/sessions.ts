// Temporary credentials, as STS makes them. They end with the key that they are made with, and can do no more than it.
import type {
  AssumeRoleRequest,
  AssumeRoleResponse,
  Credentials,
  GetFederationTokenRequest,
  GetFederationTokenResponse,
  GetSessionTokenRequest,
  GetSessionTokenResponse,
} from '@aws-sdk/client-sts'
import { limits } from '../../limits.ts'
import { breaksRule } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { Context } from '../core/context.ts'
import { assumedArn, assumedId, callerArn, federatedArn, type IssuedSession, type RoleView } from '../core/identity.ts'

const HALF_A_DAY = 12 * 60 * 60
const HOUR = 60 * 60

/** @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html */
export async function getSessionToken(
  { DurationSeconds: duration = HALF_A_DAY }: GetSessionTokenRequest,
  { identity }: Context,
): Promise<GetSessionTokenResponse> {
  refuseTemporary('GetSessionToken', identity)
  return { Credentials: credentialsOf(await identity.issue({ kind: 'session', duration })) }
}

/**
 * Without a policy they may do nothing, as at AWS.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
 */
export async function getFederationToken(
  { Name: name = '', Policy: policy, DurationSeconds: duration = HALF_A_DAY }: GetFederationTokenRequest,
  { identity, account }: Context,
): Promise<GetFederationTokenResponse> {
  refuseTemporary('GetFederationToken', identity)
  const issued = await identity.issue({ kind: 'federated', name, duration, policy })
  return {
    Credentials: credentialsOf(issued),
    FederatedUser: { FederatedUserId: `${account.id}:${name}`, Arn: federatedArn(account, name) },
    ...packed(policy),
  }
}

/**
 * The role is one of the operator's: the caller stays the same user, and can do what both the key and the role allow.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export async function assumeRole(
  {
    RoleArn = '',
    RoleSessionName: name = '',
    Policy: policy,
    DurationSeconds: duration = HOUR,
    ExternalId,
  }: AssumeRoleRequest,
  context: Context,
): Promise<AssumeRoleResponse> {
  const { identity, account } = context
  const role = await assumable(RoleArn, context)
  if (!role || (role.externalId !== undefined && role.externalId !== ExternalId)) {
    throw new Ec2Error(
      'AccessDenied',
      `User: ${callerArn(account, identity.signer)} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`,
    )
  }
  checkRoleDuration(duration, role, context)
  const issued = await identity.issue({ kind: 'role', name, role, duration, policy })
  return {
    Credentials: credentialsOf(issued),
    AssumedRoleUser: { AssumedRoleId: assumedId(role, name), Arn: assumedArn(account, role.name, name) },
    ...packed(policy),
  }
}

/** Those of a role, and federated users, assume none: what they may do must not become more. */
async function assumable(arn: string, { account, identity }: Context): Promise<RoleView | undefined> {
  const [, id, name] = /^arn:aws:iam::(\d{12}):role\/([^/]+)$/.exec(arn) ?? []
  const kind = identity.signer.session?.kind ?? 'session'
  return id === account.id && name !== undefined && kind === 'session' ? identity.role(name) : undefined
}

/** Temporary credentials cannot be made of temporary ones over and over, nor be turned into keys. @throws Ec2Error AccessDenied */
export function refuseTemporary(action: string, { signer }: Pick<Context['identity'], 'signer'>): void {
  if (signer.session) throw new Ec2Error('AccessDenied', `Cannot call ${action} with session credentials`)
}

/** With temporary credentials a role lasts an hour at most, as roles in chains do at AWS. */
function checkRoleDuration(seconds: number, { duration }: RoleView, { identity }: Context): void {
  if (identity.signer.session && seconds > HOUR) {
    throw breaksRule('durationSeconds', seconds, `have value less than or equal to ${HOUR} with session credentials`)
  }
  if (seconds > duration) {
    throw breaksRule('durationSeconds', seconds, `be within the ${duration} seconds for which the role is assumed`)
  }
}

const packed = (policy: string | undefined) =>
  policy === undefined ? {} : { PackedPolicySize: Math.ceil((policy.length / limits.sessionPolicy.most) * 100) }

const credentialsOf = ({ accessKeyId, secret, token, expires }: IssuedSession): Credentials => ({
  ...{ AccessKeyId: accessKeyId, SecretAccessKey: secret, SessionToken: token },
  Expiration: new Date(expires),
})
