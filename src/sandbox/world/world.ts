// Everything the sandbox knows: users, pools of objects, the clock. It can be saved and loaded as JSON.
import { Clock, type ClockState } from './clock.ts'
import {
  type Appliance,
  type Datastore,
  type DocumentObject,
  type Entity,
  type Image,
  KINDS,
  type Marketplace,
  type Network,
  type NetworkTemplate,
  type Quotas,
  type SecurityGroup,
  type User,
  type Vm,
  type VmGroup,
  type VmTemplate,
} from './model.ts'
import { Pool } from './pool.ts'
import type { Task } from './task-heap.ts'
import { hostOf } from './vm-states.ts'

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
  /** A new network or reservation, until it is READY. */
  network: 200,
  removeNetwork: 400,
  /** A security group that was detached stays in use this long. */
  securityGroup: 500,
}
export type DelayName = keyof typeof DEFAULT_DELAYS

export interface WorldOptions {
  /** Names of the hosts. */
  hosts?: readonly string[]
  /** Ms between two samples of what VMs use; by default, there are none. */
  monitoring?: number
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

const NOTHING_COUNTED: Statistics = { authentications: 0, evictions: 0, downloads: 0 }

/** A saved world is read only by what writes the like; to be raised when the model changes. */
export const STATE_VERSION = 3

export interface WorldState {
  version: typeof STATE_VERSION
  clock: ClockState
  groups: [number, string][]
  groupQuotas?: [number, Quotas][]
  pools: Record<string, { next: number; objects: Entity[] }>
}

export class World {
  readonly users = new Pool<User>(KINDS.user)
  readonly groups = new Map<number, string>()
  readonly groupQuotas = new Map<number, Quotas>()
  readonly datastores = new Pool<Datastore>(KINDS.datastore)
  readonly templates = new Pool<VmTemplate>(KINDS.template)
  readonly images = new Pool<Image>(KINDS.image)
  readonly vms = new Pool<Vm>(KINDS.vm)
  readonly networks = new Pool<Network>(KINDS.network)
  readonly networkTemplates = new Pool<NetworkTemplate>(KINDS.networkTemplate)
  /** As in a new installation, the first group that a user makes is number 100. */
  readonly securityGroups = new Pool<SecurityGroup>(KINDS.securityGroup, 100)
  readonly documents = new Pool<DocumentObject>(KINDS.document)
  readonly vmGroups = new Pool<VmGroup>(KINDS.vmGroup)
  /** As in a new installation, the first one that is made is number 100. */
  readonly marketplaces = new Pool<Marketplace>(KINDS.marketplace, 100)
  readonly appliances = new Pool<Appliance>(KINDS.appliance)

  readonly hosts: readonly string[]
  /** How many VMs are on each host. */
  hostLoad: number[]
  readonly monitoring: number
  readonly clock: Clock
  readonly delays: Record<DelayName, number>
  authDelay: number
  readonly fetch: typeof fetch
  statistics: Statistics = { ...NOTHING_COUNTED }
  /** Downloads under way. */
  readonly background = new Set<Promise<void>>()

  constructor(options: WorldOptions, run: (world: World, task: Task) => void) {
    this.hosts = options.hosts ?? ['node1', 'node2']
    this.hostLoad = this.hosts.map(() => 0)
    this.monitoring = options.monitoring ?? 0
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

  clearStatistics(): void {
    this.statistics = { ...NOTHING_COUNTED }
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
    const groups = { groups: [...this.groups], groupQuotas: [...this.groupQuotas] }
    return { version: STATE_VERSION, clock: this.clock.save(), ...groups, pools }
  }

  /** Takes a saved world over. */
  load(state: WorldState): void {
    this.clear()
    for (const [gid, name] of state.groups) this.groups.set(gid, name)
    for (const [gid, quotas] of state.groupQuotas ?? []) this.groupQuotas.set(gid, quotas)
    for (const pool of this.#pools()) {
      const saved = state.pools[pool.kind.type]
      if (saved) pool.load(saved)
    }
    for (const vm of this.vms.all()) this.count(vm, 1)
    this.clock.load(state.clock)
  }

  /** Counts a VM on its host, or no more (-1). */
  count(vm: Vm, by: 1 | -1): void {
    const host = hostOf(vm)
    if (host !== undefined) this.hostLoad[host] = (this.hostLoad[host] ?? 0) + by
  }

  clear(): void {
    this.clock.stop()
    this.groups.clear()
    this.groupQuotas.clear()
    this.hostLoad.fill(0)
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
      this.networkTemplates,
      this.securityGroups,
      this.documents,
      this.vmGroups,
      this.marketplaces,
      this.appliances,
    ]
  }
}

/** One call of one user. */
export interface Call {
  world: World
  user: User
  requestId: number
}
