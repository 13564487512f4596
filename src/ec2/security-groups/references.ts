// Rules that name groups: a task for as long as there are some, which keeps the group's lines those of the members.
import { WHOSE } from '../../opennebula/calls/common.ts'
import { commitRules } from '../../opennebula/calls/secgroup.ts'
import { type Vector, vectors } from '../../opennebula/xml/attributes.ts'
import type { TemplateVector } from '../../opennebula/xml/template.ts'
import type { SecurityGroup } from '../core/documents.ts'
import { LATE_WITHIN, type Pending, type Progress, type TaskKind, type Tools } from '../core/tasks.ts'
import { merge } from '../core/writes.ts'
import { readMembers } from './members.ts'
import { groupLock } from './resource.ts'
import type { Members } from './rules.ts'
import { REFERENCES, type ReferencesTask, referencesTask } from './task.ts'
import { type GroupView, groupLines, groupsNamedIn, viewGroup } from './view.ts'

/**
 * Looked after as any task: half a second after something has changed, and every ten minutes at last, for instances end by
 * other ways than EC2's as well. It is finished when the group names no group any more.
 */
export const referencesTasks: TaskKind<ReferencesTask> = {
  ...REFERENCES,
  locks: ({ group }) => [groupLock(group)],
  isAnother: () => true,
  stays: true,
  reconcile,
}

async function reconcile(tasks: readonly Pending<ReferencesTask>[], tools: Tools): Promise<Progress> {
  const { one, now } = tools
  const views = await ownGroups(tools)
  const found = tasks.map(task => {
    const view = views.get(task.group)
    return { task, view, sources: view ? groupsNamedIn(view.rules) : [] }
  })
  const members = await readMembers(groupsOf(new Set(found.flatMap(({ sources }) => sources)), views), one)
  await one.multicall(found.flatMap(({ view, sources }) => (view && sources.length > 0 ? callsFor(view, members) : [])))
  return {
    // What a request has asked for may take effect though its connection broke
    finished: found
      .filter(({ task, sources }) => sources.length === 0 && now() - task.since > LATE_WITHIN)
      .map(({ task }) => task),
    begun: found
      .filter(({ task, sources }) => sources.length > 0 && !areSame(task.sources, sources))
      .map(({ task, sources }) => referencesTask(task.group, sources)),
  }
}

async function ownGroups(tools: Tools): Promise<Map<string, GroupView>> {
  const views = new Map<string, GroupView>()
  for await (const group of tools.one.securityGroups({ whose: WHOSE.OWN })) {
    const view = viewGroup(group, tools)
    views.set(view.id, view)
  }
  return views
}

/** The OpenNebula groups of these ids, of those that there are. */
export const groupsOf = (
  ids: Iterable<string>,
  views: ReadonlyMap<string, GroupView>,
): ReadonlyMap<string, SecurityGroup> =>
  new Map(Array.from(ids, id => views.get(id)).flatMap(view => (view ? [[view.id, view.group] as const] : [])))

/** What makes the lines of a group those of the members, in all of its instances. */
function callsFor(view: GroupView, members: Members) {
  const lines = linesFor(view, members)
  const { ID, ERROR_VMS, TEMPLATE } = view.group
  if (lines && !haveSame(lines, vectors(TEMPLATE, 'RULE'))) return [merge('secgroup', ID, { RULE: lines })]
  // OpenNebula gives up on instances that boot, or move, at the moment when lines change
  return ERROR_VMS.ID.length > 0 ? [commitRules(ID)] : []
}

/** Undefined for rules that OpenNebula cannot have: whoever wrote them past the facade is not to keep others waiting. */
function linesFor(view: GroupView, members: Members): TemplateVector[] | undefined {
  try {
    return groupLines(view, members)
  } catch {
    return undefined
  }
}

const areSame = (some: Iterable<string>, others: Iterable<string>): boolean =>
  new Set(some).symmetricDifference(new Set(others)).size === 0

/** Whether lines say the same: OpenNebula has them in an order of its own, and each once. */
const haveSame = (lines: readonly TemplateVector[], others: readonly Vector[]): boolean =>
  areSame(lines.map(written), others.map(written))

const written = (line: TemplateVector | Vector): string =>
  Object.entries(line)
    .flatMap(([name, value]) => (typeof value === 'string' || typeof value === 'number' ? `${name}=${value}` : []))
    .toSorted()
    .join(' ')
