// Images that can be had in the marketplace: whose count, how they are shown, and what becomes of copies of them.
import type {
  CopyImageResult,
  DescribeImagesResult,
  DescribeSnapshotsResult,
  Image,
  ImageAttribute,
} from '@aws-sdk/client-ec2'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { SeedAppliance } from '../../src/sandbox/market/seed.ts'
import type { Seed } from '../../src/sandbox/seed.ts'
import { IMAGE, Killed, type Stage, setStage } from './stage.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const [READY, ERROR, DELETE] = [1, 5, 7]
const OWNER = 'aws-marketplace'
const HELEN = '000000000002'
const RIVAL = { id: '000000000003', user: { id: 3, name: 'rival' } }

/** What the marketplace's host answers. */
let served: () => Response

beforeEach(() => {
  served = () => new Response('x'.repeat(1024))
  vi.spyOn(globalThis, 'fetch').mockImplementation(() => Promise.resolve(served()))
})
afterEach(() => vi.restoreAllMocks())

const template = (text: string, more = '') => `APPTEMPLATE64="${btoa(text)}" ${more}`

const DEBIAN: SeedAppliance = {
  name: 'Debian 12',
  size: 2500,
  regtime: 1_751_328_000,
  template: template(
    'DEV_PREFIX="vd"\nTYPE="OS"\n',
    'VERSION="7.0.0-3" DESCRIPTION="Debian for KVM" ARCHITECTURE="x86_64"',
  ),
}

const seed: Seed = {
  marketplaces: [
    { name: 'Theirs', owner: 'rival', template: 'MARKET_MAD="one"' },
    { name: 'Secret', hidden: true, template: 'MARKET_MAD="one"' },
  ],
  appliances: [
    DEBIAN,
    { name: 'Debian 12 (aarch64)', template: 'ARCHITECTURE="aarch64" VERSION="0.0"' },
    { name: 'own', owner: 'helen', size: 1 },
    // From here on nothing that helen could have an image of
    { name: 'two machines', type: 'VMTEMPLATE' },
    { name: 'a service', type: 'SERVICE_TEMPLATE' },
    { name: 'a CD', template: template('TYPE = CDROM') },
    { name: 'hidden', hidden: true },
    { name: 'another tenant’s', owner: 'rival' },
    { name: 'the operator’s in another tenant’s marketplace', marketplace: 'Theirs' },
    { name: 'in a marketplace that is not for helen', marketplace: 'Secret' },
    { name: 'in one that is switched off', marketplace: 'Linux Containers' },
    { name: 'switched off' },
  ],
}

/** The ids of the appliances of the seed, all in marketplace 0 but for some. */
const idOf = (name: string) => {
  const number = (seed.appliances ?? []).findIndex(each => each.name === name)
  const { marketplace = '' } = seed.appliances?.[number] ?? {}
  const place = { Theirs: 100, Secret: 101, 'Linux Containers': 1 }[marketplace] ?? 0
  return `ami-0${[place, number].map(each => each.toString(16).padStart(8, '0')).join('')}`
}

const APPLIANCE = idOf('Debian 12')

function stageOf(more: Seed = {}, variables: Record<string, string> = {}): Stage {
  const stage = setStage({}, { ...seed, ...more }, variables)
  const off = stage.sandbox.world.appliances.find(({ name }) => name === 'switched off')
  if (off) off.state = 4
  return stage
}

const images = async (stage: Stage, input: object = { Owners: [OWNER] }, account = stage.account): Promise<Image[]> =>
  (await stage.read<DescribeImagesResult>('DescribeImages', input, account)).Images ?? []

const names = (found: readonly Image[]) => found.map(({ Name }) => Name)

const copying = (more: object = {}) => ({
  ...{ SourceImageId: APPLIANCE, SourceRegion: 'opennebula', Name: 'my debian', ...more },
})
const copy = (stage: Stage, more: object = {}) => stage.succeed<CopyImageResult>('CopyImage', copying(more))

/** OpenNebula's images that copies are. */
const made = ({ sandbox }: Stage) =>
  sandbox.world.images.all().filter(({ name, state }) => name.startsWith('ami-') && state !== DELETE)

/** Lets OpenNebula come to the end of what it fetches. */
async function fetched(stage: Stage): Promise<void> {
  await stage.sandbox.settled()
  await stage.pass(MINUTE)
}

describe('what can be had', () => {
  it('is the images of the operator’s marketplaces that the caller may use, and its own in them', async () => {
    const stage = stageOf()
    expect(names(await images(stage))).toEqual(['own', 'Debian 12 (aarch64)', 'Debian 12'])
    expect(names(await images(stage, { Owners: [OWNER] }, RIVAL))).toEqual([
      ...['another tenant’s', 'Debian 12 (aarch64)', 'Debian 12'],
    ])
    const trusted = stageOf({}, { TRUSTED_OWNERS: '3' })
    expect(names(await images(trusted))).toEqual([
      ...['the operator’s in another tenant’s marketplace', 'another tenant’s'],
      ...['own', 'Debian 12 (aarch64)', 'Debian 12'],
    ])
  })

  it('is shown as images are', async () => {
    const stage = stageOf()
    const [debian, arm] = await images(stage, { ImageIds: [APPLIANCE, idOf('Debian 12 (aarch64)')] })
    expect(debian).toEqual({
      ...{ ImageId: APPLIANCE, Name: 'Debian 12', ImageLocation: 'aws-marketplace/OpenNebula Public/Debian 12' },
      ...{ ImageOwnerAlias: OWNER, OwnerId: '000000000000', Public: true, State: 'available', ImageType: 'machine' },
      ...{ CreationDate: '2025-07-01T00:00:00.000Z', Description: 'Version 7.0.0-3: Debian for KVM' },
      ...{ Architecture: 'x86_64', VirtualizationType: 'hvm', Hypervisor: 'xen', EnaSupport: false },
      ...{ PlatformDetails: 'Linux/UNIX', UsageOperation: 'RunInstances', ProductCodes: [], Tags: [] },
      ...{ RootDeviceType: 'ebs', RootDeviceName: '/dev/vda' },
      BlockDeviceMappings: [
        {
          DeviceName: '/dev/vda',
          Ebs: { VolumeSize: 3, VolumeType: 'standard', DeleteOnTermination: true, Encrypted: false },
        },
      ],
    })
    expect(arm).toMatchObject({ Architecture: 'arm64', Description: '', RootDeviceName: '/dev/sda' })
  })

  it.each<[string, object, (string | undefined)[]]>([
    ['nobody asks for it', {}, ['ttylinux']],
    ['all are asked for, and it besides', { Owners: ['000000000000', OWNER] }, ['ttylinux', 'Debian 12']],
    ['only its owner’s number is known', { Owners: ['000000000000'] }, ['ttylinux']],
    ['its owner is a filter', { Filters: [{ Name: 'owner-alias', Values: [OWNER] }] }, ['Debian 12']],
    ['its owner is a pattern', { Filters: [{ Name: 'owner-alias', Values: ['aws-*'] }] }, ['Debian 12']],
    ['another alias is a filter', { Filters: [{ Name: 'owner-alias', Values: ['amazon'] }] }, []],
    ['the owner of others is one', { Owners: ['self'], Filters: [{ Name: 'owner-alias', Values: [OWNER] }] }, []],
    ['it is named', { ImageIds: [APPLIANCE, IMAGE] }, ['Debian 12', 'ttylinux']],
    ['it is named, of another owner', { ImageIds: [APPLIANCE], Owners: ['self'] }, []],
    ['it is for all', { Owners: [OWNER], ExecutableUsers: ['all'] }, ['Debian 12']],
    ['it is for one', { Owners: [OWNER], ExecutableUsers: ['self'] }, []],
    [
      'it has the name',
      { Owners: [OWNER], Filters: [{ Name: 'name', Values: ['debian*', 'Debian*'] }] },
      ['Debian 12'],
    ],
    ['it has another', { Owners: [OWNER], Filters: [{ Name: 'name', Values: ['ttylinux'] }] }, []],
  ])('is listed, or not, where %s', async (_, input, expected) => {
    expect(names(await images(stageOf({ appliances: [DEBIAN] }), input))).toEqual(expected)
  })

  it('comes page by page, behind what is there', async () => {
    const stage = stageOf()
    const found: (string | undefined)[] = []
    let NextToken: string | undefined
    do {
      const input = { Owners: ['000000000000', OWNER], MaxResults: 1, NextToken }
      const page = await stage.read<DescribeImagesResult>('DescribeImages', input)
      found.push(...names(page.Images ?? []))
      ;({ NextToken } = page)
    } while (NextToken)
    expect(found).toEqual(['ttylinux', 'own', 'Debian 12 (aarch64)', 'Debian 12'])
  })

  it('is read in one request, and in a second one what is there', async () => {
    const stage = stageOf()
    await images(stage)
    expect(stage.most.upstream).toBe(1)
    await images(stage, { Owners: ['self', OWNER] })
    expect(stage.most.upstream).toBe(2)
  })

  it('keeps its id when the marketplace has another version', async () => {
    const stage = stageOf()
    const appliance = stage.sandbox.world.appliances.get(0)
    Object.assign(appliance?.template ?? {}, { VERSION: ['7.0.0-4'] })
    expect((await images(stage, { ImageIds: [APPLIANCE] }))[0]?.Description).toBe('Version 7.0.0-4: Debian for KVM')
  })

  it('is nothing where the operator does not want it', async () => {
    const stage = stageOf({}, { MARKETPLACE: 'off' })
    expect(await images(stage)).toEqual([])
    await expect(images(stage, { ImageIds: [APPLIANCE] })).rejects.toThrow(`'[${APPLIANCE}]' does not exist`)
    for (const action of ['CopyImage', 'RunInstances']) {
      const { error } = await stage.perform(action, { ...copying(), ImageId: APPLIANCE, MinCount: 1, MaxCount: 1 })
      expect([action, error?.code]).toEqual([action, 'InvalidAMIID.NotFound'])
    }
    expect(made(stage)).toEqual([])
    expect(stage.sandbox.world.images.all()).toHaveLength(1)
  })
})

describe('a copy of what can be had', () => {
  it('is an image of the caller’s, pending until the cloud has fetched it', async () => {
    const stage = stageOf()
    const { ImageId = '' } = await copy(stage, {
      Description: 'mine',
      TagSpecifications: [
        { ResourceType: 'image', Tags: [{ Key: 'a', Value: '1' }] },
        { ResourceType: 'snapshot', Tags: [{ Key: 'b', Value: '2' }] },
      ],
    })
    expect(stage.most.upstream).toBeLessThanOrEqual(3)
    expect(ImageId).toMatch(/^ami-[1-9a-f][0-9a-f]{16}$/)
    expect((await images(stage, { ImageIds: [ImageId] }))[0]?.State).toBe('pending')
    await fetched(stage)
    const [image] = await images(stage, { ImageIds: [ImageId] })
    expect(image).toMatchObject({
      ...{ State: 'available', Name: 'my debian', Description: 'mine', Public: false, OwnerId: HELEN },
      ...{ SourceImageId: APPLIANCE, SourceImageRegion: 'opennebula', Architecture: 'x86_64' },
      ...{ RootDeviceName: '/dev/vda', Tags: [{ Key: 'a', Value: '1' }] },
    })
    expect(image?.ImageOwnerAlias).toBeUndefined()
    const [mapping] = image?.BlockDeviceMappings ?? []
    expect(mapping?.Ebs?.VolumeSize).toBe(3)
    const { Snapshots } = await stage.read<DescribeSnapshotsResult>('DescribeSnapshots', {
      SnapshotIds: [mapping?.Ebs?.SnapshotId],
    })
    expect(Snapshots).toMatchObject([
      { Description: `Copied for DestinationAmi ${ImageId} from SourceAmi ${APPLIANCE}`, Tags: [{ Key: 'b' }] },
    ])
    await stage.succeed('RunInstances', { ImageId, MinCount: 1, MaxCount: 1 })
    expect(await stage.unfinished()).toEqual([])
  })

  it('is for others whom it is shared with, under the same id', async () => {
    const stage = stageOf()
    const { ImageId = '' } = await copy(stage)
    await fetched(stage)
    expect(names(await images(stage, {}, RIVAL))).toEqual(['ttylinux'])
    await stage.succeed('ModifyImageAttribute', { ImageId, LaunchPermission: { Add: [{ Group: 'all' }] } })
    expect((await images(stage, { ImageIds: [ImageId] }, RIVAL)).map(image => image.ImageId)).toEqual([ImageId])
  })

  it('has failed where the cloud cannot fetch it, and goes when it is deregistered', async () => {
    served = () => new Response('', { status: 404 })
    const stage = stageOf()
    const { ImageId } = await copy(stage)
    await fetched(stage)
    expect(made(stage).map(({ state }) => state)).toEqual([ERROR])
    expect(await images(stage, { ImageIds: [ImageId] })).toMatchObject([
      { State: 'failed', StateReason: { Code: 'Server.InternalError' } },
    ])
    // Its name is free again
    served = () => new Response('x')
    const { ImageId: another } = await copy(stage)
    await stage.succeed('DeregisterImage', { ImageId })
    await fetched(stage)
    await stage.pass(HOUR)
    expect(made(stage).map(({ name }) => name)).toEqual([another])
    expect(await stage.unfinished()).toEqual([])
  })

  it.each<[string, string]>([
    ['hidden', 'InvalidAMIID.NotFound'],
    ['switched off', 'InvalidAMIID.NotFound'],
    ['two machines', 'InvalidAMIID.NotFound'],
    ['a CD', 'InvalidAMIID.NotFound'],
    ['another tenant’s', 'InvalidAMIID.NotFound'],
    ['the operator’s in another tenant’s marketplace', 'InvalidAMIID.NotFound'],
    ['in a marketplace that is not for helen', 'InvalidAMIID.NotFound'],
    ['in one that is switched off', 'InvalidAMIID.NotFound'],
  ])('is made of none that is %s, though OpenNebula would', async (name, code) => {
    const stage = stageOf()
    const { error } = await stage.perform('CopyImage', copying({ SourceImageId: idOf(name) }))
    expect(error?.code).toBe(code)
    expect(made(stage)).toEqual([])
    await expect(images(stage, { ImageIds: [idOf(name)] })).rejects.toThrow('does not exist')
  })

  it('is made of none under the number of another marketplace', async () => {
    const stage = stageOf()
    const { error } = await stage.perform('CopyImage', copying({ SourceImageId: 'ami-00000000100000000' }))
    expect([error?.code, made(stage)]).toEqual(['InvalidAMIID.NotFound', []])
  })

  it('is refused with EC2’s codes where the cloud has no room, or the account a limit, and nothing is left', async () => {
    const large = stageOf({ appliances: [{ ...DEBIAN, size: 10 ** 9 }] })
    expect((await large.perform('CopyImage', copying())).error?.code).toBe('InsufficientVolumeCapacity')
    const limited = stageOf()
    const helen = limited.sandbox.world.users.get(2)
    if (helen) helen.quotas = { DATASTORE: { 1: { SIZE: 2499 } } }
    expect((await limited.perform('CopyImage', copying())).error).toMatchObject({
      ...{ code: 'ResourceLimitExceeded', status: 400 },
    })
    for (const stage of [large, limited]) {
      expect([made(stage), await stage.unfinished()]).toEqual([[], []])
    }
  })

  it('is refused under a name that is taken, and with DryRun', async () => {
    const stage = stageOf()
    expect((await stage.perform('CopyImage', copying({ DryRun: true }))).error?.code).toBe('DryRunOperation')
    expect(made(stage)).toEqual([])
    await copy(stage)
    expect((await stage.perform('CopyImage', copying())).error?.code).toBe('InvalidAMIName.Duplicate')
    expect(made(stage)).toHaveLength(1)
  })

  it('is not found where the appliance goes at that moment', async () => {
    const stage = stageOf()
    const request = stage.perform('CopyImage', copying())
    await stage.meanwhile('one.image.allocate', async () => stage.sandbox.world.appliances.remove(0))
    expect((await request).error).toMatchObject({ code: 'InvalidAMIID.NotFound', status: 400 })
    expect([made(stage), await stage.unfinished()]).toEqual([[], []])
  })

  it.each(['once', undefined])(
    'is there once, or never, wherever its request is killed; with token %s',
    async token => {
      for (let step = 1; ; step++) {
        const stage = stageOf()
        stage.killAt(step)
        const input = copying({ ClientToken: token })
        await stage.perform('CopyImage', input).catch(error => expect(error).toBeInstanceOf(Killed))
        const wasKilled = stage.disarm()
        const repeated = token === undefined ? undefined : await copy(stage, { ClientToken: token })
        // What is fetched for an object that is killed never comes to its end
        for (const image of made(stage)) image.state = READY
        await stage.pass(HOUR)
        const copies = await images(stage, { Owners: [HELEN] })
        expect(copies.map(({ Name, State }) => [Name, State])).toEqual(
          made(stage).map(() => ['my debian', 'available']),
        )
        expect(made(stage).length, `step ${step}`).toBeLessThanOrEqual(1)
        if (repeated) expect(copies.map(({ ImageId }) => ImageId)).toEqual([repeated.ImageId])
        expect(await stage.unfinished(), `step ${step}`).toEqual([])
        if (!wasKilled) return
      }
    },
  )

  it('is finished though the front-end makes it after its connection broke', async () => {
    const stage = stageOf()
    stage.delay('one.image.allocate')
    expect((await stage.perform('CopyImage', copying())).error?.code).toBe('Unavailable')
    expect(await images(stage, { Owners: [HELEN] })).toEqual([])
    await stage.workOff()
    await fetched(stage)
    await stage.pass(HOUR)
    expect((await images(stage, { Owners: [HELEN] })).map(({ State }) => State)).toEqual(['available'])
    expect(await stage.unfinished()).toEqual([])
  })
})

describe('what can be had and is not there', () => {
  it('is not run: the refusal says how to copy it', async () => {
    const stage = stageOf()
    const { error } = await stage.perform('RunInstances', { ImageId: APPLIANCE, MinCount: 1, MaxCount: 1 })
    expect(error).toMatchObject({ code: 'OptInRequired', status: 401 })
    expect(error?.message).toContain(
      `aws ec2 copy-image --region opennebula --source-region opennebula --source-image-id ${APPLIANCE} --name NAME`,
    )
    expect(stage.vms()).toEqual([])
    const hidden = await stage.perform('RunInstances', { ImageId: idOf('hidden'), MinCount: 1, MaxCount: 1 })
    expect(hidden.error?.code).toBe('InvalidAMIID.NotFound')
  })

  it.each<[string, string, object]>([
    ['DeregisterImage', 'AuthFailure', {}],
    ['ModifyImageAttribute', 'AuthFailure', { Description: { Value: 'mine' } }],
    ['ModifyImageAttribute', 'AuthFailure', { LaunchPermission: { Add: [{ Group: 'all' }] } }],
    ['ResetImageAttribute', 'AuthFailure', { Attribute: 'launchPermission' }],
    ['DisableImage', 'AuthFailure', {}],
    ['EnableImageDeprecation', 'AuthFailure', { DeprecateAt: new Date(Date.UTC(2035, 0)) }],
    ['CreateTags', 'UnauthorizedOperation', { Tags: [{ Key: 'a', Value: 'b' }] }],
    ['DeleteTags', 'UnauthorizedOperation', {}],
  ])('is nobody’s to change: %s is %s', async (action, code, more) => {
    const stage = stageOf()
    const input = (id: string) => ({ ImageId: id, Resources: [id], ...more })
    const { error } = await stage.perform(action, input(APPLIANCE))
    expect(error).toMatchObject({ code, status: 403 })
    const unknown = await stage.perform(action, input(idOf('hidden')))
    expect(unknown.error?.code).toBe('InvalidAMIID.NotFound')
  })

  it('has attributes that only its owner sees', async () => {
    const stage = stageOf()
    const look = (ImageId: string) =>
      stage.read<ImageAttribute>('DescribeImageAttribute', { ImageId, Attribute: 'description' })
    await expect(look(APPLIANCE)).rejects.toMatchObject({ code: 'AuthFailure' })
    await expect(look(idOf('hidden'))).rejects.toMatchObject({ code: 'InvalidAMIID.NotFound' })
  })
})
