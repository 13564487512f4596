// Virtual networks: one.vn.* and one.vnpool.info, with reservations.

import { bool, documentValue, int, type MethodTable, method, string } from '../objects/methods.ts'
import { newNameError } from '../objects/names.ts'
import {
  changeMethods,
  type DocumentedSpec,
  lockMethods,
  ownedBy,
  ownerXml,
  permissionsXml,
  readMethods,
} from '../objects/objects.ts'
import { acquire, acquireLocked, denied, existing, isAdmin, may, refuseRestricted } from '../objects/permissions.ts'
import { internal, refused } from '../protocol/errors.ts'
import { isYes, parseTemplate, single, type Template, type Vector, vectors, without } from '../protocol/template.ts'
import { cdata, idSet, plain, templateXml, wrap, wrapOrEmpty } from '../protocol/xml.ts'
import { checkQuota, forLeases } from '../users/quotas.ts'
import { type AddressRange, KINDS, type Lease, type Network, type User } from '../world/model.ts'
import type { Call, World } from '../world/world.ts'
import {
  type Address,
  addressAt,
  freeRun,
  indexOf,
  lease,
  leasesOf,
  newRange,
  takeAddress,
  unlease,
  unleaseIndex,
  usedLeases,
} from './addresses.ts'

export const NetworkState = { INIT: 0, READY: 1, LOCK_CREATE: 2, LOCK_DELETE: 3, DONE: 4, ERROR: 5 } as const

/** Attributes that plain users may not write. */
const RESTRICTED = ['BRIDGE', 'CLUSTER_IDS', 'CONF', 'EXTERNAL', 'FILTER', 'PHYDEV', 'QINQ_TYPE', 'VN_MAD']

/** Made by the front-end: an update keeps them. */
const KEPT = [...RESTRICTED, 'BRIDGE_TYPE', 'OUTER_VLAN_ID', 'SECURITY_GROUPS', 'VLAN_ID']

/** The first attribute in it that plain users may not set. */
export const restrictedInNetwork = (template: Template): string | undefined => RESTRICTED.find(name => name in template)

const networkXml = (world: World, network: Network, ranges: string): string =>
  wrap(
    'VNET',
    ownerXml(world, network),
    permissionsXml(network),
    idSet('CLUSTERS', network.clusters),
    cdata('BRIDGE', single(network.template, 'BRIDGE')),
    cdata('BRIDGE_TYPE', single(network.template, 'BRIDGE_TYPE')),
    cdata('STATE', network.state),
    cdata('PREV_STATE', network.prevState),
    network.parent === -1 ? '<PARENT_NETWORK_ID/>' : plain('PARENT_NETWORK_ID', network.parent),
    cdata('VN_MAD', single(network.template, 'VN_MAD')),
    wrapOrEmpty('PHYDEV', single(network.template, 'PHYDEV')),
    wrapOrEmpty('VLAN_ID', single(network.template, 'VLAN_ID')),
    wrapOrEmpty('OUTER_VLAN_ID', single(network.template, 'OUTER_VLAN_ID')),
    plain('VLAN_ID_AUTOMATIC', network.automaticVlan ? 1 : 0),
    plain('OUTER_VLAN_ID_AUTOMATIC', 0),
    plain('USED_LEASES', usedLeases(network)),
    wrap('VROUTERS'),
    idSet('UPDATED_VMS', network.vms),
    wrap('OUTDATED_VMS'),
    wrap('UPDATING_VMS'),
    wrap('ERROR_VMS'),
    templateXml('TEMPLATE', network.template),
    wrap('AR_POOL', ranges),
  )

const vectorXml = (vector: Vector): string =>
  Object.keys(vector)
    .sort()
    .map(name => cdata(name, vector[name] ?? ''))
    .join('')

/** In the pool, leases are packed: index and owner, whose high bits are its kind. */
const VM_LEASE = 0x10_0000_0000
const NETWORK_LEASE = 0x40_0000_0000

const packed = ({ vm, network }: Lease): number =>
  network === undefined ? VM_LEASE + (vm ?? 0xffffffff) : NETWORK_LEASE + network

function rangeInPool(range: AddressRange): string {
  const allocated = leasesOf(range).map(([index, owner]) => ` ${index} ${packed(owner)}`)
  return wrap('AR', vectorXml({ ...range.attributes, ...(range.touched ? { ALLOCATED: allocated.join('') } : {}) }))
}

const poolXml = (world: World, network: Network): string =>
  networkXml(world, network, network.ranges.map(rangeInPool).join(''))

/** `info` lists the leases whose VM or reservation the caller may see. */
function rangeInfo(world: World, user: User, range: AddressRange): string {
  const last = addressAt(range, range.size - 1)
  const leases = leasesOf(range)
  const visible = leases.filter(([, owner]) => seesOwner(world, user, owner))
  return wrap(
    'AR',
    vectorXml(range.attributes),
    cdata('MAC_END', last.mac),
    cdata('IP_END', last.ip),
    plain('USED_LEASES', leases.length),
    leases.length > 0 ? wrap('LEASES', ...visible.map(([index, owner]) => leaseXml(range, index, owner))) : '<LEASES/>',
  )
}

function seesOwner(world: World, user: User, { vm, network }: Lease): boolean {
  if (network !== undefined) return visibleOwner(user, world.networks.get(network), KINDS.network)
  return vm === undefined ? isAdmin(user) : visibleOwner(user, world.vms.get(vm), KINDS.vm)
}

const visibleOwner = (
  user: User,
  owner: Parameters<typeof may>[3] | undefined,
  kind: Parameters<typeof may>[2],
): boolean => owner !== undefined && may(user, 'USE', kind, owner)

function leaseXml(range: AddressRange, index: number, { vm, network }: Lease): string {
  const { ip, mac } = addressAt(range, index)
  const owner = network === undefined ? cdata('VM', vm ?? -1) : cdata('VNET', network)
  return wrap('LEASE', cdata('IP', ip), cdata('MAC', mac), owner)
}

/** Adds a network, from a template with NAME, BRIDGE, VN_MAD and AR vectors, in state LOCK_CREATE. */
export function addNetwork({ world, user }: Pick<Call, 'world' | 'user'>, template: Template, parent = -1): Network {
  const network = world.networks.add(id => ({
    ...ownedBy(user),
    id,
    name: single(template, 'NAME'),
    template: { ...without(template, ['NAME', 'AUTOMATIC_VLAN_ID']), ...ownAttributes(template, id) },
    automaticVlan: isYes(single(template, 'AUTOMATIC_VLAN_ID')),
    parent,
    ranges: [],
    clusters: [0],
    vms: [],
    state: NetworkState.LOCK_CREATE,
    prevState: NetworkState.INIT,
    ticket: 0,
  }))
  world.later('network', 'network', network)
  return network
}

/** What every network has from the beginning. */
const ownAttributes = (template: Template, id: number): Template => ({
  BRIDGE: [single(template, 'BRIDGE') || `onebr${id}`],
  BRIDGE_TYPE: [single(template, 'BRIDGE_TYPE') || 'linux'],
  PHYDEV: [single(template, 'PHYDEV')],
  SECURITY_GROUPS: [withDefaultGroup(single(template, 'SECURITY_GROUPS'))],
})

const withDefaultGroup = (groups: string): string =>
  [...new Set([...groups.split(',').filter(id => id !== ''), '0'])]
    .sort((one, other) => Number(one) - Number(other))
    .join(',')

/** Ends the network's transient state: it is READY, or gone. */
export function finishNetwork(world: World, network: Network): void {
  if (network.state === NetworkState.LOCK_DELETE) {
    for (const range of network.leaving ?? []) giveBack(world, network, range)
    world.networks.remove(network.id)
  } else {
    makeReady(network)
  }
}

/** Only now is it known what the addresses and VLANs of a network are. */
export function makeReady(network: Network): void {
  const { template } = network
  network.ranges.push(...vectors(template, 'AR').map((range, index) => newRange(range, network.ranges.length + index)))
  const vlans = network.automaticVlan ? ['OUTER_VLAN_ID'] : ['OUTER_VLAN_ID', 'VLAN_ID']
  network.template = {
    ...without(template, ['AR']),
    ...Object.fromEntries(vlans.map(name => [name, [single(template, name)]])),
  }
  network.state = NetworkState.READY
  network.prevState = NetworkState.READY
}

function allocate(call: Call, text: string): number {
  const { world, user } = call
  if (!isAdmin(user)) {
    throw denied(user, 'Not authorized to perform CREATE NET; Not authorized to perform ADMIN CLUSTER [0].')
  }
  const template = parseTemplate(text)
  const problem = newNameError(world.networks, user.id, single(template, 'NAME'))
  if (problem) throw internal(problem)
  return addNetwork(call, template).id
}

interface Reservation {
  size: number
  name: string
  /** The reservation that is to grow, undefined for a new one. */
  into: number | undefined
  /** The parent's range, undefined for any. */
  range: number | undefined
  ip: string
}

const optional = (template: Template, name: string): number | undefined =>
  name in template ? Number(single(template, name)) : undefined

function parseReservation(text: string): Reservation {
  const asked = parseTemplate(text)
  const reservation: Reservation = {
    size: Number(single(asked, 'SIZE')),
    name: single(asked, 'NAME'),
    into: optional(asked, 'NETWORK_ID'),
    range: optional(asked, 'AR_ID'),
    ip: single(asked, 'IP'),
  }
  const { size, name, into, range, ip } = reservation
  if (!(size > 0)) throw refused('Reservation SIZE must be a greater than 0')
  if (name === '' && into === undefined) throw refused('NAME for reservation has to be set')
  if (ip !== '' && range === undefined) throw refused('AR_ID must be specified for IP/MAC based reservations')
  return reservation
}

/** Makes a network of some of the parent's addresses, owned by the caller, or adds them to such a network. Throws code 2048
 *  when not enough are free; a network's number is used up even then. */
function reserve(call: Call, parentId: number, text: string): number {
  const { world, user } = call
  const asked = parseReservation(text)
  if (existing(world.networks, parentId).parent !== -1) throw refused('Cannot reserve addresses from a reserved VNET')
  const parent = acquire(call, world.networks, parentId, 'USE')
  const target =
    asked.into === undefined ? newReservation(call, parent, asked.name) : ownReservation(call, parent, asked.into)
  try {
    checkQuota(world, user, forLeases(parentId, asked.size))
    reserveRun(parent, target, asked)
  } catch (error) {
    if (asked.into === undefined) world.networks.remove(target.id)
    throw error
  }
  return target.id
}

function newReservation(call: Call, parent: Network, name: string): Network {
  const problem = newNameError(call.world.networks, call.user.id, name)
  if (problem) throw internal(problem)
  const reservation = addNetwork(call, { ...parent.template, NAME: [name] }, parent.id)
  reservation.prevState = reservation.state
  return reservation
}

function ownReservation(call: Call, parent: Network, id: number): Network {
  const { networks } = call.world
  const reservation = existing(networks, id)
  if (reservation.parent === -1) throw refused('Cannot add reservations to a non-reservation VNET')
  if (reservation.parent !== parent.id) {
    throw refused(`New reservations for virtual network ${id} have to be from network ${reservation.parent}`)
  }
  return acquire(call, networks, id, 'MANAGE')
}

function reserveRun(parent: Network, target: Network, { size, range, ip }: Reservation): void {
  const ranges = parent.ranges.filter(({ attributes }) => range === undefined || attributes['AR_ID'] === String(range))
  const found = freeRun(ranges, size, ip)
  if (!found) {
    throw refused(
      range === undefined
        ? 'Not enough free addresses in an address range'
        : `Not enough free addresses in address range ${range}, or it does not exist`,
    )
  }
  for (let index = found.index; index < found.index + size; index += 1) {
    takeAddress(found.range, index, { network: target.id })
  }
  target.ranges.push(reservedRange(found, size, nextRangeId(target)))
}

const nextRangeId = ({ ranges }: Network): number =>
  1 + Math.max(-1, ...ranges.map(({ attributes }) => Number(attributes['AR_ID'])))

const reservedRange = ({ range, ip, mac }: Address, size: number, id: number): AddressRange =>
  newRange(
    {
      ...range.attributes,
      IP: ip,
      MAC: mac,
      PARENT_NETWORK_AR_ID: range.attributes['AR_ID'] ?? '0',
      SIZE: String(size),
    },
    id,
  )

/** The network goes a little later, and only then are its addresses free. */
function remove(call: Call, id: number): number {
  const { world } = call
  const network = acquire(call, world.networks, id, 'MANAGE')
  if (usedLeases(network) > 0) {
    throw refused('Cannot delete virtual network. Can not remove a virtual network with leases in use')
  }
  if (network.state !== NetworkState.READY) {
    const state = Object.entries(NetworkState).find(([, value]) => value === network.state)?.[0]
    throw refused(`Cannot delete virtual network. Can not remove a Virtual Network, wrong state ${state}`)
  }
  network.leaving = network.ranges
  network.ranges = []
  network.prevState = network.state
  network.state = NetworkState.LOCK_DELETE
  world.later('removeNetwork', 'network', network)
  return id
}

/** What a range of a reservation holds of the parent's is free again. */
function giveBack(world: World, { id, parent }: Network, { attributes, size }: AddressRange): void {
  const from = world.networks
    .get(parent)
    ?.ranges.find(range => range.attributes['AR_ID'] === attributes['PARENT_NETWORK_AR_ID'])
  const first = from && indexOf(from, attributes['IP'] ?? '')
  for (let index = first ?? 0; from && index < (first ?? 0) + size; index += 1) {
    if (from.leases[index]?.network === id) unleaseIndex(from, index)
  }
}

/** Takes a range away again, which only those may do who administer the network. */
function removeRange(call: Call, id: number, rangeId: number): number {
  const network = acquire(call, call.world.networks, id, 'ADMIN')
  const range = network.ranges.find(({ attributes }) => attributes['AR_ID'] === String(rangeId))
  if (!range) throw refused('Address Range does not exist')
  if (Object.keys(range.leases).length > 0) throw refused('Address Range has leases in use')
  giveBack(call.world, network, range)
  network.ranges = network.ranges.filter(other => other !== range)
  return id
}

/** Holds or releases addresses that LEASES=[IP=…] names, for those who manage the network. */
function holding(change: (network: Network, ip: string) => void): MethodTable[string] {
  return method([int, string], (call, id, text) => {
    const network = acquire(call, call.world.networks, id, 'MANAGE')
    const ips = vectors(parseTemplate(text), 'LEASES').map(vector => vector['IP'])
    for (const ip of ips) if (ip !== undefined) change(network, ip)
    return id
  })
}

function hold(network: Network, ip: string): void {
  if (!lease(network, {}, ip)) throw refused(`Address ${ip} is not part of the address range or is already used`)
}

const SPEC: DocumentedSpec<Network> = {
  pool: world => world.networks,
  xml: poolXml,
  update: ({ user }, network, template) => {
    const changed = RESTRICTED.find(name => single(template, name) !== single(network.template, name))
    if (!isAdmin(user) && changed !== undefined && changed in template) refuseRestricted(user, changed, 'VNET Template')
    const kept = Object.entries(network.template).filter(([name]) => KEPT.includes(name))
    network.template = { ...Object.fromEntries(kept), ...template }
  },
}

export const NETWORK_METHODS: MethodTable = {
  ...readMethods('vn', SPEC),
  ...changeMethods('vn', SPEC),
  ...lockMethods('vn', SPEC),
  'one.vn.info': method([int, bool.or(false)], (call, id) => {
    const { world, user } = call
    const network = acquireLocked(call, world.networks, id, 'USE')
    return documentValue(
      networkXml(world, network, network.ranges.map(range => rangeInfo(world, user, range)).join('')),
    )
  }),
  'one.vn.allocate': method([string, int.or(-1)], allocate),
  'one.vn.reserve': method([int, string], reserve),
  'one.vn.delete': method([int], remove),
  'one.vn.rm_ar': method([int, int], removeRange),
  'one.vn.hold': holding(hold),
  'one.vn.release': holding(unlease),
}
