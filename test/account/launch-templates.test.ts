// Launch templates in the account's object: made whole or not at all, each version once, and launched from.
import type {
  CreateLaunchTemplateResult,
  CreateLaunchTemplateVersionResult,
  DescribeInstancesResult,
  DescribeLaunchTemplatesResult,
  DescribeLaunchTemplateVersionsResult,
  DescribeTagsResult,
  Reservation,
} from '@aws-sdk/client-ec2'
import { describe, expect, it } from 'vitest'
import { IMAGE, Killed, type Stage, setStage } from './stage.ts'

const MINUTE = 60 * 1000

const web = {
  LaunchTemplateName: 'web',
  VersionDescription: 'the first',
  LaunchTemplateData: { ImageId: IMAGE, InstanceType: 'm1.small', UserData: 'aGVsbG8=' },
  TagSpecifications: [{ ResourceType: 'launch-template', Tags: [{ Key: 'role', Value: 'web' }] }],
}

const create = async (stage: Stage, more: object = {}) => {
  const { LaunchTemplate } = await stage.succeed<CreateLaunchTemplateResult>('CreateLaunchTemplate', {
    ...web,
    ...more,
  })
  return LaunchTemplate?.LaunchTemplateId ?? ''
}
const add = (stage: Stage, input: object) =>
  stage.succeed<CreateLaunchTemplateVersionResult>('CreateLaunchTemplateVersion', input)
const templates = async (stage: Stage) =>
  (await stage.read<DescribeLaunchTemplatesResult>('DescribeLaunchTemplates', {})).LaunchTemplates
const versions = async (stage: Stage, input: object = { LaunchTemplateName: 'web' }) =>
  (await stage.read<DescribeLaunchTemplateVersionsResult>('DescribeLaunchTemplateVersions', input))
    .LaunchTemplateVersions
const code = async (stage: Stage, action: string, input: object) => (await stage.perform(action, input)).error?.code
const run = (stage: Stage, input: object) =>
  stage.succeed<Reservation>('RunInstances', { MinCount: 1, MaxCount: 1, ...input })
const documents = ({ sandbox }: Stage) => sandbox.world.documents.all()
const rival = { id: '000000000003', user: { id: 3, name: 'rival' } }

/** Does something anew for every step at which it can be killed, until nothing kills it any more. */
async function atEveryStep(
  prepare: (stage: Stage) => Promise<object>,
  action: string,
  check: (stage: Stage, step: number, input: object) => Promise<void>,
): Promise<void> {
  for (let step = 1; ; step++) {
    const stage = setStage()
    const input = await prepare(stage)
    stage.killAt(step)
    await stage.perform(action, input).catch(error => expect(error).toBeInstanceOf(Killed))
    const wasKilled = stage.disarm()
    await check(stage, step, input)
    if (wasKilled) continue
    expect(step).toBeGreaterThan(2)
    return
  }
}

describe('a launch template', () => {
  it('is made whole or not at all, wherever its request is killed', () =>
    atEveryStep(
      async () => web,
      'CreateLaunchTemplate',
      async (stage, step) => {
        await stage.pass(12 * MINUTE)
        expect(await stage.unfinished(), `step ${step}`).toEqual([])
        const found = await templates(stage)
        if (found?.length === 0) await create(stage)
        expect(documents(stage), `step ${step}`).toHaveLength(1)
        expect(await templates(stage)).toMatchObject([
          { LaunchTemplateName: 'web', DefaultVersionNumber: 1, LatestVersionNumber: 1, Tags: [{ Key: 'role' }] },
        ])
        expect(await versions(stage)).toMatchObject([{ LaunchTemplateData: web.LaunchTemplateData }])
      },
    ))

  it('is made once, wherever its request is killed, when that is repeated with its token', () =>
    atEveryStep(
      async () => ({ ...web, ClientToken: 'once' }),
      'CreateLaunchTemplate',
      async (stage, step, input) => {
        const { LaunchTemplate } = await stage.succeed<CreateLaunchTemplateResult>('CreateLaunchTemplate', input)
        await stage.pass(30 * MINUTE)
        expect(await templates(stage), `step ${step}`).toMatchObject([
          { LaunchTemplateId: LaunchTemplate?.LaunchTemplateId },
        ])
        expect(documents(stage), `step ${step}`).toHaveLength(1)
      },
    ))

  it('gets a version once, wherever its request is killed, when that is repeated with its token', () =>
    atEveryStep(
      async stage => ({
        LaunchTemplateId: await create(stage),
        SourceVersion: '1',
        LaunchTemplateData: { InstanceType: 'm1.large' },
        ClientToken: 'second',
      }),
      'CreateLaunchTemplateVersion',
      async (stage, step, input) => {
        const { LaunchTemplateVersion } = await add(stage, input)
        expect(LaunchTemplateVersion, `step ${step}`).toMatchObject({
          VersionNumber: 2,
          DefaultVersion: false,
          LaunchTemplateData: { ...web.LaunchTemplateData, InstanceType: 'm1.large' },
        })
        expect((await versions(stage))?.map(({ VersionNumber }) => VersionNumber)).toEqual([2, 1])
      },
    ))

  it('gets a version of each of many requests at once', async () => {
    const stage = setStage()
    await create(stage)
    const input = { LaunchTemplateName: 'web', LaunchTemplateData: { KeyName: 'k' } }
    await Promise.all(Array.from({ length: 20 }, () => add(stage, input)))
    expect((await versions(stage))?.map(({ VersionNumber }) => VersionNumber)).toEqual(
      Array.from({ length: 21 }, (_, index) => 21 - index),
    )
  })

  it('gives no number twice, and keeps its default version', async () => {
    const stage = setStage()
    const LaunchTemplateId = await create(stage)
    const another = { LaunchTemplateId, LaunchTemplateData: {} }
    await add(stage, another)
    await add(stage, another)
    const deleted = await stage.succeed('DeleteLaunchTemplateVersions', { LaunchTemplateId, Versions: ['3', '1', '7'] })
    const named = { LaunchTemplateId, LaunchTemplateName: 'web' }
    expect(deleted).toMatchObject({
      SuccessfullyDeletedLaunchTemplateVersions: [{ ...named, VersionNumber: 3 }],
      UnsuccessfullyDeletedLaunchTemplateVersions: [
        { ...named, VersionNumber: 1, ResponseError: { Code: 'unexpectedError' } },
        { ...named, VersionNumber: 7, ResponseError: { Code: 'launchTemplateVersionDoesNotExist' } },
      ],
    })
    expect(await templates(stage)).toMatchObject([{ DefaultVersionNumber: 1, LatestVersionNumber: 2 }])
    expect((await add(stage, another)).LaunchTemplateVersion?.VersionNumber).toBe(4)
    await stage.succeed('ModifyLaunchTemplate', { LaunchTemplateName: 'web', DefaultVersion: '4' })
    expect(await templates(stage)).toMatchObject([{ DefaultVersionNumber: 4, LatestVersionNumber: 4 }])
  })

  it('keeps no more than there is room for, and says so', async () => {
    const stage = setStage()
    const LaunchTemplateId = await create(stage)
    const UserData = btoa('x'.repeat(16 * 1024))
    let made = 1
    for (;;) {
      const { error } = await stage.perform('CreateLaunchTemplateVersion', {
        LaunchTemplateId,
        LaunchTemplateData: { UserData },
      })
      if (error) {
        expect(error.code).toBe('ResourceLimitExceeded')
        break
      }
      made++
    }
    expect(made).toBeGreaterThan(25)
    expect(await versions(stage)).toHaveLength(made)
    const Versions = Array.from({ length: made - 1 }, (_, index) => String(index + 2))
    await stage.succeed('DeleteLaunchTemplateVersions', { LaunchTemplateId, Versions })
    await add(stage, { LaunchTemplateId, LaunchTemplateData: { UserData } })
  })

  it('is nobody else’s to see, to launch from, or to change', async () => {
    const stage = setStage()
    const LaunchTemplateId = await create(stage)
    const launch = { MinCount: 1, MaxCount: 1, LaunchTemplate: { LaunchTemplateId } }
    const tries: [string, object][] = [
      ['RunInstances', launch],
      ['CreateLaunchTemplateVersion', { LaunchTemplateId, LaunchTemplateData: {} }],
      ['ModifyLaunchTemplate', { LaunchTemplateId, DefaultVersion: '1' }],
      ['DeleteLaunchTemplate', { LaunchTemplateId }],
      ['CreateTags', { Resources: [LaunchTemplateId], Tags: [{ Key: 'a', Value: 'b' }] }],
    ]
    for (const [action, input] of tries) {
      const { error } = await stage.perform(action, input, rival)
      expect(error?.code, action).toBe('InvalidLaunchTemplateId.NotFound')
    }
    const [document] = documents(stage)
    if (!document) throw new Error('no document')
    // Shared by hand: what another owns never counts
    document.permissions = [1, 1, 0, 1, 1, 0, 1, 1, 0]
    expect((await stage.perform('DeleteLaunchTemplate', { LaunchTemplateName: 'web' }, rival)).error?.code).toBe(
      'InvalidLaunchTemplateName.NotFoundException',
    )
    expect((await stage.perform('CreateLaunchTemplate', web, rival)).error).toBeUndefined()
    expect(await templates(stage)).toHaveLength(1)
  })
})

describe('a launch from a launch template', () => {
  it('has what the template says, and carries its id and version, which nobody can change', async () => {
    const stage = setStage()
    const id = await create(stage)
    await add(stage, { LaunchTemplateId: id, SourceVersion: '1', LaunchTemplateData: { InstanceType: 'm1.large' } })
    const launches: [object, string, string][] = [
      [{ LaunchTemplateId: id }, 'm1.small', '1'],
      [{ LaunchTemplateName: 'web', Version: '$Latest' }, 'm1.large', '2'],
      [{ LaunchTemplateName: 'web', Version: '$Default' }, 'm1.small', '1'],
      [{ LaunchTemplateId: id, Version: '2' }, 'm1.large', '2'],
    ]
    for (const [LaunchTemplate, InstanceType, version] of launches) {
      const { Instances = [] } = await run(stage, { LaunchTemplate })
      const Tags = [
        { Key: 'aws:ec2launchtemplate:id', Value: id },
        { Key: 'aws:ec2launchtemplate:version', Value: version },
      ]
      expect(Instances).toMatchObject([{ ImageId: IMAGE, InstanceType, Tags }])
      const filters = [
        { Name: 'resource-id', Values: [Instances[0]?.InstanceId] },
        { Name: 'key', Values: ['aws:ec2launchtemplate:id'] },
      ]
      expect((await stage.read<DescribeTagsResult>('DescribeTags', { Filters: filters })).Tags).toMatchObject([
        { Value: id },
      ])
    }
    const [InstanceId = ''] = stage.ids()
    const mine = [{ Key: 'mine', Value: 'x' }]
    const reserved = [{ Key: 'aws:ec2launchtemplate:id', Value: 'lt-1' }]
    expect(await code(stage, 'CreateTags', { Resources: [InstanceId], Tags: reserved })).toBe('InvalidParameterValue')
    expect(await code(stage, 'DeleteTags', { Resources: [InstanceId], Tags: reserved })).toBe('InvalidParameterValue')
    await stage.succeed('CreateTags', { Resources: [InstanceId], Tags: mine })
    await stage.succeed('DeleteTags', { Resources: [InstanceId] })
    const { Reservations = [] } = await stage.read<DescribeInstancesResult>('DescribeInstances', {
      InstanceIds: [InstanceId],
    })
    expect(Reservations[0]?.Instances?.[0]?.Tags).toHaveLength(2)
  })

  it('reads the template together with the image that it named last, and mends what it took for that', async () => {
    const owned = { name: 'other', owner: 'helen', size: 40, template: 'EC2_AMI="YES"' }
    const stage = setStage({}, { images: [owned] })
    const LaunchTemplateId = await create(stage)
    const launched: [launch: object, image: string, requests: number][] = [
      [{ LaunchTemplateId }, IMAGE, 3],
      [{ LaunchTemplateName: 'web', Version: '$Latest' }, IMAGE, 3],
      [{ LaunchTemplateId, Version: '2' }, 'ami-00000001', 3],
      // The default version names another one than the newest
      [{ LaunchTemplateId }, IMAGE, 4],
      [{ LaunchTemplateId }, IMAGE, 3],
      [{ LaunchTemplateId, Version: '$Latest' }, 'ami-00000001', 3],
    ]
    for (const [index, [LaunchTemplate, ImageId, requests]] of launched.entries()) {
      if (index === 2) await add(stage, { LaunchTemplateId, LaunchTemplateData: { ImageId: 'ami-00000001' } })
      Object.assign(stage.most, { upstream: 0 })
      const { Instances } = await run(stage, { LaunchTemplate })
      expect(Instances, `${index}`).toMatchObject([{ ImageId }])
      expect(stage.most.upstream, `${index}`).toBe(requests)
    }
  })

  it('is refused for what it names that is not there', async () => {
    const stage = setStage()
    const LaunchTemplateId = await create(stage, { LaunchTemplateData: { KeyName: 'none' } })
    const refused: [object, string][] = [
      [{}, 'MissingParameter'],
      [{ LaunchTemplateId, LaunchTemplateName: 'web' }, 'InvalidParameterCombination'],
      [{ LaunchTemplateId: 'web' }, 'InvalidLaunchTemplateId.Malformed'],
      [{ LaunchTemplateId: 'lt-1234567890abcdef0' }, 'InvalidLaunchTemplateId.NotFound'],
      [{ LaunchTemplateName: 'other' }, 'InvalidLaunchTemplateName.NotFoundException'],
      [{ LaunchTemplateId, Version: '2' }, 'InvalidLaunchTemplateId.VersionNotFound'],
      [{ LaunchTemplateId, Version: 'two' }, 'InvalidParameterValue'],
      // Neither of them names an image
      [{ LaunchTemplateId }, 'MissingParameter'],
    ]
    for (const [LaunchTemplate, expected] of refused) {
      const launch = { MinCount: 1, MaxCount: 1, LaunchTemplate }
      expect(await code(stage, 'RunInstances', launch), JSON.stringify(LaunchTemplate)).toBe(expected)
    }
    const withImage = { MinCount: 1, MaxCount: 1, ImageId: IMAGE, LaunchTemplate: { LaunchTemplateId } }
    expect(await code(stage, 'RunInstances', withImage)).toBe('InvalidKeyPair.NotFound')
    expect(stage.vms()).toEqual([])
  })

  it('goes by one version, though the default is another when it is repeated', async () => {
    for (let step = 1; ; step++) {
      const stage = setStage()
      const LaunchTemplateId = await create(stage)
      await add(stage, { LaunchTemplateId, SourceVersion: '1', LaunchTemplateData: { InstanceType: 'm1.large' } })
      const launch = { MinCount: 2, MaxCount: 2, ClientToken: 'once', LaunchTemplate: { LaunchTemplateId } }
      stage.killAt(step)
      await stage.perform('RunInstances', launch).catch(error => expect(error).toBeInstanceOf(Killed))
      const wasKilled = stage.disarm()
      const began = (await stage.unfinished()).length > 0 || stage.vms().length > 0
      await stage.succeed('ModifyLaunchTemplate', { LaunchTemplateId, DefaultVersion: '2' })
      const { Instances = [] } = await stage.succeed<Reservation>('RunInstances', launch)
      const version = { Key: 'aws:ec2launchtemplate:version', Value: began || !wasKilled ? '1' : '2' }
      expect(Instances, `step ${step}`).toHaveLength(2)
      for (const { Tags } of Instances) expect(Tags, `step ${step}`).toContainEqual(version)
      if (wasKilled) continue
      expect(step).toBeGreaterThan(2)
      return
    }
  })
})
