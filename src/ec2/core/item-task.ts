// Items on their way: one that its caller was told of is there once, and of one that nobody was told of nothing stays.
import { remove } from '../../opennebula/calls/common.ts'
import type { Claims } from './collections.ts'
import type { ChangeContext } from './context.ts'
import { documentPool } from './documents.ts'
import { LATE_WITHIN, type Pending, type Progress, requestEndsBy, type TaskKind, type Tools } from './tasks.ts'

/**
 * An item that is being made, or was. Calls whose answers were lost may take effect when the item is there already, or is
 * gone again: OpenNebula takes a document of the same name once more.
 */
export interface ItemTask {
  readonly kind: 'item'
  readonly id: string
  /** The type of its documents. */
  readonly documents: number
  /** What makes it: the lock by this name is held meanwhile. */
  readonly request: string
  /** Whether that may come again, and go on where it ended. */
  readonly repeatable: boolean
  /** `made`: there is to be one of it. `lost`: none, for nobody was told of it, or it was deleted. */
  readonly wanted: 'open' | 'made' | 'lost'
}

export const itemTasks: TaskKind<ItemTask> = {
  kind: 'item',
  id: ({ id }) => id,
  locks: ({ request }) => [request],
  restsUntil: task => (task.wanted === 'open' ? requestEndsBy(task) : undefined),
  isAnother: () => true,
  reconcile,
  fail: (task, request) =>
    task.request === request && task.wanted === 'open' ? { ...task, wanted: 'lost' } : undefined,
  giveUp: () => [],
}

/** One round: deletes what there is of each item besides the one that there is to be. */
async function reconcile(tasks: readonly Pending<ItemTask>[], { one, account, now }: Tools): Promise<Progress> {
  const types = [...new Set(tasks.map(({ documents }) => documents))]
  const byName = new Map<string, number[]>()
  const names = new Set(tasks.map(({ id }) => id))
  for await (const { ID, UID, NAME } of one.stream(...types.map(type => documentPool({ type })))) {
    if (UID === account.user.id && names.has(NAME)) byName.set(NAME, [...(byName.get(NAME) ?? []), ID])
  }
  const extra = tasks.flatMap(({ id, wanted }) => {
    const oldestFirst = (byName.get(id) ?? []).toSorted((a, b) => a - b)
    return oldestFirst.slice(wanted === 'made' ? 1 : 0).map(number => ({ id, number }))
  })
  const outcomes = await one.multicall(extra.map(({ number }) => remove('document', number)))
  const failed = new Set(extra.filter((_, index) => outcomes[index]?.error !== undefined).map(({ id }) => id))
  return { finished: tasks.filter(({ id, since }) => !failed.has(id) && now() - since > LATE_WITHIN), begun: [] }
}

/** How items whose documents are of a type are claimed. */
export function itemClaims(documents: number): Claims {
  const taskOf = (id: string, { request }: ChangeContext, wanted: ItemTask['wanted']): ItemTask => ({
    ...{ kind: 'item', id, documents, wanted },
    request: request.name,
    repeatable: request.repeatable,
  })
  const known = ({ tasks }: ChangeContext) => tasks.of(itemTasks).filter(task => task.documents === documents)
  return {
    // Under the lock of all items whoever is at work with another one has ended
    unclaimed: context => {
      const dead = known(context).filter(
        ({ wanted, repeatable, request }) =>
          wanted === 'lost' || (wanted === 'open' && !repeatable && request !== context.request.name),
      )
      return new Set(dead.map(({ id }) => id))
    },
    begin: (id, context) => context.tasks.begin([taskOf(id, context, 'open')]),
    end: (id, context) =>
      // A call of an earlier run may yet take effect
      context.resumed
        ? context.tasks.begin([taskOf(id, context, 'made')])
        : context.tasks.end([taskOf(id, context, 'open')]),
    repeated: (id, context) => context.tasks.begin([taskOf(id, context, 'made')]),
    withdraw: (id, context) =>
      context.resumed
        ? context.tasks.begin([taskOf(id, context, 'lost')])
        : context.tasks.end([taskOf(id, context, 'open')]),
    drop: (ids, context) => {
      const going = known(context).filter(({ id }) => ids.includes(id))
      return context.tasks.begin(going.map((task): ItemTask => ({ ...task, wanted: 'lost' })))
    },
  }
}
