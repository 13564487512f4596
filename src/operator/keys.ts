// econe-keys: issues, lists and takes back the access keys (AKIA…) of the cloud's users.
//
// Records are sealed on the operator's machine and written with `wrangler kv`, so that the Worker has no door for it:
// who can use this has the Cloudflare account's login and the Worker's EDGE_SECRET anyway.
import type { KeySummary } from '../auth/key-record.ts'
import type { AccessKeys } from '../auth/keys.ts'
import { Refusals } from '../auth/policy/refusals.ts'
import { isInGroup0 } from '../auth/standing.ts'
import type { Arguments } from '../cli/arguments.ts'
import type { Operand } from '../cli/command.ts'
import { Failure, UsageError } from '../cli/errors.ts'
import { type Io, print } from '../cli/program.ts'
import { formatTable } from '../cli/table.ts'
import { clientsFor } from '../config/clients.ts'
import type { Variables } from '../config/names.ts'
import { edgeSecrets, parseConfig } from '../config/variables.ts'
import { type Documents, reads } from '../ec2/core/documents.ts'
import { OneError, OneUnavailable, UnsafeValue } from '../opennebula/errors.ts'
import { newMeter } from '../opennebula/transport.ts'
import { POLICY_OPTIONS, policyIn, shownKey, shownRefusal } from './policies.ts'
import { type Job, type Program, runProgram } from './program.ts'
import { resealIds } from './reseal-ids.ts'
import { roleJobs } from './roles.ts'
import { type Scene, withStore } from './store.ts'
import { instantOf } from './time.ts'
import type { Operator } from './worker.ts'

const KEY: Operand = { name: 'ACCESS-KEY-ID', about: 'A key, as `list` shows it' }

const KEYS: Operand = { name: 'ACCESS-KEY-ID', about: 'Keys, as `list` shows them', many: true }

/** A verb that does something to each key that is named. */
const forEach = (
  name: string,
  purpose: string,
  doing: string,
  act: (keys: AccessKeys, accessKeyId: string) => Promise<void>,
): Job => ({
  ...{ name, purpose, operands: [KEYS], options: [] },
  run: withKeys(async (keys, given, { io }) => {
    for (const accessKeyId of given.all(KEYS.name)) {
      await act(keys, accessKeyId)
      print(io, [`Success: ${doing} ${accessKeyId}`])
    }
  }),
})

export const program: Program = {
  name: 'econe-keys',
  purpose: 'Issue access keys (AKIA…) to users of the cloud, list them, and take them back',
  details:
    'What is signed with a key acts as its OpenNebula user, as long as that is enabled and has the same number and name. Keys ' +
    "are sealed under the Worker's EDGE_SECRET here and kept in its KV namespace INDEX, which is reached with wrangler and its " +
    'login (wrangler login, or CLOUDFLARE_API_TOKEN). A change counts everywhere after about a minute. A secret is shown ' +
    'once; nothing can show it again.',
  verbs: [
    {
      name: 'create',
      purpose: 'Issue a key, and print it with its secret',
      operands: [{ name: 'USER', about: 'OpenNebula user as whom it acts' }],
      options: [
        { name: 'description', short: 'd', value: 'TEXT', about: 'What the key is for' },
        {
          name: 'expires',
          short: 'x',
          value: 'WHEN',
          about: 'Refuse it from then on: a day (2027-01-31), a time (2027-01-31T18:00:00Z) or days from now (90d)',
        },
        {
          name: 'user-id',
          value: 'N',
          about: "OpenNebula's number of USER, where OpenNebula cannot be reached from here to ask it",
        },
        {
          name: 'allow-admin',
          about: "Even if USER is, or will be, in OpenNebula's group 0, and may do anything there",
        },
        ...POLICY_OPTIONS,
      ],
      run: withKeys(create),
    },
    {
      name: 'list',
      purpose: 'List all keys, without their secrets',
      operands: [],
      options: [{ name: 'headers', short: 'H', about: 'Print the names of the columns' }],
      run: withKeys(list),
    },
    {
      name: 'show',
      purpose: 'Show a key, without its secret, and what it may be used for',
      operands: [KEY],
      options: [],
      run: withKeys(async (keys, given, { io }) => {
        print(io, shownKey(await keys.show(given.the(KEY.name))))
      }),
    },
    {
      name: 'policy',
      purpose: 'Say what a key may be used for from now on; its secret stays',
      operands: [KEY],
      options: [...POLICY_OPTIONS, { name: 'none', about: 'Whatever its user may do' }],
      run: withKeys(setPolicy),
    },
    {
      name: 'explain',
      purpose: 'Tell why a request was refused, from the encoded message in its error',
      operands: [{ name: 'MESSAGE', about: 'What stands behind `Encoded authorization failure message:`' }],
      options: [],
      run: explain,
    },
    forEach('disable', 'Refuse keys from now on', 'Disabling', (keys, id) => keys.disable(id)),
    forEach('enable', 'Take keys again that were disabled', 'Enabling', (keys, id) => keys.enable(id)),
    forEach('delete', 'Forget keys', 'Deleting', (keys, id) => keys.delete(id)),
    ...roleJobs,
    {
      name: 'reseal',
      purpose:
        'Seal all keys and roles under EDGE_SECRET anew, those of EDGE_SECRET_OLD too, which can then be forgotten as far as they go',
      operands: [],
      options: [],
      run: withStore(async ({ keys, roles }, _, { io }) => {
        print(io, [`Success: Sealing ${await keys.reseal()} keys anew`])
        const count = await roles.reseal()
        if (count > 0) print(io, [`Success: Sealing ${count} roles anew`])
      }),
    },
    {
      name: 'reseal-ids',
      purpose:
        "Seal the ids on instances, images, volumes and snapshots anew too, as the server's account of OpenNebula",
      details: 'Ids stay as they are. What breaks off is finished by doing it again.',
      operands: [{ name: 'USER', about: 'OpenNebula user whose objects alone are meant', optional: true }],
      options: [],
      run: resealIdsOf,
    },
  ],
  example: `$ econe-keys create helen -d 'Terraform' -x 90d
accessKeyId: AKIAWN6DCV3EXAMPLE2Q
secretAccessKey: wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY01
user: helen (2)
expires: 2027-02-21T17:04:05.000Z`,
}

/** Runs the program; returns the exit status. */
export const main = (argv: readonly string[], io: Io): Promise<number> => runProgram(program, argv, io)

/** What is done with the keys of a Worker. */
function withKeys(work: (keys: AccessKeys, given: Arguments, scene: Scene) => Promise<void>): Job['run'] {
  return withStore(({ keys }, given, scene) => work(keys, given, scene))
}

async function create(keys: AccessKeys, given: Arguments, { variables, io }: Scene): Promise<void> {
  const name = given.the('USER')
  const description = given.last('description')
  const when = given.last('expires')
  const expires = when === undefined ? undefined : instantOf(when)
  const allowAdmin = given.has('allow-admin')
  const policy = policyIn(given, instantOf)
  const number = given.last('user-id')
  const user = { id: number === undefined ? await userId(name, allowAdmin, variables) : numberOf(number), name }
  // Under another secret than the Worker's, a key would be made that it cannot open
  await keys.list().next()
  const { accessKeyId, secret } = await keys.create({
    user,
    ...(description !== undefined && { description }),
    ...(expires !== undefined && { expires }),
    allowAdmin,
    ...(policy && { policy }),
  })
  print(io, [
    `accessKeyId: ${accessKeyId}`,
    `secretAccessKey: ${secret}`,
    `user: ${user.name} (${user.id})`,
    `expires: ${expires === undefined ? 'never' : new Date(expires).toISOString()}`,
  ])
}

async function setPolicy(keys: AccessKeys, given: Arguments, { io }: Scene): Promise<void> {
  const accessKeyId = given.the(KEY.name)
  const policy = policyIn(given, instantOf)
  if ((policy === undefined) !== given.has('none')) throw new UsageError('give a policy, or --none')
  await keys.setPolicy(accessKeyId, policy)
  print(io, [`Success: Changing the policy of ${accessKeyId}`])
}

async function explain(given: Arguments, { variables }: Operator, io: Io): Promise<number> {
  const refusal = await new Refusals(edgeSecrets(variables)).open(given.the('MESSAGE')).catch(() => undefined)
  if (!refusal) throw new Failure('this is no message of a Worker with this EDGE_SECRET')
  return print(io, shownRefusal(refusal))
}

async function resealIdsOf(given: Arguments, { variables }: Operator, io: Io): Promise<number> {
  const name = given.last('USER')
  const config = parseConfig(variables)
  const owner = name === undefined ? undefined : await userId(name, true, variables)
  for await (const line of resealIds(config, clientsFor<Documents>(config, reads), edgeSecrets(variables), owner))
    print(io, [line])
  return 0
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

const COLUMNS = [
  { head: 'AccessKeyId', width: 20 },
  { head: 'User', width: 12 },
  { head: 'Status', width: 8 },
  { head: 'Created', width: 10 },
  { head: 'Expires', width: 10 },
  { head: 'LastUsed', width: 10 },
  { head: 'Description', width: 11 },
]

async function list(keys: AccessKeys, given: Arguments, { io }: Scene): Promise<void> {
  const rows: string[][] = []
  for await (const key of keys.list()) rows.push(rowOf(key))
  print(io, formatTable(COLUMNS, rows, given.has('headers') ? 0 : undefined))
}

function rowOf({
  accessKeyId,
  user,
  status,
  created,
  expires,
  lastUsed = '',
  description = '',
  madeWith,
}: KeySummary): string[] {
  const day = (instant: number) => new Date(instant).toISOString().slice(0, 10)
  const expired = expires !== undefined && expires <= Date.now()
  return [
    accessKeyId,
    user.name,
    expired && status === 'active' ? 'expired' : status,
    day(created),
    expires === undefined ? '' : day(expires),
    lastUsed,
    madeWith === undefined ? description : `made with ${madeWith}`,
  ]
}
