// Hot-plugs of secondary addresses: aliases of an interface that come and go, one at a time per VM.
import type { WriteCall } from '../../opennebula/calls/common.ts'
import { attachNic, detachNic } from '../../opennebula/calls/vm.ts'
import { isSettled, VM_STATE } from '../../opennebula/states.ts'
import type { Vm } from '../core/documents.ts'
import { type HotPlug, type HotPlugs, isTooLate, type NextHotPlug, takeTurns } from '../core/hot-plugs.ts'
import type { TaskKind, Tools } from '../core/tasks.ts'
import { stateOf } from '../instances/states.ts'
import { INTERFACES_LOCK } from './resource.ts'
import { nicRecordCall } from './states.ts'
import { interfaceId, movingAddresses, secondaryAliases } from './view.ts'

/** A secondary address to bring to an interface, or to take away from it. */
export interface AliasTask extends HotPlug {
  readonly kind: 'alias'
  readonly wanted: 'attach' | 'detach'
  /** The number of the NIC. */
  readonly nic: number
  readonly ip: string
  /** OpenNebula number of the network that it is an address of. */
  readonly network: number
}

export const aliasTasks: TaskKind<AliasTask> = {
  kind: 'alias',
  id: ({ vm, ip }) => `${vm}/${ip}`,
  locks: () => [INTERFACES_LOCK],
  isAnother: (task, earlier) => task.wanted !== earlier.wanted || task.nic !== earlier.nic,
  reconcile: (tasks, tools) => takeTurns(tasks, tools, plugsAt(tools)),
}

const plugsAt = (clock: Pick<Tools, 'now'>): HotPlugs<AliasTask> => ({
  next: nextPlug,
  // What is noted on the VM of addresses that move counts for a while only
  over: ({ nic: number, ip }, vm, error) => {
    const nic = error && nicNumbered(number, vm)
    if (!vm || !nic) return []
    return [nicRecordCall({ nic, vm }, { moving: movingAddresses(nic, vm, clock).filter(each => each.ip !== ip) })]
  },
  asked: ({ nic: number, ip }, vm) => {
    const nic = nicNumbered(number, vm)
    const id = vm && nic && interfaceId(vm.ID, nic)
    return { action: 'AssignPrivateIpAddresses', input: { NetworkInterfaceId: id, PrivateIpAddresses: [ip] } }
  },
})

const nicNumbered = (number: number, vm: Vm | undefined) => vm?.TEMPLATE.NIC.find(({ NIC_ID }) => NIC_ID === number)

function nextPlug(task: AliasTask, vm: Vm | undefined, age: number): NextHotPlug {
  if (vm === undefined || vm.STATE === VM_STATE.DONE || isTooLate(age, stateOf(vm) === 'pending')) return 'done'
  const call = aliasCall(task, vm)
  if (call === undefined) return 'done'
  return isSettled(vm) ? call : 'wait'
}

/** What brings a secondary address about; undefined where it is so already, or its interface is gone. */
export function aliasCall({ wanted, nic: number, ip, network }: AliasTask, vm: Vm): WriteCall | undefined {
  const nic = nicNumbered(number, vm)
  const alias = nic && secondaryAliases(nic, vm).find(({ IP }) => IP === ip)
  if (nic === undefined || (alias !== undefined) === (wanted === 'attach')) return undefined
  return alias
    ? detachNic(vm.ID, alias.NIC_ID)
    : attachNic(vm.ID, { NIC_ALIAS: { NETWORK_ID: network, PARENT: nic.NAME ?? `NIC${number}`, IP: ip } })
}
