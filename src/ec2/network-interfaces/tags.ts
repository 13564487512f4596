// The tags of interfaces: they are parts of their instances, and have their tags there.
import { named } from '../core/attribute-names.ts'
import { parsePairId } from '../core/ids.ts'
import { notFound } from '../core/resource.ts'
import { encodeTags } from '../core/stored-tags.ts'
import type { Taggable } from '../core/taggable.ts'
import { checkCount } from '../core/tags.ts'
import { merge } from '../core/writes.ts'
import { isInstance } from '../instances/view.ts'
import { NETWORK_INTERFACE } from './resource.ts'
import { interfaces, nicTags } from './view.ts'

export const networkInterfaceTags: Taggable = {
  async change(ids, change, context) {
    const pairs = ids.map(id => parsePairId(NETWORK_INTERFACE, id))
    const numbers = new Set(pairs.flatMap(pair => pair?.whole ?? []))
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
  },
  listed: { vm: (vm, context) => (isInstance(vm, context) ? interfaces(vm) : []) },
}
