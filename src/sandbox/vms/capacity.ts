// What of a VM that exists can be set anew: its capacity and its configuration.
import { isMerge } from '../objects/changes.ts'
import { bool, int, type MethodTable, method, string } from '../objects/methods.ts'
import { refuseRestricted } from '../objects/permissions.ts'
import { internal, refused } from '../protocol/errors.ts'
import { parseTemplate, single, type Template, vectors } from '../protocol/template.ts'
import { checkQuota, forCapacity } from '../users/quotas.ts'
import type { Vm } from '../world/model.ts'
import { hostOf, isRunning, Lcm, stateName, VmState } from '../world/vm-states.ts'
import type { Call } from '../world/world.ts'
import { refreshNetworkContext } from './context.ts'
import { Action, closeRecord } from './history.ts'
import { restrictedIn } from './instantiate.ts'
import { enter } from './lifecycle.ts'
import { change } from './work.ts'

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
  checkQuota(world, user, forCapacity(vm, growth('CPU'), growth('MEMORY')))
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

export const CAPACITY_METHODS: MethodTable = {
  'one.vm.resize': method([int, string, bool.or(true)], resize),
  'one.vm.updateconf': method([int, string, int.or(0)], updateConfiguration),
}
