// Rows in the form of an earlier release, brought into today's when their object wakes up.
import type { Rows } from './rows.ts'

/** Which form the rows are in; absent from those of the first release, which knew of no other, and from a new object's. */
const FORM = 'form'

/**
 * What brings rows into the next form, in order: the first of them those of form 1 into form 2. Rows of a new object do not say
 * that they are in today's form: whatever is in it already stays as it is.
 */
const upgrades: readonly ((rows: Rows) => void)[] = [goalsToTasks, lateWritesAnew]

/** The form that rows are in now. */
const CURRENT = upgrades.length + 1

/** @throws Ec2Error Unavailable where the storage fails */
export function upgrade(rows: Rows): void {
  if (!rows.has('')) return
  const form = rows.get<number>(FORM) ?? 1
  if (form >= CURRENT) return
  for (const step of upgrades.slice(form - 1)) step(rows)
  rows.put(FORM, CURRENT)
}

type Members = Readonly<Record<string, unknown>>

/** Tasks were called goals, and launches spoke of births; a launch's answer was kept under a name of its own. */
function goalsToTasks(rows: Rows): void {
  const names = { goal: 'wanted', births: 'instances', kept: 'committed' }
  for (const [key, goal] of rows.list<Members>('goal:')) {
    rows.put(key.replace('goal:', 'task:'), renamed(goal, names))
    rows.delete(key)
  }
  for (const [key, { answer }] of rows.list<{ readonly answer: { readonly launched?: Members } }>('answer:')) {
    if (answer.launched) rows.put(key, { answer: { memo: renamed(answer.launched, names) } })
  }
}

/** Late writes did not say of what they are. They are over within ten minutes anyway. */
function lateWritesAnew(rows: Rows): void {
  const before = [...rows.list<Members>('task:lateWrite:')].filter(([, { aspect }]) => aspect === undefined)
  rows.delete(...before.map(([key]) => key))
}

const renamed = (members: Members, names: Readonly<Record<string, string>>): Members =>
  Object.fromEntries(Object.entries(members).map(([name, value]) => [names[name] ?? name, value]))
