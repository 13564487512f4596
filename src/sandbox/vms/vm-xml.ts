// A VM's three documents: whole (info), extended (pools: last history record only) and short; they are kept until the VM changes.
import { objectXml, ownerXml } from '../objects/owner-xml.ts'
import { writtenOnce } from '../objects/written.ts'
import { single, type Vector, vectors } from '../protocol/template.ts'
import { cdata, escapeXml, plain, sampleXml, templateXml, wrap, wrapOrEmpty } from '../protocol/xml.ts'
import { type HistoryRecord, KINDS, type Vm } from '../world/model.ts'
import { Lcm, VmState } from '../world/vm-states.ts'
import type { World } from '../world/world.ts'

export type VmForm = 'whole' | 'extended' | 'short'

/** The VM's document in that form, XML-escaped. */
export const vmDocument = (world: World, vm: Vm, form: VmForm): string =>
  writtenOnce(vm, form, () => escapeXml(form === 'short' ? shortXml(world, vm) : fullXml(world, vm, form)))

/** The states that a VM comes from. */
type Previous = Pick<Vm, 'state' | 'lcm'>

const fullXml = (world: World, vm: Vm, form: VmForm, previous: Previous = vm): string =>
  objectXml(
    world,
    KINDS.vm,
    vm,
    plain('LAST_POLL', vm.lastPoll),
    plain('STATE', vm.state),
    plain('LCM_STATE', vm.lcm),
    plain('PREV_STATE', previous.state),
    plain('PREV_LCM_STATE', previous.lcm),
    timesXml(vm),
    wrap('MONITORING', useXml(vm)),
    wrap('SCHED_ACTIONS'),
    templateXml('TEMPLATE', vm.template),
    templateXml('USER_TEMPLATE', vm.userTemplate),
    historyXml(world, vm, form),
    wrap('BACKUPS', '<BACKUP_CONFIG/>', wrap('BACKUP_IDS')),
  )

const useXml = (vm: Vm): string => sampleXml((vm.lastPoll > 0 && vm.samples.at(-1)) || {})

const timesXml = (vm: Vm): string =>
  plain('RESCHED', 0) + plain('STIME', vm.stime) + plain('ETIME', vm.etime) + plain('DEPLOY_ID', vm.deployId)

function historyXml(world: World, vm: Vm, form: VmForm): string {
  const write = form === 'short' ? shortRecord : fullRecord
  const records = vm.history.map((record, sequence) => write(world, vm, record, sequence))
  return wrapOrEmpty('HISTORY_RECORDS', (form === 'whole' ? records : records.slice(-1)).join(''))
}

/** The VM as a history record keeps it. */
export const keptDocument = (world: World, vm: Vm, previous: Previous): string =>
  fullXml(world, { ...vm, history: [] }, 'whole', previous)

/** A record that is written again is read before, which leaves its empty elements shorter. */
export const reread = (document: string): string => document.replace(/<(\w+)><\/\1>/g, '<$1/>')

/** A VM has one while it runs. */
export const vncPort = (vm: Vm): string => String(5900 + vm.id)

/** What a record keeps of a VM that was not changed since its prolog. */
function prologDocument(world: World, vm: Vm): string {
  const graphics = vectors(vm.template, 'GRAPHICS').map(vector => ({ PORT: vncPort(vm), ...vector }))
  const template = graphics.length > 0 ? { ...vm.template, GRAPHICS: graphics } : vm.template
  const state = { state: VmState.ACTIVE, lcm: Lcm.PROLOG, etime: 0, deployId: '', lastPoll: 0 }
  return reread(keptDocument(world, { ...vm, ...state, template }, { state: VmState.ACTIVE, lcm: Lcm.LCM_INIT }))
}

/** A record as accounting shows it: with the VM as it was then. */
export const recordXml = (world: World, vm: Vm, record: HistoryRecord, sequence: number): string =>
  fullRecord(world, vm, record, sequence, record.document ?? prologDocument(world, vm))

const fullRecord = (world: World, vm: Vm, record: HistoryRecord, sequence: number, document = ''): string =>
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
    document,
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
    plain('LAST_POLL', vm.lastPoll),
    plain('STATE', vm.state),
    plain('LCM_STATE', vm.lcm),
    timesXml(vm),
    shortTemplateXml(vm),
    wrapOrEmpty('MONITORING', useXml(vm)),
    wrap('USER_TEMPLATE'),
    historyXml(world, vm, 'short'),
  )
