// VM groups (one.vmgroup.*, one.vmgrouppool.info): their roles have VMs as members.

import { type MethodTable, method, string } from '../objects/methods.ts'
import { newNameError } from '../objects/names.ts'
import {
  changeMethods,
  type DocumentedSpec,
  lockMethods,
  ownedBy,
  ownerXml,
  permissionsXml,
  readMethods,
  removeMethod,
} from '../objects/objects.ts'
import { authorize } from '../objects/permissions.ts'
import { internal, refused } from '../protocol/errors.ts'
import { parseTemplate, single, type Vector, vectors, without } from '../protocol/template.ts'
import { templateXml, wrap } from '../protocol/xml.ts'
import type { Vm, VmGroup } from '../world/model.ts'
import type { Call, World } from '../world/world.ts'

const SPEC: DocumentedSpec<VmGroup> = {
  pool: world => world.vmGroups,
  xml: (world, group) =>
    wrap(
      'VM_GROUP',
      ownerXml(world, group),
      permissionsXml(group),
      templateXml('ROLES', { ROLE: group.roles }),
      templateXml('TEMPLATE', group.template),
    ),
  update: (_, group, template) => {
    const members = group.roles.flatMap(membersOf)
    if (members.length > 0) throw internal(`VM Group has ${members.length} VMs`)
    group.template = without(template, ['ROLE'])
  },
}

/** A role of a new group has no members yet. */
function newRole(role: Vector, index: number): Vector {
  const made = { ...role, ID: String(index) }
  setMembers(made, [])
  return made
}

const membersOf = (role: Vector): string[] => (role['VMS'] ?? '').split(',').filter(id => id !== '')

function setMembers(role: Vector, members: readonly string[]): void {
  if (members.length > 0) role['VMS'] = members.join(',')
  else delete role['VMS']
}

/** Makes a new VM a member of the role that its VMGROUP names. Throws code 2048 for an unknown group or role. */
export function joinVmGroup({ world, user }: Call, vm: Vm): void {
  const [asked] = vectors(vm.template, 'VMGROUP')
  if (!asked) return
  const { VMGROUP_ID: id, VMGROUP_NAME: name, ROLE: roleName } = asked
  const group =
    id === undefined
      ? world.vmGroups.find(candidate => candidate.name === name && candidate.uid === user.id)
      : world.vmGroups.get(Number(id))
  if (!group) throw refused('Cannot find VM Group to associate the VM')
  authorize(user, 'USE', world.vmGroups.kind, group)
  const role = group.roles.find(candidate => candidate['NAME'] === roleName)
  if (!role) throw refused('Role does not exist in VM Group')
  asked['VMGROUP_ID'] = String(group.id)
  setMembers(role, [...membersOf(role), String(vm.id)])
}

/** The VM is gone. */
export function leaveVmGroup(world: World, vm: Vm): void {
  const group = world.vmGroups.get(Number(vectors(vm.template, 'VMGROUP')[0]?.['VMGROUP_ID'] ?? -1))
  for (const role of group?.roles ?? [])
    setMembers(
      role,
      membersOf(role).filter(id => id !== String(vm.id)),
    )
}

export const VM_GROUP_METHODS: MethodTable = {
  ...readMethods('vmgroup', SPEC),
  ...changeMethods('vmgroup', SPEC),
  ...lockMethods('vmgroup', SPEC),
  'one.vmgroup.allocate': method([string], ({ world, user }, text) => {
    const template = parseTemplate(text)
    const name = single(template, 'NAME')
    const problem = newNameError(world.vmGroups, user.id, name)
    if (problem) throw internal(problem)
    const roles = vectors(template, 'ROLE').map(newRole)
    const content = { ...ownedBy(user), name, template: without(template, ['NAME', 'ROLE']), roles }
    return world.vmGroups.add(id => ({ ...content, id })).id
  }),
  'one.vmgroup.delete': removeMethod(SPEC),
}
