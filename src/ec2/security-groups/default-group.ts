// The default group of a VPC before it is made: it is shown from the start, and made when somebody changes or needs it.
import { ALL_IPV4, ALL_IPV6 } from '../../lib/ip-blocks.ts'
import type { Context } from '../core/context.ts'
import type { SecurityGroup } from '../core/documents.ts'
import { DEFAULT_NAME, defaultGroupId, isOpen, NOT_MADE, SECURITY_GROUP_RULE } from './resource.ts'
import { keyOf, type Traffic } from './rules.ts'
import { groupRecords, type Rule } from './view.ts'

type Asking = Pick<Context, 'mint' | 'account' | 'settings'>

/** As OpenNebula would have it, but for the number. */
export function unmadeGroup(vpc: string, context: Asking): SecurityGroup {
  const { account } = context
  const id = defaultGroupId(vpc, context)
  const kept = { name: DEFAULT_NAME, description: 'default VPC security group', vpc, rules: rulesOf(id, context) }
  const nobody = { ID: [] }
  return {
    ...{ ID: NOT_MADE, NAME: id, UID: account.user.id, UNAME: account.user.name, GID: NOT_MADE, GNAME: '' },
    PERMISSIONS,
    ...{ UPDATED_VMS: nobody, OUTDATED_VMS: nobody, UPDATING_VMS: nobody, ERROR_VMS: nobody },
    TEMPLATE: { EC2_SECURITY_GROUP: groupRecords.write(kept) },
  }
}

const PERMISSIONS = {
  ...{ OWNER_U: true, OWNER_M: true, OWNER_A: false },
  ...{ GROUP_U: false, GROUP_M: false, GROUP_A: false },
  ...{ OTHER_U: false, OTHER_M: false, OTHER_A: false },
}

/**
 * From everywhere, or from its own members; and to everywhere.
 *
 * The rules for IPv6 are listed first: who takes rules away one by one begins with these, which OpenNebula cannot have alone.
 */
function rulesOf(id: string, { mint, settings }: Asking): Rule[] {
  const all = { protocol: '-1', from: -1, to: -1 } as const
  const rules: readonly (Traffic & Pick<Rule, 'groupName'>)[] = isOpen(settings)
    ? [ALL_IPV6, ALL_IPV4].flatMap(cidr => [false, true].map(egress => ({ ...all, egress, cidr })))
    : [
        { ...all, egress: false, group: id, groupName: DEFAULT_NAME },
        { ...all, egress: true, cidr: ALL_IPV4 },
      ]
  // Rules are listed by their ids
  const ids = rules
    .map(rule => mint.mint(SECURITY_GROUP_RULE, `${id} ${keyOf(rule)}`))
    .toSorted((a, b) => (a < b ? -1 : 1))
  return rules.map((rule, index) => ({ ...rule, id: ids[index] ?? '' }))
}
