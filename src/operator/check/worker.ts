// The Worker's side of econe-check: variables, bindings, and whether the deployed Worker is ready.
import { networkFailure } from '../../cli/errors.ts'
import { type ConfigError, PLAIN_VARIABLES } from '../../config/names.ts'
import { configErrors } from '../../config/variables.ts'
import type { Configuration, Operator } from '../worker.ts'
import { type Finding, note, ok, wrong } from './finding.ts'

/** Every variable and secret. */
export function checkVariables({ variables, local }: Pick<Operator, 'variables' | 'local'>): Finding[] {
  const findings = configErrors(variables).map(error => wrong(error.message, remedyOf(error, local)))
  return [
    ...(findings.length > 0 ? findings : [ok('variables and secrets: complete and well-formed')]),
    ...(variables.USER_NAME_KEYS === 'true' ? [USER_NAMES] : []),
    ...(variables.EDGE_SECRET_OLD ? [EARLIER_SECRETS] : []),
    ...(variables.IMPORT_HOSTS?.includes('*') ? [ANY_HOST] : []),
  ]
}

const USER_NAMES = note(
  "econe's keys: on, USER_NAME_KEYS is true; a secret is the SHA-256 of a password, which whoever sees one signed URL can " +
    'guess at home: better issue keys (econe-keys create) and take the variable out',
)

const EARLIER_SECRETS = note(
  'EDGE_SECRET_OLD: ids, keys and links that were made under it count as well; `econe-keys reseal` rids the keys of it, ' +
    'and `econe-keys reseal-ids` the ids',
)

const ANY_HOST = note(
  'IMPORT_HOSTS is *: users have the front-end fetch from any host on the Internet, and DNS may lead one of these to what is ' +
    'for its own network alone: better name the hosts',
)

function remedyOf({ variable, called }: ConfigError, local: Operator['local']): string {
  if (PLAIN_VARIABLES.some(name => name === variable)) return 'correct it under [vars] in wrangler.toml'
  if (local) return 'start it with `npm start`'
  return `give it to this check as --help says, and to the Worker with \`wrangler secret put ${called}\``
}

/** Where OpenNebula fetches uploaded images from. */
export function checkAddress({ variables: { PUBLIC_URL, OWN_HOSTS } }: Operator): Finding {
  if (PUBLIC_URL) return ok(`uploaded images: OpenNebula fetches them at ${PUBLIC_URL}`)
  if (OWN_HOSTS) return ok(`uploaded images: OpenNebula fetches them where clients send them, if that is ${OWN_HOSTS}`)
  return wrong(
    'uploaded images: none are taken, for it is not said where OpenNebula can fetch them',
    "set PUBLIC_URL to the Worker's address, or OWN_HOSTS to the hosts that clients use, under [vars] in wrangler.toml",
  )
}

/** Everything that wrangler.toml has to bind. */
export function checkBindings({ configuration, local }: Operator): Finding[] {
  const { kv_namespaces, r2_buckets, durable_objects, migrations, ratelimits, triggers } = configuration
  const namespace = kv_namespaces.find(({ binding }) => binding === 'INDEX')
  const bucket = r2_buckets.find(({ binding }) => binding === 'STAGING')
  const account = durable_objects.bindings.find(({ name }) => name === 'ACCOUNT')
  const stored = migrations.some(({ new_sqlite_classes = [] }) =>
    new_sqlite_classes.includes(account?.class_name ?? ''),
  )
  return [
    namespace
      ? ok(
          `KV namespace INDEX: ${namespace.id ?? (local ? 'on this machine' : 'the one that the first deployment makes')}`,
        )
      : wrong('KV namespace INDEX: not bound', "take [[kv_namespaces]] of econe-edge's own wrangler.toml"),
    bucket
      ? ok(`R2 bucket STAGING: ${bucket.bucket_name}`)
      : wrong('R2 bucket STAGING: not bound', "take [[r2_buckets]] of econe-edge's own wrangler.toml"),
    account && stored
      ? ok(`Durable Object ACCOUNT: ${account.class_name}`)
      : wrong(
          'Durable Object ACCOUNT: not bound',
          "take [durable_objects] and [[migrations]] of econe-edge's own wrangler.toml",
        ),
    triggers.crons && triggers.crons.length > 0
      ? ok(`sweep of staged images: ${triggers.crons.join(', ')}`)
      : wrong('sweep of staged images: never', 'put a schedule under [triggers]: crons = ["17 * * * *"]'),
    limitOf(ratelimits),
  ]
}

function limitOf(ratelimits: Configuration['ratelimits']): Finding {
  const limit = ratelimits.find(({ name }) => name === 'REQUEST_LIMIT')?.simple
  return limit
    ? ok(`rate limit: ${limit.limit} requests in ${limit.period} s for each access key at each Cloudflare location`)
    : note('rate limit: none, [[ratelimits]] REQUEST_LIMIT is not in wrangler.toml')
}

/** What binds a way of the Worker's own to the region's front-end; undefined where requests go over the network. */
export function ownWay({
  configuration,
  local,
  ending,
}: Pick<Operator, 'configuration' | 'local' | 'ending'>): string | undefined {
  const { vpc_services, mtls_certificates, services = [] } = configuration
  const ways = { vpc_services, mtls_certificates, services }
  const [table] =
    Object.entries(ways).find(([, entries]) => entries.some(({ binding }) => binding === `ONE${ending}`)) ?? []
  return local ? undefined : table
}

/** What is not checked where only the Worker gets to the front-end, and who can. */
export const skipped = (table: string, url: string | undefined): Finding =>
  note(
    `OpenNebula: not asked, for the Worker goes to it through its binding ONE ([[${table}]]), as this machine cannot: its ` +
      'version, users, instance types, networks, elastic addresses and datastore are not checked; on the front-end, ' +
      '`econe-check -c` with a copy of wrangler.toml without the binding checks them' +
      (url === undefined ? '; --url asks the Worker whether OpenNebula answers it and takes the server account' : ''),
  )

/** Asks the Worker itself: it knows its own secrets. @param path of the region */
export async function checkDeployed(url: string, path = ''): Promise<Finding> {
  const probe = URL.parse(`${path}/readyz`, url)
  if (!probe) return wrong(`Worker: '${url}' is no address`, 'give its address, such as https://ec2.example.com')
  try {
    const response = await fetch(probe, { signal: AbortSignal.timeout(20_000), redirect: 'manual' })
    await response.body?.cancel()
    if (response.status === 200)
      return ok(`Worker at ${probe.origin}: ready, OpenNebula answers it and takes the server account`)
    if (response.status === 503) {
      return wrong(
        `Worker at ${probe.origin}: not ready, OpenNebula does not answer it or refuses the server account`,
        'its log says why: `wrangler tail`, then ask again',
      )
    }
    return wrong(`Worker at ${probe.origin}: answers with HTTP status ${response.status}`, 'is it econe-edge?')
  } catch (error) {
    return wrong(`Worker: ${networkFailure(probe, error).message}`, 'deploy it with `wrangler deploy`')
  }
}
