// The tasks that are begun with groups, as data: what is done for them nobody needs to know who only begins them.
import type { Task, TaskKind, Tasks } from '../core/tasks.ts'

/**
 * A group of which rules name other groups, or the group itself: its lines follow the members of these for as long as it
 * does. An account that has none of these tasks has no such rules.
 */
export interface ReferencesTask extends Task {
  readonly kind: 'group-references'
  /** The id of the group. */
  readonly group: string
  /** The ids of the groups that its rules name, or may come to name. */
  readonly sources: readonly string[]
}

/** A default group that was only shown until now: the interfaces that have been in it all the time are to come into it. */
export interface JoiningTask extends Task {
  readonly kind: 'group-joining'
  /** The id of the group. */
  readonly group: string
  readonly vpc: string
}

/** How they are told apart. */
export const REFERENCES: Pick<TaskKind<ReferencesTask>, 'kind' | 'id'> = {
  kind: 'group-references',
  id: ({ group }) => group,
}
export const JOINING: Pick<TaskKind<JoiningTask>, 'kind' | 'id'> = { kind: 'group-joining', id: ({ group }) => group }

/** That the rules of a group name others. */
export const referencesTask = (group: string, sources: readonly string[]): ReferencesTask => ({
  ...{ kind: 'group-references', group, sources },
})

export const joiningTask = (group: string, vpc: string): JoiningTask => ({
  ...{ kind: 'group-joining', group, vpc },
})

/** The groups of the account of which rules name groups, as far as is known without asking for them. */
export const referencesIn = ({ tasks }: { readonly tasks: Tasks }): readonly ReferencesTask[] => tasks.of(REFERENCES)
