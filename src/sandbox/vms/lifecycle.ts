// The VM state machine: what each transient state leads to.
import { finishSaving, isLocked } from '../images/image-states.ts'
import { forgetWritten } from '../objects/written.ts'
import { vectors } from '../protocol/template.ts'
import type { Image, Vm } from '../world/model.ts'
import { Lcm, VmState } from '../world/vm-states.ts'
import type { DelayName, World } from '../world/world.ts'
import { diskById, finishResize, releaseDiskImage, removeDisk } from './disks.ts'
import { Action, beginStay, clearAction, keepVm, type Stamp, stamp } from './history.ts'
import { nicById, releaseNics, removeNic } from './nics.ts'
import { leaveVmGroup } from './vm-groups.ts'
import { vncPort } from './vm-xml.ts'

interface Phase {
  delay: DelayName
  /** What happens at the end; it enters the next state. */
  end(world: World, vm: Vm): void
}

/** Puts a VM into a state that lasts (`lcm` 0) or, ACTIVE, into one that leads on by itself. */
export function enter(world: World, vm: Vm, state: number, lcm: number = Lcm.LCM_INIT): void {
  world.count(vm, -1)
  vm.state = state
  vm.lcm = lcm
  world.count(vm, 1)
  vm.ticket += 1
  forgetWritten(vm)
  const phase = phaseOf(vm)
  if (phase) world.later(phase.delay, 'vm', vm)
}

const phaseOf = (vm: Vm): Phase | undefined => {
  if (vm.state === VmState.PENDING) return { delay: 'pending', end: deploy }
  return vm.state === VmState.ACTIVE ? PHASES[vm.lcm] : undefined
}

/** Ends the state that the VM is in. */
export function finishPhase(world: World, vm: Vm): void {
  phaseOf(vm)?.end(world, vm)
  forgetWritten(vm)
}

function deploy(world: World, vm: Vm): void {
  beginStay(world, vm)
  for (const graphics of vectors(vm.template, 'GRAPHICS')) graphics['PORT'] ??= vncPort(vm)
  vm.template['TM_MAD_SYSTEM'] = ['dummy']
  enter(world, vm, VmState.ACTIVE)
}

/** A VM that was stopped or undeployed comes back by other states than a new one. */
function prolog(world: World, vm: Vm): void {
  const left = vm.history.at(-2)?.action
  enter(world, vm, VmState.ACTIVE, PROLOGS.get(left ?? Action.NONE) ?? Lcm.PROLOG)
}

const PROLOGS = new Map<number, number>([
  [Action.STOP, Lcm.PROLOG_RESUME],
  [Action.UNDEPLOY, Lcm.PROLOG_UNDEPLOY],
  [Action.UNDEPLOY_HARD, Lcm.PROLOG_UNDEPLOY],
])

const active =
  (lcm: number, ...times: Stamp[]) =>
  (world: World, vm: Vm): void => {
    stamp(world, vm, ...times)
    enter(world, vm, VmState.ACTIVE, lcm)
  }

const resting =
  (state: number, ...times: Stamp[]) =>
  (world: World, vm: Vm): void => {
    stamp(world, vm, ...times)
    enter(world, vm, state)
  }

function running(world: World, vm: Vm): void {
  const record = vm.history.at(-1)
  vm.deployId = `${world.hosts[record?.host ?? 0]}:${vm.name}:dummy`
  clearAction(vm)
  enter(world, vm, VmState.ACTIVE, Lcm.RUNNING)
}

/** The end of a run, unless the hypervisor refuses it. */
const shutDown =
  (end: Phase['end']) =>
  (world: World, vm: Vm): void => {
    if (vm.refusals) {
      vm.refusals -= 1
      clearAction(vm)
      enter(world, vm, VmState.ACTIVE, Lcm.RUNNING)
    } else {
      end(world, vm)
    }
  }

function epilog(world: World, vm: Vm): void {
  stamp(world, vm, 'eetime')
  freeResources(world, vm)
}

/** What is left of a VM is DONE: its addresses and images are free. */
export function freeResources(world: World, vm: Vm): void {
  releaseNics(world, vm)
  leaveVmGroup(world, vm)
  for (const disk of vectors(vm.template, 'DISK')) releaseDiskImage(world, vm, disk)
  for (const graphics of vectors(vm.template, 'GRAPHICS')) delete graphics['PORT']
  const last = vm.history.at(-1)
  if (last?.rstime !== 0 && last?.retime === 0) stamp(world, vm, 'retime')
  if (last?.etime === 0) stamp(world, vm, 'etime')
  vm.etime = world.clock.seconds()
  enter(world, vm, VmState.DONE)
}

/** Ends a hotplug: what it was for takes effect, and the VM is as before. */
const hotplugged =
  (state: number, lcm?: number) =>
  (world: World, vm: Vm): void => {
    finishOperation(world, vm)
    enter(world, vm, state, lcm)
  }

function finishOperation(world: World, vm: Vm): void {
  const { operation } = vm
  vm.operation = { name: 'none' }
  if (operation.name === 'attach') delete diskById(vm, operation.disk)?.['ATTACH']
  if (operation.name === 'detach') removeDisk(world, vm, operation.disk)
  if (operation.name === 'resize') finishResize(world, vm, operation.disk)
  if (operation.name === 'attachNic') delete nicById(vm, operation.nic)?.nic['ATTACH']
  if (operation.name === 'detachNic') removeNic(world, vm, operation.nic)
  if (operation.name === 'saveAs') saved(world, vm, operation)
}

function saved(world: World, vm: Vm, { image, disk: id }: { image: number; disk: number }): void {
  const disk = diskById(vm, id) ?? {}
  delete disk['HOTPLUG_SAVE_AS_ACTIVE']
  delete disk['HOTPLUG_SAVE_AS_SNAPSHOT_ID']
  finishSaving(world, image)
}

function detached(world: World, vm: Vm): void {
  finishOperation(world, vm)
  keepVm(world, vm)
  enter(world, vm, VmState.POWEROFF)
}

const backToRunning = hotplugged(VmState.ACTIVE, Lcm.RUNNING)
const backToPoweroff = hotplugged(VmState.POWEROFF)

const PHASES: Record<number, Phase> = {
  [Lcm.LCM_INIT]: { delay: 'dispatch', end: prolog },
  [Lcm.PROLOG]: { delay: 'prolog', end: active(Lcm.BOOT, 'petime', 'rstime') },
  [Lcm.PROLOG_RESUME]: { delay: 'prolog', end: active(Lcm.BOOT_STOPPED, 'petime', 'rstime') },
  [Lcm.PROLOG_UNDEPLOY]: { delay: 'prolog', end: active(Lcm.BOOT_UNDEPLOY, 'petime', 'rstime') },
  [Lcm.BOOT]: { delay: 'boot', end: running },
  [Lcm.BOOT_UNKNOWN]: { delay: 'boot', end: running },
  [Lcm.BOOT_POWEROFF]: { delay: 'boot', end: running },
  [Lcm.BOOT_SUSPENDED]: { delay: 'boot', end: running },
  [Lcm.BOOT_STOPPED]: { delay: 'boot', end: running },
  [Lcm.BOOT_UNDEPLOY]: { delay: 'boot', end: running },
  [Lcm.SHUTDOWN_POWEROFF]: { delay: 'shutdown', end: shutDown(resting(VmState.POWEROFF, 'retime')) },
  [Lcm.SAVE_SUSPEND]: { delay: 'save', end: resting(VmState.SUSPENDED, 'retime') },
  [Lcm.SAVE_STOP]: { delay: 'save', end: active(Lcm.EPILOG_STOP, 'retime', 'estime') },
  [Lcm.EPILOG_STOP]: { delay: 'epilog', end: resting(VmState.STOPPED, 'eetime', 'etime') },
  [Lcm.SHUTDOWN_UNDEPLOY]: { delay: 'shutdown', end: shutDown(active(Lcm.EPILOG_UNDEPLOY, 'retime', 'estime')) },
  [Lcm.EPILOG_UNDEPLOY]: { delay: 'epilog', end: resting(VmState.UNDEPLOYED, 'eetime', 'etime') },
  [Lcm.SHUTDOWN]: { delay: 'shutdown', end: shutDown(active(Lcm.EPILOG, 'retime', 'estime')) },
  [Lcm.EPILOG]: { delay: 'epilog', end: epilog },
  [Lcm.HOTPLUG]: { delay: 'hotplug', end: backToRunning },
  [Lcm.HOTPLUG_NIC]: { delay: 'hotplugNic', end: backToRunning },
  [Lcm.HOTPLUG_SAVEAS]: { delay: 'saveas', end: backToRunning },
  [Lcm.HOTPLUG_RESIZE]: { delay: 'resize', end: backToRunning },
  [Lcm.DISK_RESIZE]: { delay: 'resize', end: backToRunning },
  [Lcm.HOTPLUG_PROLOG_POWEROFF]: { delay: 'hotplug', end: backToPoweroff },
  [Lcm.HOTPLUG_EPILOG_POWEROFF]: { delay: 'hotplug', end: detached },
  [Lcm.HOTPLUG_NIC_POWEROFF]: { delay: 'hotplugNic', end: backToPoweroff },
  [Lcm.HOTPLUG_SAVEAS_POWEROFF]: { delay: 'saveas', end: backToPoweroff },
  [Lcm.HOTPLUG_SAVEAS_SUSPENDED]: { delay: 'saveas', end: hotplugged(VmState.SUSPENDED) },
  [Lcm.DISK_RESIZE_POWEROFF]: { delay: 'resize', end: backToPoweroff },
  [Lcm.DISK_RESIZE_UNDEPLOYED]: { delay: 'resize', end: hotplugged(VmState.UNDEPLOYED) },
}

/** VMs that waited for an image go on when none of their images is locked any more. */
export function wakeCloning(world: World, image: Image): void {
  for (const vm of image.vms.map(id => world.vms.get(id))) {
    if (vm?.state !== VmState.CLONING || waitsForImage(world, vm)) continue
    enter(world, vm, vm.template['SUBMIT_ON_HOLD'] ? VmState.HOLD : VmState.PENDING)
  }
}

/** Whether one of the VM's images is still being imported. */
export const waitsForImage = (world: World, vm: Vm): boolean =>
  vectors(vm.template, 'DISK').some(disk => {
    const image = world.images.get(Number(disk['IMAGE_ID'] ?? -1))
    return image !== undefined && isLocked(image)
  })
