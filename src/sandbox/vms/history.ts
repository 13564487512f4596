// History records of a VM: where it ran, since when, and which action ended each stay.
import type { HistoryRecord, Vm } from '../world/model.ts'
import type { Call, World } from '../world/world.ts'
import { keptDocument, reread } from './vm-xml.ts'

/** Numbers of the actions in HISTORY/ACTION. */
export const Action = {
  NONE: 0,
  UNDEPLOY: 5,
  UNDEPLOY_HARD: 6,
  STOP: 9,
  SUSPEND: 10,
  RESUME: 11,
  POWEROFF: 19,
  POWEROFF_HARD: 20,
  DISK_ATTACH: 21,
  DISK_DETACH: 22,
  NIC_ATTACH: 23,
  NIC_DETACH: 24,
  TERMINATE: 27,
  TERMINATE_HARD: 28,
  DISK_RESIZE: 29,
  RESIZE: 35,
  ALIAS_ATTACH: 46,
  ALIAS_DETACH: 47,
} as const

const NOBODY = { uid: -1, gid: -1, requestId: -1 }

const emptyRecord = (host: number, stime: number): HistoryRecord => ({
  ...{ host, stime, etime: 0, pstime: 0, petime: 0, rstime: 0, retime: 0, estime: 0, eetime: 0 },
  action: Action.NONE,
  ...NOBODY,
})

/** A new stay on a host, which begins with a prolog. */
export function beginStay(world: World, vm: Vm): void {
  const now = world.clock.seconds()
  vm.history.push({ ...emptyRecord(leastUsedHost(world), now), pstime: now })
}

/** The host with the fewest VMs; among equals, the last. */
const leastUsedHost = ({ hostLoad }: World): number => hostLoad.lastIndexOf(Math.min(...hostLoad))

export type Stamp = 'etime' | 'petime' | 'rstime' | 'retime' | 'estime' | 'eetime'

/** Sets times of the last record to now. */
export function stamp(world: World, vm: Vm, ...times: Stamp[]): void {
  const record = touched(vm)
  if (record) for (const time of times) record[time] = world.clock.seconds()
}

/** The last record, to be written again. */
function touched(vm: Vm): HistoryRecord | undefined {
  const record = vm.history.at(-1)
  if (record?.document !== undefined) record.document = reread(record.document)
  return record
}

/** Keeps the VM in its last record, as it is, or is but for `changes`. */
export function keepVm(
  world: World,
  vm: Vm,
  changes: Partial<Vm> = {},
  previous: Pick<Vm, 'state' | 'lcm'> = vm,
): void {
  const record = vm.history.at(-1)
  if (record) record.document = keptDocument(world, { ...vm, ...changes }, previous)
}

/** Notes the action, and who asked for it, in the last record. */
export function noteAction(call: Call, vm: Vm, action: number): void {
  const { user, requestId } = call
  const record = touched(vm)
  if (record) Object.assign(record, { action, uid: user.id, gid: user.groups[0] ?? -1, requestId })
}

export function clearAction(vm: Vm): void {
  const record = touched(vm)
  if (record) Object.assign(record, { action: Action.NONE, ...NOBODY })
}

/** A running VM goes on in a new record on the same host. */
export function continueStay(world: World, vm: Vm): void {
  stamp(world, vm, 'etime')
  beginRecord(world, vm)
}

function beginRecord(world: World, vm: Vm): void {
  const now = world.clock.seconds()
  vm.history.push({ ...emptyRecord(vm.history.at(-1)?.host ?? 0, now), rstime: now })
}

/** Closes the record with the action and goes on in a new one, which takes over how the old one stood. Both keep the VM as it is,
 *  or is but for `changes`. */
export function closeRecord(call: Call, vm: Vm, action: number, changes: Partial<Vm> = {}): void {
  const last = vm.history.at(-1)
  if (!last) return
  const { action: current, retime } = last
  if (retime === 0) stamp(call.world, vm, 'retime')
  noteAction(call, vm, action)
  stamp(call.world, vm, 'etime')
  keepVm(call.world, vm, changes)
  beginRecord(call.world, vm)
  const next = vm.history.at(-1)
  if (next) Object.assign(next, { action: current, retime: retime === 0 ? 0 : next.stime, document: last.document })
}
