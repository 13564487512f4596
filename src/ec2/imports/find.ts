// Import tasks by their ids: the images of the account that were imported.
import type { Context } from '../core/context.ts'
import type { Image } from '../core/documents.ts'
import { lookUp } from '../core/find.ts'
import { isIdOf } from '../core/resource.ts'
import { imageSource } from '../disk-images/find.ts'
import { isOf, resourceOf } from '../disk-images/roles.ts'
import { idOfTask, noSuchTask } from './resource.ts'
import { type ImportRole, importedIn } from './view.ts'

/** Whether an image is one of the account's that was imported in a role. */
export const isImported = (role: ImportRole, image: Image, { account }: Context): boolean =>
  image.UID === account.user.id && isOf(role, image) && importedIn(role, image) !== undefined

/** The images that tasks bring about, in the order of their ids. @throws Ec2Error InvalidConversionTaskId */
export async function findImports(role: ImportRole, tasks: readonly string[], context: Context): Promise<Image[]> {
  const ids = tasks.map(task => {
    const id = idOfTask(task)
    return id !== undefined && isIdOf(resourceOf[role], id) ? id : undefined
  })
  const source = imageSource(role, context, image => isImported(role, image, context))
  const found = await lookUp(
    source,
    ids.flatMap(id => id ?? []),
    context,
  )
  const missing = tasks.filter((_, index) => !found.has(ids[index] ?? ''))
  if (missing.length > 0) throw noSuchTask(...missing)
  return [...new Set(found.values())]
}
