// Who makes a request: the account behind its signature, as it is now and as long as it asks for no more than it may.
import type { AccessKey } from '../auth/access-key.ts'
import { type Caller as Authenticated, authenticate } from '../auth/authenticate.ts'
import { tooManyRequests } from '../auth/errors.ts'
import { type SignedRequest, signedRequest } from '../auth/request.ts'
import { namesOf } from '../config/regions.ts'
import { type Account, accountId } from '../ec2/core/account.ts'
import type { Caller } from '../ec2/core/call.ts'
import type { Signer } from '../ec2/core/identity.ts'
import { limits } from '../limits.ts'
import type { Service } from '../protocol/model.ts'
import { readParameters } from '../protocol/parameters.ts'
import type { Authentic } from '../s3/payload.ts'
import { deferOf, type EdgeContext } from './context.ts'
import { grantOf } from './grant.ts'
import { mayAsk } from './rate.ts'
import { servicesOf } from './services.ts'

/** A service, as signatures name it. */
export type Signed = Pick<Service, 'signingName' | 'signingRegion'>

/**
 * Whose request it is.
 * @param service the one that it is for, and that its signature has to name
 * @throws Ec2Error where the signature does not prove it, where the key has made too many requests of late, and where the
 *   user behind it is no longer the one that it was made for
 */
export async function identify(request: SignedRequest, service: Signed, c: EdgeContext): Promise<Caller> {
  return admit(await authentic(request, service, c), service, c)
}

/** Who makes a request to S3, and what its signature says of its body. */
export interface S3Caller {
  readonly caller: Caller
  readonly authentic: Authentic
}

/**
 * Whose request to S3 it is. Its body is not touched: `receiveBody` and `readDocument` verify it by `authentic`.
 * @throws S3Error where the signature does not prove it; Ec2Error for what is no matter of signatures, as `identify`
 */
export async function identifyS3(c: EdgeContext): Promise<S3Caller> {
  const request = c.req.raw
  const { search } = new URL(request.url)
  const signed = signedRequest(request, new Uint8Array(), readParameters({ query: search }, S3_BOUNDS))
  const signer = await authentic(signed, S3, c)
  if (!signer.authentic) throw new TypeError('a signature of S3 that says nothing of the body')
  return { caller: await admit(signer, S3, c), authentic: signer.authentic }
}

const S3: Signed = { signingName: 's3' }

const S3_BOUNDS = { count: limits.s3QueryParameters.most, bytes: limits.s3Query.most }

/** Who signed the request. */
async function authentic(request: SignedRequest, service: Signed, c: EdgeContext): Promise<Authenticated> {
  const { config, findKey, guesses } = servicesOf(c.env)
  const { signingName, signingRegion = config.region } = service
  const policy = {
    service: signingName,
    regions: [signingRegion, ...(config.signingRegions ?? [config.region])],
    anyRegion: config.signingRegions === undefined,
    otherRegions: config.regions.filter(({ name }) => name !== config.region).flatMap(namesOf),
    now: () => Date.now(),
  }
  return authenticate(request, policy, findKey(deferOf(c)), guesses)
}

/** Lets who signed in, if the key has not asked for too much and its user still is who it was. */
async function admit({ key, followUp }: Authenticated, { signingRegion }: Signed, c: EdgeContext): Promise<Caller> {
  const { config, standings } = servicesOf(c.env)
  const { trace } = c.var
  const defer = deferOf(c)
  if (followUp) defer(followUp)
  // Whoever makes temporary credentials gets no larger share by them
  const signer = signerOf(key)
  trace.key = signer.accessKeyId
  trace.user = key.user.name
  const account = accountOf(key)
  trace.account = account
  if (!(await mayAsk(signer.accessKeyId, c.env))) throw tooManyRequests()
  const grant = grantOf(key, account, { request: c.req.raw, region: signingRegion ?? config.region, now: Date.now() })
  return { account, signer, ...(grant && { grant }), administrators: await standings.admit(key, defer) }
}

/** Of temporary credentials, the key that they are of. */
const signerOf = ({ accessKeyId, expires, policy, session }: AccessKey): Signer => {
  const { parent = accessKeyId, kind, name, role } = session ?? {}
  return {
    accessKeyId: parent,
    ...(expires !== undefined && { expires }),
    ...(policy !== undefined && { policy }),
    ...(kind && { session: { kind, ...(name !== undefined && { name }), ...(role && { role }) } }),
  }
}

const accountOf = ({ user, allowAdmin = false }: AccessKey): Account => ({
  id: accountId(user.id),
  user,
  ...(allowAdmin && { allowAdmin }),
})
