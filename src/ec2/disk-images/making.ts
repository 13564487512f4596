// Making images: each once, whatever breaks off, under a name that is its EC2 id.
import { WHOSE, type WriteCall } from '../../opennebula/calls/common.ts'
import { OneError, OneUnavailable } from '../../opennebula/errors.ts'
import { invalidBecause } from '../../protocol/complaints.ts'
import type { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import type { OneWriter } from '../core/documents.ts'
import { toEc2Error } from '../core/failures.ts'
import type { Resource } from '../core/resource.ts'
import { deleteForGood } from './deletion.ts'

/** An image that is to be, by the name that it gets. */
export interface NewImage {
  readonly name: string
  readonly make: WriteCall
}

/**
 * Makes images under their names, and no second ones when they are asked again: OpenNebula takes a name once per owner.
 * @returns their OpenNebula numbers by their names
 * @throws OneError nothing was made, or what was is deleted
 * @throws OneUnavailable nobody knows
 */
export async function makeImages(wanted: readonly NewImage[], context: ChangeContext): Promise<Map<string, number>> {
  const one = context.commit()
  const made = context.resumed ? await numbersOf(wanted, context) : new Map<string, number>()
  const open = wanted.filter(({ name }) => !made.has(name))
  const outcomes = await send(open, one)
  for (const [index, { value }] of outcomes.entries()) if (value !== undefined) made.set(open[index]?.name ?? '', value)
  // The connection broke, or a name is taken: the pool tells what became of the calls
  const uncertain = outcomes.some(({ error }) => isUncertain(error))
  const found = uncertain ? await numbersOf(wanted, context).catch(() => new Map<string, number>()) : made
  const numbers = new Map([...found, ...made])
  const missing = open.findIndex(({ name }) => !numbers.has(name))
  context.index.remember(numbers)
  if (missing === -1) return numbers
  const error = outcomes[missing]?.error
  if (error instanceof OneError && numbers.size > 0) {
    await deleteForGood(
      Array.from(numbers.values(), ID => ({ ID })),
      context,
    )
  }
  throw error
}

/** Makes one image, as `makeImages`. */
export const makeImage = (name: string, make: WriteCall, context: ChangeContext): Promise<Map<string, number>> =>
  makeImages([{ name, make }], context)

/** What came of a call, as far as anybody knows. */
interface Attempt {
  readonly value?: number | undefined
  readonly error?: unknown
}

async function send(wanted: readonly NewImage[], one: OneWriter): Promise<Attempt[]> {
  const [first, ...others] = wanted.map(({ make }) => make)
  if (!first) return []
  try {
    return others.length === 0 ? [{ value: await one.call(first) }] : await one.multicall([first, ...others])
  } catch (error) {
    return wanted.map(() => ({ error }))
  }
}

const isUncertain = (error: unknown) =>
  error instanceof OneUnavailable ? error.outcome === 'unknown' : isRefusedName(error)

const isRefusedName = (error: unknown) => error instanceof OneError && error.code === 'ALLOCATE'

/** Whether an earlier run of the request has made an image under the name. */
export const isMade = async (name: string, context: Pick<Context, 'one'>): Promise<boolean> =>
  (await numbersOf([{ name }], context)).has(name)

/** The numbers of those of the images that the caller has. */
async function numbersOf(
  wanted: readonly Pick<NewImage, 'name'>[],
  { one }: Pick<Context, 'one'>,
): Promise<Map<string, number>> {
  const names = new Set(wanted.map(({ name }) => name))
  const numbers = new Map<string, number>()
  for await (const { NAME, ID } of one.images({ whose: WHOSE.OWN })) if (names.has(NAME)) numbers.set(NAME, ID)
  return numbers
}

/** Why OpenNebula would not make an image that was to be a resource of this kind. */
export const creationFailure = (error: unknown, resource: Resource | undefined): Ec2Error =>
  toEc2Error(error, { resource })

/** Why OpenNebula would not fetch an image that was to be of a kind. It says INTERNAL for one that it cannot read. */
export const importFailure = (error: unknown, resource: Resource): Ec2Error =>
  error instanceof OneError && error.code === 'INTERNAL'
    ? invalidBecause('The cloud could not import the image: its format or size is not supported.')
    : toEc2Error(error, { resource })
