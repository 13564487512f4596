// econe-keys: issues, lists and takes back the access keys (AKIA…) of the cloud's users.
//
// Records are sealed on the operator's machine and written with `wrangler kv`, so that the Worker has no door for it:
// who can use this has the Cloudflare account's login and the Worker's EDGE_SECRET anyway.
import type { KeySummary } from '../auth/key-record.ts'
import type { AccessKeys } from '../auth/keys.ts'
import { Refusals } from '../auth/policy/refusals.ts'
import type { Arguments } from '../cli/arguments.ts'
import type { Operand } from '../cli/command.ts'
import { Failure, UsageError } from '../cli/errors.ts'
import { type Io, print } from '../cli/program.ts'
import { clientsFor } from '../config/clients.ts'
import { edgeSecrets, parseConfig } from '../config/variables.ts'
import { type Documents, reads } from '../ec2/core/documents.ts'
import { dateAt } from '../lib/instants.ts'
import { ISSUE_OPTIONS, issue, userId } from './issue.ts'
import { POLICY_OPTIONS, policyIn, shownKey, shownRefusal } from './policies.ts'
import { type Job, type Program, runProgram } from './program.ts'
import { resealIds } from './reseal-ids.ts'
import { roleJobs } from './roles.ts'
import { printEverywhere, type Scene, type Stored, wherever, withStore } from './store.ts'
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
  run: withStore(async (_, given, scene) => {
    for (const accessKeyId of given.all(KEYS.name)) {
      await wherever(scene, async ({ keys }, where) => {
        await act(keys, accessKeyId)
        print(scene.io, [`Success: ${doing} ${accessKeyId}${where}`])
      })
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
      options: ISSUE_OPTIONS,
      run: withStore(issue),
    },
    {
      name: 'list',
      purpose: 'List all keys, without their secrets',
      operands: [],
      options: [{ name: 'headers', short: 'H', about: 'Print the names of the columns' }],
      run: withStore(list),
    },
    {
      name: 'show',
      purpose: 'Show a key, without its secret, and what it may be used for',
      operands: [KEY],
      options: [],
      run: withStore((_, given, scene) =>
        wherever(scene, async ({ keys, region }, where) => {
          const shown = shownKey(await keys.show(given.the(KEY.name)))
          print(scene.io, where === '' ? shown : [`region: ${region}`, ...shown])
        }),
      ),
    },
    {
      name: 'policy',
      purpose: 'Say what a key may be used for from now on; its secret stays',
      operands: [KEY],
      options: [...POLICY_OPTIONS, { name: 'none', about: 'Whatever its user may do' }],
      run: withStore(setPolicy),
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
      run: withStore((_, __, scene) =>
        wherever(scene, async ({ keys, roles }, where) => {
          print(scene.io, [`Success: Sealing ${await keys.reseal()} keys anew${where}`])
          const count = await roles.reseal()
          if (count > 0) print(scene.io, [`Success: Sealing ${count} roles anew${where}`])
        }),
      ),
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

async function setPolicy(_: Stored, given: Arguments, scene: Scene): Promise<void> {
  const accessKeyId = given.the(KEY.name)
  const policy = policyIn(given, instantOf)
  if ((policy === undefined) !== given.has('none')) throw new UsageError('give a policy, or --none')
  await wherever(scene, async ({ keys }, where) => {
    await keys.setPolicy(accessKeyId, policy)
    print(scene.io, [`Success: Changing the policy of ${accessKeyId}${where}`])
  })
}

async function explain(given: Arguments, { everywhere }: Operator, io: Io): Promise<number> {
  for (const { variables } of everywhere) {
    const refusal = await new Refusals(edgeSecrets(variables)).open(given.the('MESSAGE')).catch(() => undefined)
    if (refusal) return print(io, shownRefusal(refusal))
  }
  throw new Failure('this is no message of a Worker with this EDGE_SECRET')
}

async function resealIdsOf(given: Arguments, { everywhere, all }: Operator, io: Io): Promise<number> {
  const name = given.last('USER')
  for (const { variables, region } of everywhere) {
    const config = parseConfig(variables)
    const owner = name === undefined ? undefined : await userId(name, true, variables)
    const where = all.length > 1 ? `${region}: ` : ''
    for await (const line of resealIds(config, clientsFor<Documents>(config, reads), edgeSecrets(variables), owner))
      print(io, [where + line])
  }
  return 0
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

async function list(_: Stored, given: Arguments, scene: Scene): Promise<void> {
  const heads = given.has('headers')
  await printEverywhere(scene, COLUMNS, { list: ({ keys }) => keys.list(), row: rowOf, heads })
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
  const expired = expires !== undefined && expires <= Date.now()
  return [
    accessKeyId,
    user.name,
    expired && status === 'active' ? 'expired' : status,
    dateAt(created),
    expires === undefined ? '' : dateAt(expires),
    lastUsed,
    madeWith === undefined ? description : `made with ${madeWith}`,
  ]
}
