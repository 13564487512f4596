// What has to be done where interfaces come into groups, or leave them: groups are there, and rules that name them follow.
import type { ChangeContext } from '../core/context.ts'
import type { PickedGroup } from './find.ts'
import { makeDefault } from './making.ts'
import { ALLOW_ALL, defaultGroupId, isOpen, NOT_MADE } from './resource.ts'
import { joiningTask, referencesIn } from './task.ts'

/**
 * To be called before what changes who is in which group, or who has which address: whatever becomes of that, the rules that
 * name groups are looked after soon, and then less and less often, as if they were new.
 */
export async function membersChange(context: Pick<ChangeContext, 'tasks'>): Promise<void> {
  const references = referencesIn(context)
  if (references.length > 0) await context.tasks.begin(references)
}

/**
 * Makes those of the groups that are yet to be made. An interface in an open default group that is made is to be in
 * OpenNebula's group 0 no more, which its network may give it.
 * @returns all of them, with OpenNebula's numbers
 */
export async function madeGroups(groups: readonly PickedGroup[], context: ChangeContext): Promise<PickedGroup[]> {
  const isJoined = ({ id, vpc, number }: PickedGroup) => number > ALLOW_ALL && id === defaultGroupId(vpc, context)
  const joined = isOpen(context.settings) ? groups.filter(isJoined) : []
  if (joined.length > 0) await context.tasks.begin(joined.map(({ id, vpc }) => joiningTask(id, vpc)))
  return Promise.all(
    groups.map(async group =>
      group.number === NOT_MADE ? { ...group, number: await makeDefault(group.vpc, context) } : group,
    ),
  )
}
