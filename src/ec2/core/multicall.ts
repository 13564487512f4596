// Several kinds of objects in one upstream request, by the names that the asking gives them.
import type { ObjectOf, ReadCall } from '../../opennebula/calls/common.ts'
import type { OneReader } from './documents.ts'
import { answerOf } from './failures.ts'

/** What to read, under names of one's own; of several calls under one name the objects follow each other. */
export type Question = Readonly<Record<string, readonly ReadCall<unknown>[]>>

/** The objects that came, under the same names. */
export type Together<Q extends Question> = { readonly [Name in keyof Q]: readonly ObjectOf<Q[Name][number]>[] }

/**
 * Reads everything in one request.
 * @throws Ec2Error where one of the calls fails: ask for pools, in which what is not there is not an error
 */
export async function readTogether<const Q extends Question>(one: OneReader, question: Q): Promise<Together<Q>> {
  const calls = Object.values(question).flat()
  const outcomes = await one.read(...calls)
  let next = 0
  const found: unknown = Object.fromEntries(
    Object.entries(question).map(([name, { length }]) => {
      const objects = outcomes.slice(next, next + length).flatMap(answerOf)
      next += length
      return [name, objects] as const
    }),
  )
  // Under each name are the answers to its own calls, which give what their type says
  return found as Together<Q>
}
