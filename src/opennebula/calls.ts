// Calls as plain data: the same descriptor is sent alone or as one of a multicall. The session is added on sending.
import {
  DATASTORE,
  GROUP,
  IMAGE,
  SECURITY_GROUP,
  USER,
  USER_CREDENTIALS,
  USER_STANDING,
  VM,
  VMTEMPLATE,
  VNET,
} from './documents.ts'
import type { Method } from './methods.ts'
import type { DocumentType } from './shape.ts'
import { type TemplateData, writeTemplate } from './template.ts'
import type { XmlRpcValue } from './xmlrpc.ts'

/** A call that changes nothing and answers with documents; safe to repeat. */
export interface ReadCall<T> {
  readonly changes: false
  readonly method: string
  readonly params: readonly XmlRpcValue[]
  readonly type: DocumentType<T>
}

/** A call that changes something and answers with the id of what it made or changed. JSON can carry it. */
export interface WriteCall {
  readonly changes: true
  readonly method: string
  readonly params: readonly XmlRpcValue[]
}

/** What a read call reads. */
export type ObjectOf<C> = C extends ReadCall<infer T> ? T : never

function read<T>(type: DocumentType<T>, method: Method, ...params: XmlRpcValue[]): ReadCall<T> {
  return { changes: false, method, params, type }
}

function write(method: Method, ...params: XmlRpcValue[]): WriteCall {
  return { changes: true, method, params }
}

/** Whose objects a pool call is about; a number of your own is a user's id. */
export const WHOSE = { OWN: -3, OWN_AND_GROUPS: -1, USABLE: -2, PRIMARY_GROUP: -4 } as const

/** State of the VMs in a pool, besides those of `VM_STATE`. */
export const ANY_STATE = -2
export const NOT_DONE = -1

/** Which objects of a pool. */
export interface PoolOptions {
  /** One of `WHOSE`, or a user id. */
  readonly whose?: number
  /** Objects `start` to `start + size - 1`, newest first. */
  readonly page?: Page
  /** The object of this number alone; none where it does not exist or may not be seen. */
  readonly only?: number
}

/** `size` must be 2 or more: OpenNebula takes 1 for "all". */
export interface Page {
  readonly start: number
  readonly size: number
}

export interface VmPoolOptions extends PoolOptions {
  /** One of `VM_STATE`, `NOT_DONE` or `ANY_STATE`. */
  readonly state?: number
}

function range({ page, only }: PoolOptions): [number, number] {
  if (only !== undefined) return [only, only]
  return page ? [page.start, -Math.max(page.size, 2)] : [-1, -1]
}

const pool =
  <T>(type: DocumentType<T>, method: Method) =>
  ({ whose = WHOSE.USABLE, ...which }: PoolOptions = {}): ReadCall<T> =>
    read(type, method, whose, ...range(which))

export const vm = (id: number) => read(VM, 'one.vm.info', id, false)
/** The VMs of these ids that exist and may be seen. */
export const vmSet = (ids: readonly number[]) => read(VM, 'one.vmpool.infoset', ids.join(','), true)
export const vmPool = ({ whose = WHOSE.OWN, state = NOT_DONE, ...which }: VmPoolOptions = {}) =>
  read(VM, 'one.vmpool.infoextended', whose, ...range(which), state, '')
export const image = (id: number) => read(IMAGE, 'one.image.info', id, false)
export const imagePool = pool(IMAGE, 'one.imagepool.info')
export const template = (id: number) => read(VMTEMPLATE, 'one.template.info', id, false, false)
export const templatePool = pool(VMTEMPLATE, 'one.templatepool.info')
export const network = (id: number) => read(VNET, 'one.vn.info', id, false)
export const networkPool = pool(VNET, 'one.vnpool.info')
export const securityGroup = (id: number) => read(SECURITY_GROUP, 'one.secgroup.info', id, false)
export const securityGroupPool = pool(SECURITY_GROUP, 'one.secgrouppool.info')
/** -1 is whoever asks. */
export const user = (id = -1) => read(USER, 'one.user.info', id, false)
/** Of a user as little as says whether it may act: nothing that the user writes itself. */
export const standing = (id: number) => read(USER_STANDING, 'one.user.info', id, false)
export const group = (id: number) => read(GROUP, 'one.group.info', id, false)
/** Every user with password hash, for the server's account; oneself for others. */
export const userPool = () => read(USER_CREDENTIALS, 'one.userpool.info')
export const datastorePool = () => read(DATASTORE, 'one.datastorepool.info')

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

export interface Instantiation {
  readonly template: number
  /** Empty: OpenNebula makes one of the template's name and the id. */
  readonly name?: string
  readonly hold?: boolean
  /** DISK, NIC and CONTEXT in it replace those of the template. */
  readonly extra: TemplateData
}

/** Makes a VM; answers its id. */
export const instantiate = ({ template: id, name = '', hold = false, extra }: Instantiation) =>
  write('one.template.instantiate', id, name, hold, writeTemplate(extra), false)
export const vmAction = (action: VmAction, id: number) => write('one.vm.action', action, id)
/** Capacity of a VM that is off (or of a running one, where the hypervisor can); checked against the host. */
export const vmResize = (id: number, capacity: TemplateData) =>
  write('one.vm.resize', id, writeTemplate(capacity), true)
/** Replaces whole attributes of a VM's configuration, CONTEXT among them, and keeps the others. */
export const vmUpdateConf = (id: number, configuration: TemplateData) =>
  write('one.vm.updateconf', id, writeTemplate(configuration), 1)
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

/** Makes an image; answers its id before the import is done. Looks at the URL in PATH first. */
export const allocateImage = (data: TemplateData, datastore: number) =>
  write('one.image.allocate', writeTemplate(data), datastore, true)
/** Copies an image; answers the copy's id. Without a datastore, into the image's own. */
export const cloneImage = (id: number, name: string, datastore = -1) => write('one.image.clone', id, name, datastore)
export const setImagePersistent = (id: number, persistent: boolean) => write('one.image.persistent', id, persistent)
export const setImageType = (id: number, type: 'OS' | 'DATABLOCK' | 'CDROM') => write('one.image.chtype', id, type)

/** Takes addresses out of a network as one of the caller's own; answers its id. Exhausted: code ACTION. */
export const reserve = (parent: number, reservation: TemplateData) =>
  write('one.vn.reserve', parent, writeTemplate(reservation))

/** Kinds of objects, by the name that their methods have. */
export type Kind = 'vm' | 'image' | 'template' | 'vn' | 'secgroup' | 'user'

/** Sets attributes and keeps the others; a vector is set as a whole, and none can be deleted, only emptied. */
export const merge = (kind: Kind, id: number, data: TemplateData) =>
  write(`one.${kind}.update`, id, writeTemplate(data), 1)
/** Replaces all attributes of an object. */
export const replace = (kind: Kind, id: number, data: TemplateData) =>
  write(`one.${kind}.update`, id, writeTemplate(data), 0)
export const rename = (kind: Exclude<Kind, 'user'>, id: number, name: string) => write(`one.${kind}.rename`, id, name)

/** Deletes an object; a VM is terminated instead, a user stays. */
export const remove = (kind: 'image' | 'template' | 'vn' | 'secgroup', id: number) =>
  kind === 'image' || kind === 'template' ? write(`one.${kind}.delete`, id, false) : write(`one.${kind}.delete`, id)

/** Deletes an image whatever OpenNebula does with it at the moment. Files of it may stay in the datastore. */
export const removeByForce = (image: number) => write('one.image.delete', image, true)

const BITS = [
  'OWNER_U',
  'OWNER_M',
  'OWNER_A',
  'GROUP_U',
  'GROUP_M',
  'GROUP_A',
  'OTHER_U',
  'OTHER_M',
  'OTHER_A',
] as const

/** Permissions to change; what is left out stays. */
export type Permissions = { readonly [B in (typeof BITS)[number]]?: boolean }

export const chmod = (kind: Exclude<Kind, 'user'>, id: number, permissions: Permissions) =>
  write(`one.${kind}.chmod`, id, ...BITS.map(bit => Number(permissions[bit] ?? -1)))
