// Images and snapshots that OpenNebula fetches from their addresses: followed as tasks, cancelled, and from no other hosts than
// the operator's.
import type {
  CancelImportTaskResult,
  DescribeImagesResult,
  DescribeImportImageTasksResult,
  DescribeImportSnapshotTasksResult,
  DescribeSnapshotsResult,
  DescribeTagsResult,
  ImportImageResult,
  ImportSnapshotResult,
} from '@aws-sdk/client-ec2'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { aDisk, Killed, type Stage, setStage } from './stage.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DELETE = 7
const Url = 'https://images.example.org/disk.img'

/** What the host of the images answers. */
let served: () => Response

beforeEach(() => {
  served = aDisk
  vi.spyOn(globalThis, 'fetch').mockImplementation(() => Promise.resolve(served()))
})
afterEach(() => vi.restoreAllMocks())

const importImage = (stage: Stage, input: object = {}) =>
  stage.succeed<ImportImageResult>('ImportImage', { Description: 'fetched', DiskContainers: [{ Url }], ...input })
const importSnapshot = (stage: Stage, input: object = {}) =>
  stage.succeed<ImportSnapshotResult>('ImportSnapshot', { Description: 'fetched', DiskContainer: { Url }, ...input })

const tasks = async (stage: Stage, input: object = {}) =>
  (await stage.read<DescribeImportImageTasksResult>('DescribeImportImageTasks', input)).ImportImageTasks ?? []

const left = ({ sandbox }: Stage) =>
  sandbox.world.images.all().filter(({ name, state }) => /^(ami|snap)-/.test(name) && state !== DELETE)

/** All tags of the account, by what has them. */
const allTags = async (stage: Stage) => {
  const { Tags = [] } = await stage.read<DescribeTagsResult>('DescribeTags', {})
  return Tags.map(({ ResourceId, ResourceType, Key, Value }) => [ResourceId, ResourceType, Key, Value])
}

const ofTask = (ResourceType: string, Value: string) => ({
  TagSpecifications: [{ ResourceType, Tags: [{ Key: 'Name', Value }] }],
})

describe('a task', () => {
  it('has tags of its own, by which it is found and which change', async () => {
    const stage = setStage()
    const type = 'import-image-task'
    const first = await importImage(stage, ofTask(type, 'first'))
    const { ImportTaskId = '', ImageId = '' } = first
    await importImage(stage, ofTask(type, 'second'))
    expect(first.Tags).toEqual([{ Key: 'Name', Value: 'first' }])
    const named = (value: string) => ({ Filters: [{ Name: 'tag:Name', Values: [value] }] })
    expect((await tasks(stage, named('first'))).map(task => [task.ImportTaskId, task.Tags])).toEqual([
      [ImportTaskId, [{ Key: 'Name', Value: 'first' }]],
    ])
    await stage.succeed('CreateTags', { Resources: [ImportTaskId], Tags: [{ Key: 'Name', Value: 'third' }] })
    await stage.succeed('CreateTags', { Resources: [ImageId], Tags: [{ Key: 'Name', Value: 'its AMI' }] })
    expect((await allTags(stage)).filter(([id]) => id?.endsWith(ImageId))).toEqual([
      [ImageId, 'image', 'Name', 'its AMI'],
      [ImportTaskId, type, 'Name', 'third'],
    ])
    await stage.succeed('DeleteTags', { Resources: [ImportTaskId] })
    expect(await tasks(stage, named('third'))).toEqual([])
    const unknown = await stage.perform('CreateTags', {
      Resources: ['import-ami-0123456789abcdef0'],
      Tags: [{ Key: 'a', Value: 'b' }],
    })
    expect(unknown.error?.code).toBe('InvalidConversionTaskId')
  })

  it('that a snapshot is imported by has them too, and no others', async () => {
    const stage = setStage()
    const { ImportTaskId } = await importSnapshot(stage, ofTask('import-snapshot-task', 'disk'))
    expect(await allTags(stage)).toEqual([[ImportTaskId, 'import-snapshot-task', 'Name', 'disk']])
    const { ImportSnapshotTasks } = await stage.read<DescribeImportSnapshotTasksResult>('DescribeImportSnapshotTasks', {
      Filters: [{ Name: 'tag:Name', Values: ['disk'] }],
    })
    expect(ImportSnapshotTasks).toMatchObject([{ ImportTaskId, Tags: [{ Key: 'Name', Value: 'disk' }] }])
    const { error } = await stage.perform('ImportSnapshot', { DiskContainer: { Url }, ...ofTask('snapshot', 'disk') })
    expect(error?.code).toBe('InvalidParameterValue')
  })

  it.each(['import-image-task', 'import-snapshot-task'])('of type %s is what a policy says of its tags', async type => {
    const stage = setStage()
    const begin = type === 'import-image-task' ? importImage : importSnapshot
    const all = { Effect: 'Allow', Action: '*', Resource: '*' }
    const keep = { StringEquals: { 'aws:ResourceTag/Name': 'keep' } }
    const resource = `arn:aws:ec2:opennebula:${stage.account.id}:${type}/*`
    const denied = { Effect: 'Deny', Action: 'ec2:CancelImportTask', Resource: resource, Condition: keep }
    const policy = { Version: '2012-10-17', Statement: [all, denied] }
    const { ImportTaskId } = await begin(stage, ofTask(type, 'keep'))
    const cancel = () => stage.askAs(policy, 'CancelImportTask', { ImportTaskId })
    await expect(cancel()).rejects.toMatchObject({ code: 'UnauthorizedOperation' })
    await stage.succeed('DeleteTags', { Resources: [ImportTaskId] })
    await cancel()
  })
})

describe('an image that is imported', () => {
  it('is active, then completed, and an AMI that is launched', async () => {
    const stage = setStage()
    const begun = await importImage(stage)
    const { ImageId = '', ImportTaskId } = begun
    expect(ImportTaskId).toBe(`import-${ImageId}`)
    expect(begun).toMatchObject({ Status: 'active', Architecture: 'x86_64', Description: 'fetched', Platform: 'Linux' })
    expect((await tasks(stage)).map(({ Status }) => Status)).toEqual(['active'])
    await expect.poll(() => left(stage)[0]?.sha256).toBeDefined()
    await stage.pass(MINUTE)
    const [task] = await tasks(stage, { ImportTaskIds: [ImportTaskId] })
    expect(task).toMatchObject({ ImportTaskId, ImageId, Status: 'completed', Description: 'fetched' })
    expect(task?.SnapshotDetails).toMatchObject([
      { Url, Format: 'RAW', DeviceName: '/dev/sda1', DiskImageSize: 2 ** 20 },
    ])
    const { Images } = await stage.read<DescribeImagesResult>('DescribeImages', { ImageIds: [ImageId] })
    expect(Images).toMatchObject([{ Name: ImportTaskId, State: 'available', RootDeviceName: '/dev/sda1' }])
    await stage.succeed('RunInstances', { ImageId, MinCount: 1, MaxCount: 1 })
    const { error } = await stage.perform('CancelImportTask', { ImportTaskId })
    expect(error?.code).toBe('IncorrectState')
    expect(await stage.unfinished()).toEqual([])
  })

  it('is deleted as a task where the cloud cannot fetch it, and says so', async () => {
    const stage = setStage()
    await importImage(stage)
    const [image] = left(stage)
    if (image) image.state = 5
    expect(await tasks(stage)).toMatchObject([
      { Status: 'deleted', StatusMessage: expect.stringMatching('could not') as string },
    ])
    served = () => new Response('', { status: 404 })
    const { error } = await stage.perform('ImportImage', { DiskContainers: [{ Url }] })
    expect(error).toMatchObject({ code: 'InvalidParameterValue', status: 400 })
  })

  it('is nothing any more when its task is cancelled', async () => {
    const stage = setStage()
    const { ImportTaskId } = await importImage(stage)
    // Another account does not know of it
    const rival = { id: '000000000003', user: { id: 3, name: 'rival' } }
    const { error } = await stage.perform('CancelImportTask', { ImportTaskId }, rival)
    expect(error?.code).toBe('InvalidConversionTaskId')
    const cancelled = await stage.succeed<CancelImportTaskResult>('CancelImportTask', { ImportTaskId })
    expect(cancelled).toEqual({ ImportTaskId, PreviousState: 'active', State: 'deleting' })
    expect(await tasks(stage)).toEqual([])
    await stage.pass(8 * HOUR)
    expect(left(stage)).toEqual([])
    expect(await stage.unfinished()).toEqual([])
  })

  it('is there once, wherever its request is killed, when that is repeated', async () => {
    for (let step = 1; ; step++) {
      const stage = setStage()
      const input = { DiskContainers: [{ Url }], ClientToken: 'once' }
      stage.killAt(step)
      await stage.perform('ImportImage', input).catch(error => expect(error).toBeInstanceOf(Killed))
      const wasKilled = stage.disarm()
      const { ImageId } = await stage.succeed<ImportImageResult>('ImportImage', input)
      expect(left(stage).map(({ name }) => name)).toEqual([ImageId])
      if (!wasKilled) return
    }
  })
})

describe('a snapshot that is imported', () => {
  it('is active, then completed, and made into a volume', async () => {
    const stage = setStage()
    const { ImportTaskId, SnapshotTaskDetail } = await importSnapshot(stage)
    const { SnapshotId = '', Status } = SnapshotTaskDetail ?? {}
    expect([ImportTaskId, Status]).toEqual([`import-${SnapshotId}`, 'active'])
    await expect.poll(() => left(stage)[0]?.sha256).toBeDefined()
    await stage.pass(MINUTE)
    const found = await stage.read<DescribeImportSnapshotTasksResult>('DescribeImportSnapshotTasks', {
      ImportTaskIds: [ImportTaskId],
    })
    expect(found.ImportSnapshotTasks).toMatchObject([
      { ImportTaskId, SnapshotTaskDetail: { SnapshotId, Url, Status: 'completed' } },
    ])
    const { Snapshots } = await stage.read<DescribeSnapshotsResult>('DescribeSnapshots', { SnapshotIds: [SnapshotId] })
    expect(Snapshots).toMatchObject([{ VolumeId: 'vol-ffffffff', Description: 'fetched', State: 'completed' }])
    await stage.succeed('CreateVolume', { SnapshotId, AvailabilityZone: 'opennebulaa' })
    // Neither is what was made by other ways a task, nor the one kind of task the other
    expect(await tasks(stage)).toEqual([])
    await expect(tasks(stage, { ImportTaskIds: [ImportTaskId] })).rejects.toThrow('no such import task')
    await expect(tasks(stage, { ImportTaskIds: ['import-ami-00000000'] })).rejects.toThrow('no such import task')
  })
})

describe('an address', () => {
  it.each([
    [Url, undefined],
    ['https://images.example.org:443/disk.img', undefined],
    ['http://images.example.org/disk.img', undefined],
    ['https://mirror.example.org:8443/a', undefined],
    ['https://mirror.example.org/a', 'InvalidParameterValue'],
    ['https://127.0.0.1/disk.img', 'InvalidParameterValue'],
    ['http://images.example.org.evil.example/', 'InvalidParameterValue'],
    ['http://me:secret@images.example.org/disk.img', 'InvalidParameterValue'],
    ['file:///etc/passwd', 'InvalidParameterValue'],
    ['/etc/passwd', 'InvalidParameterValue'],
    ['s3://images.example.org/disk.img', 'InvalidParameter'],
    ['https://images.example.org/"]', 'InvalidParameterValue'],
    ["https://images.example.org/';id;'", 'InvalidParameterValue'],
    ['https://images.example.org/a?$(id)', 'InvalidParameterValue'],
    ['https://images.example.org/`id`', 'InvalidParameterValue'],
    ['https://images.example.org/a\\x27b', 'InvalidParameterValue'],
    ['https://images.example.org/é.img', 'InvalidParameterValue'],
    ['https://images.example.org/a%27b+c/d.img?X-Signature=a%2Fb&part=1', undefined],
    [`https://images.example.org/${'x'.repeat(1024)}`, 'InvalidParameterValue'],
    ['https://images.example.org/disk-[1-100000].img', 'InvalidParameterValue'],
    ['ssh://images.example.org/disk.img', 'InvalidParameterValue'],
    ['', 'MissingParameter'],
  ])('%s is answered with %s', async (address, code) => {
    const stage = setStage()
    const { error } = await stage.perform('ImportImage', { DiskContainers: [{ Url: address }] })
    expect(error?.code).toBe(code)
    expect(left(stage)).toHaveLength(code === undefined ? 1 : 0)
  })

  it('is told with one disk in a format that the cloud reads', async () => {
    const stage = setStage()
    const code = async (DiskContainers: object[]) =>
      (await stage.perform('ImportImage', { DiskContainers })).error?.code
    expect(await code([])).toBe('MissingParameter')
    expect(await code([{ Url, Format: 'VMDK' }])).toBe('InvalidParameterValue')
    expect(await code([{ Url }, { Url }])).toBe('UnsupportedOperation')
    expect((await stage.perform('ImportImage', { DiskContainers: [{ Url }], Architecture: 'vax' })).error?.code).toBe(
      'InvalidParameterValue',
    )
  })
})
