// What answers in AWS's form and has nothing to tell, since no cloud of OpenNebula has such things: one line an action.
import type { Filter } from '@aws-sdk/client-ec2'
import type { Ec2Error } from '../../protocol/errors.ts'
import type { PageLimits } from '../../protocol/paging.ts'
import type { AwsAction, Input, Output } from '../model/types.ts'
import type { Context } from './context.ts'
import { type DescribeInput, describe, type Listing } from './describe.ts'
import { parseId } from './ids.ts'
import { notFound, type Resource } from './resource.ts'

/** What is said of ids, none of which names anything. */
type Missing = (ids: readonly [string, ...string[]]) => Ec2Error

/** What is special about how an action may be asked. */
interface Ways {
  /** Tags are filters, too. */
  readonly tagged?: true
  readonly pages?: PageLimits
}

/** An answer in which every list is empty. */
type Nothing<O> = { readonly [M in keyof O]: readonly never[] }

type Member<A extends AwsAction> = keyof Input<A> & string

/**
 * Makes the rows of actions that find nothing. What they are asked is checked as everywhere: ids, which name nothing,
 * filters, the size of a page and the token, of which there is none.
 *
 * @param filters by action, the filters that AWS documents
 * @returns a row; of the action, the lists of its output, the member that names things with what they are, and what else
 *   of its input is honoured
 */
export const emptyAnswers =
  (filters: { readonly [A in AwsAction]?: readonly string[] }) =>
  <const A extends AwsAction, O extends Nothing<O> & Output<A>, const N extends Member<A>, const M extends Member<A>>(
    action: A,
    nothing: O,
    named: readonly [member: N, kind: Resource | Missing] | undefined,
    besides: readonly M[],
    { tagged, pages }: Ways = {},
  ) => {
    const listing: Listing<DescribeInput, never, never, string> = {
      action,
      ...(pages && { pages }),
      ...(named && {
        named: {
          ids: input => textsIn(input, named[0]),
          set: named[0],
          find: async ([first, ...others]) => {
            if (first === undefined) return []
            throw missingOf(named[1])([first, ...others])
          },
        },
      }),
      isPlace: value => typeof value === 'string',
      list: async () => [],
      item: view => view,
      filters: Object.fromEntries((filters[action] ?? []).map(name => [name, () => undefined])),
      ...(tagged && { tags: () => [] }),
    }
    const honours: readonly (N | M)[] = [...(named ? [named[0]] : []), ...besides]
    return {
      honours,
      static: 'there are none',
      read: async (input: FilteredInput, context: Context): Promise<O> => {
        await describe(listing, { ...input, Filters: input.Filters ?? input.Filter }, context)
        return nothing
      },
    }
  }

/** AWS calls the filters `Filter` in some inputs. */
interface FilteredInput extends DescribeInput {
  readonly Filter?: readonly Filter[] | undefined
}

const missingOf = (kind: Resource | Missing): Missing =>
  typeof kind === 'function'
    ? kind
    : ids => {
        for (const id of ids) parseId(kind, id)
        return notFound(kind, ...ids)
      }

function textsIn(input: object, member: string): string[] {
  const given: unknown = Object.entries(input).find(([name]) => name === member)?.[1]
  return Array.isArray(given) ? given.filter(each => typeof each === 'string') : []
}
