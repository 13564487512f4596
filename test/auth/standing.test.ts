// Whether a user may act: what is asked of OpenNebula and how often, and what becomes of who changed meanwhile.
import { describe, expect, it } from 'vitest'
import { type Holder, readStanding, type Standing, Standings } from '../../src/auth/standing.ts'
import { OneError, OneUnavailable } from '../../src/opennebula/errors.ts'
import type { OneReader } from '../../src/opennebula/one.ts'
import { Ec2Error } from '../../src/protocol/errors.ts'
import { refusal } from './support.ts'

const helen: Holder = { user: { id: 2, name: 'helen' } }

type User = NonNullable<Standing['user']>

const standingOf = (changes: Partial<User> = {}): Standing => ({
  user: { name: 'helen', enabled: true, isAdministrator: false, ...changes },
  administrators: [0, 1],
})

/** Standings over a cloud and a clock that the test moves. */
function standings(first: Standing = standingOf()) {
  const cloud = {
    ...{ time: 1_000_000, reads: 0, standing: first, gate: Promise.resolve() },
    failure: undefined as Error | undefined,
  }
  const kept: Promise<unknown>[] = []
  const all = new Standings({
    read: async () => {
      cloud.reads++
      const { gate, failure, standing } = cloud
      await gate
      if (failure) throw failure
      return standing
    },
    now: () => cloud.time,
  })
  const keep = (work: Promise<unknown>) => kept.push(work)
  return { admit: (holder = helen) => all.admit(holder, keep), judge: () => all.judge(helen, keep), cloud, kept }
}

/** Users who are no longer whom a key was made for. */
const changed: readonly [string, Standing, 'suspended' | 'gone'][] = [
  ['is disabled', standingOf({ enabled: false }), 'suspended'],
  ['was renamed', standingOf({ name: 'hélène' }), 'suspended'],
  ['was deleted, and made anew with another number', { administrators: [0, 1] }, 'gone'],
  ['was moved into group 0', standingOf({ isAdministrator: true }), 'suspended'],
]

describe('a user', () => {
  it('who is the same and enabled may act, and it is told who the administrators are', async () => {
    const { admit, judge } = standings()
    expect(await admit()).toEqual([0, 1])
    expect(await judge()).toBe('valid')
  })

  it.each(changed)('who %s may not', async (_, standing, verdict) => {
    const { admit, judge } = standings(standing)
    expect(await refusal(admit())).toEqual({
      code: 'InvalidClientTokenId',
      status: 403,
      message: 'The security token included in the request is invalid.',
    })
    expect(await judge()).toBe(verdict)
  })

  it.each(changed)('who %s may not within a minute', async (_, standing) => {
    const { admit, cloud } = standings()
    await admit()
    cloud.standing = standing
    cloud.time += 59_999
    await admit()
    cloud.time += 1
    expect(await refusal(admit())).toMatchObject({ code: 'InvalidClientTokenId' })
    expect(cloud.reads).toBe(2)
  })

  it('of group 0 may where the operator allowed it', async () => {
    const { admit } = standings(standingOf({ isAdministrator: true }))
    expect(await admit({ ...helen, allowAdmin: true })).toEqual([0, 1])
    const disabled = standings(standingOf({ isAdministrator: true, enabled: false }))
    expect(await refusal(disabled.admit({ ...helen, allowAdmin: true }))).toMatchObject({ status: 403 })
  })
})

describe('the reads', () => {
  it('are one a minute for each user', async () => {
    const { admit, cloud } = standings()
    for (let second = 0; second < 120; second++) {
      await admit()
      await refusal(admit({ user: { id: 3, name: 'rival' } }))
      cloud.time += 1_000
    }
    expect(cloud.reads).toBe(4)
  })

  it('are shared by who asks at the same time, and as old as they began', async () => {
    const { admit, cloud, kept } = standings()
    let open = () => {}
    cloud.gate = new Promise(resolve => {
      open = resolve
    })
    const admitted = Promise.all([admit(), admit(), admit()])
    cloud.time += 4_000
    open()
    await admitted
    expect(cloud.reads).toBe(1)
    expect(kept).toHaveLength(1)
    cloud.time += 56_000
    await admit()
    expect(cloud.reads).toBe(2)
  })

  it('that never end keep nobody waiting who comes later', async () => {
    const { admit, cloud } = standings()
    cloud.gate = new Promise(() => {})
    void admit()
    cloud.time += 5_000
    cloud.gate = Promise.resolve()
    expect(await admit()).toEqual([0, 1])
  })

  it('that fail refuse nobody and admit nobody, and are done again', async () => {
    const { admit, judge, cloud, kept } = standings()
    await admit()
    cloud.time += 60_000
    cloud.failure = new Ec2Error('Unavailable', 'later')
    expect(await refusal(admit())).toMatchObject({ status: 503 })
    await expect(judge()).rejects.toThrow('later')
    await expect(Promise.all(kept)).resolves.toBeDefined()
    cloud.failure = undefined
    expect(await admit()).toEqual([0, 1])
  })

  it('are done again when the clock was set back', async () => {
    const { admit, cloud } = standings()
    await admit()
    cloud.time -= 1
    await admit()
    expect(cloud.reads).toBe(2)
  })
})

describe('OpenNebula', () => {
  const helenNow = { ID: 2, GID: 1, GROUPS: { ID: [1] }, NAME: 'helen', ENABLED: true }
  const group = (...ID: number[]) => ({ value: [{ ID: 0, NAME: 'oneadmin', USERS: { ID } }] })
  const server = (...outcomes: object[]) => ({ read: async () => outcomes }) as unknown as OneReader

  it('says who the user is, and who is in group 0', async () => {
    expect(await readStanding(server({ value: [helenNow] }, group(0, 1)), 2)).toEqual(standingOf())
  })

  it.each([
    ['as the first group', { ...helenNow, GID: 0 }, [0, 1]],
    ['as another group', { ...helenNow, GROUPS: { ID: [0, 1] } }, [0, 1]],
    ["by the group's own list", helenNow, [0, 1, 2]],
  ])('has an administrator %s', async (_, user, members) => {
    const { user: found } = await readStanding(server({ value: [user] }, group(...members)), 2)
    expect(found?.isAdministrator).toBe(true)
  })

  it('says that there is no such user', async () => {
    const error = new OneError('one.user.info', 1024, 'Error getting user [2].', 2)
    expect(await readStanding(server({ error }, group(0)), 2)).toEqual({ administrators: [0] })
  })

  it.each<[string, object, object]>([
    ['refuses the server account', { error: new OneError('one.user.info', 256, '') }, group(0)],
    ['fails', { error: new OneError('one.user.info', 8192, '') }, group(0)],
    ['does not tell of the group', { value: [helenNow] }, { error: new OneError('one.group.info', 1024, '') }],
    ['gives no document', { value: [] }, group(0)],
  ])('that %s is not there', async (_, ...outcomes) => {
    expect(await refusal(readStanding(server(...outcomes), 2))).toMatchObject({ code: 'Unavailable', status: 503 })
  })

  it('that does not answer is not there', async () => {
    const read = async () => {
      throw new OneUnavailable('timeout', 'none', 'late')
    }
    expect(await refusal(readStanding({ read } as unknown as OneReader, 2))).toMatchObject({ status: 503 })
  })
})
