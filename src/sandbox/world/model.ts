// The objects that the sandbox holds, and how the front-end names their kinds. Plain data throughout.
import type { Template, Vector } from '../protocol/template.ts'

/** How the front-end names a kind of object in its documents, messages and errors. */
export interface Kind {
  /** Element of a document, and of a pool's. */
  element: string
  pool: string
  /** In `Error getting … [1].` */
  title: string
  /** In `Not authorized to perform USE … [1].` */
  type: string
  /** In `NAME is already taken by … 1.`; absent where names need not be unique. */
  taken?: string
}

export const KINDS = {
  user: { element: 'USER', pool: 'USER_POOL', title: 'user', type: 'USER', taken: 'USER' },
  datastore: { element: 'DATASTORE', pool: 'DATASTORE_POOL', title: 'datastore', type: 'DATASTORE' },
  group: { element: 'GROUP', pool: 'GROUP_POOL', title: 'group', type: 'GROUP' },
  template: {
    element: 'VMTEMPLATE',
    pool: 'VMTEMPLATE_POOL',
    title: 'virtual machine template',
    type: 'TEMPLATE',
    taken: 'TEMPLATE',
  },
  image: { element: 'IMAGE', pool: 'IMAGE_POOL', title: 'image', type: 'IMAGE', taken: 'IMAGE' },
  vm: { element: 'VM', pool: 'VM_POOL', title: 'virtual machine', type: 'VM' },
  network: { element: 'VNET', pool: 'VNET_POOL', title: 'virtual network', type: 'NET', taken: 'NET' },
  networkTemplate: {
    element: 'VNTEMPLATE',
    pool: 'VNTEMPLATE_POOL',
    title: 'virtual network template',
    type: 'VNTEMPLATE',
    taken: 'VNTEMPLATE',
  },
  securityGroup: {
    element: 'SECURITY_GROUP',
    pool: 'SECURITY_GROUP_POOL',
    title: 'security group',
    type: 'SECGROUP',
    taken: 'SecurityGroup',
  },
  document: { element: 'DOCUMENT', pool: 'DOCUMENT_POOL', title: 'document', type: 'DOCUMENT' },
  marketplace: {
    element: 'MARKETPLACE',
    pool: 'MARKETPLACE_POOL',
    title: 'marketplace',
    type: 'MARKETPLACE',
    taken: 'MARKETPLACE',
  },
  appliance: {
    element: 'MARKETPLACEAPP',
    pool: 'MARKETPLACEAPP_POOL',
    title: 'marketplaceapp',
    type: 'MARKETPLACEAPP',
    taken: 'MARKETPLACEAPP',
  },
  vmGroup: { element: 'VM_GROUP', pool: 'VM_GROUP_POOL', title: 'vm group', type: 'VMGROUP', taken: 'VMGroup' },
} as const satisfies Record<string, Kind>

export interface Entity {
  id: number
  name: string
}

/** An object with an owner. Permissions are nine bits: use, manage, admin of the owner, then the group, then others. */
export interface Owned extends Entity {
  uid: number
  gid: number
  permissions: number[]
  template: Template
  lock?: Lock
}

/** What stops everybody but oneadmin's group, even the owner. */
export interface Lock {
  /** 1: neither use nor manage nor admin, 2: neither manage nor admin, 3: no admin. */
  level: number
  /** Who locked it, when (seconds), and by which request. */
  uid: number
  time: number
  requestId: number
}

export interface LoginToken {
  token: string
  /** Seconds since the epoch, -1 for ever. */
  expires: number
}

export interface User extends Entity {
  /** The first is the primary group. */
  groups: number[]
  /** Hex SHA-256 of the password. */
  password: string
  authDriver: string
  enabled: boolean
  loginTokens: LoginToken[]
  template: Template
  quotas: Quotas
  /** The one token that the front-end remembers for this user. */
  session?: { token: string; expires: number }
}

/** Limits of a user or a group by kind: of a datastore, network or image by its id, of all VMs by ''. What has no limit is not there. */
export type Quotas = Partial<Record<QuotaKind, Record<string, Limits>>>
export type QuotaKind = 'DATASTORE' | 'NETWORK' | 'VM' | 'IMAGE'
/** By metric, as in `LEASES`. */
export type Limits = Record<string, number>

export interface Datastore extends Owned {
  dsMad: string
  tmMad: string
  type: number
  totalMb: number
  freeMb: number
  usedMb: number
}

export interface VmTemplate extends Owned {
  regtime: number
}

export type NetworkTemplate = VmTemplate

export interface Image extends Owned {
  type: number
  persistent: boolean
  regtime: number
  modtime: number
  source: string
  path: string
  format: string
  /** MiB */
  size: number
  state: number
  prevState: number
  datastore: number
  /** Ids of the VMs that use it. */
  vms: number[]
  /** Ids of the images that are being made from it. */
  clones: number[]
  /** The image that this one is being made from, -1. */
  cloningId: number
  /** SNAPSHOTS loses its content when the image is given back by a VM. */
  snapshots: boolean
  ticket: number
  /** The format that an import has found. */
  importing?: string
  /** Why it will be in state ERROR. */
  failure?: string
  /** Hex SHA-256 of the downloaded bytes, for tests. */
  sha256?: string
}

export interface HistoryRecord {
  host: number
  /** Times in seconds: of the record, prolog, running, epilog; start and end. */
  stime: number
  etime: number
  pstime: number
  petime: number
  rstime: number
  retime: number
  estime: number
  eetime: number
  action: number
  uid: number
  gid: number
  requestId: number
  /** The VM's document, without its history, when the record was closed or opened by a change of a running VM. */
  document?: string
}

/** What a VM used, as of one moment: numbers by name, TIMESTAMP in seconds. */
export type Sample = Record<string, number>

/** What a hotplug state is busy with; it takes effect when the state ends. */
export type Operation =
  | { name: 'attach' | 'detach' | 'resize'; disk: number }
  | { name: 'attachNic' | 'detachNic'; nic: number }
  | { name: 'saveAs'; image: number; disk: number }
  | { name: 'none' }

export interface Vm extends Owned {
  userTemplate: Template
  state: number
  lcm: number
  stime: number
  etime: number
  deployId: string
  history: HistoryRecord[]
  samples: Sample[]
  /** When the last sample was taken, 0 for not since the VM was started. */
  lastPoll: number
  operation: Operation
  ticket: number
  /** How many more times the hypervisor does not shut it down: it runs on. */
  refusals?: number
}

/** Who has an address: a VM, a reservation, or nobody, when it is held. */
export interface Lease {
  vm?: number
  network?: number
}

export interface AddressRange {
  attributes: Vector
  size: number
  /** Whether it has ever had a lease. */
  touched: boolean
  /** By index from the first address. */
  leases: Record<number, Lease>
  /** No index below this is free. */
  lowestFree: number
}

export interface Network extends Owned {
  parent: number
  /** None before the network is READY, nor when it is being deleted. */
  ranges: AddressRange[]
  /** Those of a network that is being deleted. */
  leaving?: AddressRange[]
  clusters: number[]
  /** VMs with a NIC in it; one that gives up a NIC is out, whatever other NICs it has. */
  vms: number[]
  /** Whether the front-end is to choose its VLAN. */
  automaticVlan: boolean
  state: number
  prevState: number
  ticket: number
}

export interface VmGroup extends Owned {
  /** ID, NAME, POLICY …; VMS names the members. */
  roles: Vector[]
}

export interface SecurityGroup extends Owned {
  /** VMs with a NIC in it; one that left stays for a moment. */
  vms: number[]
  leaving: number[]
  /** Those of the VMs that its rules could not be brought to. */
  failed?: number[] | undefined
}

export interface Marketplace extends Owned {
  enabled: boolean
}

/** Something in a marketplace that images, or more, can be made of. */
export interface Appliance extends Owned {
  regtime: number
  /** Where its file is. */
  source: string
  md5: string
  format: string
  /** MiB */
  size: number
  state: number
  type: number
  marketplace: number
}

export interface DocumentObject extends Owned {
  type: number
}
