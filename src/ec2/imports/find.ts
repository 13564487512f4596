// Import tasks by their ids: the images of the account that were imported.
import type { Context } from '../core/context.ts'
import type { Image } from '../core/documents.ts'
import { lookUp } from '../core/find.ts'
import { isIdOf } from '../core/resource.ts'
import { imageSource } from '../disk-images/find.ts'
import { isOf } from '../disk-images/roles.ts'
import { idOfTask, noSuchTask } from './resource.ts'
import { type ImportRole, importedIn } from './view.ts'

/** Whether an image is one of the account's that was imported in a role. */
export const isImported = (role: ImportRole, image: Image, { account }: Context): boolean =>
  image.UID === account.user.id && isOf(role, image) && importedIn(role, image) !== undefined

/** The images that tasks bring about, each once, in the order of the tasks. @throws Ec2Error InvalidConversionTaskId */
export async function findImports(role: ImportRole, tasks: readonly string[], context: Context): Promise<Image[]> {
  const source = imageSource(role, context, image => isImported(role, image, context))
  const ids = new Map(tasks.map(task => [task, idOfTask(task)]))
  const wanted = Array.from(ids.values(), id => id ?? []).flat()
  const found = await lookUp(
    source,
    wanted.filter(id => isIdOf(source.resource, id)),
    context,
  )
  const missing = tasks.filter(task => !found.has(ids.get(task) ?? ''))
  if (missing.length > 0) throw noSuchTask(...missing)
  return [...new Set(wanted.flatMap(id => found.get(id) ?? []))]
}
