// The volumes that a launch makes as copies: of snapshots, and of its image where the root outlives the instance.
import { WHOSE } from '../../../opennebula/calls/common.ts'
import { cloneImage } from '../../../opennebula/calls/image.ts'
import { OneError } from '../../../opennebula/errors.ts'
import type { ChangeContext, Context } from '../../core/context.ts'
import type { Image, OneWriter } from '../../core/documents.ts'
import { mayTakeEffect } from '../../core/failures.ts'

/** A copy that is to be: under its EC2 id, which is its name in OpenNebula. */
export interface PlannedCopy {
  readonly id: string
  readonly from: Image
}

export interface Copies {
  /** The numbers of those that there are now, by their ids. */
  readonly numbers: ReadonlyMap<string, number>
  /** Why there are not more. */
  readonly failure?: Error | undefined
}

/**
 * Has OpenNebula begin with copies, each once, in one request. Those of an earlier run are found by their names, of
 * which it takes each once.
 * @param found copies that are there already, by their ids
 * @throws OneUnavailable where nobody knows how it went
 */
export async function makeCopies(
  copies: readonly PlannedCopy[],
  found: ReadonlyMap<string, number>,
  one: OneWriter,
  context: ChangeContext,
): Promise<Copies> {
  const missing = copies.filter(({ id }) => !found.has(id))
  if (missing.length === 0) return { numbers: found }
  try {
    const outcomes = await one.multicall(missing.map(({ id, from }) => cloneImage(from.ID, id)))
    const made = missing.flatMap(({ id }, index) => {
      const number = outcomes[index]?.value
      return number === undefined ? [] : [[id, number] as const]
    })
    const failure = outcomes.find(({ error }) => error !== undefined)?.error
    const numbers = new Map([...found, ...made])
    // The name may be taken by what an earlier run asked for, and has come about only now
    const taken = failure instanceof OneError && failure.code === 'ALLOCATE' && context.resumed
    return { numbers: taken ? new Map([...numbers, ...(await copiesNamed(copies, context))]) : numbers, failure }
  } catch (error) {
    if (!mayTakeEffect(error)) throw error
    const numbers = await copiesNamed(copies, context)
    if (numbers.size < copies.length) throw error
    return { numbers }
  }
}

/** Which of these copies there are among the caller's images. */
export async function copiesNamed(
  copies: readonly PlannedCopy[],
  { one }: Pick<Context, 'one'>,
): Promise<Map<string, number>> {
  const names = new Set(copies.map(({ id }) => id))
  const numbers = new Map<string, number>()
  if (names.size === 0) return numbers
  for await (const { NAME, ID } of one.images({ whose: WHOSE.OWN })) if (names.has(NAME)) numbers.set(NAME, ID)
  return numbers
}
