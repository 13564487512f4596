// Resources of which an account has so few that all are read whichever are named, and those of which it has exactly one.
import { excerpt } from '../../lib/excerpt.ts'
import { unauthorizedOperation } from '../../protocol/complaints.ts'
import type { Context } from './context.ts'
import { type Collected, collected, type ListSource } from './describe.ts'
import { canonicalId, numericId, parseId } from './ids.ts'
import { notFound, type Resource } from './resource.ts'
import type { Taggable } from './taggable.ts'

/** The id of what an account has one of: it has the number of the account's user. */
export const ofAccount = (resource: Pick<Resource, 'prefix'>, { account }: Pick<Context, 'account'>): string =>
  numericId(resource, account.user.id)

/** What a Describe lists of a kind that goes by its id. */
interface ById<Input, View> {
  readonly resource: Resource
  /** What AWS calls the set of ids where it makes no pages of it. */
  readonly set: string
  readonly ids: (input: Input) => readonly string[] | undefined
  readonly all: Collected<Input, View>['all']
  readonly idOf: (view: View) => string
}

/** The source of its Describe. @throws Ec2Error the Malformed and NotFound of its kind */
export const listedById = <Input, View>({
  resource,
  set,
  ids,
  all,
  idOf,
}: ById<Input, View>): ListSource<Input, View, string> =>
  collected({
    ...{ all, set, key: idOf },
    names: [[input => ids(input)?.map(canonicalId), idOf]],
    missing: unknown => {
      for (const id of unknown) parseId(resource, id)
      return notFound(resource, ...unknown)
    },
  })

/**
 * The tags of what an account has one of: it is the operator's, who gives it to every account, and no object of OpenNebula's
 * is there to keep any on.
 */
export const untagged = (resource: Resource): Taggable => ({
  async change(ids, _, context) {
    const [unknown] = ids.filter(id => canonicalId(id) !== ofAccount(resource, context))
    if (unknown === undefined) {
      throw unauthorizedOperation(
        `'${excerpt(ids[0] ?? '')}' is the operator's, who gives it to every account: it has no tags.`,
      )
    }
    parseId(resource, unknown)
    throw notFound(resource, unknown)
  },
  listed: {},
})

/** The tags of a kind of which an account makes more than the one that it has: that one has none. */
export const taggedBesides = (resource: Resource, own: Taggable): Taggable => ({
  ...own,
  change: (ids, change, context) => {
    const untaggable = ids.filter(id => canonicalId(id) === ofAccount(resource, context))
    const { change: changeTags } = untaggable.length > 0 ? untagged(resource) : own
    return changeTags(untaggable.length > 0 ? untaggable : ids, change, context)
  },
})
