// The limits that all users have, where an account has none of its own.
import { describe, expect, it } from 'vitest'
import type { OneReader } from '../../../src/ec2/core/documents.ts'
import { readRoom } from '../../../src/ec2/disk-images/room.ts'
import { SNAPSHOT } from '../../../src/ec2/snapshots/resource.ts'
import type { GroupQuotas, UserQuotas } from '../../../src/opennebula/quotas.ts'
import { context } from './fixtures.ts'

type Quota = UserQuotas['DATASTORE_QUOTA']['DATASTORE'][number]

const quota = (limits: Partial<Quota>): Quota => ({
  ...{ ID: 1, IMAGES: -1, IMAGES_USED: 0, SIZE: -1, SIZE_USED: 0 },
  ...limits,
})

const quotas = (DATASTORE: readonly Quota[]) => ({
  ...{ VM_QUOTA: { VM: [] }, NETWORK_QUOTA: { NETWORK: [] }, DATASTORE_QUOTA: { DATASTORE } },
})

/** Of a user: the sandbox has no limits of all users. */
const one = (own: readonly Quota[], common: readonly Quota[], ofGroup: readonly Quota[] = []): OneReader => {
  const user: UserQuotas = { ID: 2, ...quotas(own), DEFAULT_USER_QUOTAS: quotas(common) }
  const group: GroupQuotas = { ID: 1, ...quotas(ofGroup), DEFAULT_GROUP_QUOTAS: quotas([]) }
  const read = () => Promise.resolve([{ value: [] }, { value: [user] }, { value: [group] }])
  return { read } as unknown as OneReader
}

const check = async (own: readonly Quota[], common: readonly Quota[], size: number, ofGroup?: readonly Quota[]) =>
  (await readRoom(SNAPSHOT, { one: one(own, common, ofGroup), settings: context.settings })).check(size)

describe('what an account may have', () => {
  it.each<[string, readonly Quota[], readonly Quota[]]>([
    ['nothing says', [], []],
    ['its own quota says', [quota({ SIZE: 1000 })], [quota({ SIZE: 10 })]],
    ['its own says without limit', [quota({ SIZE: -2 })], [quota({ SIZE: 10 })]],
    ['another datastore is full', [quota({ ID: 2, SIZE: 1, SIZE_USED: 1 })], []],
  ])('is enough where %s', async (_, own, common) => expect(await check(own, common, 100)).toBeUndefined())

  it.each<[string, readonly Quota[], readonly Quota[]]>([
    ['the default quota says', [], [quota({ SIZE: 99 })]],
    ['its own leaves it to the default', [quota({ SIZE_USED: 1 })], [quota({ SIZE: 100 })]],
    ['its own says', [quota({ SIZE: 99 })], [quota({ SIZE: 1000 })]],
    ['it may have no image', [quota({ IMAGES: 0 })], []],
  ])('is not where %s', async (_, own, common) =>
    expect(check(own, common, 100)).rejects.toMatchObject({ code: 'SnapshotLimitExceeded' }),
  )

  it('is not where its group has used up what all of its users may have', async () => {
    const ofGroup = [quota({ SIZE: 1000, SIZE_USED: 901 })]
    await expect(check([quota({ SIZE: 1000 })], [], 100, ofGroup)).rejects.toMatchObject({
      code: 'SnapshotLimitExceeded',
    })
    expect(await check([quota({ SIZE: 1000 })], [], 99, ofGroup)).toBeUndefined()
  })
})
