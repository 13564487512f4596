// econe-keys create: issues a key, which counts in one region or in several, and prints it with its secret.
import { newKeyId } from '../auth/access-key.ts'
import type { NewKey } from '../auth/key-record.ts'
import { isInGroup0 } from '../auth/standing.ts'
import type { Arguments } from '../cli/arguments.ts'
import type { Option } from '../cli/command.ts'
import { Failure, UsageError } from '../cli/errors.ts'
import { print } from '../cli/program.ts'
import { clientsFor } from '../config/clients.ts'
import type { Variables } from '../config/names.ts'
import { parseConfig } from '../config/variables.ts'
import { type Documents, reads } from '../ec2/core/documents.ts'
import { OneError, OneUnavailable, UnsafeValue } from '../opennebula/errors.ts'
import { newMeter } from '../opennebula/transport.ts'
import { POLICY_OPTIONS, policyIn } from './policies.ts'
import type { Scene, Stored } from './store.ts'
import { instantOf } from './time.ts'

export const ISSUE_OPTIONS: readonly Option[] = [
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
  {
    name: 'also',
    value: 'REGIONS',
    about: 'Let it count in these regions too, as the user of the same name there or as another one: south,west=hilda',
    many: true,
  },
  ...POLICY_OPTIONS,
]

/** A region in which the key is to count, and who it is there. */
interface Holder {
  readonly stored: Stored
  readonly user: NewKey['user']
}

/** In each region the key is a record of its own: what is changed in one is changed in no other by itself. */
export async function issue(stored: Stored, given: Arguments, { io, all }: Scene): Promise<void> {
  const name = given.the('USER')
  const description = given.last('description')
  const when = given.last('expires')
  const expires = when === undefined ? undefined : instantOf(when)
  const allowAdmin = given.has('allow-admin')
  const policy = policyIn(given, instantOf)
  const number = given.last('user-id')
  const id = number === undefined ? await userId(name, allowAdmin, stored.variables) : numberOf(number)
  const others = await alsoIn(given, { name, allowAdmin, all: all.filter(({ region }) => region !== stored.region) })
  const holders: readonly Holder[] = [{ stored, user: { id, name } }, ...others]
  // Under another secret than the Worker's, a key would be made that it cannot open
  for (const { stored } of holders) await stored.keys.list().next()
  const accessKeyId = newKeyId('AKIA')
  let secret: string | undefined
  for (const { stored, user } of holders) {
    const key = {
      ...{ user, allowAdmin },
      ...(description !== undefined && { description }),
      ...(expires !== undefined && { expires }),
      ...(policy && { policy }),
    }
    secret = (await stored.keys.create(key, accessKeyId, secret)).secret
  }
  print(io, [
    `accessKeyId: ${accessKeyId}`,
    `secretAccessKey: ${secret}`,
    `user: ${name} (${id})`,
    ...others.map(({ stored, user }) => `in ${stored.region}: ${user.name} (${user.id})`),
    `expires: ${expires === undefined ? 'never' : new Date(expires).toISOString()}`,
  ])
}

/** Who the key is in the other regions that are named. */
function alsoIn(
  given: Arguments,
  { name, allowAdmin, all }: { readonly name: string; readonly allowAdmin: boolean; readonly all: readonly Stored[] },
): Promise<Holder[]> {
  const wishes = given.all('also').flatMap(value => value.split(',').filter(Boolean))
  return Promise.all(
    wishes.map(async wish => {
      const [region, user = name] = wish.split('=', 2)
      const stored = all.find(each => each.region === region)
      if (!stored) throw new Failure(`there is no other region '${region}'`)
      const id = await userId(
        user,
        allowAdmin,
        stored.variables,
        'a key of that region alone can be made with --user-id',
      )
      return { stored, user: { id, name: user } }
    }),
  )
}

function numberOf(given: string): number {
  if (!/^\d{1,9}$/.test(given)) throw new UsageError(`the user id '${given}' is not a number`)
  return Number(given)
}

/**
 * Asked as the user, so that it shows at once whether requests can act as them.
 * @param otherwise what can be done where OpenNebula does not answer
 */
export async function userId(
  name: string,
  allowAdmin: boolean,
  variables: Variables,
  otherwise = 'give --user-id to do without',
): Promise<number> {
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
    if (error instanceof OneUnavailable) throw new Failure(`${error.message}: ${otherwise}`)
    if (!(error instanceof OneError)) throw error
    const { serverAdmin } = config
    throw new Failure(
      `OpenNebula does not let ${serverAdmin.name} act as ${name}: there is no such user, or it is disabled, or ONE_AUTH ` +
        'is wrong (econe-check tells)',
    )
  }
}
