// OpenNebula's side of econe-check: whether it can be reached and used, and what instances would find there.

import { isInGroup0 } from '../auth/standing.ts'
import type { Clients } from '../config/clients.ts'
import type { Config } from '../config/variables.ts'
import { datastorePool } from '../opennebula/calls/datastore.ts'
import { group } from '../opennebula/calls/group.ts'
import { isEarlier, missingIn, OLDEST } from '../opennebula/calls/methods.ts'
import { templatePool } from '../opennebula/calls/template.ts'
import { networkPool } from '../opennebula/calls/vn.ts'
import type { OneReader } from '../opennebula/client.ts'
import { isVolatile } from '../opennebula/disks.ts'
import type { Datastore, Network, VmTemplate } from '../opennebula/documents.ts'
import { OneError, OneUnavailable, UnsafeValue } from '../opennebula/errors.ts'
import { newMeter } from '../opennebula/transport.ts'
import { textOf, vectors } from '../opennebula/xml/attributes.ts'
import { type Finding, note, ok, wrong } from './finding.ts'

/** The security group that lets everything pass; OpenNebula puts it on every new network. */
const ALLOW_ALL = '0'
const ONEADMIN = 0
const ONEADMIN_GROUP = 0
const IMAGE_DATASTORE = 0

/**
 * Looks at the cloud as one of its users, or else as the server's account, which sees everything.
 * @param userName OpenNebula user whose view is asked for
 */
export async function* checkCloud(config: Config, clients: Clients, userName?: string): AsyncGenerator<Finding> {
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
  const one = userName === undefined ? server : clients(userName, newMeter())
  yield* checkObjects(config, one, { operators, asUser: userName !== undefined })
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

async function checkUser(name: string, clients: Clients): Promise<Finding> {
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

/** With whose eyes the objects are looked at. */
interface View {
  readonly operators: ReadonlySet<number>
  readonly asUser: boolean
}

async function* checkObjects(config: Config, one: OneReader, { operators, asUser }: View): AsyncGenerator<Finding> {
  const [templates, networks, datastores] = await one.read(templatePool(), networkPool(), datastorePool())
  for (const { error } of [templates, networks, datastores]) if (error) throw error
  const usable = (object: VmTemplate | Network | Datastore) => asUser || isForUsers(object)
  const isOperators = ({ UID }: VmTemplate | Network) => operators.has(UID)
  const open = (networks.value ?? []).filter(usable)
  yield* checkTypes((templates.value ?? []).filter(isOperators), usable, open)
  yield* checkStrangers((templates.value ?? []).filter(template => !isOperators(template)))
  yield* checkNetworks((networks.value ?? []).filter(isOperators), config, usable)
  yield checkAddresses(networks.value ?? [], config, usable)
  yield checkDatastore(datastores.value ?? [], config)
}

/** Whether users other than the server's own group may use an object: an administrator sees more than they do. */
const isForUsers = ({ PERMISSIONS: { GROUP_U, OTHER_U }, GID }: VmTemplate | Network | Datastore) =>
  OTHER_U || (GROUP_U && GID !== ONEADMIN_GROUP)

type Usable = (object: VmTemplate | Network | Datastore) => boolean

/** @param open the networks that users may use */
function* checkTypes(templates: readonly VmTemplate[], usable: Usable, open: readonly Network[]): Generator<Finding> {
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
      yield usable(template)
        ? checkType(label, template, open)
        : wrong(`${label} may not be used by users`, `\`onetemplate chmod ${template.ID} 604\``)
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

function checkType(label: string, { ID, TEMPLATE }: VmTemplate, open: readonly Network[]): Finding {
  const shut = vectors(TEMPLATE, 'NIC').find(nic => !open.some(network => isNamed(network, nic)))
  if (shut) {
    const { NETWORK_ID: number, NETWORK: name = '?' } = shut
    return wrong(
      `${label}: its NIC names network ${number ?? name}, which users may not use, or which does not exist`,
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

function* checkNetworks(networks: readonly Network[], config: Config, usable: Usable): Generator<Finding> {
  // Reservations are users' own: elastic addresses
  const shared = networks.filter(
    ({ ID, PARENT_NETWORK_ID }) => isNone(PARENT_NETWORK_ID) && ID !== config.addressNetwork,
  )
  if (!shared.some(usable)) {
    yield wrong('networks: none that users may use', 'give them one: `onevnet chmod ID 604`')
  }
  for (const network of shared.filter(usable)) {
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

function checkAddresses(networks: readonly Network[], { addressNetwork }: Config, usable: Usable): Finding {
  if (addressNetwork === undefined) return note('elastic addresses: off, ADDRESS_NETWORK_ID is not set')
  const network = networks.find(({ ID }) => ID === addressNetwork)
  if (!network) {
    return wrong(
      `elastic addresses: there is no network ${addressNetwork}, or users may not use it`,
      'ADDRESS_NETWORK_ID must be the number of the network that they are reserved from',
    )
  }
  const free = freeAddresses(network)
  const label = `elastic addresses: network ${network.ID} (${network.NAME})`
  if (!usable(network)) return wrong(`${label} may not be used by users`, `\`onevnet chmod ${network.ID} 604\``)
  return free > 0
    ? ok(`${label}, ${free} free`)
    : wrong(`${label}, none is free`, `add a range: \`onevnet addar ${network.ID}\``)
}

function checkDatastore(datastores: readonly Datastore[], { datastore }: Config): Finding {
  const found = datastores.find(({ ID }) => ID === datastore)
  if (!found) {
    return wrong(
      `datastore ${datastore}: there is none, or users may not use it`,
      'DATASTORE_ID must be the number of one',
    )
  }
  const label = `datastore ${found.ID} (${found.NAME})`
  if (found.TYPE !== IMAGE_DATASTORE) {
    return wrong(`${label}: it is not for images`, 'DATASTORE_ID must be the number of an image datastore')
  }
  return ok(`${label}: for images and volumes, ${Math.floor((found.FREE_MB ?? 0) / 1024)} GiB free`)
}
