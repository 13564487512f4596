// Everything the sandbox knows: users, pools of objects, the clock. Plain data, so that it can be saved and loaded as JSON.
import { Clock, type ClockState } from './clock.ts'
import type { Task } from './task-heap.ts'
import type { Template, Vector } from './template.ts'

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
  securityGroup: {
    element: 'SECURITY_GROUP',
    pool: 'SECURITY_GROUP_POOL',
    title: 'security group',
    type: 'SECGROUP',
    taken: 'SecurityGroup',
  },
  document: { element: 'DOCUMENT', pool: 'DOCUMENT_POOL', title: 'document', type: 'DOCUMENT' },
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
  /** The one token that the front-end remembers for this user. */
  session?: { token: string; expires: number }
}

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
}

/** What a hotplug state is busy with; it takes effect when the state ends. */
export type Operation =
  | { name: 'attach' | 'detach' | 'resize'; disk: number }
  | { name: 'attachNic' | 'detachNic'; nic: number }
  | { name: 'saveAs'; image: number }
  | { name: 'none' }

export interface Vm extends Owned {
  userTemplate: Template
  state: number
  lcm: number
  stime: number
  etime: number
  deployId: string
  history: HistoryRecord[]
  operation: Operation
  ticket: number
}

/** Who has an address: a VM, a reservation, or nobody, when it is held. */
export interface Lease {
  vm?: number
  network?: number
}

export interface AddressRange {
  attributes: Vector
  size: number
  /** By index from the first address. */
  leases: Record<number, Lease>
  /** No index below this is free. */
  lowestFree: number
}

export interface Network extends Owned {
  parent: number
  ranges: AddressRange[]
  clusters: number[]
}

export interface SecurityGroup extends Owned {
  /** VMs with a NIC in it; one that left stays for a moment. */
  vms: number[]
  leaving: number[]
}

export interface DocumentObject extends Owned {
  type: number
}

/** Objects of one kind by id; ids are never used twice. */
export class Pool<T extends Entity> {
  readonly kind: Kind
  #objects = new Map<number, T>()
  #next: number
  readonly #first: number

  constructor(kind: Kind, first = 0) {
    this.kind = kind
    this.#first = first
    this.#next = first
  }

  add(make: (id: number) => T): T {
    const object = make(this.#next)
    this.#objects.set(object.id, object)
    this.#next = Math.max(this.#next, object.id + 1)
    return object
  }

  get(id: number): T | undefined {
    return this.#objects.get(id)
  }

  remove(id: number): void {
    this.#objects.delete(id)
  }

  /** Removes an object whose making failed: nobody saw its id, the next one gets it. */
  withdraw(id: number): void {
    this.remove(id)
    if (id === this.#next - 1) this.#next = id
  }

  all(): T[] {
    return [...this.#objects.values()]
  }

  newestFirst(): T[] {
    return this.all().reverse()
  }

  clear(): void {
    this.#objects.clear()
    this.#next = this.#first
  }

  save(): { next: number; objects: T[] } {
    return { next: this.#next, objects: this.all() }
  }

  load(state: { next: number; objects: T[] }): void {
    this.#objects = new Map(state.objects.map(object => [object.id, object]))
    this.#next = state.next
  }
}

/** How long transient states last, in ms. */
export const DEFAULT_DELAYS = {
  /** PENDING, until a host is found. */
  pending: 300,
  /** ACTIVE, before the prolog begins. */
  dispatch: 50,
  prolog: 500,
  boot: 500,
  /** A guest that powers down; EPILOG follows. */
  shutdown: 1000,
  epilog: 300,
  /** Writing memory to disk, for suspend and stop. */
  save: 800,
  hotplug: 300,
  hotplugNic: 300,
  saveas: 800,
  resize: 300,
  /** Making an empty image; after a download, until it is READY. */
  image: 300,
  clone: 800,
  remove: 100,
  /** A security group that was detached stays in use this long. */
  securityGroup: 500,
}
export type DelayName = keyof typeof DEFAULT_DELAYS

export interface WorldOptions {
  /** Time stands still but for `advance`. */
  manualClock?: boolean
  delays?: Partial<Record<DelayName, number>>
  /** Ms that a server_cipher token costs which the front-end does not remember; 400 by default, as of a real one, and 0 with a
   *  manual clock. */
  authDelay?: number
  /** What downloads images; by default the global `fetch`. */
  fetch?: typeof fetch
}

/** What the sandbox counts, for tests and for the control endpoint. */
export interface Statistics {
  /** Auth processes started: tokens that were not the remembered one. */
  authentications: number
  /** Of those, the ones that pushed another valid token out. */
  evictions: number
  /** Images downloaded whole. */
  downloads: number
}

export interface WorldState {
  clock: ClockState
  groups: [number, string][]
  pools: Record<string, { next: number; objects: Entity[] }>
}

export class World {
  readonly users = new Pool<User>(KINDS.user)
  readonly groups = new Map<number, string>()
  readonly datastores = new Pool<Datastore>(KINDS.datastore)
  readonly templates = new Pool<VmTemplate>(KINDS.template)
  readonly images = new Pool<Image>(KINDS.image)
  readonly vms = new Pool<Vm>(KINDS.vm)
  readonly networks = new Pool<Network>(KINDS.network)
  /** As in a new installation, the first group that a user makes is number 100. */
  readonly securityGroups = new Pool<SecurityGroup>(KINDS.securityGroup, 100)
  readonly documents = new Pool<DocumentObject>(KINDS.document)
  readonly vmGroups = new Pool<Owned>(KINDS.vmGroup)

  readonly hosts: readonly string[] = ['node1', 'node2']
  readonly clock: Clock
  readonly delays: Record<DelayName, number>
  authDelay: number
  readonly fetch: typeof fetch
  readonly statistics: Statistics = { authentications: 0, evictions: 0, downloads: 0 }
  /** Downloads under way. */
  readonly background = new Set<Promise<void>>()

  constructor(options: WorldOptions, run: (world: World, task: Task) => void) {
    this.clock = new Clock(options.manualClock ?? false, task => run(this, task))
    this.delays = { ...DEFAULT_DELAYS, ...options.delays }
    this.authDelay = options.authDelay ?? (options.manualClock ? 0 : 400)
    this.fetch = options.fetch ?? fetch
  }

  /** Lets the object's present state end after the named delay. */
  later(delay: DelayName, kind: string, object: { id: number; ticket: number }): void {
    object.ticket += 1
    this.clock.schedule(this.delays[delay], { kind, id: object.id, ticket: object.ticket })
  }

  userName(uid: number): string {
    return this.users.get(uid)?.name ?? ''
  }

  groupName(gid: number): string {
    return this.groups.get(gid) ?? ''
  }

  /** Everything, as it can be stored with JSON. */
  save(): WorldState {
    const pools = Object.fromEntries(this.#pools().map(pool => [pool.kind.type, pool.save()]))
    return { clock: this.clock.save(), groups: [...this.groups], pools }
  }

  /** Takes a saved world over. */
  load(state: WorldState): void {
    this.clear()
    for (const [gid, name] of state.groups) this.groups.set(gid, name)
    for (const pool of this.#pools()) {
      const saved = state.pools[pool.kind.type]
      if (saved) pool.load(saved)
    }
    this.clock.load(state.clock)
  }

  clear(): void {
    this.clock.stop()
    this.groups.clear()
    for (const pool of this.#pools()) pool.clear()
  }

  // A saved pool is one that this class wrote: its objects are the pool's own.
  #pools(): Pool<Entity>[] {
    return [
      this.users,
      this.datastores,
      this.templates,
      this.images,
      this.vms,
      this.networks,
      this.securityGroups,
      this.documents,
      this.vmGroups,
    ]
  }
}

/** One call of one user. */
export interface Call {
  world: World
  user: User
  requestId: number
}
