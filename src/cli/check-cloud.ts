// OpenNebula's side of econe-check: whether it can be reached and used, and what instances would find there.

import { isInGroup0 } from '../auth/standing.ts'
import type { Clients } from '../config/clients.ts'
import type { Config } from '../config/variables.ts'
import {
  type Documents,
  type Network,
  networkPool,
  type OneReader,
  templatePool,
  type VmTemplate,
} from '../ec2/core/documents.ts'
import { datastorePool } from '../opennebula/calls/datastore.ts'
import { group } from '../opennebula/calls/group.ts'
import { isEarlier, missingIn, OLDEST } from '../opennebula/calls/methods.ts'
import { isVolatile } from '../opennebula/disks.ts'
import type { Datastore } from '../opennebula/documents.ts'
import { OneError, OneUnavailable, UnsafeValue } from '../opennebula/errors.ts'
import { newMeter } from '../opennebula/transport.ts'
import { textOf, vectors } from '../opennebula/xml/attributes.ts'
import type { Outcome } from '../opennebula/xml/xmlrpc.ts'
import { type Finding, note, ok, wrong } from './finding.ts'

/** The security group that lets everything pass; OpenNebula puts it on every new network. */
const ALLOW_ALL = '0'
const ONEADMIN = 0
const ONEADMIN_GROUP = 0
const IMAGE_DATASTORE = 0

/**
 * Looks at the cloud as the server's account, which sees everything, and asks as users what these may use of it.
 * @param userName OpenNebula user whose view is asked for; one of each group where absent
 */
export async function* checkCloud(
  config: Config,
  clients: Clients<Documents>,
  userName?: string,
): AsyncGenerator<Finding> {
  const server = clients(config.serverAdmin.name, newMeter())
  const reached = await reach(config, server)
  yield* reached
  if (reached.some(({ kind }) => kind === 'wrong')) return
  if (userName !== undefined) {
    const user = await checkUser(userName, clients)
    yield user
    if (user.kind === 'wrong') return
  }
  const operators = await operatorsOf(config, server)
  const eyes = userName === undefined ? await oneOfEachGroup(server) : [userName]
  if (userName === undefined) yield askedAs(eyes)
  const seen = await seenBy(eyes, clients)
  const usable = (kind: ObjectKind) => (object: Looked) =>
    eyes.length === 0 || (userName === undefined && isForUsers(object)) || seen[kind].has(object.ID)
  yield* checkObjects(config, server, { operators, who: userName ?? 'users', usable })
}

async function reach({ origin, serverAdmin }: Config, server: OneReader): Promise<Finding[]> {
  // User and password may be part of the address
  const { host } = new URL(origin.url)
  try {
    const version = await server.version()
    const { NAME } = await server.user()
    return [
      ok(`OpenNebula at ${host}: version ${version}`),
      ...checkVersion(version),
      ok(`server account: ${NAME} is accepted`),
    ]
  } catch (error) {
    if (error instanceof OneUnavailable) {
      return [
        wrong(
          `OpenNebula at ${host}: ${error.message}`,
          'is ONE_XMLRPC right, oned running, and the way to it (tunnel, proxy, Access token) open?',
        ),
      ]
    }
    if (!(error instanceof OneError)) throw error
    return [
      ok(`OpenNebula at ${host}: it answers`),
      wrong(
        `server account: ${serverAdmin.name} is refused`,
        `ONE_AUTH must hold the name and password of an enabled user of group oneadmin with the driver server_cipher`,
      ),
    ]
  }
}

/** What a front-end of this version does not have. */
export function checkVersion(version: string): Finding[] {
  if (isEarlier(version, OLDEST)) {
    return [wrong(`OpenNebula ${version}: too old, instances cannot be served`, `it takes ${OLDEST} or newer`)]
  }
  return missingIn(version).map(({ what, since }) => note(`OpenNebula ${version}: no ${what}, for that needs ${since}`))
}

async function checkUser(name: string, clients: Clients<Documents>): Promise<Finding> {
  try {
    const user = await clients(name, newMeter()).user()
    const { ID } = user
    if (!user.ENABLED) return wrong(`user ${name}: disabled, keys of theirs are refused`, `\`oneuser enable ${ID}\``)
    if (isInGroup0(user)) {
      return wrong(
        `user ${name}: in OpenNebula's group 0, keys of theirs are refused`,
        'make a user of its own, or a key with `econe-keys create --allow-admin`',
      )
    }
    return ok(`user ${name}: number ${ID}, requests can act as them`)
  } catch (error) {
    if (!(error instanceof OneError || error instanceof UnsafeValue)) throw error
    return wrong(
      `user ${name}: requests cannot act as them`,
      'is there such a user, and is it enabled? See `oneuser list`',
    )
  }
}

/** The users whose objects are the operator's, by number. */
async function operatorsOf({ trustedOwners }: Config, server: OneReader): Promise<ReadonlySet<number>> {
  const members: number[] = []
  for await (const { USERS } of server.stream(group(ONEADMIN_GROUP))) members.push(...USERS.ID)
  return new Set([ONEADMIN, ...members, ...trustedOwners])
}

/** Users that are asked as, where none is named: each costs the front-end half a second. */
const GROUPS_ASKED = 5

/**
 * Names of ordinary users, one of each group: OpenNebula's rules (`oneacl`) give rights besides an object's own
 * permissions, mostly to groups, and what they add up to it says itself when it is asked as somebody.
 */
async function oneOfEachGroup(server: OneReader): Promise<string[]> {
  const names = new Map<number, string>()
  for await (const user of server.users()) {
    const isOrdinary = user.ENABLED && !isInGroup0(user) && !user.AUTH_DRIVER.startsWith('server_')
    // They come newest first, and the oldest is the one to stay
    if (isOrdinary) names.set(user.GID, user.NAME)
  }
  return [...names].toSorted(([a], [b]) => a - b).flatMap(([, name], index) => (index < GROUPS_ASKED ? name : []))
}

const askedAs = (names: readonly string[]): Finding =>
  note(
    names.length > 0
      ? `what users may use: asked as ${names.join(', ')}, one user of each group; --user asks as another`
      : 'what users may use: not checked, for there is no user yet to ask as',
  )

type Looked = VmTemplate | Network | Datastore

const KINDS = ['templates', 'networks', 'datastores'] as const
type ObjectKind = (typeof KINDS)[number]

/** The numbers of what at least one of these users may use, as OpenNebula itself says. */
async function seenBy(
  names: readonly string[],
  clients: Clients<Documents>,
): Promise<Readonly<Record<ObjectKind, Set<number>>>> {
  const seen = { templates: new Set<number>(), networks: new Set<number>(), datastores: new Set<number>() }
  for (const name of names) {
    const pools = await poolsOf(clients(name, newMeter())).catch(nothingIfRefused)
    for (const kind of KINDS) for (const { ID } of pools[kind]) seen[kind].add(ID)
  }
  return seen
}

/** Whoever cannot be acted as may use nothing. */
function nothingIfRefused(error: unknown): Pools {
  if (!(error instanceof OneError || error instanceof UnsafeValue)) throw error
  return { templates: [], networks: [], datastores: [] }
}

interface Pools {
  readonly templates: readonly VmTemplate[]
  readonly networks: readonly Network[]
  readonly datastores: readonly Datastore[]
}

/** What a user may use, all of it for an administrator. @throws OneError | OneUnavailable */
async function poolsOf(one: OneReader): Promise<Pools> {
  const [templates, networks, datastores] = await one.read(templatePool(), networkPool(), datastorePool())
  return { templates: resultOf(templates), networks: resultOf(networks), datastores: resultOf(datastores) }
}

function resultOf<T>({ value, error }: Outcome<T>): T {
  if (error) throw error
  return value
}

/** With whose eyes the objects are looked at. */
interface View {
  readonly operators: ReadonlySet<number>
  /** Whether they may use an object of a kind. */
  readonly usable: (kind: ObjectKind) => (object: Looked) => boolean
  /** Who they are, in words. */
  readonly who: string
}

async function* checkObjects(config: Config, server: OneReader, view: View): AsyncGenerator<Finding> {
  const { templates, networks, datastores } = await poolsOf(server)
  const isOperators = ({ UID }: VmTemplate | Network) => view.operators.has(UID)
  yield* checkTypes(templates.filter(isOperators), networks.filter(view.usable('networks')), view)
  yield* checkStrangers(templates.filter(template => !isOperators(template)))
  yield* checkNetworks(networks.filter(isOperators), config, view)
  yield checkAddresses(networks, config, view)
  yield checkDatastore(datastores, config, view)
}

/** Whether users other than the server's own group may use an object by its permissions. */
const isForUsers = ({ PERMISSIONS: { GROUP_U, OTHER_U }, GID }: Looked) =>
  OTHER_U || (GROUP_U && GID !== ONEADMIN_GROUP)

/** @param open the networks that users may use */
function* checkTypes(
  templates: readonly VmTemplate[],
  open: readonly Network[],
  { usable, who }: View,
): Generator<Finding> {
  const byType = Map.groupBy(
    [...templates].sort((a, b) => a.ID - b.ID),
    template => textOf(template.TEMPLATE, 'EC2_INSTANCE_TYPE'),
  )
  byType.delete(undefined)
  if (byType.size === 0) {
    yield wrong(
      'instance types: none, no instance can be run',
      'mark VM templates with EC2_INSTANCE_TYPE="m1.small" and the like (`onetemplate update`)',
    )
  }
  for (const [name, [template, ...others]] of byType) {
    if (template) {
      const label = `instance type ${name}: template ${template.ID}`
      yield usable('templates')(template)
        ? checkType(label, template, open, who)
        : wrong(`${label} may not be used by ${who}`, `\`onetemplate chmod ${template.ID} 604\``)
    }
    for (const { ID } of others) {
      yield wrong(
        `instance type ${name}: template ${ID} is not used, for template ${template?.ID} has the same EC2_INSTANCE_TYPE`,
        `take the attribute out of one of them (\`onetemplate update ${ID}\`)`,
      )
    }
  }
}

/** Others than the operator make no instance types, unless the operator says so. */
function* checkStrangers(templates: readonly VmTemplate[]): Generator<Finding> {
  for (const { ID, UID, UNAME, TEMPLATE } of templates) {
    const name = textOf(TEMPLATE, 'EC2_INSTANCE_TYPE')
    if (name === undefined) continue
    yield note(
      `instance type ${name}: template ${ID} does not count, for it is ${UNAME}'s; if ${UNAME} makes types for the cloud, ` +
        `add ${UID} to TRUSTED_OWNERS`,
    )
  }
}

function checkType(label: string, { ID, TEMPLATE }: VmTemplate, open: readonly Network[], who: string): Finding {
  const shut = vectors(TEMPLATE, 'NIC').find(nic => !open.some(network => isNamed(network, nic)))
  if (shut) {
    const { NETWORK_ID: number, NETWORK: name = '?' } = shut
    return wrong(
      `${label}: its NIC names network ${number ?? name}, which ${who} may not use, or which does not exist`,
      number === undefined
        ? `see \`onevnet list\` and \`onetemplate update ${ID}\``
        : `\`onevnet chmod ${number} 604\``,
    )
  }
  const size = `${textOf(TEMPLATE, 'VCPU') ?? 1} VCPU, ${textOf(TEMPLATE, 'MEMORY') ?? 0} MiB`
  const disks = vectors(TEMPLATE, 'DISK')
  if (!disks.every(isVolatile)) {
    return note(`${label}, ${size}; its DISK of an image counts for nothing: instances get that of their AMI`)
  }
  if (!TEMPLATE['NIC']) return note(`${label}, ${size}; it has no NIC: instances need a subnet to be in a network`)
  if (disks.length > 0) return ok(`${label}, ${size}; instances get its volatile disks besides those of their AMI`)
  return ok(`${label}, ${size}`)
}

/** A NIC may leave its network to the scheduler. */
const isNamed = ({ ID, NAME }: Network, { NETWORK_ID: number, NETWORK: name }: Readonly<Record<string, string>>) =>
  number === undefined ? name === undefined || name === NAME : Number(number) === ID

function* checkNetworks(networks: readonly Network[], config: Config, { usable, who }: View): Generator<Finding> {
  // Reservations are users' own: elastic addresses
  const shared = networks.filter(
    network => isNone(network.PARENT_NETWORK_ID) && network.ID !== config.addressNetwork && usable('networks')(network),
  )
  if (shared.length === 0) {
    yield wrong(`networks: none that ${who} may use`, 'give them one: `onevnet chmod ID 604`')
  }
  for (const network of shared) {
    const label = `network ${network.ID} (${network.NAME})`
    const free = freeAddresses(network)
    yield free > 0
      ? ok(`${label}: ${free} addresses free`)
      : wrong(`${label}: no address is free`, `add a range: \`onevnet addar ${network.ID}\``)
    if ((textOf(network.TEMPLATE, 'SECURITY_GROUPS') ?? '').split(',').includes(ALLOW_ALL)) {
      yield note(
        `${label}: OpenNebula's security group 0 is on it, as on every new network, and lets everything pass whatever other ` +
          `groups an instance has; to let them count, take 0 out of SECURITY_GROUPS: \`onevnet update ${network.ID}\``,
      )
    }
  }
}

const isNone = (id: number | undefined) => id === undefined || id < 0

const freeAddresses = ({ AR_POOL: { AR }, USED_LEASES }: Network) =>
  AR.reduce((size, range) => size + range.SIZE, 0) - USED_LEASES

function checkAddresses(networks: readonly Network[], { addressNetwork }: Config, { usable, who }: View): Finding {
  if (addressNetwork === undefined) return note('elastic addresses: off, ADDRESS_NETWORK_ID is not set')
  const network = networks.find(({ ID }) => ID === addressNetwork)
  if (!network) {
    return wrong(
      `elastic addresses: there is no network ${addressNetwork}`,
      'ADDRESS_NETWORK_ID must be the number of the network that they are reserved from',
    )
  }
  const free = freeAddresses(network)
  const label = `elastic addresses: network ${network.ID} (${network.NAME})`
  if (!usable('networks')(network)) {
    return wrong(`${label} may not be used by ${who}`, `\`onevnet chmod ${network.ID} 604\``)
  }
  return free > 0
    ? ok(`${label}, ${free} free`)
    : wrong(`${label}, none is free`, `add a range: \`onevnet addar ${network.ID}\``)
}

function checkDatastore(datastores: readonly Datastore[], { datastore }: Config, { usable, who }: View): Finding {
  const found = datastores.find(({ ID }) => ID === datastore)
  if (!found) {
    return wrong(`datastore ${datastore}: there is none`, 'DATASTORE_ID must be the number of one')
  }
  const label = `datastore ${found.ID} (${found.NAME})`
  if (found.TYPE !== IMAGE_DATASTORE) {
    return wrong(`${label}: it is not for images`, 'DATASTORE_ID must be the number of an image datastore')
  }
  if (!usable('datastores')(found)) {
    return wrong(`${label} may not be used by ${who}`, `\`onedatastore chmod ${found.ID} 604\``)
  }
  return ok(`${label}: for images and volumes, ${Math.floor((found.FREE_MB ?? 0) / 1024)} GiB free`)
}
