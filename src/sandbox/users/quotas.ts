// Quotas of users and groups: what they use, what they may use, and what one.user.quota and one.group.quota set.
import { denied } from '../objects/permissions.ts'
import { internal, refused } from '../protocol/errors.ts'
import { parseTemplate, single, type Vector, vectors } from '../protocol/template.ts'
import { cdata, wrap } from '../protocol/xml.ts'
import type { Image, Limits, Network, Owned, QuotaKind, Quotas, User, Vm } from '../world/model.ts'
import { VmState } from '../world/vm-states.ts'
import type { World } from '../world/world.ts'

/** Metrics of each kind, in the order in which the front-end checks them; and the kinds in the order in which it checks a VM. */
const METRICS: Record<QuotaKind, readonly string[]> = {
  NETWORK: ['LEASES'],
  VM: ['VMS', 'RUNNING_VMS', 'MEMORY', 'RUNNING_MEMORY', 'CPU', 'RUNNING_CPU', 'SYSTEM_DISK_SIZE'],
  IMAGE: ['RVMS'],
  DATASTORE: ['SIZE', 'IMAGES'],
}
const CHECKED: readonly QuotaKind[] = ['NETWORK', 'VM', 'IMAGE', 'DATASTORE']
const WRITTEN: readonly QuotaKind[] = ['DATASTORE', 'NETWORK', 'VM', 'IMAGE']

/** Both mean that there is no limit: the default one, and none at all. */
const DEFAULT = -1
const UNLIMITED = -2

/** Amounts by kind, id and metric. */
type Usage = Record<QuotaKind, Record<string, Limits>>

const nothing = (): Usage => ({ NETWORK: {}, VM: {}, IMAGE: {}, DATASTORE: {} })

function add(usage: Usage, kind: QuotaKind, id: string, amounts: Limits): void {
  usage[kind][id] ??= {}
  const entry = usage[kind][id]
  for (const [metric, amount] of Object.entries(amounts)) entry[metric] = (entry[metric] ?? 0) + amount
}

// What a user uses ---------------------------------------------------------------------------------------------------

/** A VM counts as running unless it rests. */
const RESTING: readonly number[] = [VmState.STOPPED, VmState.SUSPENDED, VmState.POWEROFF, VmState.UNDEPLOYED]

const isResting = ({ state }: Vm): boolean => RESTING.includes(state)

const capacityOf = ({ template }: Vm) => ({
  cpu: Number(single(template, 'CPU')),
  memory: Number(single(template, 'MEMORY')),
})

function addVm(usage: Usage, vm: Vm): void {
  const { template } = vm
  const { cpu, memory } = capacityOf(vm)
  const running = isResting(vm) ? 0 : 1
  const disks = vectors(template, 'DISK')
  add(usage, 'VM', '', {
    ...{ VMS: 1, MEMORY: memory, CPU: cpu, SYSTEM_DISK_SIZE: disks.reduce((sum, disk) => sum + systemSize(disk), 0) },
    ...{ RUNNING_VMS: running, RUNNING_MEMORY: running * memory, RUNNING_CPU: running * cpu },
  })
  for (const nic of [...vectors(template, 'NIC'), ...vectors(template, 'NIC_ALIAS')]) addNic(usage, nic)
  for (const disk of disks) addDisk(usage, disk)
}

/** MiB that a disk takes on the VM's host: all but a persistent image does. */
const systemSize = (disk: Vector): number => (disk['PERSISTENT'] === 'YES' ? 0 : Number(disk['SIZE'] ?? 0))

const addNic = (usage: Usage, nic: Vector): void => add(usage, 'NETWORK', nic['NETWORK_ID'] ?? '', { LEASES: 1 })

function addDisk(usage: Usage, disk: Vector): void {
  if ('IMAGE_ID' in disk) add(usage, 'IMAGE', disk['IMAGE_ID'] ?? '', { RVMS: 1 })
}

const addImage = (usage: Usage, image: Pick<Image, 'datastore' | 'size'>): void =>
  add(usage, 'DATASTORE', String(image.datastore), { IMAGES: 1, SIZE: image.size })

function addReservation(usage: Usage, { parent, ranges }: Network): void {
  if (parent === -1) return
  add(usage, 'NETWORK', String(parent), { LEASES: ranges.reduce((sum, { size }) => sum + size, 0) })
}

/** INIT is a VM that is being made. */
const UNCOUNTED: readonly number[] = [VmState.INIT, VmState.DONE]

/** What everybody uses, by the ids of users or groups. */
function usageOf(world: World, by: 'uid' | 'gid'): Map<number, Usage> {
  const all = new Map<number, Usage>()
  const of = (owner: Owned): Usage => {
    const usage = all.get(owner[by]) ?? nothing()
    all.set(owner[by], usage)
    return usage
  }
  for (const vm of world.vms.all()) if (!UNCOUNTED.includes(vm.state)) addVm(of(vm), vm)
  for (const image of world.images.all()) addImage(of(image), image)
  for (const network of world.networks.all()) addReservation(of(network), network)
  return all
}

// Checks -------------------------------------------------------------------------------------------------------------

/** What a call is about to use. */
export type Request = (usage: Usage) => void

export const forVm =
  (vm: Vm): Request =>
  usage =>
    addVm(usage, vm)
export const forNic =
  (network: number): Request =>
  usage =>
    addNic(usage, { NETWORK_ID: String(network) })
export const forDisk =
  (disk: Vector): Request =>
  usage =>
    addDisk(usage, disk)
export const forImage =
  (image: Pick<Image, 'datastore' | 'size'>): Request =>
  usage =>
    addImage(usage, image)
export const forLeases =
  (network: number, leases: number): Request =>
  usage =>
    add(usage, 'NETWORK', String(network), { LEASES: leases })
/** What a VM grows by. */
export const forCapacity =
  (vm: Vm, cpu: number, memory: number): Request =>
  usage =>
    add(usage, 'VM', '', {
      ...{ CPU: cpu, MEMORY: memory },
      ...(isResting(vm) ? {} : { RUNNING_CPU: cpu, RUNNING_MEMORY: memory }),
    })

/** Throws code 512 when what is wanted, on top of what there is, passes one of the limits of the user or of its group. */
export function checkQuota(world: World, user: User, request: Request): void {
  const exceeded = exceededBy(world, user, request)
  if (exceeded) throw denied(user, `${exceeded}.`)
}

/** Throws code 2048, alone of all that quotas forbid, when the VM's owner may have no more that runs. */
export function checkResume(world: World, vm: Vm): void {
  const owner = world.users.get(vm.uid)
  const { cpu, memory } = capacityOf(vm)
  const running = { RUNNING_VMS: 1, RUNNING_CPU: cpu, RUNNING_MEMORY: memory }
  const exceeded = owner && exceededBy(world, owner, usage => add(usage, 'VM', '', running))
  if (exceeded) throw refused(exceeded)
}

function exceededBy(world: World, user: User, request: Request): string | undefined {
  if (user.id === 0) return undefined
  const group = user.groups[0] ?? -1
  const wanted = nothing()
  request(wanted)
  const holders = [
    { name: `user [${user.id}]`, quotas: user.quotas, by: 'uid', id: user.id },
    { name: `group [${group}]`, quotas: world.groupQuotas.get(group) ?? {}, by: 'gid', id: group },
  ] as const
  for (const { name, quotas, by, id } of holders) {
    const exceeded =
      Object.keys(quotas).length > 0 && exceededIn(quotas, wanted, usageOf(world, by).get(id) ?? nothing())
    if (exceeded) return `${name} ${exceeded}`
  }
  return undefined
}

/** The first limit that is passed, in the front-end's words. */
function exceededIn(quotas: Quotas, wanted: Usage, used: Usage): string | undefined {
  for (const kind of CHECKED) {
    for (const [id, amounts] of Object.entries(wanted[kind])) {
      for (const metric of METRICS[kind]) {
        const limit = quotas[kind]?.[id]?.[metric] ?? DEFAULT
        const amount = amounts[metric]
        if (amount === undefined || limit < 0 || (used[kind][id]?.[metric] ?? 0) + amount <= limit) continue
        return `limit of ${limit} reached for ${metric} quota in ${id === '' ? kind : `${kind} with ID: ${id}`}`
      }
    }
  }
  return undefined
}

// Documents ----------------------------------------------------------------------------------------------------------

const write = (xml: (kind: QuotaKind) => string): string =>
  WRITTEN.map(kind => wrap(`${kind}_QUOTA`, xml(kind))).join('')

/** The quota elements of one who uses nothing and has no limits. */
export const NO_QUOTAS = write(() => '')

/** Writes the quota elements of users. */
export function quotaWriter(world: World): (user: User) => string {
  const usage = usageOf(world, 'uid')
  return ({ id, quotas }) => quotasXml(quotas, usage.get(id))
}

/** The same of groups, by their ids. */
export function groupQuotaWriter(world: World): (gid: number) => string {
  const usage = usageOf(world, 'gid')
  return gid => quotasXml(world.groupQuotas.get(gid) ?? {}, usage.get(gid))
}

const quotasXml = (quotas: Quotas, used = nothing()): string =>
  write(kind => kindXml(kind, quotas[kind] ?? {}, used[kind]))

function kindXml(kind: QuotaKind, limits: Record<string, Limits>, used: Record<string, Limits>): string {
  const ids = [...new Set([...Object.keys(limits), ...Object.keys(used)])].sort(
    (one, other) => Number(one) - Number(other),
  )
  return ids.map(id => entryXml(kind, id, limits[id] ?? {}, used[id] ?? {})).join('')
}

function entryXml(kind: QuotaKind, id: string, limits: Limits, used: Limits): string {
  const values: Record<string, string | number> = id === '' ? {} : { ID: id }
  for (const metric of METRICS[kind]) {
    values[metric] = limits[metric] ?? DEFAULT
    values[`${metric}_USED`] = used[metric] ?? 0
  }
  return wrap(
    kind,
    ...Object.entries(values)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, value]) => cdata(name, value)),
  )
}

// Limits -------------------------------------------------------------------------------------------------------------

/** The limits with those of a template such as `VM=[VMS="4"] NETWORK=[ID="0",LEASES="2"]`. Throws code 8192 for what is no limit. */
export function withQuotas(quotas: Quotas, text: string): Quotas {
  const template = parseTemplate(text)
  const changes = CHECKED.flatMap(kind => vectors(template, kind).map(vector => ({ kind, vector })))
  return changes.reduce((changed, { kind, vector }) => withOne(changed, kind, vector), quotas)
}

function withOne(quotas: Quotas, kind: QuotaKind, vector: Vector): Quotas {
  const limits: Limits = {}
  for (const metric of METRICS[kind]) {
    const limit = Number(vector[metric] ?? DEFAULT)
    if (!(limit >= UNLIMITED)) throw internal(`Negative limits or bad format in quota ${kind}`)
    if (limit !== DEFAULT) limits[metric] = limit
  }
  return { ...quotas, [kind]: { ...quotas[kind], [vector['ID'] ?? '']: limits } }
}
