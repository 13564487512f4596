// What every kind of object with an owner understands alike, from its spec: info and pool, update, rename, chmod, chown, lock; and
// of kinds that are made of a template's text, allocate, clone and delete.
import { internal } from '../protocol/errors.ts'
import { parseTemplate, single, type Template, without } from '../protocol/template.ts'
import { plain, templateXml } from '../protocol/xml.ts'
import type { Owned, VmTemplate } from '../world/model.ts'
import type { Call } from '../world/world.ts'
import { changeMethods } from './changes.ts'
import { lockMethods } from './locks.ts'
import { bool, documentValue, int, type MethodTable, method, string } from './methods.ts'
import { newNameError, notAllocated } from './names.ts'
import { objectXml } from './owner-xml.ts'
import { acquire, acquireLocked, ownedBy, requireAdmin } from './permissions.ts'
import { poolValue, select } from './selection.ts'
import type { DocumentedSpec, ObjectSpec, TemplateSpec } from './spec.ts'

/** `update`, `rename`, `chmod`, `chown`, and `lock` and `unlock` where the kind has them. */
export const objectMethods = <T extends Owned>(spec: ObjectSpec<T>): MethodTable => ({
  ...changeMethods(spec),
  ...(spec.lockable === false ? {} : lockMethods(spec)),
})

/** `info` and the pool as well. */
export const documentedMethods = <T extends Owned>(spec: DocumentedSpec<T>): MethodTable => ({
  ...objectMethods(spec),
  [`one.${spec.name}.info`]: method([int, bool.or(false)], (call, id) =>
    documentValue(spec.xml(call.world, acquireLocked(call, spec.pool(call.world), id, 'USE'))),
  ),
  [`one.${spec.name}pool.info`]: method([int, int, int], ({ world, user }, filter, start, end) => {
    const pool = spec.pool(world)
    return poolValue(pool.kind, select(user, pool.kind, pool.newestFirst(), filter, start, end), object =>
      spec.xml(world, object),
    )
  }),
})

/** `allocate` and `delete` as well. */
export const templateMethods = <T extends Owned>(spec: TemplateSpec<T>): MethodTable => ({
  ...documentedMethods(spec),
  [`one.${spec.name}.allocate`]: method([string], (call, text) => allocateObject(call, spec, text)),
  [`one.${spec.name}.delete`]: method([int, bool.or(false)], (call, id) => {
    const pool = spec.pool(call.world)
    pool.remove(acquire(call, pool, id, 'MANAGE').id)
    return id
  }),
})

/** Adds an object of the caller's; `ownId` is given for what a new installation has. */
export const addObject = <T extends Owned>(
  { world, user }: Pick<Call, 'world' | 'user'>,
  spec: TemplateSpec<T>,
  name: string,
  template: Template,
  ownId?: number,
): T => spec.pool(world).add(id => spec.make(world, { ...ownedBy(user), id: ownId ?? id, name, template }))

/** Makes an object of a template's text; its id. Throws code 8192 with the front-end's reason, 512 for who may not make any. */
export function allocateObject<T extends Owned>(call: Call, spec: TemplateSpec<T>, text: string): number {
  const pool = spec.pool(call.world)
  if (spec.byAdmins) requireAdmin(call.user, 'CREATE', pool.kind)
  const template = parseTemplate(text)
  const name = single(template, 'NAME')
  const problem = name === '' && spec.nameless ? namelessError(spec.nameless) : newNameError(pool, call.user.id, name)
  if (problem) throw internal(problem)
  return addObject(call, spec, name, without(template, ['NAME'])).id
}

const namelessError = (nameless: NonNullable<TemplateSpec<Owned>['nameless']>): string | undefined =>
  nameless === 'named by make' ? undefined : nameless.refusal

/** Makes a copy of what the caller may use; its id. Throws code 16384 for a name that cannot be used. */
export function cloneObject<T extends Owned>(call: Call, spec: TemplateSpec<T>, id: number, name: string): number {
  const pool = spec.pool(call.world)
  const source = acquire(call, pool, id, 'USE')
  const problem = newNameError(pool, call.user.id, name)
  if (problem) throw notAllocated(pool.kind, problem)
  return addObject(call, spec, name, structuredClone(source.template)).id
}

/** A kind that is a template with the time when it was registered, and nothing else. */
export const registeredTemplate = (
  spec: Pick<TemplateSpec<VmTemplate>, 'name' | 'pool' | 'byAdmins'>,
): TemplateSpec<VmTemplate> => ({
  ...spec,
  xml: (world, object) =>
    objectXml(
      world,
      spec.pool(world).kind,
      object,
      plain('REGTIME', object.regtime),
      templateXml('TEMPLATE', object.template),
    ),
  make: ({ clock }, base) => ({ ...base, regtime: clock.seconds() }),
})
