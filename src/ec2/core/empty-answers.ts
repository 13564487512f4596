// What answers in AWS's form and has nothing to tell, since no cloud of OpenNebula has such things: one line an action.
import type { Filter } from '@aws-sdk/client-ec2'
import type { Ec2Error } from '../../protocol/errors.ts'
import type { PageLimits } from '../../protocol/paging.ts'
import type { AwsAction, Input, Output } from '../model/types.ts'
import type { TreatmentOf } from './action.ts'
import type { Context } from './context.ts'
import { type DescribeInput, describe, type Listing } from './describe.ts'
import { parseId } from './ids.ts'
import { notFound, type Resource } from './resource.ts'

/** What is said of ids, none of which names anything. */
type Missing = (ids: readonly [string, ...string[]]) => Ec2Error

/** What an action may be asked for, in vain. */
interface Asked<I> extends TreatmentOf<I> {
  /** The member of the input that names things, and what is said of one that is not there. */
  readonly named?: readonly [member: keyof I & string, kind: Resource | Missing, set?: string]
  /** The filters that AWS documents. */
  readonly filters?: readonly string[]
  /** Whether tags are filters, too. */
  readonly tagged?: boolean
  readonly pages?: PageLimits
}

/** An answer in which every list is empty. */
type Nothing<O> = { readonly [M in keyof O]: readonly never[] }

/**
 * The row of an action that finds nothing. What it is asked is checked as everywhere: ids, which name nothing, filters,
 * the size of a page and the token, of which there is none.
 *
 * @param nothing the lists of its output
 */
export function emptyAnswer<const A extends AwsAction, O extends Nothing<O> & Output<A>>(
  action: A,
  nothing: O,
  { named, filters = [], tagged = false, pages, ...treatment }: Asked<Input<A>>,
): TreatmentOf<Input<A>> & { readonly read: (input: Input<A>, context: Context) => Promise<O> } {
  const listing: Listing<Input<A> & DescribeInput, never, never, never> = {
    action,
    ...(pages && { pages }),
    ...(named && {
      named: {
        ids: input => textsIn(input, named[0]),
        set: named[2] ?? named[0],
        find: async ([first, ...others]) => {
          if (first === undefined) return []
          throw missingOf(named[1])([first, ...others])
        },
      },
    }),
    isPlace: (_): _ is never => false,
    list: async () => [],
    item: view => view,
    filters: Object.fromEntries(filters.map(name => [name, () => undefined])),
    ...(tagged && { tags: () => [] }),
  }
  return {
    ...treatment,
    read: async (input, context) => {
      await describe(listing, { ...input, Filters: filtersIn(input) }, context)
      return nothing
    },
  }
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

/** AWS calls them `Filter` in some inputs. */
function filtersIn(input: { readonly Filter?: readonly Filter[]; readonly Filters?: readonly Filter[] }) {
  return input.Filters ?? input.Filter
}
