// Security groups whose callers were told of none: they go, whenever they come about, and their names are free again.
import { remove, WHOSE } from '../../opennebula/calls/common.ts'
import { LATE_WITHIN, type Pending, type Progress, type TaskKind, type Tools } from '../core/tasks.ts'
import { GROUP_NAMES_LOCK } from './resource.ts'

/** A group that is to be deleted unless its request comes to its end. */
export interface UnclaimedGroup {
  readonly kind: 'securityGroup'
  readonly id: string
}

export const unclaimedGroups: TaskKind<UnclaimedGroup> = {
  kind: 'securityGroup',
  id: ({ id }) => id,
  locks: () => [GROUP_NAMES_LOCK],
  reconcile,
}

/** One round. One that an instance is in, for it was listed meanwhile, is its account's in the end. */
async function reconcile(tasks: readonly Pending<UnclaimedGroup>[], { one, now }: Tools): Promise<Progress> {
  const found = new Map<string, number>()
  for await (const { ID, NAME } of one.securityGroups({ whose: WHOSE.OWN })) found.set(NAME, ID)
  const there = tasks.flatMap(task => {
    const number = found.get(task.id)
    return number === undefined ? [] : { task, number }
  })
  const outcomes = await one.multicall(there.map(({ number }) => remove('secgroup', number)))
  const removed = there.filter((_, index) => outcomes[index]?.error === undefined).map(({ task }) => task)
  const late = tasks.filter(({ since }) => now() - since > LATE_WITHIN)
  return { finished: [...new Set([...removed, ...late])], begun: [] }
}
