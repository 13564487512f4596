// Security groups: one.secgroup.* and one.secgrouppool.info; their rules are copied into the VMs that are in them.
import { cloneObject, templateMethods } from '../objects/kinds.ts'
import { bool, int, type MethodTable, method, string } from '../objects/methods.ts'
import { objectXml } from '../objects/owner-xml.ts'
import { acquire } from '../objects/permissions.ts'
import type { TemplateSpec } from '../objects/spec.ts'
import { forgetWritten } from '../objects/written.ts'
import { refused } from '../protocol/errors.ts'
import { type Vector, vectors } from '../protocol/template.ts'
import { idSet, templateXml, wrap } from '../protocol/xml.ts'
import { KINDS, type SecurityGroup, type Vm } from '../world/model.ts'
import { stateName } from '../world/vm-states.ts'
import type { Call, World } from '../world/world.ts'
import { distinctRules, validateRules } from './security-rules.ts'

// Groups and VMs -------------------------------------------------------------------------------------------------------

/** With whatever members a rule has, known or not: OpenNebula copies the whole vector (SecurityGroup::get_rules). */
const rulesFor = (group: SecurityGroup): Vector[] =>
  vectors(group.template, 'RULE').map(rule => ({
    ...rule,
    SECURITY_GROUP_ID: String(group.id),
    SECURITY_GROUP_NAME: group.name,
  }))

const otherRules = (vm: Vm, group: SecurityGroup): Vector[] =>
  vectors(vm.template, 'SECURITY_GROUP_RULE').filter(rule => rule['SECURITY_GROUP_ID'] !== String(group.id))

/** Puts a VM in a group: its rules appear in the VM once, and stay when it leaves; `anew` writes them even so. */
export function joinGroup(world: World, vm: Vm, id: number, anew = false): void {
  const group = world.securityGroups.get(id)
  if (!group) return
  group.failed = group.failed?.filter(other => other !== vm.id)
  if (!group.vms.includes(vm.id)) group.vms.push(vm.id)
  const known = vectors(vm.template, 'SECURITY_GROUP_RULE').some(rule => rule['SECURITY_GROUP_ID'] === String(id))
  if (!known || anew) renewRules(vm, group)
}

/** The group's rules, as they are now, are the VM's last. */
function renewRules(vm: Vm, group: SecurityGroup): void {
  vm.template['SECURITY_GROUP_RULE'] = [...otherRules(vm, group), ...rulesFor(group)]
}

/** Takes a VM out of a group, unless one of its NICs is still in it; the group counts as in use for a moment more. */
export function leaveGroup(world: World, vm: Vm, id: number): void {
  const group = world.securityGroups.get(id)
  if (!group || groupsOf(vm).includes(id)) return
  forget(group, vm)
  group.leaving.push(vm.id)
  world.clock.schedule(world.delays.securityGroup, { kind: 'securityGroup', id, ticket: vm.id })
}

/** Takes a VM off the lists of a group. */
export function forget(group: SecurityGroup, vm: Vm): void {
  group.vms = group.vms.filter(other => other !== vm.id)
  group.failed = group.failed?.filter(other => other !== vm.id)
}

/** The moment is over. */
export function finishLeaving(group: SecurityGroup, vm: number): void {
  group.leaving = group.leaving.filter(other => other !== vm)
}

/** Ids of the groups that the VM's NICs are in. */
export const groupsOf = (vm: Vm): number[] => [
  ...new Set([...vectors(vm.template, 'NIC'), ...vectors(vm.template, 'NIC_ALIAS')].flatMap(nicGroups)),
]

export const nicGroups = (nic: Vector): number[] =>
  (nic['SECURITY_GROUPS'] ?? '')
    .split(',')
    .filter(id => id !== '')
    .map(Number)

/** States in which the NICs of a VM are being worked on: neither its groups nor their rules can change then. */
const NIC_BUSY = /^(BOOT|MIGRATE|HOTPLUG_NIC|UNKNOWN)/

/** Whether a VM's NICs are being worked on. */
export const isNicBusy = (vm: Vm): boolean => NIC_BUSY.test(stateName(vm))

/**
 * Brings the rules of a group to its VMs. Not to those whose NICs are being worked on: they keep the old ones, and are listed
 * as ERROR_VMS until somebody commits the group (LifeCycleManager::trigger_updatesg in LifeCycleActions.cc).
 */
function pushRules(world: World, group: SecurityGroup, vms: readonly number[] = group.vms): void {
  const members = vms.flatMap(id => world.vms.get(id) ?? [])
  const busy = members.filter(isNicBusy).map(({ id }) => id)
  group.failed = [...(group.failed ?? []).filter(id => !vms.includes(id)), ...busy]
  for (const vm of members) {
    if (busy.includes(vm.id)) continue
    renewRules(vm, group)
    forgetWritten(vm)
  }
}

// Methods --------------------------------------------------------------------------------------------------------------

export const SECURITY_GROUP: TemplateSpec<SecurityGroup> = {
  name: 'secgroup',
  pool: world => world.securityGroups,
  lockable: false,
  xml: (world, group) =>
    objectXml(
      world,
      KINDS.securityGroup,
      group,
      idSet('UPDATED_VMS', [...group.vms.filter(id => !group.failed?.includes(id)), ...group.leaving]),
      wrap('OUTDATED_VMS'),
      wrap('UPDATING_VMS'),
      idSet('ERROR_VMS', group.failed ?? []),
      templateXml('TEMPLATE', group.template),
    ),
  nameless: { refusal: 'No NAME in template for Security Group.' },
  make: (_, base) => {
    validateRules(base.template)
    return { ...base, template: distinctRules(base.template), vms: [], leaving: [], failed: [] }
  },
  // An update that merges takes away every RULE before it adds those that it has (Template::merge in Template.cc): the template
  // that comes here is what is left, and all of it reaches the VMs
  update: ({ world }, group, template) => {
    validateRules(template)
    group.template = distinctRules(template)
    pushRules(world, group)
  },
}

function remove(call: Call, id: number): number {
  const { world } = call
  const group = acquire(call, world.securityGroups, id, 'MANAGE')
  if (id === 0) throw refused('Cannot delete security group. The default security group (ID 0) cannot be deleted.')
  if (group.vms.length + group.leaving.length > 0) {
    throw refused('Cannot delete security group. The security group has VMs using it')
  }
  world.securityGroups.remove(id)
  return id
}

export const SECURITY_GROUP_METHODS: MethodTable = {
  ...templateMethods(SECURITY_GROUP),
  'one.secgroup.clone': method([int, string], (call, id, name) => cloneObject(call, SECURITY_GROUP, id, name)),
  'one.secgroup.commit': method([int, bool.or(false)], (call, id, failedOnly) => {
    const group = acquire(call, call.world.securityGroups, id, 'MANAGE')
    pushRules(call.world, group, failedOnly ? [...(group.failed ?? [])] : group.vms)
    return id
  }),
  'one.secgroup.delete': method([int], remove),
}
