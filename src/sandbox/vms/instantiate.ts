// Making a VM of a template: what the template says, what the caller adds, and what the front-end fills in.
import { randomUUID } from 'node:crypto'
import { nameError, notAllocated } from '../objects/names.ts'
import { ownedBy, refuseRestricted } from '../objects/permissions.ts'
import { ErrorCode, OneError } from '../protocol/errors.ts'
import { single, type Template, type Vector, vectors, without } from '../protocol/template.ts'
import { checkQuota, forVm } from '../users/quotas.ts'
import { KINDS, type Vm } from '../world/model.ts'
import { VmState } from '../world/vm-states.ts'
import type { Call, World } from '../world/world.ts'
import { substitute } from './context.ts'
import { addDisk, checkDiskCount, checkTargets, nextDiskId, releaseDiskImage } from './disks.ts'
import { enter, waitsForImage } from './lifecycle.ts'
import { addNic, releaseNics } from './nics.ts'
import { joinVmGroup, leaveVmGroup } from './vm-groups.ts'

/** Attributes that OpenNebula knows: all others end up in USER_TEMPLATE. */
const KNOWN = [
  'CONTEXT',
  'CPU',
  'CPU_MODEL',
  'DISK',
  'EMULATOR',
  'FEATURES',
  'GRAPHICS',
  'INPUT',
  'MEMORY',
  'MEMORY_MAX',
  'NIC',
  'NIC_ALIAS',
  'NIC_DEFAULT',
  'NUMA_NODE',
  'OS',
  'PCI',
  'RAW',
  'TOPOLOGY',
  'TPM',
  'VCPU',
  'VCPU_MAX',
  'VIDEO',
  'VMGROUP',
]

/** Made by the front-end, one for each disk and NIC, in this order. */
const DEVICES = ['DISK', 'NIC', 'NIC_ALIAS']

const RESTRICTED = [
  'CONTEXT/FILES',
  'NIC/MAC',
  'NIC/VLAN_ID',
  'NIC/BRIDGE',
  'NIC/FILTER',
  'NIC/EXTERNAL',
  'NIC_ALIAS/MAC',
  'NIC_ALIAS/VLAN_ID',
  'NIC_ALIAS/BRIDGE',
  'DISK/ORIGINAL_SIZE',
  'DISK/SIZE_PREV',
  'DEPLOY_ID',
  'CPU_COST',
  'MEMORY_COST',
  'DISK_COST',
  'PCI',
  'EMULATOR',
  'RAW/DATA',
  'USER_PRIORITY',
]

/** The first attribute in it that plain users may not set. */
export const restrictedIn = (template: Template): string | undefined =>
  RESTRICTED.find(path => {
    const [name = '', member] = path.split('/')
    return member === undefined ? name in template : vectors(template, name).some(vector => member in vector)
  })

const REQUIREMENTS: Template = {
  AUTOMATIC_DS_REQUIREMENTS: ['("CLUSTERS/ID" @> 0)'],
  AUTOMATIC_NIC_REQUIREMENTS: ['("CLUSTERS/ID" @> 0)'],
  AUTOMATIC_REQUIREMENTS: ['(CLUSTER_ID = 0) & !(PIN_POLICY = PINNED)'],
}

export interface VmRequest {
  /** '' for a name made of the template's. */
  name: string
  hold: boolean
  /** The whole template, merged. */
  template: Template
  /** The template that it was made of; none for one.vm.allocate. */
  source?: { id: number; name: string }
  /** Checked for restricted attributes. */
  fromUser: Template
}

/** Makes a VM, PENDING, on HOLD, or CLONING while one of its images is being imported. Throws code 16384 with the front-end's
 *  reason, 512 for what the user may not use. */
export function createVm(call: Call, request: VmRequest): Vm {
  const { world, user } = call
  refuseRestricted(user, restrictedIn(request.fromUser), 'VM Template')
  const problem = request.name === '' ? undefined : nameError(request.name)
  if (problem) throw notAllocated(KINDS.template, problem)
  const template = without(request.template, ['NAME', 'TEMPLATE_ID', 'TEMPLATE_NAME'])
  checkCapacity(template)
  const vm = world.vms.add(id => newVm(call, id, request, template))
  try {
    addDevices(call, vm, template)
    checkQuota(world, user, forVm(vm))
  } catch (error) {
    discard(world, vm)
    throw asAllocationError(error)
  }
  const ready = request.hold ? VmState.HOLD : VmState.PENDING
  enter(world, vm, waitsForImage(world, vm) ? VmState.CLONING : ready)
  return vm
}

function checkCapacity(template: Template): void {
  if (!(Number(single(template, 'CPU')) > 0)) {
    throw notAllocated(KINDS.template, 'CPU attribute must be a positive float or integer value.')
  }
  if (!/^[1-9]\d*$/.test(single(template, 'MEMORY'))) {
    throw notAllocated(KINDS.template, 'MEMORY attribute must be a positive integer value.')
  }
}

function newVm({ world, user }: Call, id: number, request: VmRequest, template: Template): Vm {
  const name = request.name || `${request.source?.name ?? 'one'}-${id}`
  const isKnown = ([attribute]: [string, unknown]): boolean => KNOWN.includes(attribute) && !DEVICES.includes(attribute)
  const known = Object.fromEntries(Object.entries(template).filter(isKnown))
  return {
    id,
    name,
    ...ownedBy(user),
    template: {
      ...structuredClone(known),
      ...structuredClone(REQUIREMENTS),
      OS: [{ ...vectors(template, 'OS')[0], UUID: randomUUID() }],
      ...(request.source ? { TEMPLATE_ID: [String(request.source.id)] } : {}),
      ...(request.hold ? { SUBMIT_ON_HOLD: ['YES'] } : {}),
      VMID: [String(id)],
    },
    userTemplate: structuredClone(without(template, [...KNOWN])),
    state: VmState.INIT,
    lcm: 0,
    stime: world.clock.seconds(),
    etime: 0,
    deployId: '',
    history: [],
    samples: [],
    lastPoll: 0,
    operation: { name: 'none' },
    ticket: 0,
  }
}

function addDevices(call: Call, vm: Vm, template: Template): void {
  const disks = vectors(template, 'DISK')
  checkTargets(disks)
  for (const [index, disk] of disks.entries()) addNumberedDisk(call, vm, disk, index)
  checkDiskCount(vm)
  addContext(call, vm)
  joinVmGroup(call, vm)
  for (const nic of vectors(template, 'NIC')) addNic(call, vm, 'NIC', nic)
  for (const alias of vectors(template, 'NIC_ALIAS')) addNic(call, vm, 'NIC_ALIAS', alias)
}

/** At creation, a disk's error says which disk. */
function addNumberedDisk(call: Call, vm: Vm, disk: Vector, index: number): void {
  try {
    addDisk(call, vm, disk, false)
  } catch (error) {
    if (!(error instanceof OneError) || error.code === ErrorCode.AUTHORIZATION) throw error
    throw new OneError(error.code, `DISK ${index}: ${error.message}`)
  }
}

/** The context is a disk, too: it has a number and a device. */
function addContext({ user }: Call, vm: Vm): void {
  const [context] = vectors(vm.template, 'CONTEXT')
  if (!context) return
  for (const [name, value] of Object.entries(context)) context[name] = substitute(value, vm, user)
  context['DISK_ID'] = String(nextDiskId(vm))
  context['TARGET'] = 'hda'
}

function discard(world: World, vm: Vm): void {
  releaseNics(world, vm)
  leaveVmGroup(world, vm)
  for (const disk of vectors(vm.template, 'DISK')) releaseDiskImage(world, vm, disk)
  world.vms.withdraw(vm.id)
}

const asAllocationError = (error: unknown): unknown =>
  error instanceof OneError && error.code === ErrorCode.ACTION ? notAllocated(KINDS.template, error.message) : error
