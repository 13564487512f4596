// Changes on a front-end that fails: each failure, at each upstream call of a request in turn.
//
// The life of an instance is in test/e2e/faults.test.ts; here is what takes a request. Whatever that is answered, a repeat completes
// it, in the end there is one of what was asked for, and nothing is unfinished.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { dayOf, timeOf } from '../../src/lib/days.ts'
import type { Failure } from '../../src/sandbox/control/faults.ts'
import { aDisk, IMAGE, type Stage, setStage } from './stage.ts'

const MINUTE = 60 * 1000
const [READY, LOCKED, DELETE] = [1, 4, 7]

const failures: readonly Failure[] = [
  { kind: 'drop', when: 'before' },
  { kind: 'drop', when: 'after' },
  { kind: 'error', code: 8192, message: 'Internal error' },
]

beforeEach(() => {
  vi.spyOn(globalThis, 'fetch').mockImplementation(() => Promise.resolve(aDisk()))
})
afterEach(() => vi.restoreAllMocks())

/** Has the nth call from now fail, those in multicalls counted. @returns ends that, and says whether it was called */
function failAt(step: number, failure: Failure, { sandbox: { faults } }: Stage): () => boolean {
  let calls = 0
  const taking = vi.spyOn(faults, 'take').mockImplementation(() => (++calls === step ? [failure] : []))
  return () => {
    taking.mockRestore()
    return calls >= step
  }
}

/** Does something on a stage of its own for each call that it makes, or the first ones, which fails, and once with none. */
async function atEveryCall(
  failure: Failure,
  work: (stage: Stage, arm: () => () => boolean) => Promise<boolean>,
  most = Number.POSITIVE_INFINITY,
): Promise<void> {
  let step = 1
  for (let hasFailed = true; hasFailed && step <= most; step++) {
    const stage = setStage()
    hasFailed = await work(stage, () => failAt(step, failure, stage))
  }
  expect(step).toBeGreaterThan(2)
}

/** The images whose names are ids of a kind. */
const imagesOf = (kind: string, { sandbox }: Stage) =>
  sandbox.world.images.all().filter(({ name, state }) => name.startsWith(`${kind}-`) && state !== DELETE)

async function downloaded(stage: Stage): Promise<void> {
  for (const image of stage.sandbox.world.images.all()) if (image.state === LOCKED) image.state = READY
  await stage.pass(30 * MINUTE)
}

const keyPairs = async (stage: Stage) =>
  (await stage.read<{ KeyPairs?: object[] }>('DescribeKeyPairs', {})).KeyPairs?.length

const Url = 'https://images.example.org/disk.img'

/** What is asked for, and how many there are of it. */
interface Creation {
  readonly action: string
  readonly input: object
  readonly count: (stage: Stage) => number | undefined | Promise<number | undefined>
  /** What has no client token is refused where it is there. */
  readonly taken?: string
}

const creations: readonly Creation[] = [
  {
    ...{ action: 'ImportImage', input: { DiskContainers: [{ Url }], ClientToken: 'once' } },
    count: stage => imagesOf('ami', stage).length,
  },
  {
    ...{ action: 'ImportSnapshot', input: { DiskContainer: { Url }, ClientToken: 'once' } },
    count: stage => imagesOf('snap', stage).length,
  },
  {
    ...{ action: 'CreateKeyPair', input: { KeyName: 'mine', KeyType: 'ed25519' } },
    ...{ count: keyPairs, taken: 'InvalidKeyPair.Duplicate' },
  },
  {
    ...{ action: 'CreateSecurityGroup', input: { GroupName: 'web', Description: 'of the test' } },
    count: ({ sandbox }) => sandbox.world.securityGroups.all().filter(({ uid }) => uid === 2).length,
    taken: 'InvalidGroup.Duplicate',
  },
]

describe.each(creations)('$action', ({ action, input, count, taken }) => {
  it.each(failures)('makes one, whichever call fails: %o', failure =>
    atEveryCall(failure, async (stage, arm) => {
      const disarm = arm()
      const { error } = await stage.perform(action, input)
      const hasFailed = disarm()
      // OpenNebula calls an address that it cannot read an internal error
      expect([undefined, ...(failure.kind === 'error' ? [400] : []), 500, 503]).toContain(error?.status)
      const again = await stage.perform(action, input)
      expect(again.error?.code).toBe(error ? undefined : taken)
      await downloaded(stage)
      expect([await count(stage), await stage.unfinished()]).toEqual([1, []])
      return hasFailed
    }),
  )
})

it.each(failures)('what a late call undid is set again, whichever call of that fails: %o', failure => {
  const setAgain = async (stage: Stage, arm: () => () => boolean) => {
    const { VolumeId = '' } = await stage.succeed<{ VolumeId?: string }>('CreateVolume', {
      ...{ Size: 1, AvailabilityZone: 'opennebulaa' },
    })
    await stage.pass(MINUTE)
    const tag = (Key: string) => ({ Resources: [VolumeId], Tags: [{ Key, Value: '' }] })
    stage.delay('one.image.update')
    await stage.perform('CreateTags', tag('late'))
    await stage.succeed('CreateTags', tag('now'))
    await stage.workOff()
    const disarm = arm()
    await stage.pass(30 * MINUTE)
    const hasFailed = disarm()
    const { Tags = [] } = await stage.read<{ Tags?: { Key?: string }[] }>('DescribeTags', {})
    expect(Tags.map(({ Key }) => Key)).toEqual(['now'])
    expect(await stage.unfinished()).toEqual([])
    return hasFailed
  }
  // It looks, and sets; the rounds that follow only look
  return atEveryCall(failure, setAgain, 3)
})

// What only reads takes no effect
it.each(failures.slice(1))('what was used is told as it is or not at all, whichever call fails: %o', failure =>
  atEveryCall(failure, async (stage, arm) => {
    const today = timeOf(dayOf(Math.floor(Date.now() / 1000)))
    await stage.succeed('RunInstances', { ImageId: IMAGE, MinCount: 1, MaxCount: 1 })
    await stage.pass(MINUTE)
    const usage = () => stage.usage({ from: today, until: today + 24 * 60 * 60 })
    const disarm = arm()
    const told = await usage().catch((error: unknown) => error)
    const hasFailed = disarm()
    const known = await usage()
    if (!(told instanceof Error)) expect(told).toEqual(known)
    expect(Object.keys(known)).toContain('BoxUsage:m1.small')
    return hasFailed
  }),
)
