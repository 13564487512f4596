// OpenNebula's quotas: what an account may have, and has. There is a limit of the user and one of its group, and what is given
// to either counts for both: the smaller counts.
import { ownGroupQuotas } from '../../opennebula/calls/group.ts'
import { ownQuotas } from '../../opennebula/calls/user.ts'
import type { GroupQuotas, UserQuotas } from '../../opennebula/quotas.ts'
import type { Outcome } from '../../opennebula/xml/xmlrpc.ts'
import { answerOf } from './failures.ts'

/** What has a limit, as OpenNebula calls it: of all VMs, of a network or of a datastore. */
export type Metric =
  | ['VM', 'VMS' | 'RUNNING_VMS' | 'CPU' | 'RUNNING_CPU' | 'MEMORY' | 'RUNNING_MEMORY']
  | ['NETWORK', 'LEASES', network: number]
  | ['DATASTORE', 'IMAGES' | 'SIZE', datastore: number]

/** A limit, in OpenNebula's unit, and what counts towards it. */
export interface Quota {
  /** Infinite where there is none. */
  readonly limit: number
  readonly used: number
}

type Quotas = UserQuotas['DEFAULT_USER_QUOTAS']

/** The user or the group that limits are of, and what counts where it has none of its own. */
export interface Holder {
  readonly own: Quotas
  readonly common: Quotas
}

/** What is to be read to know the limits of an account. */
export const quotaReads = () => [ownQuotas(), ownGroupQuotas()] as const

/**
 * Whose limits count: the user's first, then those of its group, where the front-end shows them.
 * @throws Ec2Error where the user cannot be read
 */
export const holdersIn = (user: Outcome<readonly UserQuotas[]>, group: Outcome<readonly GroupQuotas[]>): Holder[] => [
  ...answerOf(user).map(own => ({ own, common: own.DEFAULT_USER_QUOTAS })),
  ...(group.value ?? []).map(own => ({ own, common: own.DEFAULT_GROUP_QUOTAS })),
]

/** What counts of everybody who has no limits of their own. */
export const withoutOwn = ({ common }: Holder): Holder => ({ own: NOTHING, common })

const NOTHING: Quotas = { VM_QUOTA: { VM: [] }, NETWORK_QUOTA: { NETWORK: [] }, DATASTORE_QUOTA: { DATASTORE: [] } }

/** The limit of what is left to the default. */
const OF_ALL = -1

/** A limit of one holder, and what it uses. */
export function quotaOf({ own, common }: Holder, metric: Metric): Quota {
  const [, name] = metric
  const [mine, others] = [own, common].map(quotas => amountsIn(quotas, metric))
  const limit = [mine?.[name], others?.[name]].find(value => value !== undefined && value !== OF_ALL)
  return {
    limit: limit === undefined || limit < 0 ? Number.POSITIVE_INFINITY : limit,
    used: mine?.[`${name}_USED`] ?? 0,
  }
}

type Amounts = Readonly<Record<string, number | undefined>>

function amountsIn({ VM_QUOTA, NETWORK_QUOTA, DATASTORE_QUOTA }: Quotas, [kind, , id]: Metric): Amounts | undefined {
  if (kind === 'NETWORK') return NETWORK_QUOTA.NETWORK.find(({ ID }) => ID === id)
  if (kind === 'DATASTORE') return DATASTORE_QUOTA.DATASTORE.find(({ ID }) => ID === id)
  // Limits of some clusters are OpenNebula's to judge
  const { CLUSTER_IDS: _, ...amounts } = VM_QUOTA.VM.find(({ CLUSTER_IDS }) => CLUSTER_IDS === undefined) ?? {}
  return amounts
}
