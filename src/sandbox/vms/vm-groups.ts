// VM groups (one.vmgroup.*, one.vmgrouppool.info): their roles have VMs as members.
import { templateMethods } from '../objects/kinds.ts'
import type { MethodTable } from '../objects/methods.ts'
import { objectXml } from '../objects/owner-xml.ts'
import { authorize } from '../objects/permissions.ts'
import { internal, refused } from '../protocol/errors.ts'
import { type Vector, vectors, without } from '../protocol/template.ts'
import { templateXml } from '../protocol/xml.ts'
import { KINDS, type Vm } from '../world/model.ts'
import type { Call, World } from '../world/world.ts'

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
  const { VMGROUP_ID: id, VMGROUP_NAME: name, VMGROUP_UID: uid = user.id, ROLE: roleName } = asked
  const group =
    name === undefined
      ? world.vmGroups.get(Number(id))
      : world.vmGroups.find(candidate => candidate.name === name && candidate.uid === Number(uid))
  if (!group) throw refused('Cannot find VM Group to associate the VM')
  if (!roleName) throw refused('Missing role name in VM Group definition')
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

export const VM_GROUP_METHODS: MethodTable = templateMethods({
  name: 'vmgroup',
  pool: world => world.vmGroups,
  xml: (world, group) =>
    objectXml(
      world,
      KINDS.vmGroup,
      group,
      templateXml('ROLES', { ROLE: group.roles }),
      templateXml('TEMPLATE', group.template),
    ),
  make: (_, base) => ({
    ...base,
    template: without(base.template, ['ROLE']),
    roles: vectors(base.template, 'ROLE').map(newRole),
  }),
  update: (_, group, template) => {
    const members = group.roles.flatMap(membersOf)
    if (members.length > 0) throw internal(`VM Group has ${members.length} VMs`)
    group.template = without(template, ['ROLE'])
  },
})
