// NICs of VMs that exist: attached, detached, changed, moved between security groups.
import { isNicBusy, joinGroup, leaveGroup, nicGroups } from '../networks/security-groups.ts'
import { int, type MethodTable, method, string } from '../objects/methods.ts'
import { acquire, refuseRestricted } from '../objects/permissions.ts'
import { internal, refused } from '../protocol/errors.ts'
import { parseTemplate, type Template, type Vector, vectors } from '../protocol/template.ts'
import { checkQuota, forNic } from '../users/quotas.ts'
import type { Vm } from '../world/model.ts'
import { Lcm, stateName, VmState } from '../world/vm-states.ts'
import type { Call } from '../world/world.ts'
import { Action, closeRecord } from './history.ts'
import { restrictedIn } from './instantiate.ts'
import { enter } from './lifecycle.ts'
import { addNic, type NicKind, nicById, nicNamed } from './nics.ts'
import { change, type WorkStates, workState } from './work.ts'

const NIC_WORK: WorkStates = { [VmState.ACTIVE]: Lcm.HOTPLUG_NIC, [VmState.POWEROFF]: Lcm.HOTPLUG_NIC_POWEROFF }

function attachNic(call: Call, id: number, text: string): number {
  const vm = change(call, id)
  const template = parseTemplate(text)
  const asked = askedNic(template)
  refuseRestricted(call.user, restrictedIn(template)?.replace(/^NIC(_ALIAS)?\//, ''), 'NIC')
  const work = workState(vm, NIC_WORK, `Could not add a new NIC to VM ${id}`)
  if (asked.kind === 'NIC_ALIAS' && !nicNamed(vm, asked.nic['PARENT'])) throw refused('Alias not found.')
  const context = structuredClone(vm.template['CONTEXT'] ?? [])
  const nic = addNic(call, vm, asked.kind, asked.nic, network => checkQuota(call.world, call.user, forNic(network)))
  nic['ATTACH'] = 'YES'
  const action = asked.kind === 'NIC' ? Action.NIC_ATTACH : Action.ALIAS_ATTACH
  // The context is written anew only later
  closeRecord(call, vm, action, {
    state: VmState.ACTIVE,
    lcm: work,
    template: { ...vm.template, CONTEXT: context },
  })
  vm.operation = { name: 'attachNic', nic: Number(nic['NIC_ID']) }
  enter(call.world, vm, VmState.ACTIVE, work)
  return id
}

function askedNic(template: Template): { kind: NicKind; nic: Vector } {
  for (const kind of ['NIC', 'NIC_ALIAS'] as const) {
    const [nic] = vectors(template, kind)
    if (nic) return { kind, nic }
  }
  throw refused('Wrong format for the NIC attribute')
}

function detachNic(call: Call, id: number, nicId: number): number {
  const vm = change(call, id)
  const work = workState(vm, NIC_WORK, `Could not detach NIC from VM ${id}`)
  const found = nicById(vm, nicId)
  if (!found) throw refused(`Could not detach NIC with NIC_ID ${nicId}, it does not exist.`)
  found.nic['ATTACH'] = 'YES'
  closeRecord(call, vm, found.kind === 'NIC' ? Action.NIC_DETACH : Action.ALIAS_DETACH)
  vm.operation = { name: 'detachNic', nic: nicId }
  enter(call.world, vm, VmState.ACTIVE, work)
  return id
}

/** What of a NIC can be changed: its bandwidth. */
const UPDATABLE = /^(INBOUND|OUTBOUND)_/

function updateNic(call: Call, id: number, nicId: number, text: string): number {
  const vm = change(call, id)
  const failure = `Error updating NIC (${nicId}) for VM ${id}: `
  const found = nicById(vm, nicId)
  if (!found) throw refused(`${failure}NIC does not exist`)
  const [asked] = vectors(parseTemplate(text), 'NIC')
  if (!asked) throw refused(`${failure}Wrong NIC definition, attribute is missing`)
  const work = workState(vm, NIC_WORK, `${failure}Could not update NIC`)
  Object.assign(found.nic, Object.fromEntries(Object.entries(asked).filter(([name]) => UPDATABLE.test(name))))
  enter(call.world, vm, VmState.ACTIVE, work)
  return id
}

const noSuchNic = (vm: Vm, nicId: number): string => `VM ${vm.id} doesn't have NIC id ${nicId}`

function nicForGroups(vm: Vm, nicId: number): Vector {
  if (isNicBusy(vm)) throw refused(`VM ${vm.id} is in wrong state ${stateName(vm)}`)
  const found = nicById(vm, nicId)
  if (!found) throw refused(noSuchNic(vm, nicId))
  return found.nic
}

function attachGroup(call: Call, id: number, nicId: number, groupId: number): number {
  const vm = change(call, id)
  if (!nicById(vm, nicId)) throw internal(noSuchNic(vm, nicId))
  if (!call.world.securityGroups.get(groupId)) {
    throw refused(`Could not attach SG ${groupId} to VM, SG does not exist`)
  }
  acquire(call, call.world.securityGroups, groupId, 'USE')
  const nic = nicForGroups(vm, nicId)
  const groups = nicGroups(nic)
  if (groups.includes(groupId)) throw refused(`VM ${id} SG ${groupId} already in NIC ${nicId}`)
  nic['SECURITY_GROUPS'] = [...groups, groupId].sort((a, b) => a - b).join(',')
  joinGroup(call.world, vm, groupId, true)
  return id
}

function detachGroup(call: Call, id: number, nicId: number, groupId: number): number {
  const vm = change(call, id)
  const nic = nicForGroups(vm, nicId)
  const groups = nicGroups(nic)
  if (!groups.includes(groupId)) throw refused(`VM ${id} NIC ${nicId} doesn't contain SG ${groupId}`)
  nic['SECURITY_GROUPS'] = groups.filter(other => other !== groupId).join(',')
  leaveGroup(call.world, vm, groupId)
  return id
}

export const NIC_METHODS: MethodTable = {
  'one.vm.attachnic': method([int, string], attachNic),
  'one.vm.detachnic': method([int, int], detachNic),
  'one.vm.updatenic': method([int, int, string, int.or(0)], updateNic),
  'one.vm.attachsg': method([int, int, int], attachGroup),
  'one.vm.detachsg': method([int, int, int], detachGroup),
}
