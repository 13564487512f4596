// RunInstances in the account's object: once for a token, whatever is killed in between, and nothing left over.
import type {
  DescribeInstanceStatusResult,
  DescribeInstancesResult,
  DescribeTagsResult,
  DescribeVolumesResult,
  Reservation,
} from '@aws-sdk/client-ec2'
import { describe, expect, it } from 'vitest'
import { IMAGE, Killed, type Stage, setStage } from './stage.ts'

const MINUTE = 60 * 1000

/** Two of three instances would do; each brings a volume that ends with it. */
const run = (more: object = {}) => ({
  ImageId: IMAGE,
  InstanceType: 'm1.small',
  MinCount: 2,
  MaxCount: 3,
  BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs: { VolumeSize: 1 } }],
  ...more,
})

const idsOf = ({ Instances = [] }: Reservation) => Instances.map(({ InstanceId = '' }) => InstanceId).toSorted()

const DELETE = 7

/** Names of the images that are volumes. */
const volumesOf = ({ sandbox }: Stage) =>
  sandbox.world.images
    .all()
    .filter(({ name, state }) => name.startsWith('vol-') && state !== DELETE)
    .map(({ name }) => name)

/** What all the lists say of instances, and of what they have. */
async function seen(stage: Stage) {
  const [{ Reservations = [] }, { InstanceStatuses = [] }, { Tags = [] }, { Volumes = [] }] = await Promise.all([
    stage.read<DescribeInstancesResult>('DescribeInstances', {}),
    stage.read<DescribeInstanceStatusResult>('DescribeInstanceStatus', { IncludeAllInstances: true }),
    stage.read<DescribeTagsResult>('DescribeTags', {}),
    stage.read<DescribeVolumesResult>('DescribeVolumes', {}),
  ])
  return {
    instances: Reservations.flatMap(({ Instances = [] }) =>
      Instances.map(({ InstanceId = '' }) => InstanceId),
    ).toSorted(),
    addresses: Reservations.flatMap(({ Instances = [] }) =>
      Instances.map(({ PrivateIpAddress = '' }) => PrivateIpAddress),
    ).toSorted(),
    statuses: InstanceStatuses.map(({ InstanceId = '' }) => InstanceId).toSorted(),
    tags: Tags.map(({ ResourceId, Key }) => `${ResourceId} ${Key}`).toSorted(),
    volumes: Volumes.map(each => [each.VolumeId, each.Attachments?.[0]?.InstanceId].join(' ')).toSorted(),
  }
}

/** Performs a change that the object does not survive its nth step of; false when it has fewer. */
async function isKilledAt(step: number, stage: Stage, input: object): Promise<boolean> {
  stage.killAt(step)
  await stage.perform('RunInstances', input).catch((error: unknown) => {
    if (!(error instanceof Killed)) throw error
  })
  return stage.disarm()
}

/** Plays a scene on a stage of its own for every step that a launch has, until it has no more. Gives their number. */
async function atEveryStep(
  input: object,
  scene: (stage: Stage, step: number) => Promise<void>,
  set = () => setStage(),
): Promise<number> {
  for (let step = 1; ; step++) {
    const stage = set()
    if (!(await isKilledAt(step, stage, input))) return step - 1
    await scene(stage, step)
  }
}

async function expectNothingLeft(stage: Stage, what: string): Promise<void> {
  expect(await stage.unfinished(), what).toEqual([])
  expect(stage.ids(), what).toEqual([])
  expect(volumesOf(stage), what).toEqual([])
}

describe('a launch', { timeout: 120_000 }, () => {
  it('leaves nothing unfinished', async () => {
    const stage = setStage()
    const reservation = await stage.succeed<Reservation>('RunInstances', run({ ClientToken: 'a' }))
    expect(idsOf(reservation)).toHaveLength(3)
    expect(stage.ids().toSorted()).toEqual(idsOf(reservation))
    expect(volumesOf(stage)).toHaveLength(3)
    expect(await stage.unfinished()).toEqual([])
  })

  it('that is killed between any two steps is finished by a repeat with its token', async () => {
    const input = run({ ClientToken: 'a' })
    const steps = await atEveryStep(input, async (stage, step) => {
      const reservation = await stage.succeed<Reservation>('RunInstances', input)
      const again = await stage.succeed<Reservation>('RunInstances', input)
      expect(idsOf(again), `step ${step}`).toEqual(idsOf(reservation))
      await stage.pass(30 * MINUTE)
      expect(stage.ids().toSorted(), `step ${step}`).toEqual(idsOf(reservation))
      expect(idsOf(reservation), `step ${step}`).toHaveLength(3)
      expect(volumesOf(stage), `step ${step}`).toHaveLength(3)
      expect(await stage.unfinished(), `step ${step}`).toEqual([])
    })
    expect(steps).toBeGreaterThan(6)
  })

  it('that is killed again while it is repeated is finished all the same', async () => {
    const input = run({ ClientToken: 'a' })
    await atEveryStep(input, async (stage, step) => {
      await isKilledAt(step, stage, input)
      const reservation = await stage.succeed<Reservation>('RunInstances', input)
      await stage.pass(30 * MINUTE)
      expect(stage.ids().toSorted(), `step ${step}`).toEqual(idsOf(reservation))
      expect(volumesOf(stage), `step ${step}`).toHaveLength(3)
      expect(await stage.unfinished(), `step ${step}`).toEqual([])
    })
  })

  it('that is killed and never repeated ends whole or not at all, and can be asked for anew', async () => {
    const input = run({ ClientToken: 'a' })
    await atEveryStep(input, async (stage, step) => {
      await stage.pass(40 * MINUTE)
      expect(await stage.unfinished(), `step ${step}`).toEqual([])
      expect([0, 3], `step ${step}`).toContain(stage.vms().length)
      expect(volumesOf(stage), `step ${step}`).toHaveLength(stage.vms().length)
      const late = await stage.succeed<Reservation>('RunInstances', input)
      expect(stage.ids().toSorted(), `step ${step}`).toEqual(idsOf(late))
    })
  })

  it('without a token that is killed leaves nothing behind', async () => {
    const steps = await atEveryStep(run(), async (stage, step) => {
      await stage.pass(40 * MINUTE)
      const answered = (await stage.unfinished()).length === 0 && stage.vms().length === 3
      if (!answered) await expectNothingLeft(stage, `step ${step}`)
    })
    expect(steps).toBeGreaterThan(5)
  })

  it('of fewer instances than the least ends those that came about, at once, and their volumes when they are made', async () => {
    const stage = setStage()
    stage.sandbox.faults.add({ method: 'one.template.instantiate', kind: 'error', code: 2048, message: 'No', times: 2 })
    const { error } = await stage.perform('RunInstances', run({ ClientToken: 'a' }))
    expect(error?.code).toBe('InsufficientInstanceCapacity')
    expect(stage.vms()).toEqual([])
    await stage.pass(MINUTE)
    await expectNothingLeft(stage, 'a minute later')
  })

  it('of fewer instances than the least ends them later where the front-end is gone in the middle', async () => {
    const stage = setStage()
    stage.sandbox.faults.add(
      { method: 'one.template.instantiate', kind: 'error', code: 2048, message: 'No', times: 2 },
      { method: 'one.vmpool.infoextended', kind: 'drop', when: 'before', times: 2 },
      { method: 'one.vm.action', kind: 'drop', when: 'before', times: 3 },
      { method: 'one.image.delete', kind: 'drop', when: 'before', times: 2 },
    )
    const { error } = await stage.perform('RunInstances', run({ ClientToken: 'a' }))
    expect(error?.code).toBe('InsufficientInstanceCapacity')
    expect(stage.vms()).toHaveLength(1)
    await stage.pass(MINUTE)
    await expectNothingLeft(stage, 'a minute later')
  })

  it('of enough instances keeps them, and ends the volumes of those that did not come about', async () => {
    const stage = setStage()
    stage.sandbox.faults.add({ method: 'one.template.instantiate', kind: 'error', code: 2048, message: 'No', times: 1 })
    const reservation = await stage.succeed<Reservation>('RunInstances', run({ ClientToken: 'a' }))
    await stage.pass(MINUTE)
    expect(idsOf(reservation)).toHaveLength(2)
    expect(stage.ids().toSorted()).toEqual(idsOf(reservation))
    expect(volumesOf(stage)).toHaveLength(2)
    expect(await stage.unfinished()).toEqual([])
  })

  it('refused for another reason while it is resumed leaves nothing of its first run', async () => {
    const stage = setStage()
    const input = run({ ClientToken: 'a', ImageId: IMAGE })
    stage.sandbox.faults.add({ method: 'one.template.instantiate', kind: 'drop', when: 'after', times: 1 })
    expect((await stage.perform('RunInstances', input)).error?.status).toBe(503)
    expect(stage.vms().length).toBeGreaterThan(0)
    const template = stage.sandbox.world.images.get(0)?.template
    if (template) template['EC2_AMI'] = ['NO']
    expect((await stage.perform('RunInstances', input)).error?.code).toBe('InvalidAMIID.NotFound')
    await stage.pass(30 * MINUTE)
    await expectNothingLeft(stage, 'after the refusal')
  })
})

describe('a launch whose volumes are copies', { timeout: 60_000 }, () => {
  /** Each instance brings its root, which it leaves, and a volume of a snapshot, which is to be larger. */
  const input = (more: object = {}) =>
    run({
      ClientToken: 'a',
      MinCount: 1,
      MaxCount: 2,
      BlockDeviceMappings: [
        { DeviceName: '/dev/sda', Ebs: { DeleteOnTermination: false } },
        { DeviceName: '/dev/sdf', Ebs: { SnapshotId: 'snap-00000001', VolumeSize: 2 } },
      ],
      ...more,
    })
  const seed = { images: [{ name: 'snapshot', owner: 'helen', template: 'EBS_SNAPSHOT="YES"' }] }
  const set = () => setStage({}, seed)

  /** Every instance has its own volumes, which have the size that they shall have; nothing is under way. */
  async function expectWhole(stage: Stage, instances: number, what: string): Promise<void> {
    const named = stage.vms().flatMap(({ template }) => {
      const disks = (template['DISK'] ?? []).filter(disk => typeof disk === 'object')
      expect(
        disks.map(({ PERSISTENT, SIZE }) => [PERSISTENT, SIZE]),
        what,
      ).toEqual([
        ['YES', '40'],
        ['YES', '2048'],
      ])
      return disks.map(({ IMAGE = '' }) => IMAGE)
    })
    expect(named.toSorted(), what).toEqual(volumesOf(stage).toSorted())
    expect(new Set(named).size, what).toBe(2 * instances)
    const volumes = stage.sandbox.world.images.all().filter(({ name }) => name.startsWith('vol-'))
    for (const { name, template, persistent } of volumes) {
      expect(persistent, what).toBe(true)
      expect(template['EBS_VOLUME'], what).toEqual(['YES'])
      expect(template['EC2_ID'], what).toEqual([expect.stringMatching(`^${name}:`)])
    }
    expect(await stage.unfinished(), what).toEqual([])
  }

  it('takes two upstream requests more, and leaves nothing unfinished', async () => {
    const stage = set()
    await stage.succeed<Reservation>('RunInstances', input())
    expect(stage.most.upstream).toBeLessThanOrEqual(5)
    await stage.pass(10 * MINUTE)
    await expectWhole(stage, 2, 'in the end')
  })

  it('that is killed between any two steps is finished by a repeat with its token', async () => {
    const scene = async (stage: Stage, step: number) => {
      const reservation = await stage.succeed<Reservation>('RunInstances', input())
      await stage.pass(30 * MINUTE)
      expect(stage.ids().toSorted(), `step ${step}`).toEqual(idsOf(reservation))
      await expectWhole(stage, 2, `step ${step}`)
    }
    expect(await atEveryStep(input(), scene, set)).toBeGreaterThan(9)
  })

  it('that is killed and never repeated ends whole or not at all', async () => {
    const scene = async (stage: Stage, step: number) => {
      await stage.pass(60 * MINUTE)
      expect(await stage.unfinished(), `step ${step}`).toEqual([])
      expect([0, 2], `step ${step}`).toContain(stage.vms().length)
      expect(volumesOf(stage), `step ${step}`).toHaveLength(2 * stage.vms().length)
    }
    await atEveryStep(input(), scene, set)
  })

  it('without a token that is killed leaves nothing behind', async () => {
    const once = input({ ClientToken: undefined })
    const scene = async (stage: Stage, step: number) => {
      await stage.pass(60 * MINUTE)
      const answered = (await stage.unfinished()).length === 0 && stage.vms().length === 2
      if (!answered) await expectNothingLeft(stage, `step ${step}`)
    }
    await atEveryStep(once, scene, set)
  })

  it.each(['one.image.clone', 'one.image.persistent', 'one.image.update', 'one.template.instantiate'])(
    'of which %s is refused once makes what can be made, and ends the rest',
    async method => {
      const stage = set()
      stage.sandbox.faults.add({ method, kind: 'error', code: 2048, message: 'No', times: 1 })
      const reservation = await stage.succeed<Reservation>('RunInstances', input())
      expect(idsOf(reservation)).toHaveLength(1)
      await stage.pass(30 * MINUTE)
      expect(stage.ids()).toEqual(idsOf(reservation))
      await expectWhole(stage, 1, method)
    },
  )

  it.each(['now', 'next'] as const)('makes nothing twice, though the front-end copies only %s', async when => {
    const stage = set()
    stage.delay('one.image.clone')
    expect((await stage.perform('RunInstances', input())).error?.status).toBe(503)
    if (when === 'next') await stage.workOff('next')
    const reservation = await stage.succeed<Reservation>('RunInstances', input())
    if (when === 'now') await stage.workOff('now')
    await stage.pass(30 * MINUTE)
    expect(stage.ids().toSorted()).toEqual(idsOf(reservation))
    await expectWhole(stage, 2, when)
  })
})

describe('a launch that the front-end works on after its connection broke', () => {
  const input = { ...run({ ClientToken: 'a' }), BlockDeviceMappings: undefined }
  const addresses = ({ Instances = [] }: Reservation) => new Set(Instances.map(each => each.PrivateIpAddress))
  const leased = (stage: Stage) =>
    new Set(
      stage.vms().map(vm => {
        const nic = vm.template['NIC']?.[0]
        return typeof nic === 'object' ? nic['IP'] : undefined
      }),
    )

  it.each(['now', 'next'] as const)('makes no second instance of any id, though it does so %s', async when => {
    const stage = setStage()
    stage.delay('one.template.instantiate')
    expect((await stage.perform('RunInstances', input)).error?.status).toBe(503)
    if (when === 'next') await stage.workOff('next')
    const reservation = await stage.succeed<Reservation>('RunInstances', input)
    if (when === 'now') {
      await stage.workOff('now')
      expect(stage.vms()).toHaveLength(6)
    }
    await stage.pass(30 * MINUTE)
    expect(stage.ids().toSorted()).toEqual(idsOf(reservation))
    // Those that are left are those that the caller was told of
    expect(leased(stage)).toEqual(addresses(reservation))
    expect(await stage.unfinished()).toEqual([])
  })

  it.each([false, true])('shows no twin, not even until it is gone (terminated meanwhile: %s)', async isTerminated => {
    const stage = setStage()
    const tagged = {
      ...input,
      TagSpecifications: [
        { ResourceType: 'instance', Tags: [{ Key: 'a', Value: '1' }] },
        { ResourceType: 'network-interface', Tags: [{ Key: 'b', Value: '2' }] },
      ],
    }
    stage.delay('one.template.instantiate')
    expect((await stage.perform('RunInstances', tagged)).error?.status).toBe(503)
    const reservation = await stage.succeed<Reservation>('RunInstances', tagged)
    const InstanceIds = idsOf(reservation)
    if (isTerminated) {
      await stage.succeed('TerminateInstances', { InstanceIds })
      await stage.pass(1000)
    }
    const before = await seen(stage)
    expect(before.instances).toEqual(InstanceIds)
    await stage.workOff()
    expect(stage.vms()).toHaveLength(isTerminated ? 3 : 6)
    expect(await seen(stage)).toEqual(before)
    await stage.succeed('CreateTags', { Resources: InstanceIds, Tags: [{ Key: 'c', Value: '3' }] })
    await stage.pass(30 * MINUTE)
    expect(await stage.unfinished()).toEqual([])
  })

  it('shows its instances later where the front-end is gone when they are decided', async () => {
    const stage = setStage()
    stage.sandbox.faults.add({ method: 'one.vm.update', kind: 'drop', when: 'before', times: 4 })
    const reservation = await stage.succeed<Reservation>('RunInstances', run({ ClientToken: 'a' }))
    expect(idsOf(reservation)).toHaveLength(3)
    await stage.pass(MINUTE)
    expect((await seen(stage)).instances).toEqual(idsOf(reservation))
    await stage.pass(30 * MINUTE)
    expect(await stage.unfinished()).toEqual([])
  })

  it('leaves no twin of an instance that was terminated meanwhile', async () => {
    const stage = setStage()
    stage.delay('one.template.instantiate')
    await stage.perform('RunInstances', input)
    const InstanceIds = idsOf(await stage.succeed<Reservation>('RunInstances', input))
    await stage.succeed('TerminateInstances', { InstanceIds })
    await stage.workOff()
    expect(stage.vms()).toHaveLength(3)
    await stage.pass(30 * MINUTE)
    await expectNothingLeft(stage, 'in the end')
  })

  it('ends what nobody can ask for', async () => {
    const stage = setStage()
    stage.delay('one.template.instantiate')
    const { error } = await stage.perform('RunInstances', { ...input, ClientToken: undefined })
    expect(error?.status).toBe(503)
    await stage.pass(2 * MINUTE)
    await stage.workOff()
    expect(stage.vms()).toHaveLength(3)
    await stage.pass(30 * MINUTE)
    await expectNothingLeft(stage, 'in the end')
  })
})

describe('a client token', () => {
  it('of a launch whose answer is larger than a row gives the same instances as they are now', async () => {
    const stage = setStage()
    const Tags = Array.from({ length: 50 }, (_, index) => ({
      Key: `${index}-`.padEnd(128, '☃'),
      Value: '☃'.repeat(256),
    }))
    const TagSpecifications = [{ ResourceType: 'instance', Tags }]
    const input = { ImageId: IMAGE, MinCount: 100, MaxCount: 100, ClientToken: 'a', TagSpecifications }
    const first = await stage.succeed<Reservation>('RunInstances', input)
    const again = await stage.succeed<Reservation>('RunInstances', input)
    expect(again).toMatchObject({ ReservationId: first.ReservationId, OwnerId: first.OwnerId })
    expect(again.Instances?.map(({ InstanceId }) => InstanceId)).toEqual(first.Instances?.map(i => i.InstanceId))
    expect(again.Instances?.[99]?.Tags).toEqual(Tags)
    await stage.succeed('TerminateInstances', { InstanceIds: idsOf(first) })
    const { Instances = [] } = await stage.succeed<Reservation>('RunInstances', input)
    expect(new Set(Instances.map(({ State }) => State?.Name))).toEqual(new Set(['terminated']))
    expect(idsOf({ Instances })).toEqual(idsOf(first))
  })

  it('makes the most that a launch may make in rows that the platform takes, and few requests', async () => {
    const stage = setStage()
    const BlockDeviceMappings = Array.from({ length: 25 }, (_, index) => ({
      DeviceName: `/dev/sd${String.fromCharCode(98 + index)}`,
      Ebs: { VolumeSize: 1 },
    }))
    const input = { ImageId: IMAGE, MinCount: 20, MaxCount: 20, ClientToken: 'a', BlockDeviceMappings }
    expect(idsOf(await stage.succeed<Reservation>('RunInstances', input))).toHaveLength(20)
    expect(stage.most.upstream).toBeLessThan(5)
    expect(stage.most.operations).toBeLessThanOrEqual(35)
    const more = await stage.perform('RunInstances', { ...input, ClientToken: 'b', MaxCount: 21 })
    expect(more.error?.code).toBe('VolumeLimitExceeded')
  })

  it('makes one reservation of fifty requests at once', async () => {
    const stage = setStage()
    const input = run({ ClientToken: 'a' })
    const all = await Promise.all(Array.from({ length: 50 }, () => stage.succeed<Reservation>('RunInstances', input)))
    expect(new Set(all.map(({ ReservationId }) => ReservationId)).size).toBe(1)
    expect(stage.vms()).toHaveLength(3)
  })

  it('of another request is a mistake, also while that runs', async () => {
    const stage = setStage()
    const [first, second] = await Promise.all([
      stage.perform('RunInstances', run({ ClientToken: 'a' })),
      stage.perform('RunInstances', run({ ClientToken: 'a', MaxCount: 2 })),
    ])
    expect(first.error).toBeUndefined()
    expect(second.error).toMatchObject({ code: 'IdempotentParameterMismatch', status: 400 })
    expect(stage.vms()).toHaveLength(3)
  })

  it('is free again after a refusal, and after a day', async () => {
    const stage = setStage()
    const refused = await stage.perform('RunInstances', run({ ClientToken: 'a', InstanceType: 'x1.none' }))
    expect(refused.error?.status).toBe(400)
    const first = await stage.succeed<Reservation>('RunInstances', run({ ClientToken: 'a' }))
    await stage.pass(49 * 60 * MINUTE)
    const second = await stage.succeed<Reservation>('RunInstances', run({ ClientToken: 'a', MaxCount: 2 }))
    expect(second.ReservationId).not.toBe(first.ReservationId)
  })

  it('is 64 ASCII characters at most', async () => {
    const stage = setStage()
    for (const ClientToken of ['x'.repeat(65), 'ü']) {
      const { error } = await stage.perform('RunInstances', run({ ClientToken }))
      expect(error).toMatchObject({ code: 'InvalidParameterValue', status: 400 })
    }
    await stage.succeed('RunInstances', run({ ClientToken: 'x'.repeat(64) }))
  })
})
