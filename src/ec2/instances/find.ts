// Instances by their ids, and from the account's pool.
import { begun } from '../../lib/begun.ts'
import { Grouped, transformed } from '../../lib/transformed.ts'
import { VM_STATE } from '../../opennebula/states.ts'
import { isWhole, type PagedInput } from '../../protocol/paging.ts'
import type { Context } from '../core/context.ts'
import type { Placed } from '../core/describe.ts'
import type { Vm } from '../core/documents.ts'
import { find, type Source } from '../core/find.ts'
import { type Lookup, SharedRequest } from '../core/side-by-side.ts'
import { INSTANCE } from './resource.ts'
import { type InstanceView, isInstance, sealedId, viewInstance } from './view.ts'

/** VMs a request: small enough for a first byte soon, large enough for 10,000 in a free plan's 50 requests. */
const VMS_PER_PAGE = 250

/** How many of the newest VMs that are DONE are looked at for those that ended within the hour. */
const DONE_LOOKED_AT = 200

/** The instances of the account, as `find` needs them. */
export const instanceSource = (context: Context): Source<Vm> => ({
  resource: INSTANCE,
  identify: sealedId,
  byNumber: async numbers => (await Array.fromAsync(context.one.vms(numbers))).filter(vm => isListed(vm, context)),
  all: () => allVms(context),
})

/** Terminated instances stay visible for an hour, as AWS has it. */
const isListed = (vm: Vm, context: Context) =>
  isInstance(vm, context) &&
  (vm.STATE !== VM_STATE.DONE || vm.ETIME * 1000 > context.now() - context.settings.terminatedFor)

const allVms = (context: Context): AsyncIterable<Vm> => transformed(listVms(context), ([vm]) => vm)

/** The place of an instance in a list that goes on in another request. */
export type InstanceCursor = { readonly done: boolean; readonly before: number; readonly offset: number }

export const isCursor = (value: unknown): value is InstanceCursor =>
  value !== null && typeof value === 'object' && 'before' in value && 'done' in value

/** What of a list of instances is wanted. */
interface Extent {
  /** Whether those that ended within the hour are. */
  readonly terminated?: boolean
  /** Whether it is one page: else those that ended are read when their turn comes. */
  readonly whole?: boolean
}

type PlacedVm = Placed<Vm, InstanceCursor>

/** The VMs that are listed as instances: newest first, then those that ended within the hour. */
export const listVms = (context: Context, after?: InstanceCursor, extent: Extent = {}): AsyncIterable<PlacedVm> =>
  new Grouped(groupsOfVms(context, after, extent))

async function* groupsOfVms(
  context: Context,
  after: InstanceCursor | undefined,
  { terminated = true, whole = false }: Extent,
): AsyncGenerator<PlacedVm[]> {
  if (whole && terminated && after === undefined) {
    yield* listAll(context)
    return
  }
  if (!after?.done) yield* vmsOf(context, false, after)
  if (terminated) yield* vmsOf(context, true, after?.done ? after : undefined)
}

/** All of them: the first page and those that ended in one request. */
async function* listAll(context: Context): AsyncGenerator<PlacedVm[]> {
  const request = new SharedRequest(context.one, 2)
  // Asked in this order, one that ends meanwhile is in both rather than in none
  const there = begun(vmsOf(request.share(context), false))
  const ended = begun(vmsOf(request.share(context), true))
  yield* there
  yield* ended
}

async function* vmsOf(context: Context, done: boolean, after?: InstanceCursor): AsyncGenerator<PlacedVm[]> {
  const state = done ? { state: VM_STATE.DONE } : {}
  const pages = context.one.vmPages({ ...state, size: done ? DONE_LOOKED_AT : VMS_PER_PAGE, after })
  let looked = 0
  for await (const group of pages.groups()) {
    const vms = done ? group.slice(0, DONE_LOOKED_AT - looked) : group
    yield vms.flatMap(([vm, cursor]) => (isListed(vm, context) ? [[vm, { done, ...cursor }] as const] : []))
    looked += vms.length
    if (done && looked === DONE_LOOKED_AT) break
  }
}

/** The same as instances. */
export const listViews = (
  context: Context,
  after: InstanceCursor | undefined,
  input: PagedInput,
  extent: Pick<Extent, 'terminated'> = {},
): AsyncIterable<Placed<InstanceView, InstanceCursor>> =>
  transformed(listVms(context, after, { ...extent, whole: isWhole(input) }), ([vm, place]) => [
    viewInstance(vm, context),
    place,
  ])

/** How far a list has come that is of VMs first, and of something else behind them. */
interface Reached {
  /** Whether no more VMs are on it. */
  readonly isPast: boolean
  /** The VM in which a page ended, for more of it may stand on the next one, and about how many stand before it. */
  readonly end: readonly [vm: number, offset: number] | undefined
}

/** The VMs of a list, newest first, read in one request with whatever else it is of, if that is asked for by now. */
export function vmsBeside<T>(lookup: Lookup<Context, T>, { isPast, end }: Reached, context: Context) {
  const request = new SharedRequest(context.one, isPast ? 1 : 2)
  const own = request.share(context)
  const beside = lookup(own).finally(() => own.one.end())
  const after = end && { before: end[0] + 1, offset: end[1] }
  const pages = request.share(context).one.vmPages({ size: VMS_PER_PAGE, after })
  return { beside, pages, vms: isPast ? [] : begun(pages) }
}

/** The instances of these ids. @throws Ec2Error NotFound, Malformed */
export async function findInstances(ids: readonly string[] | undefined, context: Context): Promise<InstanceView[]> {
  const vms = await find(instanceSource(context), ids ?? [], context)
  return vms.map(vm => viewInstance(vm, context))
}

/** One instance by its id. @throws Ec2Error NotFound */
export async function findInstance(id: string, context: Context): Promise<InstanceView> {
  const [view] = await findInstances([id], context)
  if (!view) throw new TypeError('find returned nothing')
  return view
}
