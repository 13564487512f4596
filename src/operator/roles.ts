// The roles of econe-keys: who may assume one, for how long, and what may be done in it.
import { ROLE_NAME, type Role } from '../auth/roles.ts'
import type { Arguments } from '../cli/arguments.ts'
import type { Operand } from '../cli/command.ts'
import { UsageError } from '../cli/errors.ts'
import { print } from '../cli/program.ts'
import { dateAt } from '../lib/instants.ts'
import { limits } from '../limits.ts'
import { POLICY_OPTIONS, policyIn, shownPolicy } from './policies.ts'
import type { Job } from './program.ts'
import { printEverywhere, type Scene, type Stored, wherever, withStore } from './store.ts'
import { instantOf } from './time.ts'

const ROLE: Operand = { name: 'ROLE', about: 'The name of a role, as in its ARN: arn:aws:iam::ACCOUNT:role/ROLE' }

/** Seconds, as at AWS. */
const USUAL_DURATION = 3600
const LEAST_DURATION = 900

export const roleJobs: readonly Job[] = [
  {
    name: 'role create',
    purpose: 'Define a role, in which users may do as much as the policy says and their own keys allow',
    operands: [ROLE],
    options: [
      {
        name: 'assumable-by',
        value: 'USERS',
        about: 'OpenNebula users who may assume it: helen,rival',
        required: true,
      },
      {
        name: 'duration',
        value: 'SECONDS',
        about: `The longest time for which it is assumed, ${USUAL_DURATION} where it is not said`,
      },
      { name: 'external-id', value: 'TEXT', about: 'What whoever assumes it has to say' },
      ...POLICY_OPTIONS,
    ],
    run: withStore(create),
  },
  {
    name: 'role list',
    purpose: 'List all roles',
    operands: [],
    options: [{ name: 'headers', short: 'H', about: 'Print the names of the columns' }],
    run: withStore(list),
  },
  {
    name: 'role show',
    purpose: 'Show a role, and what may be done in it',
    operands: [ROLE],
    options: [],
    run: withStore((_, given, scene) =>
      wherever(scene, async ({ roles, region }, where) => {
        const shown = shownRole(await roles.show(given.the(ROLE.name)))
        print(scene.io, where === '' ? shown : [`region: ${region}`, ...shown])
      }),
    ),
  },
  {
    name: 'role delete',
    purpose: 'Forget roles: who has assumed one may do nothing more in it',
    operands: [{ ...ROLE, many: true }],
    options: [],
    run: withStore(async (_, given, scene) => {
      for (const name of given.all(ROLE.name)) {
        await wherever(scene, async ({ roles }, where) => {
          await roles.delete(name)
          print(scene.io, [`Success: Deleting ${name}${where}`])
        })
      }
    }),
  },
]

async function create({ roles }: Stored, given: Arguments, { io }: Scene): Promise<void> {
  const name = given.the(ROLE.name)
  if (!ROLE_NAME.test(name)) throw new UsageError(`'${name}' is no name of a role: it has letters, digits and +=,.@_-`)
  const policy = policyIn(given, instantOf)
  const externalId = given.last('external-id')
  await roles.create({
    ...{ name, duration: durationOf(given.last('duration')) },
    assumableBy: given.all('assumable-by').flatMap(users => users.split(',').filter(Boolean)),
    ...(policy && { policy }),
    ...(externalId !== undefined && { externalId }),
  })
  print(io, [`Success: Defining ${name}`])
}

function durationOf(given = String(USUAL_DURATION)): number {
  const seconds = /^\d{1,6}$/.test(given) ? Number(given) : 0
  const { most } = limits.roleDuration
  if (seconds >= LEAST_DURATION && seconds <= most) return seconds
  throw new UsageError(`the duration '${given}' is not from ${LEAST_DURATION} to ${most} seconds`)
}

const COLUMNS = [
  { head: 'Role', width: 20 },
  { head: 'AssumableBy', width: 20 },
  { head: 'Duration', width: 8 },
  { head: 'Created', width: 10 },
  { head: 'Policy', width: 6 },
]

async function list(_: Stored, given: Arguments, scene: Scene): Promise<void> {
  const heads = given.has('headers')
  await printEverywhere(scene, COLUMNS, { list: ({ roles }) => roles.list(), row: rowOf, heads })
}

const rowOf = ({ name, assumableBy, duration, created, policy }: Role): string[] => [
  ...[name, assumableBy.join(','), String(duration), dateAt(created)],
  policy === undefined ? 'none' : 'yes',
]

const shownRole = ({ name, assumableBy, duration, created, externalId, policy }: Role): string[] => [
  `role: ${name}`,
  `assumableBy: ${assumableBy.join(',')}`,
  `duration: ${duration}`,
  `created: ${new Date(created).toISOString()}`,
  ...(externalId === undefined ? [] : [`externalId: ${externalId}`]),
  shownPolicy(policy, 'none, as much as the key of whoever assumes it'),
]
