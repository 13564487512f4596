// Late writes: calls that set something and whose answers were lost. One that takes effect when later calls have set the same
// otherwise would bring back what was there before, and take away what came since: OpenNebula knows no condition, and the
// last call wins. So what was set last is remembered for as long as a call may be late, and set again where it was undone.
import { createHash } from 'node:crypto'
import {
  chmod,
  type Kind,
  type Permissions,
  type ReadCall,
  type Settings,
  type WriteCall,
} from '../../opennebula/calls/common.ts'
import { OneError } from '../../opennebula/errors.ts'
import { type Attributes, textOf } from '../../opennebula/xml/attributes.ts'
import type { TemplateData, TemplateValue } from '../../opennebula/xml/template.ts'
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
import { mergeAgain } from './writes.ts'

/** A call that may yet take effect, and what was set in its place since. */
export interface LateWrite {
  readonly kind: 'lateWrite'
  readonly object: Kind
  readonly number: number
  /** What the call sets: by name, a digest of the text, by which it is known when it stands there; '' of what is no text. */
  readonly late: Readonly<Record<string, string>>
  /** What of that later calls have set since. */
  readonly attributes: TemplateData
  readonly permissions: Permissions
}

export const lateWrites: TaskKind<LateWrite> = {
  kind: 'lateWrite',
  id: ({ object, number, late }) => `${object}:${number}:${digest(JSON.stringify(late)).slice(0, 16)}`,
  locks: task => [settingLock(task)],
  // One that was lost again begins anew; what later calls set does not make it later
  isAnother: task => !isSettled(task),
  reconcile,
}

/** Under it an object is set where a call may be late that sets the same: inside of all other locks, for single calls. */
export const settingLock = ({ object, number }: Pick<LateWrite, 'object' | 'number'>): string =>
  `setting:${object}:${number}`

/** Whether a later call has set something of what it sets. */
export const isSettled = ({ attributes, permissions }: LateWrite): boolean =>
  Object.keys(attributes).length + Object.keys(permissions).length > 0

/** What is to be written down of a call whose answer was lost; undefined where nothing could tell that it took effect. */
export function lateWrite({ kind: object, id: number, ...set }: Settings): LateWrite | undefined {
  const late = Object.fromEntries(Object.entries(valuesOf(set)).map(([name, value]) => [name, digestOf(value)]))
  const isKnown = readers[object] !== undefined && Object.values(late).some(text => text !== '')
  return isKnown ? { kind: 'lateWrite', object, number, late, attributes: {}, permissions: {} } : undefined
}

/** A late write when a call has set the same object; undefined where that changes nothing. */
export function settled(task: LateWrite, { kind, id, attributes, permissions }: Settings): LateWrite | undefined {
  if (kind !== task.object || id !== task.number) return undefined
  const same = <T extends object>(values: T = {} as T) =>
    Object.fromEntries(Object.entries(values).filter(([name, value]) => name in task.late && value !== undefined))
  const set = { attributes: same(attributes), permissions: same(permissions) }
  if (!isSettled({ ...task, ...set })) return undefined
  return {
    ...task,
    attributes: { ...task.attributes, ...set.attributes },
    permissions: { ...task.permissions, ...set.permissions },
  }
}

/** One round: looks at the objects, and sets again what a late call has undone. */
async function reconcile(tasks: readonly Pending<LateWrite>[], { one, now }: Tools): Promise<Progress> {
  const open = tasks.filter(isSettled)
  const found = await one.read(...open.flatMap(({ object, number }) => readers[object]?.(number) ?? []))
  const gone = open.filter((_, index) => isGone(found[index]?.error))
  const undone = open.filter((task, index) => found[index]?.value?.some(object => hasUndone(task, object)))
  const outcomes = await one.multicall(undone.flatMap(setAgain))
  const failed = outcomes.some(({ error }) => error !== undefined)
  return { finished: failed ? gone : tasks.filter(task => gone.includes(task) || isOver(task, now())), begun: [] }
}

const isOver = ({ since }: Pending<LateWrite>, now: number) => now - since > LATE_WITHIN

const isGone = (error: Error | undefined) => error instanceof OneError && error.code === 'NO_EXISTS'

/** Whether the call has taken effect where a later one counts. */
function hasUndone({ late, ...set }: LateWrite, object: Readable): boolean {
  return Object.entries(valuesOf(set)).some(([name, value]) => {
    return late[name] !== '' && digest(standing(object, name)) === late[name] && digestOf(value) !== late[name]
  })
}

function setAgain({ object, number, attributes, permissions }: LateWrite): WriteCall[] {
  const calls = [
    ...(Object.keys(attributes).length > 0 ? [mergeAgain(object, number, attributes)] : []),
    ...(Object.keys(permissions).length > 0 && object !== 'user' ? [chmod(object, number, permissions)] : []),
  ]
  return calls.map(({ sets, ...call }) => ({ ...call, ...(sets && { sets: { ...sets, again: true } }) }))
}

/** Attributes and permissions by their names, which never are the same. */
const valuesOf = ({ attributes, permissions }: Pick<Settings, 'attributes' | 'permissions'>) =>
  ({ ...attributes, ...permissions }) as TemplateData

const digest = (text: string) => createHash('sha256').update(text).digest('hex')

function digestOf(value: TemplateValue | undefined): string {
  if (typeof value === 'boolean') return digest(value ? 'YES' : 'NO')
  return typeof value === 'string' || typeof value === 'number' ? digest(String(value)) : ''
}

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

/** The text of an attribute of an object, or a permission as YES or NO; '' where there is none. */
function standing(object: Readable, name: string): string {
  const permissions: Readonly<Record<string, boolean>> = 'PERMISSIONS' in object ? object.PERMISSIONS : {}
  const permission = permissions[name]
  if (permission !== undefined) return permission ? 'YES' : 'NO'
  const attributes: Attributes<string> = 'USER_TEMPLATE' in object ? object.USER_TEMPLATE : object.TEMPLATE
  return textOf(attributes, name) ?? ''
}
