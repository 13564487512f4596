// NICs of VMs and their aliases: addresses leased from networks, security groups joined.
import { lease, unlease } from '../networks/addresses.ts'
import { forget, joinGroup, leaveGroup, nicGroups } from '../networks/security-groups.ts'
import { authorize } from '../objects/permissions.ts'
import { type Reference, referred } from '../objects/references.ts'
import { refused } from '../protocol/errors.ts'
import { single, type Vector, vectors } from '../protocol/template.ts'
import { KINDS, type Network, type Vm } from '../world/model.ts'
import type { Call, World } from '../world/world.ts'
import { refreshNetworkContext } from './context.ts'

export type NicKind = 'NIC' | 'NIC_ALIAS'

/** The VM's NIC or alias with that number. */
export const nicById = (vm: Vm, id: number): { kind: NicKind; nic: Vector } | undefined => {
  for (const kind of ['NIC', 'NIC_ALIAS'] as const) {
    const nic = vectors(vm.template, kind).find(candidate => candidate['NIC_ID'] === String(id))
    if (nic) return { kind, nic }
  }
  return undefined
}

/** A NIC that is no alias. */
export const nicNamed = (vm: Vm, name: string | undefined): Vector | undefined =>
  vectors(vm.template, 'NIC').find(nic => nic['NAME'] === name)

const allNics = (vm: Vm): Vector[] => [...vectors(vm.template, 'NIC'), ...vectors(vm.template, 'NIC_ALIAS')]

/** One more than the highest number of a NIC or an alias. */
const nextNicId = (vm: Vm): number => 1 + Math.max(-1, ...allNics(vm).map(nic => Number(nic['NIC_ID'])))

const NETWORK_OF_NIC: Reference = {
  member: 'NETWORK',
  object: 'a network',
  kind: 'Virtual network',
  vector: 'NIC',
}

/** Makes a NIC of what is asked for: an address is leased and the security groups are joined. `check` may refuse the network. */
export function addNic(
  call: Call,
  vm: Vm,
  kind: NicKind,
  asked: Vector,
  check: (network: number) => void = () => {},
): Vector {
  const { world } = call
  const network = referred(call, world.networks, NETWORK_OF_NIC, asked)
  check(network.id)
  const groups = securityGroups(call, network, asked)
  const placed = place(vm, kind, asked)
  const address = lease(network, { vm: vm.id }, asked['IP'])
  if (!address) throw refused(`Cannot get IP/MAC lease from virtual network ${network.id}.`)
  network.vms.push(vm.id)
  const id = String(nextNicId(vm))
  const nic: Vector = {
    ...asked,
    ...inherited(network),
    AR_ID: address.range.attributes['AR_ID'] ?? '0',
    CLUSTER_ID: '0',
    IP: address.ip,
    MAC: address.mac,
    NETWORK: network.name,
    NETWORK_ID: String(network.id),
    NIC_ID: id,
    SECURITY_GROUPS: groups.join(','),
    TARGET: `one-${vm.id}-${id}`,
    ...placed,
  }
  vm.template[kind] = [...(vm.template[kind] ?? []), nic]
  const parent = vectors(vm.template, 'NIC').find(each => each['NIC_ID'] === nic['PARENT_ID'])
  if (parent) parent['ALIAS_IDS'] = [...aliasIds(parent), id].join(',')
  for (const group of groups) joinGroup(world, vm, group)
  refreshNetworkContext(world, vm)
  return nic
}

/** The network's groups and those asked for, ascending. */
function securityGroups(call: Call, network: Network, asked: Vector): number[] {
  const own = nicGroups({ SECURITY_GROUPS: single(network.template, 'SECURITY_GROUPS') })
  const wanted = nicGroups(asked)
  for (const id of wanted) checkGroup(call, id)
  return [...new Set([...own, ...wanted])].sort((a, b) => a - b)
}

/** Throws code 512 for a group of others. The front-end does not mind one that is not there. */
function checkGroup({ world, user }: Call, id: number): void {
  const group = world.securityGroups.get(id)
  if (group) authorize(user, 'USE', KINDS.securityGroup, group)
}

function inherited(network: Network): Vector {
  const values: Vector = {}
  for (const name of ['BRIDGE', 'BRIDGE_TYPE', 'VN_MAD', 'GATEWAY']) {
    const value = single(network.template, name)
    if (value !== '') values[name] = value
  }
  if (network.parent !== -1) values['PARENT_NETWORK_ID'] = String(network.parent)
  return values
}

/** The name of a NIC; of an alias, its parent as well. */
function place(vm: Vm, kind: NicKind, asked: Vector): Vector {
  const id = nextNicId(vm)
  if (kind === 'NIC') return { NAME: asked['NAME'] ?? `NIC${id}` }
  const wanted = asked['PARENT'] ?? ''
  const parent = nicNamed(vm, wanted)
  if (!parent) throw refused(`NIC named ${wanted} not found for alias`)
  return {
    ALIAS_ID: String(aliasIds(parent).length),
    NAME: asked['NAME'] ?? `${wanted}_ALIAS${id}`,
    PARENT_ID: parent['NIC_ID'] ?? '',
  }
}

const aliasIds = (nic: Vector): string[] => (nic['ALIAS_IDS'] ?? '').split(',').filter(id => id !== '')

/** Takes a NIC away: its aliases go with it, its address is free again and its groups are left. */
export function removeNic(world: World, vm: Vm, id: number): void {
  const found = nicById(vm, id)
  if (!found) return
  for (const alias of aliasIds(found.nic)) removeNic(world, vm, Number(alias))
  const remaining = vectors(vm.template, found.kind).filter(nic => nic !== found.nic)
  if (remaining.length > 0) vm.template[found.kind] = remaining
  else delete vm.template[found.kind]
  if (found.kind === 'NIC_ALIAS') forgetAlias(vm, found.nic)
  releaseNic(world, vm, found.nic)
  refreshNetworkContext(world, vm)
}

function forgetAlias(vm: Vm, alias: Vector): void {
  const parent = vectors(vm.template, 'NIC').find(nic => nic['NIC_ID'] === alias['PARENT_ID'])
  if (parent)
    parent['ALIAS_IDS'] = aliasIds(parent)
      .filter(id => id !== alias['NIC_ID'])
      .join(',')
}

function releaseNic(world: World, vm: Vm, nic: Vector): void {
  releaseAddress(world, vm, nic)
  for (const group of nicGroups(nic)) leaveGroup(world, vm, group)
}

function releaseAddress(world: World, vm: Vm, nic: Vector): void {
  const network = world.networks.get(Number(nic['NETWORK_ID']))
  if (!network) return
  unlease(network, nic['IP'] ?? '')
  network.vms = network.vms.filter(id => id !== vm.id)
}

/** What the end of a VM does: addresses are free, groups have no such VM; the document keeps its NICs. */
export function releaseNics(world: World, vm: Vm): void {
  for (const nic of allNics(vm)) {
    releaseAddress(world, vm, nic)
    for (const id of nicGroups(nic)) {
      const group = world.securityGroups.get(id)
      if (group) forget(group, vm)
    }
  }
}
