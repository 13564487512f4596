// How networks come and go: both take a while, and addresses are there, or free again, only then.
import { acquire, ownedBy } from '../objects/permissions.ts'
import { refused } from '../protocol/errors.ts'
import { isYes, single, type Template, vectors, without } from '../protocol/template.ts'
import type { AddressRange, Network } from '../world/model.ts'
import type { Call, World } from '../world/world.ts'
import { indexOf, newRange, unleaseIndex, usedLeases } from './addresses.ts'

export const NetworkState = { INIT: 0, READY: 1, LOCK_CREATE: 2, LOCK_DELETE: 3, DONE: 4, ERROR: 5 } as const

/**
 * Adds a network, from a template with NAME, BRIDGE, VN_MAD and AR vectors, in state LOCK_CREATE.
 * @param parent what it is reserved from: it is in the same clusters
 */
export function addNetwork(
  { world, user }: Pick<Call, 'world' | 'user'>,
  template: Template,
  parent?: Network,
): Network {
  const network = world.networks.add(id => ({
    ...ownedBy(user),
    id,
    name: single(template, 'NAME'),
    template: { ...without(template, ['NAME', 'AUTOMATIC_VLAN_ID']), ...ownAttributes(template, id) },
    automaticVlan: isYes(single(template, 'AUTOMATIC_VLAN_ID')),
    parent: parent?.id ?? -1,
    ranges: [],
    clusters: [...(parent?.clusters ?? [0])],
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

/** The network goes a little later, and only then are its addresses free. */
export function removeNetwork(call: Call, id: number): number {
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
  network.state = NetworkState.LOCK_DELETE
  network.prevState = network.state
  world.later('removeNetwork', 'network', network)
  return id
}

/** What a range of a reservation holds of the parent's is free again. */
export function giveBack(world: World, { id, parent }: Network, { attributes, size }: AddressRange): void {
  const from = world.networks
    .get(parent)
    ?.ranges.find(range => range.attributes['AR_ID'] === attributes['PARENT_NETWORK_AR_ID'])
  const first = from && indexOf(from, attributes['IP'] ?? '')
  for (let index = first ?? 0; from && index < (first ?? 0) + size; index += 1) {
    if (from.leases[index]?.network === id) unleaseIndex(from, index)
  }
}
