// From the configuration to what a request works with: built once per environment, bound to an account per request.

import { type AccessKey, type FindKey, findKeyIn } from './auth/access-key.ts'
import { unavailable } from './auth/errors.ts'
import { Guesses } from './auth/guesses.ts'
import { AccessKeys, type KeyVersion } from './auth/keys.ts'
import { readStanding, Standings } from './auth/standing.ts'
import { UserDirectory } from './auth/users.ts'
import { type Env, readConfig } from './config.ts'
import { type Account, accountId, type Context } from './ec2/context.ts'
import { IdIndex } from './ec2/id-index.ts'
import { IdMint } from './ec2/ids.ts'
import { ONEADMIN } from './ec2/trust.ts'
import { type Clients, clientsFor } from './front-end.ts'
import { once } from './lib/once.ts'
import { log } from './log.ts'
import type { OpenNebula } from './opennebula/client.ts'
import { type Meter, newMeter } from './opennebula/transport.ts'
import type { Flaw } from './opennebula/xml/flaw.ts'
import { deriveSigningKeys, type SigningKeys } from './secret.ts'
import { deriveLinkKeys } from './staging/link.ts'
import { originForCallers } from './staging/own-address.ts'
import type { Config } from './variables.ts'

/** Keeps the Worker alive for work that nobody waits for. */
export type Defer = (work: Promise<unknown>) => void

/** What is the same for all requests. */
export interface Wiring {
  readonly config: Config
  readonly findKey: (defer: Defer) => FindKey
  /** Limits failures in econe's scheme; absent where that is off. */
  readonly guesses: Guesses | undefined
  readonly standings: Standings
  /** For an object that outlives requests: what it waits for must not have been begun by one of them. */
  readonly ownStandings: () => Standings
  readonly client: Clients
  readonly mint: IdMint
  readonly pageKeys: () => Promise<SigningKeys>
  readonly linkKeys: () => Promise<SigningKeys>
}

const now = () => Date.now()

const wirings = new WeakMap<Env, Wiring>()

/** @throws ConfigError */
export function wire(env: Env): Wiring {
  const known = wirings.get(env)
  if (known) return known
  const wiring = build(env, readConfig(env))
  wirings.set(env, wiring)
  return wiring
}

function build(env: Env, config: Config): Wiring {
  const { serverAdmin, secrets } = config
  const client = clientsFor(config, env.ONE?.fetch.bind(env.ONE), flawLog())
  const ownStandings = () => standingsFor(config, client)
  return {
    config,
    client,
    findKey: keyFinder(env, config, () => client(serverAdmin.name, newMeter()).users()),
    guesses: config.keys.userNames ? new Guesses({ limiter: env.FAILURE_LIMIT, now }) : undefined,
    standings: ownStandings(),
    ownStandings,
    mint: new IdMint(secrets),
    pageKeys: once(() => deriveSigningKeys(secrets, 'econe-edge pages')),
    linkKeys: once(() => deriveLinkKeys(secrets)),
  }
}

/** Of so many objects the log is told in the life of an isolate: whoever makes more must not flood it. */
const MOST_FLAWS = 1000

/** Tells the log of objects that cannot be read, of each once. */
function flawLog(): (flaw: Flaw) => void {
  const told = new Set<string>()
  return ({ kind, id, reason }) => {
    const object = `${kind} ${id ?? 'without number'}`
    if (told.has(object) || told.size >= MOST_FLAWS) return
    told.add(object)
    log('flawed-object', { object, reason }, true)
  }
}

/** What OpenNebula says of users, asked as the server's account and for no request in particular. */
const standingsFor = ({ serverAdmin }: Config, client: Clients): Standings =>
  new Standings({ read: id => readStanding(client(serverAdmin.name, newMeter()), id), now })

/** The sources of access keys that are switched on, with what they remember shared by all requests. */
function keyFinder(env: Env, { keys, secrets }: Config, readUsers: () => ReturnType<OpenNebula['users']>) {
  let keep: Defer = () => undefined
  const users = new UserDirectory({ readUsers, now, keep: work => keep(work) })
  const isNewest = ({ user, accessKeyId, version }: KeyVersion) =>
    env.ACCOUNT.getByName(accountId(user.id)).isNewestKey(accessKeyId, version)
  const issued = new AccessKeys({ store: env.INDEX, secrets, now, isNewest })
  const find = findKeyIn([
    ...(keys.issued ? [(id: string) => issued.find(id)] : []),
    ...(keys.userNames ? [(id: string) => users.find(id).catch(unanswered)] : []),
  ])
  return (defer: Defer): FindKey => {
    keep = defer
    return find
  }
}

/** Whatever is wrong when the server's own account cannot read the users, it is no caller's fault. */
function unanswered(cause: unknown): never {
  throw unavailable('The cloud', cause)
}

export const accountOf = ({ user, allowAdmin = false }: AccessKey): Account => ({
  id: accountId(user.id),
  user,
  ...(allowAdmin && { allowAdmin }),
})

/** Who makes a request, as far as it concerns what the request does. */
export interface Caller {
  readonly account: Account
  /** Numbers of the members of OpenNebula's group 0: what they own is the operator's. */
  readonly administrators: readonly number[]
}

/** What belongs to one request. */
export interface RequestScope extends Caller {
  readonly requestId: string
  /** Scheme and host that the client names. */
  readonly endpoint: string
  readonly meter: Meter
  readonly defer: Defer
}

/** What an action gets. */
export async function contextFor(
  env: Env,
  { account, administrators, requestId, endpoint, meter, defer }: RequestScope,
): Promise<Context> {
  const { config, client, mint, pageKeys } = wire(env)
  return {
    account,
    operators: new Set([ONEADMIN, ...administrators, ...config.trustedOwners]),
    requestId,
    endpoint: originForCallers(endpoint, config),
    settings: config,
    one: client(account.user.name, meter),
    mint: mint.seenBy(account.user.id),
    index: new IdIndex(env.INDEX, defer),
    pageKeys: await pageKeys(),
    now,
  }
}
