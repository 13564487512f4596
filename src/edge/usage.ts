// What an account used, for whoever asks as it.
import { usageOf } from '../account/usage/usage.ts'
import type { Context } from '../ec2/core/context.ts'
import type { Usage } from '../ec2/usage/types.ts'
import type { Span } from '../lib/days.ts'
import { WHOSE } from '../opennebula/calls/common.ts'
import type { Env } from './services.ts'

/** @param span of whole days @throws Ec2Error */
export function usageOfCaller(
  { account, one, settings, now }: Context,
  env: Pick<Env, 'ACCOUNT'>,
  span: Span,
): Promise<Usage[]> {
  const { addressNetwork } = settings
  const question = { one, whose: WHOSE.OWN, addressNetwork, now: Math.floor(now() / 1000) }
  return usageOf(question, span, env.ACCOUNT.getByName(account.id))
}
