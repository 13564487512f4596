// Network interfaces by their ids, and all of the account: the NICs of its VMs, and the reservations that are in none.
import { type ReadCall, WHOSE } from '../../opennebula/calls/common.ts'
import { VM_STATE } from '../../opennebula/states.ts'
import { withAddresses } from '../addresses/find.ts'
import type { Context } from '../core/context.ts'
import type { ListSource, Placed } from '../core/describe.ts'
import { type Network, type Nic, networkPool, type Vm } from '../core/documents.ts'
import { parseId, parsePairId } from '../core/ids.ts'
import { type OwnNetworks, ownNetworks } from '../core/own-networks.ts'
import { notFound } from '../core/resource.ts'
import { type Lookup, sideBySide } from '../core/side-by-side.ts'
import { decodeTagsOf } from '../core/stored-tags.ts'
import type { Tags } from '../core/tags.ts'
import { vmsBeside } from '../instances/find.ts'
import { holderOf, type InstanceView, isInstance, viewInstance } from '../instances/view.ts'
import { byNumber, subnetsIn } from '../subnets/find.ts'
import { isInOwn } from '../subnets/view.ts'
import type { AttachmentRecord, OwnInterface, OwnInterfaces } from './own.ts'
import { ATTACHMENT, NETWORK_INTERFACE } from './resource.ts'
import { interfaceId, isElastic, leadsIn, nicKnowledge, nicTags, ownIn, ownOf } from './view.ts'

interface Shown {
  readonly id: string
  readonly tags: Tags
}

/** One that an instance has as a part of it. */
interface PartInterface extends Shown {
  readonly own?: undefined
  readonly nic: Nic
  readonly instance: InstanceView
}

/** One with an address of its own that an instance has. */
interface OwnAttached extends Shown {
  readonly own: OwnInterface
  readonly nic: Nic
  readonly instance: InstanceView
}

export type AttachedInterface = PartInterface | OwnAttached

/** One with an address of its own that no instance has. */
export interface FreeInterface extends Shown {
  readonly own: OwnInterface
  readonly nic?: undefined
  /** The one that it waits for. */
  readonly instance?: InstanceView | undefined
}

export type InterfaceView = AttachedInterface | FreeInterface

/** Whether a VM is an instance that has not ended. */
export const isAlive = (vm: Vm, context: Context) => isInstance(vm, context) && vm.STATE !== VM_STATE.DONE

/** What to read to see the interfaces with addresses of their own, for `readTogether`. */
export const ownCalls: readonly ReadCall<Network>[] = [networkPool({ whose: WHOSE.OWN })]

/** Reads the networks of the account, among them its interfaces. */
export const readOwnInterfaces = async (context: Pick<Context, 'one' | 'account'>): Promise<OwnInterfaces> =>
  ownIn(await ownNetworks(context)(), context)

/**
 * Instances with those of their interfaces that have addresses of their own, with what their elastic addresses lead to, and
 * with the subnets of the account. Asks for the account's networks only for one of which the VM does not tell it all.
 */
export function withInterfaces(
  context: Context,
  networks: OwnNetworks = ownNetworks(context),
): (view: InstanceView) => Promise<InstanceView> {
  let known: Promise<(view: InstanceView) => InstanceView> | undefined
  return async view => {
    if (tellsAll(view.vm)) return view
    known ??= networks().then(own => withNetworks(own, context))
    return (await known)(view)
  }
}

/** The same with networks that were read already. */
export function withNetworks(networks: readonly Network[], context: Context): (view: InstanceView) => InstanceView {
  const [interfaces, leads] = [ownIn(networks, context), leadsIn(networks)]
  const subnets = byNumber(subnetsIn(networks, context))
  return view => ({ ...view, interfaces, leads, subnets })
}

/** Where there are no networks of the account's, and no choice of what an elastic address leads to. */
const tellsAll = ({ TEMPLATE: { NIC, NIC_ALIAS } }: Vm): boolean =>
  !NIC.some(isInOwn) && !(NIC_ALIAS.some(isElastic) && NIC_ALIAS.some(({ EXTERNAL }) => !EXTERNAL))

/**
 * Instances as they are shown: with the addresses that are on their way as well.
 * @param known the account's networks, where they were read already; else they are read once at most
 */
export function showing(context: Context, known?: readonly Network[]): (vm: Vm) => Promise<InstanceView> {
  const networks = known ? async () => known : ownNetworks(context)
  const arrive = withAddresses(context, networks)
  const view = known ? withNetworks(known, context) : withInterfaces(context, networks)
  return async vm => view(viewInstance(await arrive(vm), context))
}

/** The interface with an address of its own of an id. @throws Ec2Error InvalidNetworkInterfaceID.NotFound, Malformed */
export function pickOwn(id: string, own: OwnInterfaces): OwnInterface {
  parseId(NETWORK_INTERFACE, id)
  for (const each of own.values()) if (each.id === id) return each
  throw notFound(NETWORK_INTERFACE, id)
}

/** The VM that an interface is in, or waits for. */
export const vmOfOwn = ({ lessee, goal, record: { attachment } }: OwnInterface): number | undefined =>
  lessee ?? (goal === 'attach' ? attachment?.vm : undefined)

/** The interfaces of a VM by their numbers, and those that wait for it. */
function interfacesOf(instance: InstanceView): InterfaceView[] {
  const { vm, interfaces: own = none } = instance
  const nics = vm.TEMPLATE.NIC.toSorted((a, b) => a.NIC_ID - b.NIC_ID).map((nic): InterfaceView => {
    const reserved = ownOf(nic, { interfaces: own })
    const tags = reserved?.tags ?? decodeTagsOf(vm.USER_TEMPLATE, nicTags(nic.NIC_ID))
    const found = { id: interfaceId(vm.ID, nic), tags, nic, instance }
    return reserved ? { ...found, own: reserved } : found
  })
  const there = new Set(nics.map(({ id }) => id))
  const waiting = [...own.values()].filter(each => vmOfOwn(each) === vm.ID && each.lessee === undefined)
  return [...nics, ...waiting.filter(({ id }) => !there.has(id)).map(each => viewFree(each, instance))]
}

/** One that no VM has. */
export const viewFree = (own: OwnInterface, instance?: InstanceView): FreeInterface => ({
  ...{ id: own.id, tags: own.tags, own, instance },
})

/** The interface that is in no instance, nor about to be in one; undefined where it is in use. */
export const freeOf = ({ own, nic, instance }: InterfaceView): OwnInterface | undefined =>
  nic === undefined && instance === undefined && own?.lessee === undefined ? own : undefined

const none: OwnInterfaces = new Map()

/** Looks up the account's networks. */
type ReadNetworks = Lookup<Context, readonly Network[]>

/** For `findInterface`, where all is to be known of an interface: reads them in one request with the VM that its id names. */
export const readNetworks: ReadNetworks = look => ownNetworks(look)()

/**
 * The interfaces that ids name, each once, in one upstream request, or in two where one has an address of its own.
 * @param networks where the account's are needed in any case, or known; else they are read where they tell something
 * @throws Ec2Error InvalidNetworkInterfaceID.NotFound, InvalidNetworkInterfaceID.Malformed
 */
export async function findInterfaces(
  ids: Iterable<string>,
  context: Context,
  networks?: ReadNetworks,
): Promise<InterfaceView[]> {
  const wanted = [...new Set(ids)]
  for (const id of wanted) parseId(NETWORK_INTERFACE, id)
  const found = await interfacesAmong(wanted, context, networks)
  const missing = wanted.filter(id => !found.has(id))
  if (missing.length > 0) throw notFound(NETWORK_INTERFACE, ...missing)
  return wanted.flatMap(id => found.get(id) ?? [])
}

/** Those of these interfaces that there are, in one upstream request, or in two; in none where none is asked for. */
export async function interfacesAmong(
  wanted: readonly string[],
  context: Context,
  read?: ReadNetworks,
): Promise<ReadonlyMap<string, InterfaceView>> {
  const parts = new Set(wanted.flatMap(id => parsePairId(NETWORK_INTERFACE, id)?.whole ?? []))
  const isOwn = wanted.some(id => parsePairId(NETWORK_INTERFACE, id) === undefined)
  const [networks, vms] = await sideBySide(
    context,
    read ?? (async look => (isOwn ? readNetworks(look) : undefined)),
    look => vmsOf(parts, look),
  )
  const own = networks ? ownIn(networks, context) : none
  const show = showing(context, networks)
  const named = new Map([...own.values()].filter(({ id }) => wanted.includes(id)).map(each => [each.id, each]))
  const others = new Set([...named.values()].flatMap(each => vmOfOwn(each) ?? [])).difference(parts)
  const found = new Map<string, InterfaceView>()
  for (const each of named.values()) found.set(each.id, viewFree(each))
  for (const vm of [...vms, ...(await vmsOf(others, context))]) {
    if (!isAlive(vm, context)) continue
    for (const each of interfacesOf(await show(vm))) if (isFound(each, named)) found.set(each.id, each)
  }
  return found
}

/** The VMs of these numbers; in no upstream request where there are none. */
const vmsOf = (numbers: Iterable<number>, { one }: Context): Promise<Vm[]> => Array.fromAsync(one.vms([...numbers]))

/** What has the name of an interface with an address of its own is that one, or none of the account's. */
const isFound = ({ id, own }: InterfaceView, named: ReadonlyMap<string, OwnInterface>): boolean =>
  parsePairId(NETWORK_INTERFACE, id) !== undefined || named.get(id)?.network.ID === own?.network.ID

/** One interface by its id. @throws Ec2Error as `findInterfaces` */
export async function findInterface(id: string, context: Context, networks?: ReadNetworks): Promise<InterfaceView> {
  const [view] = await findInterfaces([id], context, networks)
  if (!view) throw new TypeError('find returned nothing')
  return view
}

/**
 * Where an interface stands in the list: with its VM, newest first, by its number in that, those that wait last; or among
 * the free ones that follow. Last, about how many VMs stand before it.
 */
export type InterfacePlace = readonly [phase: number, number: number, part: number, offset: number]

const isPlace = (value: unknown): value is InterfacePlace =>
  Array.isArray(value) && value.length === 4 && value.every(part => typeof part === 'number')

const WITH_VM = 0
const FREE = 1

/** Goes on with the VM that a page ended in: it may have more interfaces. */
async function* listInterfaces(
  context: Context,
  after?: InterfacePlace,
): AsyncGenerator<Placed<InterfaceView, InterfacePlace>> {
  const reached = { isPast: after?.[0] === FREE, end: after && ([after[1], after[3]] as const) }
  const { beside, pages, vms } = vmsBeside(look => ownNetworks(look)(), reached, context)
  const networks = await beside
  const show = showing(context, networks)
  const free = new Map(ownIn(networks, context))
  for await (const vm of vms) {
    if (!isAlive(vm, context)) continue
    const offset = Math.max(0, (pages.cursor?.offset ?? 0) - 1)
    for (const [index, each] of interfacesOf(await show(vm)).entries()) {
      if (each.own) free.delete(each.own.network.ID)
      const isPast = after && vm.ID === after[1] && index <= after[2]
      if (!isPast) yield [each, [WITH_VM, vm.ID, index, offset]]
    }
  }
  const passed = after
    ? await aliveAmong(
        [...free.values()].flatMap(each => vmOfOwn(each) ?? []),
        context,
      )
    : undefined
  for (const [number, each] of free) {
    const isPast = after?.[0] === FREE && number <= after[1]
    if (!isPast && !passed?.has(vmOfOwn(each) ?? -1)) yield [viewFree(each), [FREE, number, 0, 0]]
  }
}

/** The VMs of earlier pages: what is in one of them stood there. */
async function aliveAmong(numbers: readonly number[], context: Context): Promise<Set<number>> {
  const vms = await Array.fromAsync(context.one.vms([...new Set(numbers)]))
  return new Set(vms.filter(vm => isAlive(vm, context)).map(({ ID }) => ID))
}

/** The interfaces of the account, as the actions have them that list something of every interface. */
export const networkInterfaces: ListSource<
  { readonly NetworkInterfaceIds?: readonly string[] | undefined },
  InterfaceView,
  InterfacePlace
> = {
  named: {
    ids: ({ NetworkInterfaceIds }) => NetworkInterfaceIds,
    set: 'networkInterfaceIdSet',
    find: (ids, context) => findInterfaces(ids, context),
  },
  isPlace,
  list: listInterfaces,
}

/** An attachment: an interface, and the VM that has it or is about to. */
export interface AttachmentView {
  readonly own: OwnInterface | undefined
  /** Absent while it waits. */
  readonly nic: Nic | undefined
  readonly vm: Vm
  readonly attachment: AttachmentRecord
}

/**
 * The attachment of an id, in one upstream request, or in two where it is that of an interface with an address of its own.
 * @throws Ec2Error InvalidAttachmentID.NotFound, InvalidAttachmentID.Malformed
 */
export async function findAttachment(id: string, context: Context): Promise<AttachmentView> {
  parseId(ATTACHMENT, id)
  const part = [parsePairId(ATTACHMENT, id)?.whole ?? []].flat()
  const [interfaces, vms] = await sideBySide(context, readOwnInterfaces, look => vmsOf(part, look))
  const named = [...interfaces.values()].find(({ record: { attachment } }) => attachment?.id === id)
  for (const vm of named ? await vmsOf([vmOfOwn(named) ?? []].flat(), context) : vms) {
    if (!isAlive(vm, context)) continue
    const holder = holderOf({ ...viewInstance(vm, context), interfaces })
    for (const nic of vm.TEMPLATE.NIC) {
      const { attachment } = nicKnowledge(nic, holder)
      if (attachment.id === id) return { own: ownOf(nic, holder), nic, vm, attachment }
    }
    const waiting = named?.record.attachment
    if (waiting?.vm === vm.ID) return { own: named, nic: undefined, vm, attachment: waiting }
  }
  throw notFound(ATTACHMENT, id)
}
