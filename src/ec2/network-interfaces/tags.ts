// The tags of interfaces: on their instances, as parts of these, or on their reservations.
import { named } from '../core/attribute-names.ts'
import type { Context } from '../core/context.ts'
import { parseId, parsePairId } from '../core/ids.ts'
import { notFound } from '../core/resource.ts'
import { encodeTags } from '../core/stored-tags.ts'
import type { TagCall, Taggable } from '../core/taggable.ts'
import { checkCount } from '../core/tags.ts'
import { merge } from '../core/writes.ts'
import { isInstance } from '../instances/view.ts'
import { pickOwn, readOwnInterfaces } from './find.ts'
import { viewOwn } from './own.ts'
import { NETWORK_INTERFACE } from './resource.ts'
import { interfaces, nicTags } from './view.ts'

type Change = Parameters<Taggable['change']>[1]

/** Of interfaces that are parts of instances. */
async function changeOnVms(ids: readonly string[], change: Change, context: Context): Promise<TagCall[]> {
  const numbers = new Set(ids.flatMap(id => parsePairId(NETWORK_INTERFACE, id)?.whole ?? []))
  const vms = (await Array.fromAsync(context.one.vms([...numbers]))).filter(vm => isInstance(vm, context))
  return ids.map(id => {
    for (const vm of vms) {
      const found = interfaces(vm).find(each => each.id === id)
      if (!found) continue
      const tags = encodeTags(checkCount(change(found.tags)))
      return { id, call: merge('vm', vm.ID, named(nicTags(found.number), tags)) }
    }
    throw notFound(NETWORK_INTERFACE, id)
  })
}

/** Of those with addresses of their own. */
async function changeOnReservations(ids: readonly string[], change: Change, context: Context): Promise<TagCall[]> {
  if (ids.length === 0) return []
  for (const id of ids) parseId(NETWORK_INTERFACE, id)
  const own = await readOwnInterfaces(context)
  return ids.map(id => {
    const { network, tags } = pickOwn(id, own)
    return { id, call: merge('vn', network.ID, { EC2_TAGS: encodeTags(checkCount(change(tags))) }) }
  })
}

export const networkInterfaceTags: Taggable = {
  async change(ids, change, context) {
    const isPart = (id: string) => parsePairId(NETWORK_INTERFACE, id) !== undefined
    const parts = await changeOnVms(ids.filter(isPart), change, context)
    return [
      ...parts,
      ...(await changeOnReservations(
        ids.filter(id => !isPart(id)),
        change,
        context,
      )),
    ]
  },
  listed: {
    vm: (vm, context) => (isInstance(vm, context) ? interfaces(vm) : []),
    vn: (network, context) => {
      const own = viewOwn(network, context)
      return own ? [{ id: own.id, tags: own.tags }] : []
    },
  },
}
