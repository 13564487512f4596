// econe-keys: issues, lists and takes back the access keys (AKIA…) of the cloud's users.
//
// Records are sealed on the operator's machine and written with `wrangler kv`, so that the Worker has no door for it:
// who can use this has the Cloudflare account's login and the Worker's EDGE_SECRET anyway.

import { AccessKeys, type KeySummary } from '../auth/keys.ts'
import { isInGroup0 } from '../auth/standing.ts'
import { clientsFor } from '../config/clients.ts'
import { ConfigError, edgeSecrets, parseConfig, type Variables } from '../config/variables.ts'
import { type Documents, reads } from '../ec2/core/documents.ts'
import { OneError, OneUnavailable, UnsafeValue } from '../opennebula/errors.ts'
import { newMeter } from '../opennebula/transport.ts'
import { Ec2Error } from '../protocol/errors.ts'
import type { Option } from './command.ts'
import { Failure, UsageError } from './errors.ts'
import { withIndex } from './kv.ts'
import { OPERATOR_HELP, OPERATOR_OPTIONS, operatorOf } from './operator.ts'
import { type CommandLine, readLine } from './options.ts'
import { complain, type Io, print, versionOf } from './program.ts'
import { resealIds } from './reseal-ids.ts'
import { formatTable } from './table.ts'

const NAME = 'econe-keys'

const HELP = `Usage: econe-keys create USER [-d TEXT] [-x WHEN] [--user-id N] [--allow-admin]
       econe-keys list [-H]
       econe-keys disable|enable|delete ACCESS-KEY-ID…
       econe-keys reseal
       econe-keys reseal-ids [USER]

Issue access keys (AKIA…) to users of the cloud, list them, and take them back. What is signed with a key acts as its
OpenNebula user, as long as that is enabled and has the same number and name. Keys are sealed under the Worker's EDGE_SECRET here and kept in its KV namespace INDEX, which is
reached with wrangler and its login (wrangler login, or CLOUDFLARE_API_TOKEN). A change counts everywhere after about
a minute. A secret is shown once; nothing can show it again.

create:
  -d, --description TEXT  What the key is for
  -x, --expires WHEN      Refuse it from then on: a day (2027-01-31), a time (2027-01-31T18:00:00Z) or days from now (90d)
      --user-id N         OpenNebula's number of USER, where OpenNebula cannot be reached from here to ask it
      --allow-admin       Even if USER is, or will be, in OpenNebula's group 0, and may do anything there
list:
  -H, --headers           Print the names of the columns
reseal:
  Seals all keys under EDGE_SECRET anew, those of EDGE_SECRET_OLD too, which can then be forgotten as far as keys go
reseal-ids:
  Does that for the ids on instances, images, volumes and snapshots of all users, or of USER, as the server's account of
  OpenNebula. Ids stay as they are. What breaks off is finished by doing it again

${OPERATOR_HELP}

Example:
  $ econe-keys create helen -d 'Terraform' -x 90d
  accessKeyId: AKIAWN6DCV3EXAMPLE2Q
  secretAccessKey: wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY01
  user: helen (2)
  expires: 2027-02-21T17:04:05.000Z`

interface Verb {
  readonly options: readonly Option[]
  readonly run: (
    keys: AccessKeys,
    line: CommandLine,
    words: readonly string[],
    variables: Variables,
  ) => Promise<string[]> | AsyncIterable<string>
}

/** A verb that does something to each key that is named. */
const each = (doing: string, act: (keys: AccessKeys, accessKeyId: string) => Promise<void>): Verb => ({
  options: [],
  run: async (keys, _, words) => {
    if (words.length === 0) throw new UsageError('ACCESS-KEY-ID is missing')
    const lines: string[] = []
    for (const accessKeyId of words) {
      await act(keys, accessKeyId)
      lines.push(`Success: ${doing} ${accessKeyId}`)
    }
    return lines
  },
})

const VERBS: Readonly<Record<string, Verb>> = {
  create: {
    options: [
      { name: 'description', short: 'd', value: 'TEXT', about: 'What the key is for' },
      { name: 'expires', short: 'x', value: 'WHEN', about: 'Refuse it from then on' },
      { name: 'user-id', value: 'N', about: 'OpenNebula id of the user' },
      { name: 'allow-admin', about: "Even for a member of OpenNebula's group 0" },
    ],
    run: create,
  },
  list: { options: [{ name: 'headers', short: 'H', about: 'Print the names of the columns' }], run: list },
  disable: each('Disabling', (keys, id) => keys.disable(id)),
  enable: each('Enabling', (keys, id) => keys.enable(id)),
  delete: each('Deleting', (keys, id) => keys.delete(id)),
  reseal: { options: [], run: reseal },
  'reseal-ids': { options: [], run: resealIdsOf },
}

async function create(
  keys: AccessKeys,
  { options }: CommandLine,
  [name, ...more]: readonly string[],
  variables: Variables,
): Promise<string[]> {
  if (name === undefined) throw new UsageError('USER is missing')
  if (more.length > 0) throw new UsageError(`unexpected argument '${more[0]}'`)
  const description = options['description']?.at(-1)
  const when = options['expires']?.at(-1)
  const expires = when === undefined ? undefined : instantOf(when)
  const allowAdmin = options['allow-admin'] !== undefined
  const given = options['user-id']?.at(-1)
  const user = { id: given === undefined ? await userId(name, allowAdmin, variables) : numberOf(given), name }
  // Under another secret than the Worker's, a key would be made that it cannot open
  await keys.list().next()
  const { accessKeyId, secret } = await keys.create({
    user,
    ...(description !== undefined && { description }),
    ...(expires !== undefined && { expires }),
    allowAdmin,
  })
  return [
    `accessKeyId: ${accessKeyId}`,
    `secretAccessKey: ${secret}`,
    `user: ${user.name} (${user.id})`,
    `expires: ${expires === undefined ? 'never' : new Date(expires).toISOString()}`,
  ]
}

async function reseal(keys: AccessKeys, _: CommandLine, words: readonly string[]): Promise<string[]> {
  if (words.length > 0) throw new UsageError(`unexpected argument '${words[0]}'`)
  return [`Success: Sealing ${await keys.reseal()} keys anew`]
}

async function* resealIdsOf(
  _: AccessKeys,
  __: CommandLine,
  [name, ...more]: readonly string[],
  variables: Variables,
): AsyncGenerator<string> {
  if (more.length > 0) throw new UsageError(`unexpected argument '${more[0]}'`)
  const config = parseConfig(variables)
  const owner = name === undefined ? undefined : await userId(name, true, variables)
  yield* resealIds(config, clientsFor<Documents>(config, reads), edgeSecrets(variables), owner)
}

function numberOf(given: string): number {
  if (!/^\d{1,9}$/.test(given)) throw new UsageError(`the user id '${given}' is not a number`)
  return Number(given)
}

/** Asked as the user, so that it shows at once whether requests can act as them. */
async function userId(name: string, allowAdmin: boolean, variables: Variables): Promise<number> {
  const config = parseConfig(variables)
  try {
    const user = await clientsFor<Documents>(config, reads)(name, newMeter()).user()
    if (!user.ENABLED) throw new Failure(`the OpenNebula user ${name} is disabled`)
    if (isInGroup0(user) && !allowAdmin) {
      throw new Failure(
        `${name} is in OpenNebula's group 0, and whoever has the key could do anything there: give --allow-admin if that is ` +
          'meant, or make a user of its own',
      )
    }
    return user.ID
  } catch (error) {
    if (error instanceof UnsafeValue) throw new UsageError(`'${name}' is no name of an OpenNebula user`)
    if (error instanceof OneUnavailable) throw new Failure(`${error.message}: give --user-id to do without`)
    if (!(error instanceof OneError)) throw error
    const { serverAdmin } = config
    throw new Failure(
      `OpenNebula does not let ${serverAdmin.name} act as ${name}: there is no such user, or it is disabled, or ONE_AUTH ` +
        'is wrong (econe-check tells)',
    )
  }
}

/** Milliseconds since 1970. */
function instantOf(when: string): number {
  const [, days] = /^(\d{1,5})d$/.exec(when) ?? []
  const instant = days === undefined ? timeOf(when) : Date.now() + Number(days) * 86_400_000
  if (Number.isNaN(instant)) {
    throw new UsageError(`'${when}' is no time: it looks like 2027-01-31, 2027-01-31T18:00:00Z or 90d`)
  }
  if (instant <= Date.now()) throw new UsageError(`'${when}' is over already`)
  return instant
}

/** Only what names its zone, or a day: that of UTC. */
const timeOf = (text: string) =>
  /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(text) ? Date.parse(text) : Number.NaN

const COLUMNS = [
  { head: 'AccessKeyId', width: 20 },
  { head: 'User', width: 12 },
  { head: 'Status', width: 8 },
  { head: 'Created', width: 10 },
  { head: 'Expires', width: 10 },
  { head: 'LastUsed', width: 10 },
  { head: 'Description', width: 11 },
]

async function list(keys: AccessKeys, { options }: CommandLine, words: readonly string[]): Promise<string[]> {
  if (words.length > 0) throw new UsageError(`unexpected argument '${words[0]}'`)
  const rows: string[][] = []
  for await (const key of keys.list()) rows.push(rowOf(key))
  return formatTable(COLUMNS, rows, options['headers'] === undefined ? undefined : 0)
}

function rowOf({ accessKeyId, user, status, created, expires, lastUsed = '', description = '' }: KeySummary): string[] {
  const day = (instant: number) => new Date(instant).toISOString().slice(0, 10)
  const expired = expires !== undefined && expires <= Date.now()
  return [
    accessKeyId,
    user.name,
    expired && status === 'active' ? 'expired' : status,
    day(created),
    expires === undefined ? '' : day(expires),
    lastUsed,
    description,
  ]
}

/** Runs the program; returns the exit status. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const [name = '--help', ...others] = argv
  const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined
  try {
    if (!verb && !name.startsWith('-')) throw new UsageError(`there is no '${name}' to do`)
    const line = readLine([...OPERATOR_OPTIONS, ...(verb?.options ?? [])], verb ? others : argv)
    if (line.options['version']) return print(io, [versionOf(NAME)])
    if (!verb || line.options['help']) return print(io, [HELP])
    const operator = await operatorOf(line, io.env)
    const { variables } = operator
    const secrets = edgeSecrets(variables)
    return await withIndex(operator, io.env, async store => {
      const keys = new AccessKeys({ store, secrets, now: () => Date.now() })
      for await (const text of await verb.run(keys, line, line.words, variables)) print(io, [text])
      return 0
    })
  } catch (error) {
    return complain(io, NAME, inWords(error))
  }
}

/** What goes wrong, as an operator can do something about it; what is no failure is a defect, and thrown on. */
function inWords(error: unknown): Failure | string {
  if (error instanceof Failure) return error
  if (error instanceof ConfigError) return `${error.message}: give it in the environment or with -s/--secrets`
  if (!(error instanceof Ec2Error)) throw error
  if (error.cause instanceof Failure) return error.cause
  if (error.code !== 'InternalError') return error.message
  return (
    `${error.message} Is EDGE_SECRET the one that it was made under? The one before it belongs into EDGE_SECRET_OLD; if ` +
    'nobody has it any more, delete the key.'
  )
}
