// Placement groups in the account's object: what is made of them in OpenNebula, when it is in use, and whose they are.
import type {
  CreatePlacementGroupResult,
  DescribeInstancesResult,
  DescribePlacementGroupsResult,
  DescribeTagsResult,
  Reservation,
} from '@aws-sdk/client-ec2'
import { describe, expect, it } from 'vitest'
import { IMAGE, Killed, type Stage, setStage } from './stage.ts'

const MINUTE = 60 * 1000

const spread = { GroupName: 'web', Strategy: 'spread' }
const launch = { ImageId: IMAGE, MinCount: 1, MaxCount: 1, Placement: { GroupName: 'web' } }
const rival = { id: '000000000003', user: { id: 3, name: 'rival' } }

const create = async (stage: Stage, input: object = spread) =>
  (await stage.succeed<CreatePlacementGroupResult>('CreatePlacementGroup', input)).PlacementGroup?.GroupId ?? ''
const groups = async (stage: Stage) =>
  (await stage.read<DescribePlacementGroupsResult>('DescribePlacementGroups', {})).PlacementGroups ?? []
const code = async (stage: Stage, action: string, input: object) => (await stage.perform(action, input)).error?.code
const run = (stage: Stage, input: object = launch) => stage.succeed<Reservation>('RunInstances', input)
const idsOf = ({ Instances = [] }: Reservation) => Instances.map(({ InstanceId = '' }) => InstanceId)

const documents = ({ sandbox }: Stage) => sandbox.world.documents.all()
const vmGroups = ({ sandbox }: Stage) => sandbox.world.vmGroups.all()
/** The numbers of the VMs in the role of a VM group. */
const membersOf = (stage: Stage) => vmGroups(stage).map(({ roles }) => roles.map(({ VMS = '' }) => VMS).join())

async function end(stage: Stage, InstanceIds: string[]): Promise<void> {
  await stage.succeed('TerminateInstances', { InstanceIds })
  await stage.pass(MINUTE)
}

/** Does something anew for every step at which it can be killed, until nothing kills it any more. */
async function atEveryStep(
  prepare: (stage: Stage) => Promise<unknown>,
  action: string,
  input: object,
  check: (stage: Stage, step: number) => Promise<void>,
): Promise<void> {
  for (let step = 1; ; step++) {
    const stage = setStage()
    await prepare(stage)
    stage.killAt(step)
    await stage.perform(action, input).catch(error => expect(error).toBeInstanceOf(Killed))
    const wasKilled = stage.disarm()
    await check(stage, step)
    if (wasKilled) continue
    expect(step).toBeGreaterThan(2)
    return
  }
}

describe('a placement group', () => {
  it.each([
    ['cluster', 'AFFINED'],
    ['spread', 'ANTI_AFFINED'],
    ['partition', 'ANTI_AFFINED'],
  ])('of the strategy %s has a VM group that is %s, from its first instance on', async (Strategy, POLICY) => {
    const stage = setStage()
    const id = await create(stage, { GroupName: 'web', Strategy })
    expect(vmGroups(stage)).toEqual([])
    const [first = ''] = idsOf(await run(stage))
    const [second = ''] = idsOf(await run(stage, { ...launch, Placement: { GroupId: id } }))
    expect(vmGroups(stage)).toMatchObject([{ name: id, uid: stage.account.user.id, roles: [{ POLICY }] }])
    expect(membersOf(stage)).toEqual(['0,1'])
    const { Reservations = [] } = await stage.read<DescribeInstancesResult>('DescribeInstances', {
      InstanceIds: [first, second],
    })
    for (const { Instances } of Reservations) {
      expect(Instances).toMatchObject([{ Placement: { GroupName: 'web', GroupId: id } }])
    }
    expect(Reservations).toHaveLength(2)
  })

  it('is in use until its last instance has ended, and leaves nothing', async () => {
    const stage = setStage()
    await create(stage)
    const [first = ''] = idsOf(await run(stage))
    const [second = ''] = idsOf(await run(stage))
    for (const ids of [[first], [second]]) {
      expect(await code(stage, 'DeletePlacementGroup', { GroupName: 'web' })).toBe('InvalidPlacementGroup.InUse')
      expect(await groups(stage)).toHaveLength(1)
      await end(stage, ids)
    }
    await stage.succeed('DeletePlacementGroup', { GroupName: 'web' })
    expect(await groups(stage)).toEqual([])
    expect(documents(stage)).toEqual([])
    expect(vmGroups(stage)).toEqual([])
    expect(await code(stage, 'DeletePlacementGroup', { GroupName: 'web' })).toBe('InvalidPlacementGroup.Unknown')
    expect(await code(stage, 'RunInstances', launch)).toBe('InvalidPlacementGroup.Unknown')
  })

  it('stays as it was where OpenNebula keeps its VM group', async () => {
    const stage = setStage()
    await create(stage)
    await end(stage, idsOf(await run(stage)))
    const before = await groups(stage)
    stage.sandbox.faults.add({ method: 'one.vmgroup.delete', kind: 'error', code: 8192, message: 'No', times: 1 })
    expect(await code(stage, 'DeletePlacementGroup', { GroupName: 'web' })).toBe('InternalError')
    expect(await groups(stage)).toEqual(before)
    await stage.succeed('DeletePlacementGroup', { GroupName: 'web' })
    expect([...documents(stage), ...vmGroups(stage)]).toEqual([])
  })

  it('gets one VM group of many launches at once', async () => {
    const stage = setStage()
    await create(stage)
    await Promise.all(Array.from({ length: 8 }, () => run(stage)))
    expect(vmGroups(stage)).toHaveLength(1)
    expect(membersOf(stage)[0]?.split(',')).toHaveLength(8)
  })

  it('is never deleted under a launch that goes on', async () => {
    const stage = setStage()
    await create(stage)
    const tries = Array.from({ length: 6 }, () => [
      stage.perform('RunInstances', launch),
      stage.perform('DeletePlacementGroup', { GroupName: 'web' }),
    ])
    await Promise.all(tries.flat())
    // Either all launches came too late, or the group is there with those that did not
    const vms = stage.vms().map(({ id }) => String(id))
    expect(membersOf(stage)).toEqual(vms.length > 0 ? [vms.toSorted().join()] : [])
    expect(await groups(stage)).toHaveLength(vms.length > 0 ? 1 : 0)
  })

  it('has tags, which change while instances are in it', async () => {
    const stage = setStage()
    const id = await create(stage, {
      ...spread,
      TagSpecifications: [{ ResourceType: 'placement-group', Tags: [{ Key: 'a', Value: '1' }] }],
    })
    await run(stage)
    await stage.succeed('CreateTags', { Resources: [id], Tags: [{ Key: 'b', Value: '2' }] })
    const filters = [{ Name: 'resource-id', Values: [id] }]
    const { Tags } = await stage.read<DescribeTagsResult>('DescribeTags', { Filters: filters })
    expect(Tags).toEqual([
      { Key: 'a', Value: '1', ResourceId: id, ResourceType: 'placement-group' },
      { Key: 'b', Value: '2', ResourceId: id, ResourceType: 'placement-group' },
    ])
  })

  it('is made whole or not at all, wherever its request is killed', () =>
    atEveryStep(
      async () => undefined,
      'CreatePlacementGroup',
      spread,
      async (stage, step) => {
        await stage.pass(12 * MINUTE)
        expect(await stage.unfinished(), `step ${step}`).toEqual([])
        if ((await groups(stage)).length === 0) await create(stage)
        expect(await groups(stage), `step ${step}`).toMatchObject([{ GroupName: 'web', Strategy: 'spread' }])
        expect(documents(stage), `step ${step}`).toHaveLength(1)
      },
    ))

  it('is deleted whole or can be used and deleted again, wherever its request is killed', () =>
    atEveryStep(
      async stage => {
        await create(stage)
        await end(stage, idsOf(await run(stage)))
        expect(vmGroups(stage)).toHaveLength(1)
      },
      'DeletePlacementGroup',
      { GroupName: 'web' },
      async (stage, step) => {
        if ((await groups(stage)).length > 0) {
          await end(stage, idsOf(await run(stage)))
          await stage.succeed('DeletePlacementGroup', { GroupName: 'web' })
        }
        expect(documents(stage), `step ${step}`).toEqual([])
        expect(vmGroups(stage), `step ${step}`).toEqual([])
      },
    ))

  it('holds all instances of a launch, wherever that is killed and then repeated', () =>
    atEveryStep(
      create,
      'RunInstances',
      { ...launch, MinCount: 2, MaxCount: 2, ClientToken: 'once' },
      async (stage, step) => {
        const repeated = await run(stage, { ...launch, MinCount: 2, MaxCount: 2, ClientToken: 'once' })
        expect(idsOf(repeated), `step ${step}`).toHaveLength(2)
        expect(vmGroups(stage), `step ${step}`).toHaveLength(1)
        await stage.pass(30 * MINUTE)
        await end(stage, idsOf(repeated))
        await stage.succeed('DeletePlacementGroup', { GroupName: 'web' })
        expect(vmGroups(stage), `step ${step}`).toEqual([])
      },
    ))

  it('is nobody else’s to see, to use, or to delete', async () => {
    const stage = setStage()
    const id = await create(stage)
    await run(stage)
    for (const shared of [...documents(stage), ...vmGroups(stage)]) shared.permissions = [1, 1, 0, 1, 1, 0, 1, 1, 0]
    const theirs = { ImageId: IMAGE, MinCount: 1, MaxCount: 1 }
    const tries: [string, object][] = [
      ['RunInstances', { ...theirs, Placement: { GroupName: 'web' } }],
      ['RunInstances', { ...theirs, Placement: { GroupId: id } }],
      ['DeletePlacementGroup', { GroupName: 'web' }],
      ['CreateTags', { Resources: [id], Tags: [{ Key: 'a', Value: 'b' }] }],
    ]
    for (const [action, input] of tries) {
      const { error } = await stage.perform(action, input, rival)
      expect(error?.code, action).toBe('InvalidPlacementGroup.Unknown')
    }
    expect((await stage.perform('CreatePlacementGroup', spread, rival)).error).toBeUndefined()
    expect(await groups(stage)).toHaveLength(1)
  })

  it.each<[string, string, object]>([
    ['no name', 'MissingParameter', { Strategy: 'spread' }],
    ['a long name', 'InvalidParameterValue', { ...spread, GroupName: 'x'.repeat(256) }],
    ['a name of other letters', 'InvalidParameterValue', { ...spread, GroupName: 'grün' }],
    ['a strategy that is none', 'InvalidParameterValue', { ...spread, Strategy: 'precision-time' }],
    ['a strategy of another’s', 'InvalidParameterValue', { ...spread, Strategy: 'toString' }],
    ['partitions of another strategy', 'InvalidParameterCombination', { ...spread, PartitionCount: 2 }],
    ['too many partitions', 'InvalidParameterValue', { ...spread, Strategy: 'partition', PartitionCount: 8 }],
    ['no partitions', 'InvalidParameterValue', { ...spread, Strategy: 'partition', PartitionCount: 0 }],
    ['a level of another strategy', 'InvalidParameterCombination', { GroupName: 'web', SpreadLevel: 'rack' }],
    ['tags of another kind', 'InvalidParameterValue', { ...spread, TagSpecifications: [{ ResourceType: 'image' }] }],
  ])('is refused for %s', async (_, expected, input) => {
    const stage = setStage()
    expect(await code(stage, 'CreatePlacementGroup', input)).toBe(expected)
    expect(documents(stage)).toEqual([])
  })

  it('has a name of its own, and partitions where it is of them', async () => {
    const stage = setStage()
    await create(stage, { GroupName: 'web', Strategy: 'partition' })
    expect(await code(stage, 'CreatePlacementGroup', spread)).toBe('InvalidPlacementGroup.Duplicate')
    await create(stage, { GroupName: 'other' })
    expect(await groups(stage)).toMatchObject([
      { GroupName: 'web', Strategy: 'partition', PartitionCount: 2, State: 'available' },
      { GroupName: 'other', Strategy: 'cluster' },
    ])
  })

  it('is the one that a launch names, whatever its template does', async () => {
    const stage = setStage()
    await create(stage)
    await create(stage, { GroupName: 'other', Strategy: 'cluster' })
    const LaunchTemplateData = { ImageId: IMAGE, Placement: { GroupName: 'web' } }
    await stage.succeed('CreateLaunchTemplate', { LaunchTemplateName: 'placed', LaunchTemplateData })
    const templated = { MinCount: 1, MaxCount: 1, LaunchTemplate: { LaunchTemplateName: 'placed' } }
    const placements: [object, string][] = [
      [{}, 'web'],
      [{ Placement: { GroupName: 'other' } }, 'other'],
      [{ Placement: { AvailabilityZone: 'opennebulaa' } }, ''],
    ]
    for (const [more, GroupName] of placements) {
      expect((await run(stage, { ...templated, ...more })).Instances).toMatchObject([{ Placement: { GroupName } }])
    }
  })
})

describe('an instance', () => {
  it('stays in its group', async () => {
    const stage = setStage()
    await create(stage)
    const [placed = '', other = ''] = [
      ...idsOf(await run(stage)),
      ...idsOf(await run(stage, { ...launch, Placement: {} })),
    ]
    await stage.succeed('StopInstances', { InstanceIds: [placed, other] })
    await stage.pass(MINUTE)
    const modified = (InstanceId: string, GroupName: string) =>
      stage.read('ModifyInstancePlacement', { InstanceId, GroupName })
    await modified(placed, 'web')
    await modified(other, '')
    await expect(modified(placed, '')).rejects.toMatchObject({ code: 'UnsupportedOperation' })
    await expect(modified(other, 'web')).rejects.toMatchObject({ code: 'UnsupportedOperation' })
  })
})

describe('a launch', () => {
  it.each<[string, string, object]>([
    ['an unknown name', 'InvalidPlacementGroup.Unknown', { GroupName: 'none' }],
    ['an unknown id', 'InvalidPlacementGroup.Unknown', { GroupId: 'pg-1234567890abcdef0' }],
    ['what is no id', 'InvalidPlacementGroupId.Malformed', { GroupId: 'web' }],
    ['a name and an id', 'InvalidParameterCombination', { GroupName: 'web', GroupId: 'pg-1234567890abcdef0' }],
  ])('is refused into a group by %s', async (_, expected, Placement) => {
    const stage = setStage()
    await create(stage)
    expect(await code(stage, 'RunInstances', { ...launch, Placement })).toBe(expected)
    expect(stage.vms()).toEqual([])
  })

  it('into no group is one with an empty name', async () => {
    const stage = setStage()
    expect((await run(stage, { ...launch, Placement: { GroupName: '' } })).Instances).toHaveLength(1)
  })
})
