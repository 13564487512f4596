// Security groups as far as launches and interfaces name them: whose count, and which one an id or a name means.
import { type ReadCall, securityGroupPool } from '../opennebula/calls.ts'
import type { SecurityGroup } from '../opennebula/documents.ts'
import type { Context } from './context.ts'
import { parseId } from './ids.ts'
import { notFound } from './resources.ts'
import { countingOf, counts } from './trust.ts'

/** Reads the groups that may be named: the caller's own, then the operator's. */
export const namableGroups = (context: Context): ReadCall<SecurityGroup>[] => countingOf(securityGroupPool, context)

/** How a request names groups. */
export interface NamedGroups {
  readonly ids?: readonly string[] | undefined
  readonly names?: readonly string[] | undefined
}

/** Whether any group is named. */
export const namesGroups = ({ ids = [], names = [] }: NamedGroups): boolean => ids.length + names.length > 0

/**
 * The OpenNebula numbers of the groups that a request names, each once. Of two groups of one name the caller's own is
 * meant; a stranger's never is.
 * @param groups as `namableGroups` gives them
 * @throws Ec2Error InvalidGroup.NotFound, InvalidGroupId.Malformed
 */
export function numbersOfGroups(
  { ids = [], names = [] }: NamedGroups,
  groups: readonly SecurityGroup[],
  context: Context,
): number[] {
  const namable = groups.filter(group => counts(group, context))
  const pick = (name: string, isMeant: (group: SecurityGroup) => boolean) => {
    const group = namable.find(isMeant)
    if (!group) throw notFound('securityGroup', name)
    return group.ID
  }
  const byId = ids.map(id => {
    const parsed = parseId('securityGroup', id)
    return pick(id, ({ ID }) => 'number' in parsed && ID === parsed.number)
  })
  return [...new Set([...byId, ...names.map(name => pick(name, ({ NAME }) => NAME === name))])]
}
