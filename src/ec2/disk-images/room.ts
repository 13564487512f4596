// Room for an image that is to be: what the account may have, and what the datastore has left. OpenNebula looks at both when
// it makes the image; here it is known before anything is sent or held for it.
import { datastorePool } from '../../opennebula/calls/datastore.ts'
import { ownQuotas } from '../../opennebula/calls/user.ts'
import type { Datastore, UserQuotas } from '../../opennebula/documents.ts'
import { textOf } from '../../opennebula/xml/attributes.ts'
import { amount } from '../../opennebula/xml/numbers.ts'
import type { Context } from '../core/context.ts'
import { limitReached, noSpace } from '../core/failures.ts'
import { readTogether } from '../core/multicall.ts'
import type { Resource } from '../core/resource.ts'

/** What the account has room for. */
export interface Room {
  /** Whether the datastore makes disks of other formats what VMs can have. */
  readonly converts: boolean
  /**
   * That there is room for one more image.
   * @param size in MiB, as far as it is known
   * @throws Ec2Error InsufficientVolumeCapacity, ResourceLimitExceeded or the code of the resource's own limit
   */
  check(size: number): void
}

/** Looks at the datastore and at what the account may have there, in one request. @param resource that is to be made */
export async function readRoom(
  resource: Resource,
  { one, settings }: Pick<Context, 'one' | 'settings'>,
): Promise<Room> {
  const { datastores, users } = await readTogether(one, { datastores: [datastorePool()], users: [ownQuotas()] })
  // One that the account may not see is OpenNebula's to judge
  const datastore = datastores.find(({ ID }) => ID === settings.datastore)
  const quotas = users.flatMap(user => quotasOf(user, settings.datastore))
  return {
    converts: datastore !== undefined && converts(datastore),
    check(size) {
      for (const { metric, limit, used } of quotas) {
        const wanted = metric === 'SIZE' ? size : 1
        if (used + wanted > limit) throw limitReached({ method: 'one.image.allocate', metric, limit }, { resource })
      }
      if (datastore !== undefined && size > spaceIn(datastore)) throw noSpace()
    },
  }
}

interface Quota {
  readonly metric: 'SIZE' | 'IMAGES'
  readonly limit: number
  readonly used: number
}

function quotasOf({ DATASTORE_QUOTA: own, DEFAULT_USER_QUOTAS: common }: UserQuotas, datastore: number): Quota[] {
  const [mine, others] = [own, common.DATASTORE_QUOTA].map(({ DATASTORE }) =>
    DATASTORE.find(({ ID }) => ID === datastore),
  )
  return (['SIZE', 'IMAGES'] as const).flatMap(metric => {
    const limit = [mine?.[metric], others?.[metric]].find(value => value !== undefined && value !== OF_ALL)
    return limit === undefined || limit < 0 ? [] : [{ metric, limit, used: mine?.[`${metric}_USED`] ?? 0 }]
  })
}

/** The limit of all users counts. */
const OF_ALL = -1

/** MiB, as OpenNebula counts them; without end where nobody has looked yet, or the operator has OpenNebula not look. */
function spaceIn({ TOTAL_MB, FREE_MB, USED_MB, TEMPLATE }: Datastore): number {
  if (textOf(TEMPLATE, 'DATASTORE_CAPACITY_CHECK')?.toUpperCase() === 'NO') return Number.POSITIVE_INFINITY
  const limit = amount(textOf(TEMPLATE, 'LIMIT_MB'))
  if (limit !== undefined) return Math.max(0, limit - (USED_MB ?? 0))
  return FREE_MB === undefined || !TOTAL_MB ? Number.POSITIVE_INFINITY : FREE_MB
}

/**
 * What OpenNebula's drivers do with an image when they have fetched it (`cp` of each): into Ceph all goes as it is bit by bit,
 * into files what the datastore's DRIVER says.
 */
function converts({ DS_MAD, TEMPLATE }: Datastore): boolean {
  if (DS_MAD === 'ceph') return true
  const kept = textOf(TEMPLATE, 'CONVERT')?.toLowerCase() === 'no'
  return DS_MAD === 'fs' && !kept && /^(?:raw|qcow2)$/.test(textOf(TEMPLATE, 'DRIVER') ?? '')
}
