// Virtual networks: one.vn.* and one.vnpool.info.
import { documentedMethods } from '../objects/kinds.ts'
import { bool, documentValue, int, type MethodTable, method, string } from '../objects/methods.ts'
import { newNameError } from '../objects/names.ts'
import { acquire, acquireLocked, denied, isAdmin } from '../objects/permissions.ts'
import type { DocumentedSpec } from '../objects/spec.ts'
import { internal, refused } from '../protocol/errors.ts'
import { parseTemplate, single, type Template, vectors } from '../protocol/template.ts'
import type { Network } from '../world/model.ts'
import type { Call } from '../world/world.ts'
import { lease, unlease } from './addresses.ts'
import { addNetwork, giveBack, removeNetwork } from './lifecycle.ts'
import { networkInfo, networkInPool } from './network-xml.ts'
import { reserve } from './reservations.ts'

/** Attributes that plain users may not write, of a network or of its ranges. */
const RESTRICTED_ANYWHERE = [
  'BRIDGE',
  'FILTER',
  'FILTER_IP_SPOOFING',
  'FILTER_MAC_SPOOFING',
  'PHYDEV',
  'VLAN_ID',
  'VN_MAD',
]
const RESTRICTED = [
  ...RESTRICTED_ANYWHERE,
  ...['BRIDGE_CONF', 'CLUSTER_IDS', 'CONF', 'CVLANS', 'EXTERNAL', 'IP_LINK_CONF', 'OVS_BRIDGE_CONF', 'QINQ_TYPE'],
]

/** Made by the front-end: an update keeps them. */
const KEPT = [...RESTRICTED, 'BRIDGE_TYPE', 'OUTER_VLAN_ID']

/** The first attribute in it that plain users may not set. */
export function restrictedInNetwork(template: Template): string | undefined {
  const ofRange = vectors(template, 'AR').flatMap(range => RESTRICTED_ANYWHERE.filter(name => name in range))
  return RESTRICTED.find(name => name in template) ?? ofRange.map(name => `AR/${name}`)[0]
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
  if (!lease(network, {}, ip)) throw internal('Address is not part of the address range or in use.')
}

const NETWORK: DocumentedSpec<Network> = {
  name: 'vn',
  pool: world => world.networks,
  xml: networkInPool,
  update: ({ user }, network, template) => {
    const changed = RESTRICTED.find(name => single(template, name) !== single(network.template, name))
    if (!isAdmin(user) && changed !== undefined && changed in template) {
      throw internal(`Cannot update template. User Template includes a restricted attribute ${changed}`)
    }
    const kept = Object.entries(network.template).filter(([name]) => KEPT.includes(name))
    network.template = { ...Object.fromEntries(kept), ...template }
  },
}

export const NETWORK_METHODS: MethodTable = {
  ...documentedMethods(NETWORK),
  'one.vn.info': method([int, bool.or(false)], (call, id) =>
    documentValue(networkInfo(call.world, call.user, acquireLocked(call, call.world.networks, id, 'USE'))),
  ),
  'one.vn.allocate': method([string, int.or(-1)], allocate),
  'one.vn.reserve': method([int, string], reserve),
  'one.vn.delete': method([int], removeNetwork),
  'one.vn.rm_ar': method([int, int], removeRange),
  'one.vn.hold': holding(hold),
  'one.vn.release': holding(unlease),
}
