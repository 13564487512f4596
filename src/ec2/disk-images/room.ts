// Room for an image that is to be: what the account may have, and what the datastore has left. OpenNebula looks at both when
// it makes the image; here it is known before anything is sent or held for it.
import { datastorePool } from '../../opennebula/calls/datastore.ts'
import type { Datastore } from '../../opennebula/documents.ts'
import { textOf } from '../../opennebula/xml/attributes.ts'
import { amount } from '../../opennebula/xml/numbers.ts'
import type { Context } from '../core/context.ts'
import { answerOf } from '../core/failures.ts'
import { holdersIn, quotaOf, quotaReads } from '../core/quotas.ts'
import { limitReached, noSpace } from '../core/refusals.ts'
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
  const [datastores, user, group] = await one.read(datastorePool(), ...quotaReads())
  // One that the account may not see is OpenNebula's to judge
  const datastore = answerOf(datastores).find(({ ID }) => ID === settings.datastore)
  const holders = holdersIn(user, group)
  return {
    converts: datastore !== undefined && converts(datastore),
    check(size) {
      for (const holder of holders) {
        for (const [metric, wanted] of [
          ['SIZE', size],
          ['IMAGES', 1],
        ] as const) {
          const { limit, used } = quotaOf(holder, ['DATASTORE', metric, settings.datastore])
          if (used + wanted > limit) throw limitReached({ method: 'one.image.allocate', metric, limit }, { resource })
        }
      }
      if (datastore !== undefined && size > spaceIn(datastore)) throw noSpace()
    },
  }
}

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
