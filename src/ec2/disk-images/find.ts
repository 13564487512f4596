// Where images come from, in whatever role: by number, or from the pool.
import { transformed } from '../../lib/transformed.ts'
import { OneError } from '../../opennebula/errors.ts'
import { IMAGE_STATE } from '../../opennebula/states.ts'
import type { Outcome } from '../../opennebula/xml/xmlrpc.ts'
import type { Context } from '../core/context.ts'
import type { Placed } from '../core/describe.ts'
import { type Image, image as imageCall } from '../core/documents.ts'
import { toEc2Error } from '../core/failures.ts'
import type { Source } from '../core/find.ts'
import { said } from '../core/following.ts'
import { isMinted } from '../core/ids.ts'
import { isPlaceholder, placeholderName } from './marks.ts'
import { type ImageRole, identityIn, resourceOf } from './roles.ts'
import { isUsable } from './sharing.ts'

/** OpenNebula images by their EC2 role, as `find` needs them. @param may which of them the caller may name */
export const imageSource = (
  kind: ImageRole,
  context: Context,
  may = (image: Image) => isUsable(kind, image, context.account),
): Source<Image> => ({
  resource: resourceOf[kind],
  identify: identityIn(kind),
  oneByOne: true,
  byNumber: async numbers => (await imagesByNumber(numbers, context.one)).filter(may),
  all: () => namableImages(context, may),
})

export async function imagesByNumber(numbers: readonly number[], one: Context['one']): Promise<Image[]> {
  return found(await one.read(...numbers.map(imageCall)))
}

function found(outcomes: readonly Outcome<readonly Image[]>[]): Image[] {
  for (const { error } of outcomes) if (error !== undefined && !isHidden(error)) throw toEc2Error(error)
  return outcomes.flatMap(({ value = [] }) => value)
}

/** Those of a kind among images that were asked for by number. */
export const imagesIn = (
  kind: ImageRole,
  outcomes: readonly Outcome<readonly Image[]>[],
  { account }: Context,
): Image[] => found(outcomes).filter(image => isUsable(kind, image, account))

/** Whether an object is not there for the caller: to tell what does not exist from what is another's would leak it. */
const isHidden = (error: Error) =>
  error instanceof OneError && (error.code === 'NO_EXISTS' || error.code === 'AUTHORIZATION')

/** The images of a kind that the caller may use, newest first; of one owner, where one is said. */
const usableImages = (kind: ImageRole, context: Context, whose?: number): AsyncIterable<Image> =>
  namableImages(context, image => isUsable(kind, image, context.account), whose)

const ownersName = ({ UID, NAME }: Image) => `${UID} ${NAME}`

/** What would stand in for an image while it is made, by owner and name. */
const standInFor = said((image: Image) => (isMinted(image.NAME) ? placeholderName(ownersName(image)) : undefined))

function namableImages({ one }: Context, may: (image: Image) => boolean, whose?: number): AsyncIterable<Image> {
  const whole = new Set<string>()
  return transformed(one.images(whose === undefined ? {} : { whose }), image => {
    if (image.STATE === IMAGE_STATE.DELETE || !may(image)) return undefined
    // Until OpenNebula has deleted what stood in for an image there are two of it, the newer one first
    if (isPlaceholder(image) && whole.has(ownersName(image))) return undefined
    const standIn = standInFor(image)
    if (standIn !== undefined) whole.add(standIn)
    return image
  })
}

/** A place among images, which are listed newest first: the OpenNebula number of the last one before it. */
export const isImagePlace = (value: unknown): value is number => typeof value === 'number'

/** The same behind a place, each with its own. */
export const placedImages = (
  kind: ImageRole,
  context: Context,
  before = Number.POSITIVE_INFINITY,
  whose?: number,
): AsyncIterable<Placed<Image, number>> =>
  transformed(usableImages(kind, context, whose), image => (image.ID < before ? [image, image.ID] : undefined))
