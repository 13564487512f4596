// What has to be done where members of groups change: the rules that name their groups follow.
import type { ChangeContext } from '../core/context.ts'
import type { Task, TaskKind } from '../core/tasks.ts'

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

/** How they are told apart; what is done for them nobody needs to know who only begins them. */
export const REFERENCES: Pick<TaskKind<ReferencesTask>, 'kind' | 'id'> = {
  kind: 'group-references',
  id: ({ group }) => group,
}

/** That the rules of a group name others. */
export const referencesTask = (group: string, sources: readonly string[]): ReferencesTask => ({
  kind: 'group-references',
  group,
  sources,
})

/** The groups of the account of which rules name groups, as far as is known without asking for them. */
export const referencesIn = ({ tasks }: Pick<ChangeContext, 'tasks'>): readonly ReferencesTask[] => tasks.of(REFERENCES)

/**
 * To be called before what changes who is in which group, or who has which address: whatever becomes of that, the rules that
 * name groups are looked after soon, and then less and less often, as if they were new.
 */
export async function membersChange(context: Pick<ChangeContext, 'tasks'>): Promise<void> {
  const references = referencesIn(context)
  if (references.length > 0) await context.tasks.begin(references)
}
