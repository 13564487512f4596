// Disks of VMs that exist: attached, detached, grown, saved as images.
import { addImage } from '../images/images.ts'
import { int, type MethodTable, method, string } from '../objects/methods.ts'
import { newNameError, notAllocated } from '../objects/names.ts'
import { refuseRestricted } from '../objects/permissions.ts'
import { internal, refused } from '../protocol/errors.ts'
import { parseTemplate, vectors } from '../protocol/template.ts'
import { checkQuota, forDisk, forImage } from '../users/quotas.ts'
import { KINDS } from '../world/model.ts'
import { Lcm, VmState } from '../world/vm-states.ts'
import type { Call } from '../world/world.ts'
import { addDisk, diskById } from './disks.ts'
import { Action, closeRecord } from './history.ts'
import { restrictedIn } from './instantiate.ts'
import { enter } from './lifecycle.ts'
import { change, type WorkStates, workFrom, workState } from './work.ts'

const ATTACH: WorkStates = { [VmState.ACTIVE]: Lcm.HOTPLUG, [VmState.POWEROFF]: Lcm.HOTPLUG_PROLOG_POWEROFF }
const DETACH: WorkStates = { [VmState.ACTIVE]: Lcm.HOTPLUG, [VmState.POWEROFF]: Lcm.HOTPLUG_EPILOG_POWEROFF }
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

export const DISK_METHODS: MethodTable = {
  'one.vm.attach': method([int, string], attach),
  'one.vm.detach': method([int, int], detach),
  'one.vm.diskresize': method([int, int, string], resizeDisk),
  'one.vm.disksaveas': method([int, int, string, string.or(''), int.or(-1)], saveDisk),
}
