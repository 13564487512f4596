// Documents of networks: in the pool, and in `info`, which names the leases.
import { objectXml } from '../objects/owner-xml.ts'
import { may } from '../objects/permissions.ts'
import { single, type Vector } from '../protocol/template.ts'
import { cdata, idSet, plain, templateXml, wrap, wrapOrEmpty } from '../protocol/xml.ts'
import { type AddressRange, KINDS, type Kind, type Lease, type Network, type Owned, type User } from '../world/model.ts'
import type { World } from '../world/world.ts'
import { addressAt, leasesOf, usedLeases } from './addresses.ts'

const networkXml = (world: World, network: Network, ranges: string): string =>
  objectXml(
    world,
    KINDS.network,
    network,
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

/** The network as its pool shows it. */
export const networkInPool = (world: World, network: Network): string =>
  networkXml(world, network, network.ranges.map(rangeInPool).join(''))

/** `info` lists the leases to those who manage the network, and to others those whose VM or reservation they may see. */
function rangeInfo(world: World, user: User, network: Network, range: AddressRange): string {
  const last = addressAt(range, range.size - 1)
  const leases = leasesOf(range)
  const seesAll = may(user, 'MANAGE', KINDS.network, network)
  const visible = leases.filter(([, owner]) => seesAll || seesOwner(world, user, owner))
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
  return vm !== undefined && visibleOwner(user, world.vms.get(vm), KINDS.vm)
}

const visibleOwner = (user: User, owner: Owned | undefined, kind: Kind): boolean =>
  owner !== undefined && may(user, 'USE', kind, owner)

function leaseXml(range: AddressRange, index: number, { vm, network }: Lease): string {
  const { ip, mac } = addressAt(range, index)
  const owner = network === undefined ? cdata('VM', vm ?? -1) : cdata('VNET', network)
  return wrap('LEASE', cdata('IP', ip), cdata('MAC', mac), owner)
}

/** The network as `info` shows it to a user. */
export const networkInfo = (world: World, user: User, network: Network): string =>
  networkXml(world, network, network.ranges.map(range => rangeInfo(world, user, network, range)).join(''))
