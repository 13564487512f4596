// VMs: one.vm.* and one.vmpool.*.

import { addImage } from '../images/images.ts'
import { joinGroup, leaveGroup, nicGroups } from '../networks/security-groups.ts'
import { bool, int, type MethodTable, method, string } from '../objects/methods.ts'
import { newNameError, notAllocated } from '../objects/names.ts'
import { changeMethods, isMerge, lockMethods, type ObjectSpec } from '../objects/objects.ts'
import { acquire, acquireLocked, existing, may, type Right, refuseRestricted } from '../objects/permissions.ts'
import { select } from '../objects/selection.ts'
import { forgetWritten } from '../objects/written.ts'
import { ErrorCode, internal, OneError, refused } from '../protocol/errors.ts'
import { parseTemplate, single, type Template, type Vector, vectors } from '../protocol/template.ts'
import { escapeXml } from '../protocol/xml.ts'
import { EscapedText } from '../protocol/xmlrpc.ts'
import { checkQuota, forCapacity, forDisk, forImage, forNic } from '../users/quotas.ts'
import { KINDS, type Vm } from '../world/model.ts'
import { hostOf, isRunning, Lcm, stateName, VmState } from '../world/vm-states.ts'
import type { Call, World } from '../world/world.ts'
import { performAction } from './actions.ts'
import { refreshNetworkContext } from './context.ts'
import { addDisk, diskById } from './disks.ts'
import { Action, closeRecord } from './history.ts'
import { createVm, restrictedIn } from './instantiate.ts'
import { enter } from './lifecycle.ts'
import { addNic, type NicKind, nicById } from './nics.ts'
import { type VmForm, vmDocument } from './vm-xml.ts'

/** The VM, to be changed: what was written of it is forgotten. */
function change(call: Call, id: number, right: Right = 'MANAGE'): Vm {
  const vm = acquire(call, call.world.vms, id, right)
  forgetWritten(vm)
  return vm
}

/** LCM_STATE of work on a VM, by the state in which the VM is; ACTIVE stands for RUNNING. */
type WorkStates = Partial<Record<number, number>>

function workState(vm: Vm, states: WorkStates, refusal: string): number {
  const work = workFrom(vm, states)
  if (work === undefined) throw refused(`${refusal}, wrong state ${stateName(vm)}.`)
  return work
}

const workFrom = (vm: Vm, states: WorkStates): number | undefined =>
  vm.state === VmState.ACTIVE && !isRunning(vm) ? undefined : states[vm.state]

const ATTACH: WorkStates = { [VmState.ACTIVE]: Lcm.HOTPLUG, [VmState.POWEROFF]: Lcm.HOTPLUG_PROLOG_POWEROFF }
const DETACH: WorkStates = { [VmState.ACTIVE]: Lcm.HOTPLUG, [VmState.POWEROFF]: Lcm.HOTPLUG_EPILOG_POWEROFF }
const NIC_WORK: WorkStates = { [VmState.ACTIVE]: Lcm.HOTPLUG_NIC, [VmState.POWEROFF]: Lcm.HOTPLUG_NIC_POWEROFF }
const RESIZE: WorkStates = {
  [VmState.ACTIVE]: Lcm.DISK_RESIZE,
  [VmState.POWEROFF]: Lcm.DISK_RESIZE_POWEROFF,
  [VmState.UNDEPLOYED]: Lcm.DISK_RESIZE_UNDEPLOYED,
}
const SAVE: WorkStates = {
  [VmState.ACTIVE]: Lcm.HOTPLUG_SAVEAS,
  [VmState.POWEROFF]: Lcm.HOTPLUG_SAVEAS_POWEROFF,
  [VmState.SUSPENDED]: Lcm.HOTPLUG_SAVEAS_SUSPENDED,
}

// Disks ----------------------------------------------------------------------------------------------------------------

function attach(call: Call, id: number, text: string): number {
  const vm = change(call, id)
  const request = parseTemplate(text)
  const [asked] = vectors(request, 'DISK')
  if (!asked) throw refused('Wrong format for the DISK attribute')
  refuseRestricted(call.user, restrictedIn(request)?.replace('DISK/', ''), 'DISK')
  const work = workState(vm, ATTACH, `Could not attach a new disk to VM ${id}`)
  checkQuota(call.world, call.user, forDisk(asked))
  const template = { ...vm.template }
  const disk = addDisk(call, vm, asked, true)
  Object.assign(disk, { ATTACH: 'YES', TM_MAD_SYSTEM: 'dummy' })
  closeRecord(call, vm, Action.DISK_ATTACH, { state: VmState.ACTIVE, lcm: work, template })
  vm.operation = { name: 'attach', disk: Number(disk['DISK_ID']) }
  enter(call.world, vm, VmState.ACTIVE, work)
  return id
}

function detach(call: Call, id: number, diskId: number): number {
  const vm = change(call, id)
  const work = workState(vm, DETACH, `Could not detach disk from VM ${id}`)
  const disk = diskById(vm, diskId)
  if (!disk) throw refused(`Could not detach disk with DISK_ID ${diskId}, it does not exist.`)
  disk['ATTACH'] = 'YES'
  closeRecord(call, vm, Action.DISK_DETACH)
  vm.operation = { name: 'detach', disk: diskId }
  enter(call.world, vm, VmState.ACTIVE, work)
  return id
}

function resizeDisk(call: Call, id: number, diskId: number, text: string): number {
  const vm = change(call, id)
  if (!/^\d+$/.test(text)) throw refused('Disk SIZE is not a valid integer')
  const disk = diskById(vm, diskId)
  if (!disk) throw refused('VM disk does not exist')
  if (Number(text) <= Number(disk['SIZE'])) throw refused('New disk size has to be greater than current one')
  const work = workState(vm, RESIZE, `Could not resize disk for VM ${id}`)
  if (vm.state !== VmState.UNDEPLOYED) closeRecord(call, vm, Action.DISK_RESIZE)
  Object.assign(disk, { RESIZE: 'YES', SIZE_PREV: disk['SIZE'], SIZE: text })
  vm.operation = { name: 'resize', disk: diskId }
  enter(call.world, vm, VmState.ACTIVE, work)
  return diskId
}

const IMAGE_TYPES = ['OS', 'CDROM', 'DATABLOCK']

/** Makes a new image of a disk; it is LOCKED until the VM has written it. */
function saveDisk(call: Call, id: number, diskId: number, name: string, typeName: string): number {
  const { world, user } = call
  const vm = change(call, id)
  const work = workFrom(vm, SAVE)
  if (work === undefined) throw internal('VM has to be RUNNING, POWEROFF or SUSPENDED to save disks.')
  const disk = diskById(vm, diskId)
  if (!disk) throw internal('Cannot use DISK. DISK does not exist.')
  const source = world.images.get(Number(disk['IMAGE_ID'] ?? -1))
  if (!source) throw internal('Cannot use DISK. Cannot save_as disks with no image')
  const type = typeName === '' ? source.type : IMAGE_TYPES.indexOf(typeName.toUpperCase())
  if (type === -1) throw internal(`Cannot save an image of type ${typeName}`)
  const problem = newNameError(world.images, user.id, name)
  if (problem) throw notAllocated(KINDS.image, problem)
  const [datastore, size] = [source.datastore, Number(disk['SIZE'])]
  checkQuota(world, user, forImage({ datastore, size }))
  const image = addImage(call, {
    ...{ name, type, datastore, format: 'save_as', size },
    template: {
      DEV_PREFIX: [disk['DEV_PREFIX'] ?? 'sd'],
      SAVED_DISK_ID: [String(diskId)],
      SAVED_IMAGE_ID: [String(source.id)],
      SAVED_VM_ID: [String(id)],
      SAVE_AS_HOT: ['YES'],
    },
  })
  Object.assign(disk, { HOTPLUG_SAVE_AS_ACTIVE: 'YES', HOTPLUG_SAVE_AS_SNAPSHOT_ID: '-1' })
  vm.operation = { name: 'saveAs', image: image.id, disk: diskId }
  enter(world, vm, VmState.ACTIVE, work)
  return image.id
}

// NICs and security groups ---------------------------------------------------------------------------------------------

function attachNic(call: Call, id: number, text: string): number {
  const vm = change(call, id)
  const template = parseTemplate(text)
  const asked = askedNic(template)
  refuseRestricted(call.user, restrictedIn(template)?.replace(/^NIC(_ALIAS)?\//, ''), 'NIC')
  const work = workState(vm, NIC_WORK, `Could not add a new NIC to VM ${id}`)
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

/** States in which a VM's NICs are being worked on: groups cannot change then. */
const NIC_BUSY = /^(BOOT|MIGRATE|HOTPLUG_NIC|UNKNOWN)/

function nicForGroups(vm: Vm, nicId: number): Vector {
  if (NIC_BUSY.test(stateName(vm))) throw refused(`VM ${vm.id} is in wrong state ${stateName(vm)}`)
  const found = nicById(vm, nicId)
  if (!found) throw refused(`VM ${vm.id} doesn't have NIC id ${nicId}`)
  return found.nic
}

function attachGroup(call: Call, id: number, nicId: number, groupId: number): number {
  const vm = change(call, id)
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

// Capacity and configuration -------------------------------------------------------------------------------------------

const CAPACITY: Record<string, { valid: RegExp; error: string }> = {
  CPU: { valid: /^\d*\.?\d+$/, error: 'CPU must be a positive float or integer value.' },
  MEMORY: { valid: /^[1-9]\d*$/, error: 'MEMORY must be a positive integer value.' },
  VCPU: { valid: /^[1-9]\d*$/, error: 'VCPU must be a positive integer value.' },
}

const NOT_RESIZABLE: readonly number[] = [VmState.STOPPED, VmState.DONE, VmState.SUSPENDED]

function resize(call: Call, id: number, text: string): number {
  const vm = change(call, id)
  const asked = parseTemplate(text)
  const wanted = Object.entries(CAPACITY).filter(([name]) => single(asked, name) !== '')
  for (const [name, { valid, error }] of wanted) if (!valid.test(single(asked, name))) throw internal(error)
  if (NOT_RESIZABLE.includes(vm.state) || (vm.state === VmState.ACTIVE && !isRunning(vm))) {
    throw refused(`Cannot resize a VM in state ${stateName(vm)}`)
  }
  checkHost(vm, asked)
  checkGrowth(call, vm, asked)
  for (const [name] of wanted) vm.template[name] = [single(asked, name)]
  closeRecord(call, vm, Action.RESIZE)
  if (isRunning(vm)) enter(call.world, vm, VmState.ACTIVE, Lcm.HOTPLUG_RESIZE)
  return id
}

/** What each host has, in hundredths of a CPU and KiB. */
const HOST = { cpu: 6400, memory: 256 * 1024 * 1024 }

/** Throws code 2048 for what no host has. */
function checkHost(vm: Vm, asked: Template): void {
  if (hostOf(vm) === undefined) return
  const [cpu, memory] = [Number(single(asked, 'CPU')) * 100, Number(single(asked, 'MEMORY')) * 1024]
  if (cpu > HOST.cpu) throw refused(`Not enough CPU: ${cpu}/${HOST.cpu}`)
  if (memory > HOST.memory) throw refused(`Not enough memory: ${memory}/${HOST.memory}`)
}

function checkGrowth({ world, user }: Call, vm: Vm, asked: Template): void {
  const growth = (name: string): number =>
    name in asked ? Number(single(asked, name)) - Number(single(vm.template, name)) : 0
  checkQuota(world, user, forCapacity(growth('CPU'), growth('MEMORY')))
}

const CONFIGURABLE = ['CONTEXT', 'CPU_MODEL', 'FEATURES', 'GRAPHICS', 'INPUT', 'OS', 'RAW', 'VIDEO']
const NOT_CONFIGURABLE: readonly number[] = [VmState.INIT, VmState.DONE, VmState.SUSPENDED, VmState.STOPPED]

/** What the front-end writes into vectors by itself stays when they are replaced. */
const GENERATED = /^(ETH\d+_.*|DISK_ID|TARGET|UUID|PORT)$/

/** Unlike other updates, type 1 merges the members of a vector. */
function updateConfiguration(call: Call, id: number, text: string, type: number): number {
  const vm = change(call, id)
  const asked = parseTemplate(text)
  const merging = isMerge(type)
  if (
    NOT_CONFIGURABLE.includes(vm.state) ||
    (vm.state === VmState.ACTIVE && /HOTPLUG|DISK_RESIZE/.test(stateName(vm)))
  ) {
    throw internal(`configuration cannot be updated in state ${stateName(vm)}`)
  }
  refuseRestricted(call.user, restrictedIn(asked))
  for (const name of CONFIGURABLE) {
    const [vector] = vectors(asked, name)
    if (!vector) continue
    const current = vectors(vm.template, name)[0] ?? {}
    const kept = Object.fromEntries(Object.entries(current).filter(([member]) => merging || GENERATED.test(member)))
    vm.template[name] = [{ ...kept, ...vector }]
  }
  refreshNetworkContext(call.world, vm)
  if (isRunning(vm) && 'CONTEXT' in asked) enter(call.world, vm, VmState.ACTIVE, Lcm.HOTPLUG)
  return id
}

// Pools ----------------------------------------------------------------------------------------------------------------

const ANY_STATE = -2
const NOT_DONE = -1

const poolDocument = (world: World, vms: readonly Vm[], form: VmForm): EscapedText =>
  new EscapedText([
    escapeXml(`<${KINDS.vm.pool}>`),
    ...vms.map(vm => vmDocument(world, vm, form)),
    escapeXml(`</${KINDS.vm.pool}>`),
  ])

const vmPool = (form: VmForm): MethodTable[string] =>
  method([int, int, int, int, string.or('')], ({ world, user }, filter, start, end, state, search) => {
    if (search !== '') throw internal('JSON query search is not supported by the SQL backend')
    const vms = world.vms
      .newestFirst()
      .filter(vm => state === ANY_STATE || (state === NOT_DONE ? vm.state !== VmState.DONE : vm.state === state))
    return poolDocument(world, select(user, KINDS.vm, vms, filter, start, end), form)
  })

function vmSet({ world, user }: Call, ids: string, extended: boolean): EscapedText {
  const wanted = [...new Set(ids.split(',').map(Number))].sort((a, b) => b - a)
  const vms = wanted.flatMap(id => world.vms.get(id) ?? []).filter(vm => may(user, 'USE', KINDS.vm, vm))
  return poolDocument(world, vms, extended ? 'extended' : 'short')
}

// Methods --------------------------------------------------------------------------------------------------------------

const SPEC: ObjectSpec<Vm> = {
  pool: world => world.vms,
  updated: vm => vm.userTemplate,
  update: ({ user }, vm, template) => {
    refuseRestricted(user, restrictedIn(template))
    vm.userTemplate = template
  },
  changed: (_, vm) => forgetWritten(vm),
}

const RECOVER_DELETE = 3

export const VM_METHODS: MethodTable = {
  ...changeMethods('vm', SPEC),
  ...lockMethods('vm', SPEC),
  'one.vm.info': method([int, bool.or(false)], (call, id) => {
    const vm = acquireLocked(call, call.world.vms, id, 'USE')
    return new EscapedText([vmDocument(call.world, vm, 'whole')])
  }),
  'one.vm.allocate': method([string, bool.or(false)], (call, text, hold) => {
    const template = parseTemplate(text)
    return createVm(call, { name: single(template, 'NAME'), hold, template, fromUser: template }).id
  }),
  'one.vm.action': method([string, int], (call, name, id) => {
    performAction(call, change(call, id), name)
    return id
  }),
  'one.vm.recover': method([int, int], (call, id, operation) => {
    const vm = change(call, id, 'ADMIN')
    if (operation !== RECOVER_DELETE) throw new OneError(ErrorCode.ACTION, 'Wrong recovery operation code')
    performAction(call, existing(call.world.vms, vm.id), 'terminate-hard')
    return id
  }),
  'one.vm.attach': method([int, string], attach),
  'one.vm.detach': method([int, int], detach),
  'one.vm.diskresize': method([int, int, string], resizeDisk),
  'one.vm.disksaveas': method([int, int, string, string.or(''), int.or(-1)], saveDisk),
  'one.vm.attachnic': method([int, string], attachNic),
  'one.vm.detachnic': method([int, int], detachNic),
  'one.vm.updatenic': method([int, int, string, int.or(0)], updateNic),
  'one.vm.attachsg': method([int, int, int], attachGroup),
  'one.vm.detachsg': method([int, int, int], detachGroup),
  'one.vm.resize': method([int, string, bool.or(true)], resize),
  'one.vm.updateconf': method([int, string, int.or(0)], updateConfiguration),
  'one.vmpool.info': vmPool('short'),
  'one.vmpool.infoextended': vmPool('extended'),
  'one.vmpool.infoset': method([string, bool.or(true)], vmSet),
}
