// Late writes: calls that set something and whose answers were lost. One that takes effect when later calls have set the same
// otherwise would bring back what was there before, and take away what came since: OpenNebula knows no condition, and the
// last call wins. So what was set last is remembered for as long as a call may be late, and set again where it was undone.
import { createHash } from 'node:crypto'
import {
  type Aspect,
  chmod,
  type Kind,
  type Permissions,
  type ReadCall,
  type Settings,
  type WriteCall,
} from '../../opennebula/calls/common.ts'
import { vmResize } from '../../opennebula/calls/vm.ts'
import { OneError } from '../../opennebula/errors.ts'
import { type Attributes, textOf } from '../../opennebula/xml/attributes.ts'
import type { TemplateData, TemplateValue, TemplateVector } from '../../opennebula/xml/template.ts'
import {
  type Document,
  document,
  type Image,
  image,
  type Network,
  network,
  type SecurityGroup,
  securityGroup,
  template,
  type User,
  user,
  type Vm,
  type VmTemplate,
  vm,
} from './documents.ts'
import { LATE_WITHIN, type Pending, type Progress, type TaskKind, type Tools } from './tasks.ts'
import { mergeAgain, updateContextAgain } from './writes.ts'

/** A call that may yet take effect, and what was set in its place since. */
export interface LateWrite {
  readonly kind: 'lateWrite'
  readonly object: Kind
  readonly number: number
  readonly aspect: Aspect
  /** What the call sets: by name, a digest of the text, by which it is known when it stands there; '' of what is no text. */
  readonly late: Readonly<Record<string, string>>
  /** What of that later calls have set since. */
  readonly values: TemplateData
}

export const lateWrites: TaskKind<LateWrite> = {
  kind: 'lateWrite',
  id: ({ object, number, aspect, late }) =>
    `${object}:${number}:${aspect}:${digest(JSON.stringify(late)).slice(0, 16)}`,
  locks: task => [settingLock(task)],
  // One that was lost again begins anew; what later calls set does not make it later
  isAnother: task => !isSettled(task),
  reconcile,
  giveUp: () => [],
}

/** Under it an object is set where a call may be late that sets the same: inside of all other locks, for single calls. */
export const settingLock = ({ object, number }: Pick<LateWrite, 'object' | 'number'>): string =>
  `setting:${object}:${number}`

/** Whether a later call has set something of what it sets. */
export const isSettled = ({ values }: LateWrite): boolean => Object.keys(values).length > 0

/** What is to be written down of a call whose answer was lost; undefined where nothing could tell that it took effect. */
export function lateWrite({ kind: object, id: number, aspect, values }: Settings): LateWrite | undefined {
  const late = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, digestOf(value)]))
  const isKnown = readers[object] !== undefined && Object.values(late).some(text => text !== '')
  return isKnown ? { kind: 'lateWrite', object, number, aspect, late, values: {} } : undefined
}

/** A late write when a call has set the same object; undefined where that changes nothing. */
export function settled(task: LateWrite, { kind, id, aspect, values }: Settings): LateWrite | undefined {
  if (kind !== task.object || id !== task.number || aspect !== task.aspect) return undefined
  const same = Object.entries(values).filter(([name, value]) => name in task.late && value !== undefined)
  return same.length > 0 ? { ...task, values: { ...task.values, ...Object.fromEntries(same) } } : undefined
}

/** One round: looks at the objects, and sets again what a late call has undone. */
async function reconcile(tasks: readonly Pending<LateWrite>[], { one, now }: Tools): Promise<Progress> {
  const open = tasks.filter(isSettled)
  const found = await one.read(...open.flatMap(({ object, number }) => readers[object]?.(number) ?? []))
  const gone = open.filter((_, index) => isGone(found[index]?.error))
  const undone = open.filter((task, index) => found[index]?.value?.some(object => hasUndone(task, object)))
  const calls = undone.flatMap(task => setAgain(task).map(call => ({ task, call })))
  const outcomes = await one.multicall(calls.map(({ call }) => call))
  const failed = new Set(calls.filter((_, index) => outcomes[index]?.error !== undefined).map(({ task }) => task))
  const isEnd = (task: Pending<LateWrite>) => gone.includes(task) || (isOver(task, now()) && !failed.has(task))
  return { finished: tasks.filter(isEnd), begun: [] }
}

const isOver = ({ since }: Pending<LateWrite>, now: number) => now - since > LATE_WITHIN

const isGone = (error: Error | undefined) => error instanceof OneError && error.code === 'NO_EXISTS'

/** Whether the call has taken effect where a later one counts. */
function hasUndone({ aspect, late, values }: LateWrite, object: Readable): boolean {
  return Object.entries(values).some(([name, value]) => {
    const text = settable[aspect].standing(object, name)
    return late[name] !== '' && digest(text) === late[name] && digestOf(value) !== late[name]
  })
}

const setAgain = ({ object, number, aspect, values }: LateWrite): WriteCall[] =>
  settable[aspect]
    .set(object, number, values)
    .map(({ sets, ...call }) => ({ ...call, ...(sets && { sets: { ...sets, again: true } }) }))

/** Where that stands which calls set, and by which call it is set again. */
interface Settable {
  /** The text of a value; '' where there is none. */
  standing(object: Readable, name: string): string
  set(object: Kind, number: number, values: TemplateData): WriteCall[]
}

const settable: Readonly<Record<Aspect, Settable>> = {
  attributes: {
    standing: (object, name) => {
      const attributes: Attributes<string> = 'USER_TEMPLATE' in object ? object.USER_TEMPLATE : object.TEMPLATE
      return textOf(attributes, name) ?? ''
    },
    set: (object, number, values) => [mergeAgain(object, number, values)],
  },
  permissions: {
    standing: (object, name) => valueIn('PERMISSIONS' in object ? object.PERMISSIONS : {}, name),
    set: (object, number, values) => (object === 'user' ? [] : [chmod(object, number, flagsIn(values))]),
  },
  capacity: {
    standing: (object, name) => valueIn('USER_TEMPLATE' in object ? object.TEMPLATE : {}, name),
    set: (_, number, values) => [vmResize(number, values)],
  },
  context: {
    standing: (object, name) => valueIn('USER_TEMPLATE' in object ? object.TEMPLATE.CONTEXT : {}, name),
    set: (_, number, values) => [updateContextAgain(number, textsIn(values))],
  },
}

const flagsIn = (values: TemplateData): Permissions =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (typeof value === 'boolean' ? [[name, value]] : [])),
  )

const textsIn = (values: TemplateData): TemplateVector =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  )

const digest = (text: string) => createHash('sha256').update(text).digest('hex')

function digestOf(value: TemplateValue | undefined): string {
  const text = textIn(value)
  return text === undefined ? '' : digest(text)
}

/** A value as its text; undefined for what has parts. */
function textIn(value: unknown): string | undefined {
  if (typeof value === 'boolean') return value ? 'YES' : 'NO'
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

const valueIn = (values: object, name: string): string => textIn(new Map(Object.entries(values)).get(name)) ?? ''

type Readable = Vm | Image | VmTemplate | Network | SecurityGroup | Document | User

/** The calls that read what can be set. */
const readers: { readonly [K in Kind]?: (number: number) => ReadCall<Readable> } = {
  vm,
  image,
  template,
  vn: network,
  secgroup: securityGroup,
  document,
  user,
}
