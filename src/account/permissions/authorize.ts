// Refuses what the policy of a key does not allow, in AWS's words.
import { policyOf, type Refusal, refusalOf, sentenceOf, type Target } from '../../auth/policy/decide.ts'
import type { Refusals } from '../../auth/policy/refusals.ts'
import { userArn } from '../../ec2/core/account.ts'
import type { Call, Grant } from '../../ec2/core/call.ts'
import { type AskedResource, arnOf } from '../../ec2/core/permissions.ts'
import { ec2 } from '../../ec2/model/services.ts'
import { unauthorized } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { Service } from '../../protocol/model.ts'

/** What a request wants to do, and for whom. */
export interface Wish extends Pick<Call, 'action' | 'account' | 'requestId'> {
  readonly service: Pick<Service, 'signingName'>
  readonly region: string
}

/**
 * Asks the policy of a key whether it may do an action to all of these resources; and to none, where there are none. To give tags
 * to what is made is an action of its own, CreateTags, as at AWS.
 *
 * @throws Ec2Error UnauthorizedOperation, with the whole story sealed; of STS and IAM AccessDenied
 */
export async function authorize(
  grant: Grant,
  wish: Wish,
  resources: readonly AskedResource[],
  refusals: Refusals,
): Promise<void> {
  const refusal = refusalIn(grant, wish, resources)
  if (refusal) throw await refusedBy(refusal, grant, wish, refusals)
}

/**
 * Asks it whether an action of EC2's may read an object of a bucket: no role does that for the caller here.
 * @throws Ec2Error UnauthorizedOperation
 */
export async function authorizeReading(
  arn: string,
  { grant, account, requestId }: Pick<Call, 'grant' | 'account' | 'requestId'>,
  refusals: Refusals,
): Promise<void> {
  if (!grant) return
  const refusal = refusalOf(policyOf(grant.policy), 's3:GetObject', [{ arn }], grant.said)
  if (refusal) throw await refusedBy(refusal, grant, { account, requestId, service: ec2 }, refusals)
}

async function refusedBy(
  refusal: Refusal,
  grant: Grant,
  wish: Pick<Wish, 'account' | 'requestId' | 'service'>,
  refusals: Refusals,
): Promise<Ec2Error> {
  const { service, account } = wish
  const sentence = sentenceOf(refusal, userArn(account))
  if (service.signingName !== 'ec2') return new Ec2Error('AccessDenied', sentence)
  const { accessKeyId } = grant
  return unauthorized(sentence, await refusals.seal({ ...refusal, requestId: wish.requestId, accessKeyId }))
}

function refusalIn(
  { policy: text, said }: Grant,
  wish: Wish,
  resources: readonly AskedResource[],
): Refusal | undefined {
  const policy = policyOf(text)
  const { action, service, region } = wish
  const known = { ...said, ...(service.signingName === 'ec2' && { 'ec2:Region': region }) }
  const targetOf = ({ type, id, said: ofResource, tags, given, isTouched }: AskedResource): Target => ({
    arn: arnOf(type, id, wish),
    ...(ofResource && { known: ofResource }),
    ...(tags && { tags }),
    ...(given && { given }),
    ...(isTouched && { isTouched }),
  })
  const targets = resources.map(targetOf)
  const name = `${service.signingName}:${action}`
  const refused = refusalOf(policy, name, targets.length > 0 ? targets : [{ arn: '*' }], known)
  if (refused) return refused
  const tagged = resources.filter(({ isMade, given }) => isMade && given && given.size > 0).map(targetOf)
  return refusalOf(policy, 'ec2:CreateTags', tagged, { ...known, 'ec2:CreateAction': action })
}
