// Calls about virtual machines.
import type { DocumentType } from '../xml/document-type.ts'
import { type TemplateData, type TemplateVector, writeTemplate } from '../xml/template.ts'
import { type PoolOptions, range, read, WHOSE, type WriteCall, write } from './common.ts'

/** State of the VMs in a pool, besides those of `VM_STATE`. */
export const ANY_STATE = -2
export const NOT_DONE = -1

export interface VmPoolOptions extends PoolOptions {
  /** One of `VM_STATE`, `NOT_DONE` or `ANY_STATE`. */
  readonly state?: number
}

/** The calls that read VMs, as documents of a type. */
export const vmReads = <T>(type: DocumentType<T>) => ({
  vm: (id: number) => read(type, 'one.vm.info', id, false),
  /** The VMs of these ids that exist and may be seen. */
  vmSet: (ids: readonly number[]) => read(type, 'one.vmpool.infoset', ids.join(','), true),
  vmPool: ({ whose = WHOSE.OWN, state = NOT_DONE, ...which }: VmPoolOptions = {}) =>
    read(type, 'one.vmpool.infoextended', whose, ...range(which), state, ''),
})

/** A span of time, in seconds since 1970. */
export interface Span {
  readonly from: number
  readonly until: number
}

/** The stays of VMs that overlap a span, as documents of a type. @param whose one of `WHOSE`, or a user id */
export const accounting = <T>(type: DocumentType<T>, whose: number, { from, until }: Span) =>
  read(type, 'one.vmpool.accounting', whose, from, until)

/** What `vmAction` can do. */
export type VmAction =
  | 'terminate'
  | 'terminate-hard'
  | 'poweroff'
  | 'poweroff-hard'
  | 'reboot'
  | 'reboot-hard'
  | 'resume'
  | 'suspend'
  | 'stop'
  | 'undeploy'
  | 'undeploy-hard'
  | 'hold'
  | 'release'

export const vmAction = (action: VmAction, id: number) => write('one.vm.action', action, id)
/** Capacity of a VM that is off (or of a running one, where the hypervisor can); checked against the host. */
export const vmResize = (id: number, capacity: TemplateData): WriteCall => ({
  ...write('one.vm.resize', id, writeTemplate(capacity), true),
  sets: { kind: 'vm', id, aspect: 'capacity', values: capacity },
})
/** Changes what the guest of a VM is told, and keeps the rest of it. */
export const vmUpdateContext = (id: number, context: TemplateVector): WriteCall => ({
  ...write('one.vm.updateconf', id, writeTemplate({ CONTEXT: context }), 1),
  sets: { kind: 'vm', id, aspect: 'context', values: context },
})
export const attachDisk = (vmId: number, disk: TemplateData) => write('one.vm.attach', vmId, writeTemplate(disk))
export const detachDisk = (vmId: number, diskId: number) => write('one.vm.detach', vmId, diskId)
/** Saves a disk as a new image; answers the image's id. `type` empty: that of the disk's image. */
export const saveDisk = (vmId: number, diskId: number, name: string, type: '' | 'OS' | 'DATABLOCK' = '') =>
  write('one.vm.disksaveas', vmId, diskId, name, type, -1)
/** Grows a disk to a size in MiB. */
export const resizeDisk = (vmId: number, diskId: number, size: number) =>
  write('one.vm.diskresize', vmId, diskId, String(size))
/** Attaches a NIC, or an alias by `{ NIC_ALIAS: … }`. */
export const attachNic = (vmId: number, nic: TemplateData) => write('one.vm.attachnic', vmId, writeTemplate(nic))
export const detachNic = (vmId: number, nicId: number) => write('one.vm.detachnic', vmId, nicId)
export const attachSecurityGroup = (vmId: number, nicId: number, group: number) =>
  write('one.vm.attachsg', vmId, nicId, group)
export const detachSecurityGroup = (vmId: number, nicId: number, group: number) =>
  write('one.vm.detachsg', vmId, nicId, group)
