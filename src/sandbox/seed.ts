// What a new sandbox holds: a small cloud with users, instance types, networks and datastores, and as much more as is asked for.
import { ImageState } from './images/image-states.ts'
import { addImage } from './images/images.ts'
import { type SeedAppliance, type SeedMarketplace, seedMarketplaces } from './market/seed.ts'
import { addNetwork, makeReady } from './networks/lifecycle.ts'
import { NETWORK_TEMPLATE } from './networks/network-templates.ts'
import { SECURITY_GROUP } from './networks/security-groups.ts'
import { addObject } from './objects/kinds.ts'
import { PUBLIC_USE } from './objects/permissions.ts'
import { parseTemplate, type Template } from './protocol/template.ts'
import { USERS_GROUP } from './users/groups.ts'
import { addUser } from './users/users.ts'
import { createVm } from './vms/instantiate.ts'
import { finishPhase } from './vms/lifecycle.ts'
import { scheduleSample } from './vms/monitoring.ts'
import { VM_TEMPLATE } from './vms/templates.ts'
import type { Datastore, Image, User, Vm } from './world/model.ts'
import { isRunning } from './world/vm-states.ts'
import type { Call, World } from './world/world.ts'

export interface SeedUser {
  name: string
  password: string
  /** `users` by default; a new name makes a new group. */
  group?: string
  authDriver?: string
  enabled?: boolean
}

export interface SeedImage {
  name: string
  owner: string
  /** Usable by everybody. */
  public?: boolean
  /** MiB */
  size?: number
  /** In template syntax, e.g. `EC2_AMI="YES"`. */
  template?: string
}

export interface SeedInstances {
  count: number
  owner: string
  /** Name of the template; m1.small by default. */
  template?: string
  /** Name of an image of the owner's, or a public one. */
  image?: string
  /** Added to the template; `%i` is replaced by the number of the instance, from 0. */
  extra?: string
}

export interface Seed {
  /** Added to oneadmin, serveradmin, helen and rival; a password of theirs may be set here, too. */
  users?: SeedUser[]
  templates?: { name: string; template: string }[]
  images?: SeedImage[]
  instances?: SeedInstances[]
  /** Besides the two of a new installation. */
  marketplaces?: SeedMarketplace[]
  appliances?: SeedAppliance[]
  /** Addresses of the network `private`, 5000 by default. */
  privateAddresses?: number
  /** Addresses to be reserved; 8. */
  elasticAddresses?: number
  /** Leaves group 0 on the networks, which OpenNebula puts on every new one; operators of EC2's clients take it off. */
  allowAll?: boolean
  /** Whether there is a network template, `subnets`, that everybody may make networks of; true by default. */
  networkTemplate?: boolean
}

const ONEADMIN_GROUP = 0
const FIRST_OWN_GROUP = 100

export const SERVER_ADMIN: SeedUser = {
  name: 'serveradmin',
  password: 'serveradmin',
  group: 'oneadmin',
  authDriver: 'server_cipher',
}
export const PLAIN_USER: SeedUser = { name: 'helen', password: 'helen' }

const USERS: readonly SeedUser[] = [
  { name: 'oneadmin', password: 'oneadmin', group: 'oneadmin' },
  SERVER_ADMIN,
  PLAIN_USER,
  { name: 'rival', password: 'rival' },
]

/** The password of one of the users that are always there. */
export const seedPassword = (seed: Seed | undefined, user: SeedUser): string =>
  seed?.users?.find(other => other.name === user.name)?.password ?? user.password

const GROUP_USE = [1, 1, 0, 1, 0, 0, 0, 0, 0]
const DEFAULT_GROUP_PERMISSIONS = [1, 1, 1, 1, 0, 0, 1, 0, 0]

const instanceType = (name: string, cpus: number, memory: number): Template =>
  parseTemplate(`
    CPU="${cpus}" VCPU="${cpus}" MEMORY="${memory}" EC2_INSTANCE_TYPE="${name}"
    NIC=[NETWORK_ID="0"]
    CONTEXT=[NETWORK="YES", SSH_PUBLIC_KEY="$USER[SSH_PUBLIC_KEY]"]
    GRAPHICS=[LISTEN="0.0.0.0", TYPE="VNC"]
  `)

const COMMON_DATASTORE = 'PERSISTENT_SNAPSHOTS="YES" RESTRICTED_DIRS="/" SAFE_DIRS="/var/tmp"'

const DATASTORES: readonly Omit<Datastore, 'id' | 'uid' | 'gid' | 'permissions'>[] = [
  {
    ...{ name: 'system', dsMad: '-', tmMad: 'dummy', type: 1, totalMb: 4796800, freeMb: 3333260, usedMb: 1429920 },
    template: parseTemplate(
      `${COMMON_DATASTORE} ALLOW_ORPHANS="NO" DISK_TYPE="FILE" DS_MIGRATE="YES" SHARED="YES" TM_MAD="dummy" TYPE="SYSTEM_DS"`,
    ),
  },
  {
    ...{ name: 'default', dsMad: 'fs', tmMad: 'dummy', type: 0, totalMb: 258020, freeMb: 74372, usedMb: 29526 },
    template: parseTemplate(
      `${COMMON_DATASTORE} ALLOW_ORPHANS="NO" CLONE_TARGET="SYSTEM" DISK_TYPE="FILE" DS_MAD="fs" LN_TARGET="NONE"
       TM_MAD="dummy" TYPE="IMAGE_DS"`,
    ),
  },
  {
    ...{ name: 'files', dsMad: 'fs', tmMad: 'local', type: 2, totalMb: 258020, freeMb: 74372, usedMb: 29526 },
    template: parseTemplate(
      `${COMMON_DATASTORE} ALLOW_ORPHANS="FORMAT" CLONE_TARGET="SYSTEM" DS_MAD="fs" LN_TARGET="SYSTEM"
       TM_MAD="local" TYPE="FILE_DS"`,
    ),
  },
]

const DEFAULT_GROUP = parseTemplate(`
  DESCRIPTION="The default security group is added to every network. Use it to add default filter rules for your networks. \
You may remove this security group from any network by updating its properties."
  RULE=[PROTOCOL="ALL", RULE_TYPE="OUTBOUND"]
  RULE=[PROTOCOL="ALL", RULE_TYPE="INBOUND"]
`)

/** Each network of it is in a VLAN of its own. */
const SUBNETS = parseTemplate('VN_MAD="dummy" BRIDGE="br2" AUTOMATIC_VLAN_ID="YES"')

/** Fills an empty world. */
export function seedWorld(world: World, seed: Seed = {}): void {
  seedUsers(world, seed.users ?? [])
  const admin = { world, user: userNamed(world, 'oneadmin'), requestId: 0 }
  for (const datastore of DATASTORES) {
    world.datastores.add(id => ({ ...structuredClone(datastore), id, uid: 0, gid: 0, permissions: [...GROUP_USE] }))
  }
  addObject(admin, SECURITY_GROUP, 'default', structuredClone(DEFAULT_GROUP), 0).permissions = [
    ...DEFAULT_GROUP_PERMISSIONS,
  ]
  seedNetworks(admin, seed)
  if (seed.networkTemplate !== false) {
    addObject(admin, NETWORK_TEMPLATE, 'subnets', structuredClone(SUBNETS)).permissions = [...PUBLIC_USE]
  }
  const types = [
    { name: 'm1.small', template: instanceType('m1.small', 1, 256) },
    { name: 'm1.large', template: instanceType('m1.large', 2, 1024) },
    ...(seed.templates ?? []).map(({ name, template }) => ({ name, template: parseTemplate(template) })),
  ]
  for (const { name, template } of types) addObject(admin, VM_TEMPLATE, name, template).permissions = [...PUBLIC_USE]
  for (const image of seed.images ?? []) seedImage(world, image)
  seedMarketplaces(world, name => userNamed(world, name), seed)
  for (const instances of seed.instances ?? []) seedInstances(world, instances)
  // Their states were passed through at once: nothing is under way.
  world.clock.stop()
  scheduleSample(world)
}

function seedUsers(world: World, more: readonly SeedUser[]): void {
  world.groups.set(ONEADMIN_GROUP, 'oneadmin').set(USERS_GROUP, 'users')
  const overridden = USERS.map(user => ({ ...user, ...more.find(other => other.name === user.name) }))
  const added = more.filter(user => !USERS.some(other => other.name === user.name))
  for (const user of [...overridden, ...added]) {
    addUser(world, { ...user, secret: user.password, groups: [groupNamed(world, user.group ?? 'users')] })
  }
}

function groupNamed(world: World, name: string): number {
  const known = [...world.groups].find(([, candidate]) => candidate === name)
  const gid = known?.[0] ?? Math.max(FIRST_OWN_GROUP, ...[...world.groups.keys()].map(id => id + 1))
  world.groups.set(gid, name)
  return gid
}

function seedNetworks(admin: Call, { privateAddresses = 5000, elasticAddresses = 8, allowAll = false }: Seed): void {
  const networks = [
    `NAME="private" BRIDGE="br0" VN_MAD="dummy" GATEWAY="10.0.0.1" NETWORK_ADDRESS="10.0.0.0" NETWORK_MASK="255.255.224.0"
     AR=[TYPE="IP4", IP="10.0.0.10", SIZE="${privateAddresses}"]`,
    `NAME="ElasticIPs" BRIDGE="br1" VN_MAD="dummy"
     AR=[TYPE="IP4", IP="203.0.113.1", SIZE="${elasticAddresses}"]`,
  ]
  for (const text of networks) {
    const network = addNetwork(admin, parseTemplate(text))
    network.permissions = [...PUBLIC_USE]
    if (!allowAll) network.template['SECURITY_GROUPS'] = ['']
    makeReady(network)
  }
}

function seedImage(world: World, seed: SeedImage): Image {
  const image = addImage(
    { world, user: userNamed(world, seed.owner) },
    {
      ...{ name: seed.name, type: 0, size: seed.size ?? 1024, datastore: 1, format: 'raw' },
      template: { DEV_PREFIX: ['sd'], ...parseTemplate(seed.template ?? '') },
      source: `/var/lib/one/datastores/1/${seed.name}`,
      state: ImageState.READY,
      prevState: ImageState.READY,
    },
  )
  if (seed.public) image.permissions = [...PUBLIC_USE]
  return image
}

/** Makes instances that run already. */
function seedInstances(world: World, seed: SeedInstances): void {
  const user = userNamed(world, seed.owner)
  const source = world.templates.find(template => template.name === (seed.template ?? 'm1.small'))
  const image = world.images.find(candidate => candidate.name === seed.image)
  if (!source || (seed.image !== undefined && !image)) throw new Error('The seed has no such template or image')
  const call: Call = { world, user, requestId: 0 }
  const disk: Template = image ? { DISK: [{ IMAGE_ID: String(image.id) }] } : {}
  for (let index = 0; index < seed.count; index += 1) {
    const extra = parseTemplate((seed.extra ?? '').replaceAll('%i', String(index)))
    const template = { ...source.template, ...disk, ...extra }
    run(world, createVm(call, { name: '', hold: false, template, source, fromUser: {} }))
  }
}

/** Ends the states up to RUNNING at once. */
function run(world: World, vm: Vm): void {
  while (!isRunning(vm)) finishPhase(world, vm)
}

function userNamed(world: World, name: string): User {
  const user = world.users.find(candidate => candidate.name === name)
  if (!user) throw new Error(`The seed has no user ${name}`)
  return user
}
