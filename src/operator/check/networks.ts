// The networks that instances are put into, and the one that elastic addresses are reserved from.
import type { Config } from '../../config/variables.ts'
import type { Network } from '../../ec2/core/documents.ts'
import { textOf } from '../../opennebula/xml/attributes.ts'
import { type Finding, note, ok, wrong } from './finding.ts'
import type { View } from './view.ts'

/** The security group that lets everything pass; OpenNebula puts it on every new network. */
const ALLOW_ALL = '0'

export function* checkNetworks(
  networks: readonly Network[],
  config: Config,
  { usable, who }: View,
): Generator<Finding> {
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
      const said =
        `${label}: OpenNebula's security group 0 is on it, as on every new network, and lets everything pass whatever other ` +
        'groups an instance has'
      const advice = `to let them count, take 0 out of SECURITY_GROUPS: \`onevnet update ${network.ID}\``
      // Default groups that let in nobody else would promise what is not so
      yield config.defaultGroup === 'closed' ? wrong(said, advice) : note(`${said}; ${advice}`)
    }
  }
}

const isNone = (id: number | undefined) => id === undefined || id < 0

const freeAddresses = ({ AR_POOL: { AR }, USED_LEASES }: Network) =>
  AR.reduce((size, range) => size + range.SIZE, 0) - USED_LEASES

export function checkAddresses(
  networks: readonly Network[],
  { addressNetwork }: Config,
  { usable, who }: View,
): Finding {
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
