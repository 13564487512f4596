// By what a request came, and that it was refused before it got to the account's object: told to that after the answer.
import type { Refusal } from '../account/events/event.ts'
import { toldRegion } from '../config/regions.ts'
import type { Origin } from '../ec2/core/call.ts'
import { causeOf } from '../ec2/core/cause.ts'
import { excerpt } from '../lib/excerpt.ts'
import { log } from '../lib/log.ts'
import { deferOf, type EdgeContext } from './context.ts'
import { servicesOf } from './services.ts'

/** As long as an IPv6 address with all that may stand in one. */
const ADDRESS = 64
const USER_AGENT = 256

/** By what a request came: what is signed of it, and what Cloudflare and the client say. */
export function originOf({ env, req, var: { trace } }: EdgeContext): Origin {
  // Cloudflare writes the address, whatever the client sent; elsewhere there is none
  const address = req.header('cf-connecting-ip')
  const userAgent = req.header('user-agent')
  return {
    accessKeyId: trace.key ?? '',
    address: address && excerpt(address, ADDRESS),
    userAgent: userAgent && excerpt(userAgent, USER_AGENT),
    region: servicesOf(env).config.region,
  }
}

/** Reads that would have been answered, and requests that came too often: who sends those shall not fill the trail. */
const UNTOLD: ReadonlySet<string> = new Set(['DryRunOperation', 'ThrottlingException'])

/**
 * Has the account's object write down that a request was refused, if it is an authentic one that the object has not seen.
 * What failed through no fault of the caller's changed nothing and is not told, and neither is what came too often.
 *
 * @param service its name in signatures
 */
export function reportRefusal(c: EdgeContext, service: string, { code, message, status }: Refusal): void {
  const { account, action, input, requestId, told } = c.var.trace
  if (!account || action === undefined || told || status >= 500 || UNTOLD.has(code)) return
  const asked = { account, requestId, origin: originOf(c), service, action: action.replace(/^s3:/, ''), input }
  const telling = c.env.ACCOUNT.getByName(account.id).refused(asked, { code, message, status })
  const whose = { ...toldRegion(c.env), account: account.id }
  deferOf(c)(telling.catch((error: unknown) => log('unrecorded', { ...whose, cause: causeOf(error) }, true)))
}
