// The pool of VMs, whole, by page and by number.
import { bool, int, type MethodTable, method, string } from '../objects/methods.ts'
import { may } from '../objects/permissions.ts'
import { select } from '../objects/selection.ts'
import { internal } from '../protocol/errors.ts'
import { escapeXml } from '../protocol/xml.ts'
import { EscapedText } from '../protocol/xmlrpc.ts'
import { KINDS, type Vm } from '../world/model.ts'
import { VmState } from '../world/vm-states.ts'
import type { Call, World } from '../world/world.ts'
import { type VmForm, vmDocument } from './vm-xml.ts'

const ANY_STATE = -2
const NOT_DONE = -1

const poolDocument = (world: World, vms: readonly Vm[], form: VmForm): EscapedText =>
  new EscapedText([
    escapeXml(`<${KINDS.vm.pool}>`),
    ...vms.map(vm => vmDocument(world, vm, form)),
    escapeXml(`</${KINDS.vm.pool}>`),
  ])

const vmPool = (form: VmForm): MethodTable[string] =>
  method([int, int, int, int, string.or('')], ({ world, user }, filter, start, end, state, search) => {
    if (search !== '') throw internal('JSON query search is not supported by the SQL backend')
    const vms = world.vms
      .newestFirst()
      .filter(vm => state === ANY_STATE || (state === NOT_DONE ? vm.state !== VmState.DONE : vm.state === state))
    return poolDocument(world, select(user, KINDS.vm, vms, filter, start, end), form)
  })

function vmSet({ world, user }: Call, ids: string, extended: boolean): EscapedText {
  const wanted = [...new Set(ids.split(',').map(Number))].sort((a, b) => b - a)
  const vms = wanted.flatMap(id => world.vms.get(id) ?? []).filter(vm => may(user, 'USE', KINDS.vm, vm))
  return poolDocument(world, vms, extended ? 'extended' : 'short')
}

export const VM_POOL_METHODS: MethodTable = {
  'one.vmpool.info': vmPool('short'),
  'one.vmpool.infoextended': vmPool('extended'),
  'one.vmpool.infoset': method([string, bool.or(true)], vmSet),
}
