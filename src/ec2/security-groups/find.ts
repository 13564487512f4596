// Security groups as far as launches and interfaces name them: whose count, and which one an id or a name means.

import { limits } from '../../limits.ts'
import type { ReadCall } from '../../opennebula/calls/common.ts'
import { securityGroupPool } from '../../opennebula/calls/secgroup.ts'
import type { SecurityGroup } from '../../opennebula/documents.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { Context } from '../core/context.ts'
import { parseId } from '../core/ids.ts'
import { notFound } from '../core/resource.ts'
import { countingOf, counts } from '../core/trust.ts'
import { SECURITY_GROUP } from './resource.ts'

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
 * @throws Ec2Error InvalidGroup.NotFound, InvalidGroupId.Malformed, SecurityGroupsPerInterfaceLimitExceeded
 */
export function numbersOfGroups(
  { ids = [], names = [] }: NamedGroups,
  groups: readonly SecurityGroup[],
  context: Context,
): number[] {
  const namable = groups.filter(group => counts(group, context))
  const pick = (name: string, isMeant: (group: SecurityGroup) => boolean) => {
    const group = namable.find(isMeant)
    if (!group) throw notFound(SECURITY_GROUP, name)
    return group.ID
  }
  const byId = ids.map(id => {
    const parsed = parseId(SECURITY_GROUP, id)
    return pick(id, ({ ID }) => 'number' in parsed && ID === parsed.number)
  })
  const numbers = [...new Set([...byId, ...names.map(name => pick(name, ({ NAME }) => NAME === name))])]
  const { most, code } = limits.securityGroupsOfInterface
  if (numbers.length > most) throw new Ec2Error(code, `An interface has at most ${most} security groups.`)
  return numbers
}
