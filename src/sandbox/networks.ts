// Virtual networks: one.vn.* and one.vnpool.info, with reservations.
import {
  type Address,
  addressAt,
  freeRun,
  lease,
  leasesOf,
  newRange,
  unlease,
  unleaseIndex,
  usedLeases,
  vmsOf,
} from './addresses.ts'
import { internal, refused } from './errors.ts'
import { bool, documentValue, int, type MethodTable, method, string } from './methods.ts'
import { type AddressRange, KINDS, type Lease, type Network, type User } from './model.ts'
import { newNameError } from './names.ts'
import { changeMethods, type DocumentedSpec, ownerXml, permissionsXml, readMethods } from './objects.ts'
import { acquire, isAdmin, may, PRIVATE, refuseRestricted, requireAdmin } from './permissions.ts'
import { parseTemplate, single, type Template, type Vector, vectors, without } from './template.ts'
import type { Call, World } from './world.ts'
import { cdata, idSet, plain, templateXml, wrap, wrapOrEmpty } from './xml.ts'

const RESTRICTED = ['VN_MAD', 'PHYDEV', 'QINQ_TYPE', 'BRIDGE', 'CONF', 'FILTER', 'CLUSTER_IDS', 'EXTERNAL']

const networkXml = (world: World, network: Network, ranges: string): string =>
  wrap(
    'VNET',
    ownerXml(world, network),
    permissionsXml(network.permissions),
    idSet('CLUSTERS', network.clusters),
    cdata('BRIDGE', single(network.template, 'BRIDGE')),
    cdata('BRIDGE_TYPE', single(network.template, 'BRIDGE_TYPE')),
    cdata('STATE', 1),
    cdata('PREV_STATE', 1),
    network.parent === -1 ? '<PARENT_NETWORK_ID/>' : plain('PARENT_NETWORK_ID', network.parent),
    cdata('VN_MAD', single(network.template, 'VN_MAD')),
    wrapOrEmpty('PHYDEV', single(network.template, 'PHYDEV')),
    wrapOrEmpty('VLAN_ID', single(network.template, 'VLAN_ID')),
    wrapOrEmpty('OUTER_VLAN_ID', single(network.template, 'OUTER_VLAN_ID')),
    plain('VLAN_ID_AUTOMATIC', 0),
    plain('OUTER_VLAN_ID_AUTOMATIC', 0),
    plain('USED_LEASES', usedLeases(network)),
    wrap('VROUTERS'),
    idSet('UPDATED_VMS', vmsOf(network)),
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
  return wrap(
    'AR',
    vectorXml(allocated.length > 0 ? { ...range.attributes, ALLOCATED: allocated.join('') } : range.attributes),
  )
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

const NETWORK_DEFAULTS: Template = {
  OUTER_VLAN_ID: [''],
  PHYDEV: [''],
  SECURITY_GROUPS: ['0'],
  VLAN_ID: [''],
  BRIDGE_TYPE: ['linux'],
}

/** Adds a network, from a template with NAME, BRIDGE, VN_MAD and AR vectors. */
export function addNetwork({ world, user }: Pick<Call, 'world' | 'user'>, template: Template, parent = -1): Network {
  return world.networks.add(id => ({
    id,
    name: single(template, 'NAME'),
    uid: user.id,
    gid: user.groups[0] ?? -1,
    permissions: [...PRIVATE],
    template: { ...NETWORK_DEFAULTS, ...without(template, ['NAME', 'AR']) },
    parent,
    ranges: vectors(template, 'AR').map(newRange),
    clusters: [0],
  }))
}

function allocate(call: Call, text: string): number {
  const { world, user } = call
  requireAdmin(user, 'CREATE', KINDS.network)
  const template = parseTemplate(text)
  const problem = newNameError(world.networks, user.id, single(template, 'NAME'))
  if (problem) throw internal(problem)
  return addNetwork(call, template).id
}

/** Makes a network of some of the parent's addresses, owned by the caller. Throws code 2048 when not enough are free. */
function reserve(call: Call, parentId: number, text: string): number {
  const { world, user } = call
  const asked = parseTemplate(text)
  const size = Number(single(asked, 'SIZE'))
  const name = single(asked, 'NAME')
  if (!(size > 0)) throw refused('Reservation SIZE must be a greater than 0')
  if (name === '') throw refused('NAME for reservation has to be set')
  if ('IP' in asked && !('AR_ID' in asked)) throw refused('AR_ID must be specified for IP/MAC based reservations')
  const parent = acquire(call, world.networks, parentId, 'USE')
  if (parent.parent !== -1) throw refused('Cannot reserve addresses from a reserved VNET')
  const problem = newNameError(world.networks, user.id, name)
  if (problem) throw internal(problem)
  const found = freeRun(parent, size, single(asked, 'IP'))
  if (!found) throw refused('Not enough free addresses in an address range')
  const reservation = addNetwork(call, { ...parent.template, NAME: [name] }, parent.id)
  for (let index = found.index; index < found.index + size; index += 1) {
    found.range.leases[index] = { network: reservation.id }
  }
  reservation.ranges = [reservedRange(found, size)]
  return reservation.id
}

const reservedRange = ({ range, ip, mac }: Address, size: number): AddressRange =>
  newRange(
    {
      ...range.attributes,
      IP: ip,
      MAC: mac,
      PARENT_NETWORK_AR_ID: range.attributes['AR_ID'] ?? '0',
      SIZE: String(size),
    },
    0,
  )

function remove(call: Call, id: number): number {
  const { world } = call
  const network = acquire(call, world.networks, id, 'MANAGE')
  if (usedLeases(network) > 0) {
    throw refused('Cannot delete virtual network. Can not remove a virtual network with leases in use')
  }
  world.networks.remove(id)
  for (const range of world.networks.get(network.parent)?.ranges ?? []) {
    const ours = leasesOf(range).filter(([, owner]) => owner.network === id)
    for (const [index] of ours) unleaseIndex(range, index)
  }
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
    const kept = Object.entries(network.template).filter(
      ([name]) => RESTRICTED.includes(name) || name in NETWORK_DEFAULTS,
    )
    network.template = { ...Object.fromEntries(kept), ...template }
  },
}

export const NETWORK_METHODS: MethodTable = {
  ...readMethods('vn', SPEC),
  ...changeMethods('vn', SPEC),
  'one.vn.info': method([int, bool.or(false)], (call, id) => {
    const { world, user } = call
    const network = acquire(call, world.networks, id, 'USE')
    return documentValue(
      networkXml(world, network, network.ranges.map(range => rangeInfo(world, user, range)).join('')),
    )
  }),
  'one.vn.allocate': method([string, int.or(-1)], allocate),
  'one.vn.reserve': method([int, string], reserve),
  'one.vn.delete': method([int], remove),
  'one.vn.hold': holding(hold),
  'one.vn.release': holding(unlease),
}
