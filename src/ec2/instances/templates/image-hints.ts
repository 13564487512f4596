// Which image a launch template names, as the index remembers it: a launch reads the template together with its image then.
import type { ChangeContext, Context } from '../../core/context.ts'
import { numberBehind } from '../../core/find.ts'
import { IMAGE } from '../../images/resource.ts'
import type { TemplateName } from './find.ts'
import type { Template, Version } from './view.ts'

/** A template as a launch names it: which version that means is not known before it is read. */
type Named = TemplateName & { readonly Version?: string | undefined }

/** A name is one of an account's own. */
const keyOf = ({ LaunchTemplateId: id, LaunchTemplateName: called = '' }: Named, { account }: Context) =>
  `${id || `${account.id}/${called}`}/image`

const keyOfVersion = (named: Named, context: Context) => `${keyOf(named, context)}/${named.Version || '$Default'}`

/** The number of the image that a launch will need, if it is what the last launch so named needed, or the newest version. */
export async function hintedImage(named: Named, context: Context): Promise<number | undefined> {
  const keys = [keyOfVersion(named, context), keyOf(named, context)]
  const known = await context.index.find(keys)
  return keys.map(key => known.get(key)).find(number => number !== undefined)
}

/** Remembers what a launch needed. */
export const rememberImage = (named: Named, number: number, context: Context): void =>
  context.index.remember([[keyOfVersion(named, context), number]])

/** Remembers the image of a version that is made, for the first launch. */
export async function rememberNewest({ id, name }: Template, { data }: Version, context: ChangeContext): Promise<void> {
  const number = data.ImageId ? await numberBehind(IMAGE, data.ImageId, context) : undefined
  if (number === undefined) return
  const names = [{ LaunchTemplateId: id }, { LaunchTemplateName: name }]
  context.index.remember(names.map(each => [keyOf(each, context), number] as const))
}
