// Collections: what EC2 has and OpenNebula has no object for. Found by id, made, changed and deleted under the account's
// locks by one mechanism, wherever they are kept: each as a document (items.ts), or all of them in an attribute.
import type { Limit } from '../../limits.ts'
import type { WriteCall } from '../../opennebula/calls/common.ts'
import { Ec2Error, type SpecificCode } from '../../protocol/errors.ts'
import type { ChangeContext, Context } from './context.ts'
import type { OneWriter } from './documents.ts'
import { isFinal, mayTakeEffect, throwFirst, toEc2Error } from './failures.ts'
import { notFound, type Resource } from './resource.ts'
import { type Lookup, sideBySide } from './side-by-side.ts'
import type { Taggable, TagsIn } from './taggable.ts'
import { checkCount, type Tags } from './tags.ts'

/** One of a collection, as its owner has it. */
export interface Member {
  readonly id: string
  /** Absent where members have none. */
  readonly name?: string | undefined
  readonly tags: Tags
}

/** What it takes to read a collection. */
export type Asking = Pick<Context, 'one' | 'account' | 'mint'>

/**
 * Where the members of a collection are kept, and how.
 *
 * Members are methods, so that a collection of more than that can be taken for one of members.
 */
export interface Store<M extends Member> {
  readonly resource: Resource
  /** The lock under which members come and go. */
  readonly lock: string
  /** The lock under which one of them changes; that of all where a write is about all. */
  lockOf(id: string): string
  /** Those of the account. Those of others never count. */
  read(asking: Asking): Promise<readonly M[]>
  /**
   * The calls that make what there is into what there shall be; none where it is the same. What changes keeps its id and its
   * place, and calls for single members come in their order.
   * @throws Ec2Error for what cannot be kept
   */
  write(before: readonly M[], after: readonly M[], asking: Asking): WriteCall[]
  readonly claims: Claims
  /** For a name that another has; absent where several may have it. */
  taken?(name: string): Ec2Error
  /** How many there may be; absent where nobody counts. */
  readonly most?: MostOf
  /** @throws Ec2Error for what cannot be an id; absent where that is as unknown as any other */
  checkId?(id: string): void
  /** The lock under which tags change, where it takes one besides that of the member's own tags. */
  readonly tagsLock?: string
  /** The tags that a document holds. */
  readonly listed: TagsIn
}

/** A limit that is answered with a code. */
export type MostOf = Limit & { readonly code: SpecificCode }

/** What is written down while a member is made: should its request come to no end, the member goes. */
export interface Claims {
  /** Those that are nobody's, though they may be there: their requests came to no end, and will not go on. */
  unclaimed(context: ChangeContext): ReadonlySet<string>
  /** Before it is made. */
  begin(id: string, context: ChangeContext): Promise<void>
  /** When it is made, and its caller's. */
  end(id: string, context: ChangeContext): Promise<void>
  /** When one that follows from something else may be made once more, by a call whose answer was lost: there is one of it. */
  repeated(id: string, context: ChangeContext): Promise<void>
  /** When OpenNebula refused to make it: it will not show. */
  withdraw(id: string, context: ChangeContext): Promise<void>
  /** When it is deleted: should it show again, it goes. */
  drop(ids: readonly string[], context: ChangeContext): Promise<void>
}

/** What of a new member is known before it is made. */
export interface Wanted {
  readonly name?: string | undefined
  /** Which of the ids of its request it gets, where that makes several. */
  readonly index?: number
}

/** What is to be deleted: members, and what deletes things that go with them, in the same request and before them. */
export interface Going<M extends Member> {
  readonly members: readonly M[]
  readonly besides?: readonly WriteCall[]
}

/** The members of a kind that an account has. */
export interface Collection<M extends Member> {
  all(asking: Asking): Promise<readonly M[]>
  /** Those that ids name, each once, in the order of the ids. @throws Ec2Error NotFound, Malformed */
  find(ids: Iterable<string>, asking: Asking): Promise<M[]>
  /**
   * Makes one, once: a repeat of the request makes it again under the same id.
   *
   * What `make` gives is kept, and answered; it is called when all is checked, and nothing done yet, with the other members.
   * @throws Ec2Error for a name that is taken, and for what cannot be kept
   */
  create<N extends M>(wanted: Wanted, make: (id: string, others: readonly M[]) => N, context: ChangeContext): Promise<N>
  /** The same in view of something else, which is looked up together with the members. */
  createBeside<T, N extends M>(
    look: Lookup<ChangeContext, T>,
    wanted: Wanted,
    make: (id: string, others: readonly M[], found: T) => N,
    context: ChangeContext,
  ): Promise<N>
  /** Changes those that ids name; what another request changes at the same time is not lost. @throws Ec2Error NotFound */
  change(ids: Iterable<string>, change: (member: M, members: readonly M[]) => M, context: ChangeContext): Promise<M[]>
  /** The same with the one that `which` finds, whose id nobody knows before. */
  changeFound(
    which: (members: readonly M[]) => M,
    change: (member: M, members: readonly M[]) => M,
    context: ChangeContext,
  ): Promise<M[]>
  /**
   * Keeps one as it is to be from now on, under whatever locks the caller holds. One that follows from something else, and
   * that nothing was kept of before, is made. A call for that whose answer was lost may make it besides what a repeat makes.
   */
  keep(before: M, after: M, context: ChangeContext): Promise<void>
  /** Deletes what `which` chooses, and says what that was. */
  delete(which: (members: readonly M[]) => readonly M[], context: ChangeContext): Promise<readonly M[]>
  /** The same in view of something else, which is looked up together with the members. */
  deleteBeside<T>(
    look: Lookup<ChangeContext, T>,
    choose: (found: T, members: readonly M[]) => Going<M>,
    context: ChangeContext,
  ): Promise<readonly M[]>
  /** For `delete`: those that ids name. @throws Ec2Error NotFound */
  named(ids: Iterable<string>): (members: readonly M[]) => M[]
  readonly tags: Taggable
}

/** The collection that is kept in a store. */
export function collection<M extends Member>(store: Store<M>): Collection<M> {
  const { resource, lock, claims } = store
  const named = (ids: Iterable<string>) => (members: readonly M[]) => pick(store, members, ids)
  const alive = async (context: ChangeContext) => {
    const unclaimed = claims.unclaimed(context)
    return (await store.read(context)).filter(({ id }) => !unclaimed.has(id))
  }
  /** @param read the members, under the locks of those that change; given when anybody else has let go of them last */
  const changeAmong = (
    wanted: ReadonlySet<string>,
    read: (left: number) => readonly M[] | Promise<readonly M[]>,
    change: (member: M, members: readonly M[]) => M,
    context: ChangeContext,
  ): Promise<M[]> =>
    context.hold(
      Array.from(wanted, id => store.lockOf(id)),
      async left => {
        const { changed, calls } = changesOf(store, await read(left), wanted, change, context)
        const one = context.commit()
        const [id] = wanted
        await send(calls, one).catch(error => {
          throw toEc2Error(error, { resource, id })
        })
        return changed
      },
    )
  const kept: Collection<M> = {
    named,
    all: asking => store.read(asking),
    find: async (ids, asking) => named(ids)(await store.read(asking)),
    create: (wanted, make, context) => kept.createBeside(nothing, wanted, make, context),
    createBeside: (look, { name, index = 0 }, make, context) => {
      const id = context.mint.mint(resource, context.seed(index))
      return context.hold([lock], async () => {
        const [found, before] = await sideBySide(context, look, alive)
        const others = before.filter(member => member.id !== id)
        if (name !== undefined && store.taken && others.some(member => member.name === name)) throw store.taken(name)
        checkRoom(others.length, store)
        const made = make(id, others, found)
        const calls = store.write(before, [...others, made], context)
        const one = context.commit()
        await claims.begin(id, context)
        try {
          await send(calls, one)
        } catch (error) {
          if (isFinal(error)) await claims.withdraw(id, context)
          throw toEc2Error(error, { resource })
        }
        await claims.end(id, context)
        return made
      })
    },
    change: (ids, change, context) => changeAmong(new Set(ids), () => store.read(context), change, context),
    changeFound: async (which, change, context) => {
      const since = context.moment()
      const found = await store.read(context)
      const read = (left: number) => (left < since ? found : store.read(context))
      return changeAmong(new Set([which(found).id]), read, change, context)
    },
    keep: async (before, after, context) => {
      const calls = store.write([before], [after], context)
      const one = context.commit()
      await send(calls, one).catch(async (error: unknown) => {
        if (mayTakeEffect(error)) await claims.repeated(before.id, context)
        throw toEc2Error(error, { resource, id: before.id })
      })
    },
    delete: (which, context) => kept.deleteBeside(nothing, (_, before) => ({ members: which(before) }), context),
    deleteBeside: (look, choose, context) =>
      context.hold([lock], async () => {
        const [found, before] = await sideBySide(context, look, alive)
        const { members: going, besides = [] } = choose(found, before)
        const after = before.filter(member => !going.includes(member))
        const calls = going.length > 0 ? store.write(before, after, context) : []
        const one = context.commit()
        const ids = going.map(({ id }) => id)
        await claims.drop(ids, context)
        await send([...besides, ...calls], one).catch(error => {
          throw toEc2Error(error, { resource, id: ids[0] })
        })
        return going
      }),
    tags: {
      change: async (ids, change, context) => {
        const retag = (member: M): M => ({ ...member, tags: checkCount(change(member.tags)) })
        const wanted = new Set(ids)
        const members = await store.read(context)
        const { calls } = changesOf(store, members, wanted, retag, context)
        const named = members.filter(({ id }) => wanted.has(id))
        return calls.map((call, index) => ({ id: named[index]?.id ?? '', call }))
      },
      ...(store.tagsLock !== undefined && { lock: store.tagsLock }),
      listed: store.listed,
    },
  }
  return kept
}

const nothing = async (): Promise<undefined> => undefined

/** Those of the members that ids name. @throws Ec2Error NotFound */
function pick<M extends Member>(store: Store<M>, members: readonly M[], ids: Iterable<string>): M[] {
  const wanted = [...new Set(ids)]
  for (const id of wanted) store.checkId?.(id)
  const byId = new Map(members.map(member => [member.id, member]))
  const unknown = wanted.filter(id => !byId.has(id))
  if (unknown.length > 0) throw notFound(store.resource, ...unknown)
  return wanted.flatMap(id => byId.get(id) ?? [])
}

/** @throws Ec2Error the code of the limit */
function checkRoom<M extends Member>(count: number, { most }: Store<M>): void {
  if (most && count >= most.most) throw new Ec2Error(most.code, `${most.what}: there are ${most.most} already.`)
}

/** What becomes of the members that ids name, in the order of the ids, and the calls that it takes. */
function changesOf<M extends Member>(
  store: Store<M>,
  members: readonly M[],
  ids: ReadonlySet<string>,
  change: (member: M, members: readonly M[]) => M,
  asking: Asking,
): { readonly changed: M[]; readonly calls: WriteCall[] } {
  const changed = new Map(pick(store, members, ids).map(member => [member.id, change(member, members)]))
  const after = members.map(member => changed.get(member.id) ?? member)
  return { changed: [...changed.values()], calls: store.write(members, after, asking) }
}

async function send(calls: readonly WriteCall[], one: OneWriter): Promise<void> {
  const [only, another] = calls
  if (only && !another) await one.call(only)
  else throwFirst(await one.multicall(calls))
}
