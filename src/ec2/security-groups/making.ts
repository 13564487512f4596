// Making groups in OpenNebula: new ones, and default ones that were only shown until now.
import { WHOSE, type WriteCall } from '../../opennebula/calls/common.ts'
import { OneError } from '../../opennebula/errors.ts'
import type { ChangeContext } from '../core/context.ts'
import type { OneWriter } from '../core/documents.ts'
import { mayTakeEffect } from '../core/failures.ts'
import { allocateSecurityGroup, merge } from '../core/writes.ts'
import { unmadeGroup } from './default-group.ts'
import { groupLock, isOpen, NOT_MADE } from './resource.ts'
import { joiningTask, referencesTask } from './task.ts'
import { type GroupData, type GroupView, groupData, groupsNamedIn, viewGroup } from './view.ts'

/** Whether a group is a default one that is yet to be made. */
export const isUnmade = ({ group }: GroupView): boolean => group.ID === NOT_MADE

/** Writes attributes of a group: into it, or with it where it is yet to be made. */
export const written = (view: GroupView, data: GroupData): WriteCall =>
  isUnmade(view) ? allocateSecurityGroup({ NAME: view.id, ...data }) : merge('secgroup', view.group.ID, data)

/**
 * To be called before groups are written that may be yet to be made: what has to follow is written down. Who is in
 * OpenNebula's group 0, or in none, has been in an open default group all the time.
 */
export async function beforeMaking(views: readonly GroupView[], { tasks, settings }: ChangeContext): Promise<void> {
  const unmade = views.filter(isUnmade)
  if (unmade.length === 0) return
  await tasks.begin(
    unmade.flatMap(({ id, vpc, rules }) => {
      const sources = groupsNamedIn(rules)
      const joining = isOpen(settings) ? [joiningTask(id, vpc)] : []
      return sources.length > 0 ? [...joining, referencesTask(id, sources)] : joining
    }),
  )
}

/** Makes the default group of a VPC. @returns OpenNebula's number */
export function makeDefault(vpc: string, context: ChangeContext): Promise<number> {
  const view = viewGroup(unmadeGroup(vpc, context), context)
  return context.hold([groupLock(view.id)], async () => {
    await beforeMaking([view], context)
    const { name, description, rules } = view
    const data = groupData({ name, description, vpc, rules })
    return allocated(view.id, written(view, data), context.commit())
  })
}

/**
 * The number of a new group. Its name tells it from all others: should the answer to the call be lost, or should it be there
 * already, it is found by that.
 */
export async function allocated(id: string, call: WriteCall, one: OneWriter): Promise<number> {
  try {
    return await one.call(call)
  } catch (error) {
    const mayBeThere = error instanceof OneError || mayTakeEffect(error)
    const found = mayBeThere ? await numberOf(id, one) : undefined
    if (found !== undefined) return found
    throw error
  }
}

async function numberOf(name: string, one: OneWriter): Promise<number | undefined> {
  for await (const { ID, NAME } of one.securityGroups({ whose: WHOSE.OWN })) if (NAME === name) return ID
  return undefined
}
