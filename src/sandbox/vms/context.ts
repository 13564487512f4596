// CONTEXT of a VM: variables in it are filled in, and every NIC's settings are added as ETH0_… for the guest.
import { isYes, single, type Template, type Vector, vectors } from '../protocol/template.ts'
import type { User, Vm } from '../world/model.ts'
import type { World } from '../world/world.ts'

interface ContextVariable {
  /** Where the value comes from: members of the NIC, of the address range or the network's attributes. */
  source: string
  /** Looked up in the network as well as in the NIC. */
  inherited: boolean
}

const fromNic = (source: string): ContextVariable => ({ source, inherited: false })
const fromNetwork = (source: string): ContextVariable => ({ source, inherited: true })

const VARIABLES: Record<string, ContextVariable> = {
  DNS: fromNetwork('DNS'),
  EXTERNAL: fromNic('EXTERNAL'),
  GATEWAY: fromNetwork('GATEWAY'),
  IP: fromNic('IP'),
  IP6: fromNic('IP6'),
  IP6_GATEWAY: fromNetwork('GATEWAY6'),
  IP6_METHOD: fromNetwork('IP6_METHOD'),
  IP6_METRIC: fromNetwork('IP6_METRIC'),
  IP6_PREFIX_LENGTH: fromNetwork('PREFIX_LENGTH'),
  IP6_ULA: fromNic('IP6_ULA'),
  MAC: fromNic('MAC'),
  MASK: fromNetwork('NETWORK_MASK'),
  METHOD: fromNetwork('METHOD'),
  METRIC: fromNetwork('METRIC'),
  MTU: fromNetwork('GUEST_MTU'),
  NETWORK: fromNetwork('NETWORK_ADDRESS'),
  SEARCH_DOMAIN: fromNetwork('SEARCH_DOMAIN'),
  VLAN_ID: fromNetwork('VLAN_ID'),
  VROUTER_IP: fromNic('VROUTER_IP'),
  VROUTER_IP6: fromNic('VROUTER_IP6'),
  VROUTER_MANAGEMENT: fromNic('VROUTER_MANAGEMENT'),
}

/** Writes the NICs' variables into the VM's CONTEXT anew, where it asks for NETWORK. */
export function refreshNetworkContext(world: World, vm: Vm): void {
  for (const context of vectors(vm.template, 'CONTEXT')) {
    for (const name of Object.keys(context)) if (/^ETH\d+_/.test(name)) delete context[name]
    if (!isYes(context['NETWORK'])) continue
    for (const nic of vectors(vm.template, 'NIC')) addNic(world, context, `ETH${nic['NIC_ID']}`, nic)
    for (const nic of vectors(vm.template, 'NIC_ALIAS')) {
      addNic(world, context, `ETH${nic['PARENT_ID']}_ALIAS${nic['ALIAS_ID']}`, nic)
    }
  }
}

function addNic(world: World, context: Vector, prefix: string, nic: Vector): void {
  const network = world.networks.get(Number(nic['NETWORK_ID']))
  const range = network?.ranges[Number(nic['AR_ID'])]?.attributes
  for (const [name, { source, inherited }] of Object.entries(VARIABLES)) {
    const inheritedValue = inherited ? (range?.[source] ?? single(network?.template ?? {}, source)) : ''
    context[`${prefix}_${name}`] = nic[source] ?? inheritedValue
  }
}

/** Replaces $NAME and $NAME[KEY] in a CONTEXT value: of the VM, of its owner's template ($USER[…]) or its own attributes. */
export function substitute(text: string, vm: { id: number; name: string; template: Template }, user: User): string {
  const known: Record<string, string> = {
    VMID: String(vm.id),
    NAME: vm.name,
    UID: String(user.id),
    UNAME: user.name,
    GID: String(user.groups[0] ?? -1),
  }
  return text.replace(/\$([A-Z_]+)(?:\[([A-Z0-9_]+)\])?/g, (_, name: string, key?: string) => {
    if (key === undefined) return known[name] ?? single(vm.template, name)
    return name === 'USER' ? single(user.template, key) : (vectors(vm.template, name)[0]?.[key] ?? '')
  })
}
