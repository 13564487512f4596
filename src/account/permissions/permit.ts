// Lets a request through to its action, as far as the policy of its key goes: before anything is done, or asked of the account.
import { policyOf } from '../../auth/policy/decide.ts'
import { isNeverAllowed } from '../../auth/policy/evaluate.ts'
import type { AnyAction } from '../../ec2/core/action.ts'
import type { Call } from '../../ec2/core/call.ts'
import type { Context } from '../../ec2/core/context.ts'
import type { Service } from '../../protocol/model.ts'
import type { Services } from '../services.ts'
import { askedResources } from './asked.ts'
import { authorize } from './authorize.ts'

/** What everybody may ask, whatever a policy says: as at AWS, for who asks has the key in hand, and gets no more by it. */
const FREE: readonly string[] = ['GetCallerIdentity', 'GetSessionToken']

/** What is asked for. */
export interface Operation {
  readonly service: Pick<Service, 'signingName' | 'signingRegion'>
  readonly row: AnyAction
}

/**
 * Asks the policy of the key, if it has one. An action whose row says that it asks by itself is let through, if anything of it could
 * be allowed.
 *
 * @param context what resources are looked up with, where the policy asks for more than their ids
 * @throws Ec2Error UnauthorizedOperation, AccessDenied; as `askedResources`
 */
export async function permit(
  call: Call,
  { service, row }: Operation,
  { config, refusals }: Pick<Services, 'config' | 'refusals'>,
  context: () => Promise<Context>,
): Promise<void> {
  const { grant, account, action, input } = call
  if (!grant || FREE.includes(action)) return
  const region = service.signingRegion ?? config.region
  const name = `${service.signingName}:${action}`
  if (row.authorizes && !grant.policies.some(({ text }) => isNeverAllowed(policyOf(text), name))) return
  const about = { action: name, input, row, policies: grant.policies }
  // What no statement could allow is refused whatever it is about
  const resources = row.authorizes ? [] : await askedResources(about, context, { account, region })
  await authorize(grant, { ...call, service, region }, resources, refusals)
}
