// Who used what: history records of all VMs (one.vmpool.accounting), and what they cost (one.vmpool.showback), which is nothing.
import { documentValue, int, type MethodTable, method } from '../objects/methods.ts'
import { select } from '../objects/selection.ts'
import { wrap } from '../protocol/xml.ts'
import { type HistoryRecord, KINDS, type Vm } from '../world/model.ts'
import type { World } from '../world/world.ts'
import { recordXml } from './vm-xml.ts'

/** Records that overlap the time from `start` to `end`, in seconds; -1 for no limit. */
const overlaps =
  (start: number, end: number) =>
  ({ stime, etime }: HistoryRecord): boolean =>
    (start === -1 || etime === 0 || etime > start) && (end === -1 || stime < end)

const recordsXml = (world: World, vm: Vm, is: (record: HistoryRecord) => boolean): string =>
  vm.history.flatMap((record, sequence) => (is(record) ? [recordXml(world, vm, record, sequence)] : [])).join('')

export const ACCOUNTING_METHODS: MethodTable = {
  'one.vmpool.accounting': method([int, int, int], ({ world, user }, filter, start, end) => {
    const vms = select(user, KINDS.vm, world.vms.all(), filter, -1, -1)
    return documentValue(wrap('HISTORY_RECORDS', ...vms.map(vm => recordsXml(world, vm, overlaps(start, end)))))
  }),
  'one.vmpool.showback': method([int, int, int, int, int], () => documentValue(wrap('SHOWBACK_RECORDS'))),
}
