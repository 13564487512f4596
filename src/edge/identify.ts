// Who makes a request: the account behind its signature, as it is now and as long as it asks for no more than it may.
import type { AccessKey } from '../auth/access-key.ts'
import { authenticate } from '../auth/authenticate.ts'
import { tooManyRequests } from '../auth/errors.ts'
import type { SignedRequest } from '../auth/request.ts'
import { type Account, accountId } from '../ec2/core/account.ts'
import type { Caller } from '../ec2/core/call.ts'
import type { Service } from '../protocol/model.ts'
import { deferOf, type EdgeContext } from './context.ts'
import { grantOf } from './grant.ts'
import { mayAsk } from './rate.ts'
import { servicesOf } from './services.ts'

/**
 * Whose request it is.
 * @param service the one that it is for, and that its signature has to name
 * @throws Ec2Error where the signature does not prove it, where the key has made too many requests of late, and where the
 *   user behind it is no longer the one that it was made for
 */
export async function identify(request: SignedRequest, service: Service, c: EdgeContext): Promise<Caller> {
  const { config, findKey, guesses, standings } = servicesOf(c.env)
  const { trace } = c.var
  const defer = deferOf(c)
  const { signingName, signingRegion = config.region } = service
  const policy = {
    service: signingName,
    regions: [...(config.signingRegions ?? [config.region]), signingRegion],
    anyRegion: config.signingRegions === undefined,
    now: () => Date.now(),
  }
  const { accessKeyId, key, followUp } = await authenticate(request, policy, findKey(defer), guesses)
  if (followUp) defer(followUp)
  trace.key = accessKeyId
  trace.user = key.user.name
  if (!(await mayAsk(accessKeyId, c.env))) throw tooManyRequests()
  const account = accountOf(key)
  const grant = grantOf(key, account, {
    request: c.req.raw,
    region: service.signingRegion ?? config.region,
    now: Date.now(),
  })
  return { account, ...(grant && { grant }), administrators: await standings.admit(key, defer) }
}

const accountOf = ({ user, allowAdmin = false }: AccessKey): Account => ({
  id: accountId(user.id),
  user,
  ...(allowAdmin && { allowAdmin }),
})
