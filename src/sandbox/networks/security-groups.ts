// Security groups: one.secgroup.* and one.secgrouppool.info; their rules are copied into the VMs that are in them.
import { isIP } from 'node:net'
import { bool, int, type MethodTable, method, string } from '../objects/methods.ts'
import { newNameError, notAllocated } from '../objects/names.ts'
import {
  changeMethods,
  type DocumentedSpec,
  ownedBy,
  ownerXml,
  permissionsXml,
  readMethods,
} from '../objects/objects.ts'
import { acquire } from '../objects/permissions.ts'
import { forgetWritten } from '../objects/written.ts'
import { internal, refused } from '../protocol/errors.ts'
import { parseTemplate, single, type Template, type Vector, vectors, without } from '../protocol/template.ts'
import { idSet, templateXml, wrap } from '../protocol/xml.ts'
import { KINDS, type SecurityGroup, type Vm } from '../world/model.ts'
import type { Call, World } from '../world/world.ts'

const groupXml = (world: World, group: SecurityGroup): string =>
  wrap(
    'SECURITY_GROUP',
    ownerXml(world, group),
    permissionsXml(group),
    idSet('UPDATED_VMS', [...group.vms, ...group.leaving]),
    wrap('OUTDATED_VMS'),
    wrap('UPDATING_VMS'),
    wrap('ERROR_VMS'),
    templateXml('TEMPLATE', group.template),
  )

// Rules ----------------------------------------------------------------------------------------------------------------

const PROTOCOLS = ['TCP', 'UDP', 'ICMP', 'ICMPV6', 'IPSEC', 'ALL']
const MAX_PORTS = 15

/** Each check gives the front-end's reason when the rule breaks it, in the front-end's order. */
const CHECKS: readonly ((rule: Vector, protocol: string) => string | false)[] = [
  (_, protocol) =>
    !PROTOCOLS.includes(protocol) && 'Wrong PROTOCOL in rule. Valid options: TCP, UDP, ICMP, ICMPV6, IPSEC, ALL.',
  ({ RANGE: range = '' }, protocol) =>
    range !== '' && protocol !== 'TCP' && protocol !== 'UDP' && 'RANGE is supported only for TCP and UDP protocols.',
  ({ RANGE: range = '' }) => range !== '' && rangeError(range),
  ({ ICMP_TYPE: type = '' }, protocol) =>
    type !== '' && protocol !== 'ICMP' && 'ICMP_TYPE is supported only for ICMP protocol.',
  ({ ICMP_TYPE: type = '' }) => type !== '' && !/^\d+$/.test(type) && 'Wrong ICMP_TYPE, it must be integer',
  ({ ICMPV6_TYPE: type = '' }, protocol) =>
    type !== '' && protocol !== 'ICMPV6' && 'ICMPV6_TYPE is supported only for ICMPV6 protocol.',
  ({ ICMPV6_TYPE: type = '' }) => type !== '' && !/^\d+$/.test(type) && 'Wrong ICMPV6_TYPE, it must be integer',
  ({ RULE_TYPE: type = '' }) =>
    !/^(inbound|outbound)$/i.test(type) && 'Wrong RULE_TYPE in rule. Valid options: INBOUND, OUTBOUND.',
  ({ IP: ip = '', SIZE: size = '' }) => ip !== '' && !isSize(size) && 'Wrong or empty SIZE.',
  ({ IP: ip = '' }) => ip !== '' && isIP(ip) === 0 && 'Wrong format for IP value.',
  ({ IP: ip = '', NETWORK_ID: id }) => ip === '' && id !== undefined && !/^-?\d+$/.test(id) && 'Wrong NETWORK_ID.',
]

/** An unsigned number of 32 bits. */
const isSize = (text: string): boolean => /^\d+$/.test(text) && Number(text) < 2 ** 32

function rangeError(range: string): string | false {
  if (!/^(\d+(:\d+)?,)*\d+(:\d+)?$/.test(range)) return 'Invalid RANGE specification.'
  const pairs = range.split(',').map(part => part.split(':').map(Number))
  if (pairs.some(pair => (pair.at(-1) ?? 0) > 65535)) return 'RANGE out of bounds 0-65536.'
  if (pairs.some(([from = 0, to = from]) => to < from)) return 'RANGE BEGIN value is greater than RANGE END value'
  return pairs.flat().length > MAX_PORTS && 'Not more than 15 ports can be specified in a RULE'
}

const byName = ([one]: [string, string], [other]: [string, string]): number => (one < other ? -1 : 1)

/** Of several identical rules, the front-end keeps the first. */
function distinctRules(template: Template): Template {
  const rules = new Map(
    vectors(template, 'RULE').map(rule => [JSON.stringify(Object.entries(rule).sort(byName)), rule]),
  )
  return rules.size > 0 ? { ...template, RULE: [...rules.values()] } : template
}

function validateRules(template: Template): void {
  for (const rule of vectors(template, 'RULE')) {
    const protocol = (rule['PROTOCOL'] ?? '').toUpperCase()
    const reason = CHECKS.map(check => check(rule, protocol)).find(result => result !== false)
    if (reason) throw internal(reason)
  }
}

// Groups and VMs -------------------------------------------------------------------------------------------------------

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
  group.vms = group.vms.filter(other => other !== vm.id)
  group.leaving.push(vm.id)
  world.clock.schedule(world.delays.securityGroup, { kind: 'securityGroup', id, ticket: vm.id })
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

function pushRules(world: World, group: SecurityGroup): void {
  for (const id of group.vms) {
    const vm = world.vms.get(id)
    if (!vm) continue
    renewRules(vm, group)
    forgetWritten(vm)
  }
}

// Methods --------------------------------------------------------------------------------------------------------------

/** Adds a group; the id is given for the default group only. */
export const addSecurityGroup = (
  { world, user }: Pick<Call, 'world' | 'user'>,
  name: string,
  template: Template,
  ownId?: number,
): SecurityGroup =>
  world.securityGroups.add(id => ({
    id: ownId ?? id,
    name,
    ...ownedBy(user),
    template,
    vms: [],
    leaving: [],
  }))

function create(call: Call, name: string, template: Template): number {
  if (name === '') throw internal('No NAME in template for Security Group.')
  const problem = newNameError(call.world.securityGroups, call.user.id, name)
  if (problem) throw internal(problem)
  validateRules(template)
  return addSecurityGroup(call, name, distinctRules(template)).id
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

const SPEC: DocumentedSpec<SecurityGroup> = {
  pool: world => world.securityGroups,
  xml: groupXml,
  update: ({ world }, group, template) => {
    validateRules(template)
    group.template = distinctRules(template)
    pushRules(world, group)
  },
}

export const SECURITY_GROUP_METHODS: MethodTable = {
  ...readMethods('secgroup', SPEC),
  ...changeMethods('secgroup', SPEC),
  'one.secgroup.allocate': method([string], (call, text) => {
    const template = parseTemplate(text)
    return create(call, single(template, 'NAME'), without(template, ['NAME']))
  }),
  'one.secgroup.clone': method([int, string], (call, id, name) => {
    const source = acquire(call, call.world.securityGroups, id, 'USE')
    const problem = newNameError(call.world.securityGroups, call.user.id, name)
    if (problem) throw notAllocated(KINDS.securityGroup, problem)
    return create(call, name, structuredClone(source.template))
  }),
  'one.secgroup.commit': method([int, bool.or(false)], (call, id) => {
    pushRules(call.world, acquire(call, call.world.securityGroups, id, 'MANAGE'))
    return id
  }),
  'one.secgroup.delete': method([int], remove),
}
