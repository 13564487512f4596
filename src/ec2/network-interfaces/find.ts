// Network interfaces by their ids, and from the account's pool: the NICs of its VMs.
import { VM_STATE } from '../../opennebula/states.ts'
import type { Context } from '../core/context.ts'
import type { ListSource, Placed } from '../core/describe.ts'
import type { Nic, Vm } from '../core/documents.ts'
import { parseId, parsePairId } from '../core/ids.ts'
import { notFound } from '../core/resource.ts'
import type { Tags } from '../core/tags.ts'
import { showing } from '../instances/find.ts'
import { type InstanceView, isInstance } from '../instances/view.ts'
import { NETWORK_INTERFACE } from './resource.ts'
import { interfaces } from './view.ts'

/** An interface, and the instance that it is a part of. */
export interface InterfaceView {
  readonly id: string
  readonly nic: Nic
  readonly instance: InstanceView
  readonly tags: Tags
}

const isAlive = (vm: Vm, context: Context) => isInstance(vm, context) && vm.STATE !== VM_STATE.DONE

/** The interfaces of a VM, by their numbers. */
function interfacesOf(instance: InstanceView): InterfaceView[] {
  const { vm } = instance
  const known = new Map(interfaces(vm).map(each => [each.number, each]))
  return vm.TEMPLATE.NIC.flatMap(nic => {
    const { id, tags } = known.get(nic.NIC_ID) ?? {}
    return id === undefined || tags === undefined ? [] : [{ id, nic, instance, tags }]
  }).toSorted((a, b) => a.nic.NIC_ID - b.nic.NIC_ID)
}

/**
 * The interfaces that ids name, each once, in one upstream request.
 * @throws Ec2Error InvalidNetworkInterfaceID.NotFound, InvalidNetworkInterfaceID.Malformed
 */
export async function findInterfaces(ids: Iterable<string>, context: Context): Promise<InterfaceView[]> {
  const wanted = [...new Set(ids)]
  for (const id of wanted) parseId(NETWORK_INTERFACE, id)
  const numbers = new Set(wanted.flatMap(id => parsePairId(NETWORK_INTERFACE, id)?.whole ?? []))
  const show = showing(context)
  const found = new Map<string, InterfaceView>()
  for await (const vm of context.one.vms([...numbers])) {
    if (!isAlive(vm, context)) continue
    for (const view of interfacesOf(await show(vm))) found.set(view.id, view)
  }
  const missing = wanted.filter(id => !found.has(id))
  if (missing.length > 0) throw notFound(NETWORK_INTERFACE, ...missing)
  return wanted.flatMap(id => found.get(id) ?? [])
}

/** Where an interface stands in the list: by its VM, newest first, and its number in that; last, about how many VMs stand before it. */
export type InterfacePlace = readonly [vm: number, nic: number, offset: number]

const isPlace = (value: unknown): value is InterfacePlace =>
  Array.isArray(value) && value.length === 3 && value.every(part => typeof part === 'number')

/** VMs a request. */
const VMS_PER_PAGE = 250

/** Goes on with the VM that a page ended in: it may have more interfaces. */
async function* listInterfaces(
  context: Context,
  after?: InterfacePlace,
): AsyncGenerator<Placed<InterfaceView, InterfacePlace>> {
  const show = showing(context)
  const from = after && { before: after[0] + 1, offset: after[2] }
  const pages = context.one.vmPages({ size: VMS_PER_PAGE, after: from })
  for await (const vm of pages) {
    if (!isAlive(vm, context)) continue
    const offset = Math.max(0, (pages.cursor?.offset ?? 0) - 1)
    for (const view of interfacesOf(await show(vm))) {
      const isPast = after && vm.ID === after[0] && view.nic.NIC_ID <= after[1]
      if (!isPast) yield [view, [vm.ID, view.nic.NIC_ID, offset]]
    }
  }
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
    find: findInterfaces,
  },
  isPlace,
  list: listInterfaces,
}
