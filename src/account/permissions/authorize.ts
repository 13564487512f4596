// Refuses what the policy of a key does not allow, in AWS's words.
import { policyOf, type Refusal, refusalOf, sentenceOf, type Target } from '../../auth/policy/decide.ts'
import type { Policy } from '../../auth/policy/parse.ts'
import type { Refusals } from '../../auth/policy/refusals.ts'
import type { Call, Grant } from '../../ec2/core/call.ts'
import { callerArn } from '../../ec2/core/identity.ts'
import { type AskedResource, arnOf } from '../../ec2/core/permissions.ts'
import { ec2 } from '../../ec2/model/services.ts'
import { unauthorized } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { Service } from '../../protocol/model.ts'

/** What a request wants to do, and for whom. */
export interface Wish extends Pick<Call, 'action' | 'account' | 'signer' | 'requestId'> {
  readonly service: Pick<Service, 'signingName'>
  readonly region: string
}

/**
 * Asks each policy of a key whether it may do an action to all of these resources; and to none, where there are none. To give tags
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
  const refusal = refusalOfAny(grant, wish, resources)
  if (refusal) throw await refusedBy(refusal, grant, wish, refusals)
}

/** Whether each policy of a key lets it do so. */
export const isAllowed = (grant: Grant, wish: Wish, resources: readonly AskedResource[]): boolean =>
  refusalOfAny(grant, wish, resources) === undefined

const refusalOfAny = (grant: Grant, wish: Wish, resources: readonly AskedResource[]) =>
  firstRefusal(grant, policy => refusalIn(policy, grant, wish, resources))

/** What the first policy of a key says that does not allow what it is asked. */
export function firstRefusal({ policies }: Grant, ask: (policy: Policy) => Refusal | undefined): Refusal | undefined {
  for (const { of, text } of policies) {
    const refusal = ask(policyOf(text))
    if (refusal) return { ...refusal, policy: of }
  }
  return undefined
}

/**
 * Asks them whether an action of EC2's may read an object of a bucket: no role does that for the caller here.
 * @throws Ec2Error UnauthorizedOperation
 */
export async function authorizeReading(
  arn: string,
  { grant, ...call }: Pick<Call, 'grant' | 'account' | 'signer' | 'requestId'>,
  refusals: Refusals,
): Promise<void> {
  if (!grant) return
  const refusal = firstRefusal(grant, policy => refusalOf(policy, 's3:GetObject', [{ arn }], grant.said))
  if (refusal) throw await refusedBy(refusal, grant, { ...call, service: ec2 }, refusals)
}

async function refusedBy(
  refusal: Refusal,
  grant: Grant,
  { service, account, signer, requestId }: Pick<Wish, 'account' | 'signer' | 'requestId' | 'service'>,
  refusals: Refusals,
): Promise<Ec2Error> {
  const sentence = sentenceOf(refusal, callerArn(account, signer))
  if (service.signingName !== 'ec2') return new Ec2Error('AccessDenied', sentence)
  const { accessKeyId } = grant
  return unauthorized(sentence, await refusals.seal({ ...refusal, requestId, accessKeyId }))
}

function refusalIn(
  policy: Policy,
  { said }: Grant,
  wish: Wish,
  resources: readonly AskedResource[],
): Refusal | undefined {
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
  // What is only concerned nothing has to allow: an action that is about nothing else is about no resource
  const isAbout = targets.some(({ isTouched }) => !isTouched)
  const refused = refusalOf(policy, name, isAbout ? targets : [...targets, { arn: '*' }], known)
  if (refused) return refused
  const tagged = resources
    .filter(({ isMade, given }) => isMade && given && given.size > 0)
    .map(each => targetOf({ ...each, isTouched: false }))
  return refusalOf(policy, 'ec2:CreateTags', tagged, { ...known, 'ec2:CreateAction': action })
}
