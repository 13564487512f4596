// A VM's three documents: whole (info), extended (pools: last history record only) and short. They are written once and kept,
// escaped, until the VM changes: a page of 10,000 VMs costs next to nothing the second time.

import type { HistoryRecord, Vm } from './model.ts'
import { ownerXml, permissionsXml } from './objects.ts'
import { single, type Vector, vectors } from './template.ts'
import type { World } from './world.ts'
import { cdata, escapeXml, plain, templateXml, wrap, wrapOrEmpty } from './xml.ts'

export type VmForm = 'whole' | 'extended' | 'short'

const written = new WeakMap<Vm, Partial<Record<VmForm, string>>>()

/** To be called whenever a VM has changed. */
export function forgetDocuments(vm: Vm): void {
  written.delete(vm)
}

/** The VM's document in that form, XML-escaped. */
export function vmDocument(world: World, vm: Vm, form: VmForm): string {
  const forms = written.get(vm) ?? {}
  written.set(vm, forms)
  forms[form] ??= escapeXml(form === 'short' ? shortXml(world, vm) : fullXml(world, vm, form))
  return forms[form]
}

const fullXml = (world: World, vm: Vm, form: VmForm): string =>
  wrap(
    'VM',
    ownerXml(world, vm),
    permissionsXml(vm.permissions),
    plain('LAST_POLL', 0),
    plain('STATE', vm.state),
    plain('LCM_STATE', vm.lcm),
    plain('PREV_STATE', vm.state),
    plain('PREV_LCM_STATE', vm.lcm),
    timesXml(vm),
    wrap('MONITORING'),
    wrap('SCHED_ACTIONS'),
    templateXml('TEMPLATE', vm.template),
    templateXml('USER_TEMPLATE', vm.userTemplate),
    historyXml(world, vm, form),
    wrap('BACKUPS', '<BACKUP_CONFIG/>', wrap('BACKUP_IDS')),
  )

const timesXml = (vm: Vm): string =>
  plain('RESCHED', 0) + plain('STIME', vm.stime) + plain('ETIME', vm.etime) + plain('DEPLOY_ID', vm.deployId)

function historyXml(world: World, vm: Vm, form: VmForm): string {
  const write = form === 'short' ? shortRecord : fullRecord
  const records = vm.history.map((record, sequence) => write(world, vm, record, sequence))
  return wrapOrEmpty('HISTORY_RECORDS', (form === 'whole' ? records : records.slice(-1)).join(''))
}

const fullRecord = (world: World, vm: Vm, record: HistoryRecord, sequence: number): string =>
  wrap(
    'HISTORY',
    plain('OID', vm.id),
    plain('SEQ', sequence),
    plain('HOSTNAME', world.hosts[record.host] ?? ''),
    plain('HID', record.host),
    plain('CID', 0),
    plain('STIME', record.stime),
    plain('ETIME', record.etime),
    cdata('VM_MAD', 'dummy'),
    cdata('TM_MAD', 'dummy'),
    plain('DS_ID', 0),
    plain('PLAN_ID', -1),
    plain('ACTION_ID', 0),
    plain('PSTIME', record.pstime),
    plain('PETIME', record.petime),
    plain('RSTIME', record.rstime),
    plain('RETIME', record.retime),
    plain('ESTIME', record.estime),
    plain('EETIME', record.eetime),
    plain('ACTION', record.action),
    plain('UID', record.uid),
    plain('GID', record.gid),
    plain('REQUEST_ID', record.requestId),
  )

const shortRecord = (world: World, vm: Vm, record: HistoryRecord, sequence: number): string =>
  wrap(
    'HISTORY',
    plain('OID', vm.id),
    plain('SEQ', sequence),
    cdata('HOSTNAME', world.hosts[record.host] ?? ''),
    plain('HID', record.host),
    plain('CID', 0),
    plain('DS_ID', 0),
    cdata('VM_MAD', 'dummy'),
    cdata('TM_MAD', 'dummy'),
    cdata('ACTION', record.action),
  )

const SHORT_DISK = [
  'DISK_ID',
  'DATASTORE',
  'DATASTORE_ID',
  'IMAGE',
  'IMAGE_ID',
  'SIZE',
  'TYPE',
  'CLONE',
  'CLONE_TARGET',
  'LN_TARGET',
  'DISK_SNAPSHOT_TOTAL_SIZE',
]
const SHORT_NIC = ['IP', 'MAC', 'NETWORK', 'NETWORK_ID', 'NIC_ID', 'SECURITY_GROUPS']
const SHORT_GRAPHICS = ['LISTEN', 'PASSWD', 'PORT', 'TYPE']

const members = (element: string, vector: Vector, names: readonly string[]): string =>
  wrap(element, ...names.filter(name => name in vector).map(name => cdata(name, vector[name] ?? '')))

const shortTemplateXml = (vm: Vm): string =>
  wrap(
    'TEMPLATE',
    ...['CPU', 'MEMORY', 'VCPU'].map(name => plain(name, single(vm.template, name))),
    ...vectors(vm.template, 'DISK').map(disk => members('DISK', disk, SHORT_DISK)),
    ...vectors(vm.template, 'NIC').map(nic => members('NIC', nic, SHORT_NIC)),
    ...vectors(vm.template, 'NIC_ALIAS').map(nic => members('NIC_ALIAS', nic, SHORT_NIC)),
    ...vectors(vm.template, 'GRAPHICS').map(graphics => members('GRAPHICS', graphics, SHORT_GRAPHICS)),
  )

const shortXml = (world: World, vm: Vm): string =>
  wrap(
    'VM',
    ownerXml(world, vm),
    plain('LAST_POLL', 0),
    plain('STATE', vm.state),
    plain('LCM_STATE', vm.lcm),
    timesXml(vm),
    shortTemplateXml(vm),
    '<MONITORING/>',
    wrap('USER_TEMPLATE'),
    historyXml(world, vm, 'short'),
  )
