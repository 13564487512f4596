// What requests work with, wired from the configuration once per environment and handed down.
import type { AccountObject } from '../account/object.ts'
import type { Services as AccountServices, Defer } from '../account/services.ts'
import { type FindKey, findKeyIn } from '../auth/access-key.ts'
import { unavailable } from '../auth/errors.ts'
import { Guesses } from '../auth/guesses.ts'
import { AccessKeys, type KeyVersion } from '../auth/keys.ts'
import { Refusals } from '../auth/policy/refusals.ts'
import { Roles } from '../auth/roles.ts'
import { Sessions } from '../auth/sessions.ts'
import { readStanding, Standings } from '../auth/standing.ts'
import { UserDirectory } from '../auth/users.ts'
import { type Clients, clientsFor } from '../config/clients.ts'
import { signingKeys } from '../config/derived-keys.ts'
import { type Bindings, readConfig } from '../config/environment.ts'
import type { Config } from '../config/variables.ts'
import { accountId } from '../ec2/core/account.ts'
import type { Context } from '../ec2/core/context.ts'
import { type Documents, reads } from '../ec2/core/documents.ts'
import { IdIndex, KnownNumbers } from '../ec2/core/id-index.ts'
import { IdMint } from '../ec2/core/ids.ts'
import { ONEADMIN } from '../ec2/core/trust.ts'
import { log } from '../lib/log.ts'
import { once } from '../lib/once.ts'
import type { SigningKeys } from '../lib/signing.ts'
import { limits } from '../limits.ts'
import type { OpenNebula } from '../opennebula/client.ts'
import { newMeter } from '../opennebula/transport.ts'
import type { Flaw } from '../opennebula/xml/flaw.ts'
import { originForCallers } from '../staging/own-address.ts'
import { type IdentityParts, identities } from './identities.ts'

/** All bindings of the Worker. */
export interface Env extends Bindings {
  readonly ACCOUNT: Accounts
}

/** The objects of accounts, by their ids. */
export type Accounts = Pick<DurableObjectNamespace<AccountObject>, 'getByName'>

/** What is the same for all requests. */
export interface Services extends AccountServices {
  /** Finds access keys for a request, by whose own means what it begins is kept going. */
  readonly findKey: (defer: Defer) => FindKey
  /** Limits failures in econe's scheme; absent where that is off. */
  readonly guesses: Guesses | undefined
  readonly standings: Standings
  /** What verifies that it is the operator who asks. */
  readonly operatorKeys: () => Promise<SigningKeys>
}

const now = () => Date.now()

const wired = new WeakMap<Env, Services>()

/** @throws ConfigError */
export function servicesOf(env: Env): Services {
  const known = wired.get(env)
  if (known) return known
  const services = wire(env, readConfig(env))
  wired.set(env, services)
  return services
}

function wire(env: Env, config: Config): Services {
  const { serverAdmin, secrets } = config
  const client = clientsFor<Documents>(config, reads, env.ONE?.fetch.bind(env.ONE), flawLog())
  const ownStandings = () => standingsOf(config, client)
  const mint = new IdMint(secrets)
  const temporary = {
    sessions: new Sessions(secrets, config.region),
    roles: new Roles({ store: env.INDEX, secrets, now }),
  }
  const accessKeys = new AccessKeys({ store: env.INDEX, secrets, now })
  const findKey = keyFinder(env, config, temporary, () => client(serverAdmin.name, newMeter()).users())
  return {
    config,
    client,
    findKey,
    accessKeys,
    guesses: config.keys.userNames ? new Guesses({ limiter: env.FAILURE_LIMIT, now }) : undefined,
    standings: ownStandings(),
    ownStandings,
    mint,
    operatorKeys: once(() => signingKeys(secrets, 'operator')),
    linkKeys: once(() => signingKeys(secrets, 'imageLinks')),
    refusals: new Refusals(secrets),
    contextOf: contexts({
      ...{ env, config, client, mint },
      identityOf: identities({ accounts: env.ACCOUNT, findKey, accessKeys, ...temporary }),
      pageKeys: once(() => signingKeys(secrets, 'pages')),
      known: new KnownNumbers(now),
    }),
  }
}

interface ContextParts {
  readonly env: Env
  readonly config: Config
  readonly client: Clients<Documents>
  readonly mint: IdMint
  readonly identityOf: ReturnType<typeof identities>
  readonly pageKeys: () => Promise<SigningKeys>
  readonly known: KnownNumbers
}

/** What an action gets, bound to the account that calls it. */
function contexts({ env, config, client, mint, identityOf, pageKeys, known }: ContextParts): Services['contextOf'] {
  return async (call, { meter, defer, shares }): Promise<Context> => {
    const { account, administrators, requestId, endpoint } = call
    return {
      account,
      identity: identityOf(call, defer),
      operators: new Set([ONEADMIN, ...administrators, ...config.trustedOwners]),
      requestId,
      endpoint: originForCallers(endpoint, config),
      settings: config,
      one: client(account.user.name, meter, shares),
      mint: mint.seenBy(account.user.id),
      index: new IdIndex(env.INDEX, known, defer),
      pageKeys: await pageKeys(),
      now,
    }
  }
}

/**
 * Tells the log of objects that cannot be read, of each once, and of so many at most: whoever makes them must not flood it.
 */
function flawLog(): (flaw: Flaw) => void {
  const told = new Set<string>()
  return ({ kind, id, reason }) => {
    const object = `${kind} ${id ?? 'without number'}`
    if (told.has(object) || told.size >= limits.flawsTold.most) return
    told.add(object)
    log('flawed-object', { object, reason }, true)
  }
}

/** What OpenNebula says of users, asked as the server's account and for no request in particular. */
const standingsOf = ({ serverAdmin }: Config, client: Clients): Standings =>
  new Standings({ read: id => readStanding(client(serverAdmin.name, newMeter()), id), now })

/** The sources of access keys that are switched on. What they remember all requests share; what a request begins is its own. */
function keyFinder(
  env: Env,
  { keys, secrets }: Config,
  { sessions, roles }: Pick<IdentityParts, 'sessions' | 'roles'>,
  readUsers: () => ReturnType<OpenNebula['users']>,
): Services['findKey'] {
  const users = new UserDirectory({ readUsers, now })
  const isNewest = ({ user, ...found }: KeyVersion) => env.ACCOUNT.getByName(accountId(user.id)).isNewestKey(found)
  const issued = new AccessKeys({ store: env.INDEX, secrets, now, isNewest })
  return defer =>
    sessions.finder(
      findKeyIn([
        ...(keys.issued ? [(id: string) => issued.find(id)] : []),
        ...(keys.userNames ? [(id: string) => users.find(id, defer).catch(unanswered)] : []),
      ]),
      (name, user) => roles.find(name, user),
    )
}

/** Whatever is wrong when the server's own account cannot read the users, it is no caller's fault. */
function unanswered(cause: unknown): never {
  throw unavailable('The cloud', cause)
}
