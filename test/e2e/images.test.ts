// AMIs through their lives: made of instances, copied, registered, shared, described and deregistered, with the SDK.
import {
  CopyImageCommand,
  CreateImageCommand,
  type CreateImageCommandInput,
  CreateTagsCommand,
  DeregisterImageCommand,
  DescribeImageAttributeCommand,
  DescribeImagesCommand,
  type DescribeImagesCommandInput,
  type DescribeImagesCommandOutput,
  DescribeInstancesCommand,
  type Image,
  type ImageAttribute,
  type ImageAttributeName,
  ModifyImageAttributeCommand,
  type ModifyImageAttributeCommandInput,
  RegisterImageCommand,
  ResetImageAttributeCommand,
  RunInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
  waitUntilImageAvailable,
  waitUntilInstanceRunning,
  waitUntilInstanceStopped,
} from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anImage, asked, call, ec2, sandbox, until, upstream, WAITING } from './cloud.ts'

const client = ec2()
const rival = ec2('rival')
const RIVAL = '000000000003'
const waiting = { client, ...WAITING }
const instances: string[] = []
const made: string[] = []
let base = ''
/** Stopped for good: images are made of it without waiting. */
let off = ''

beforeAll(async () => {
  base = await anImage()
  off = await instance()
  await client.send(new StopInstancesCommand({ InstanceIds: [off] }))
  await waitUntilInstanceStopped(waiting, { InstanceIds: [off] })
})

afterAll(async () => {
  await client.send(new TerminateInstancesCommand({ InstanceIds: instances }))
  for (const ImageId of made) await client.send(new DeregisterImageCommand({ ImageId })).catch(() => undefined)
})

let names = 0
const name = () => `images test ${++names}`

async function instance(): Promise<string> {
  const { Instances } = await client.send(new RunInstancesCommand({ ImageId: base, MinCount: 1, MaxCount: 1 }))
  const InstanceIds = [Instances?.[0]?.InstanceId ?? '']
  instances.push(...InstanceIds)
  await waitUntilInstanceRunning(waiting, { InstanceIds })
  return InstanceIds[0] ?? ''
}

async function create(InstanceId: string, input: Partial<CreateImageCommandInput> = {}): Promise<string> {
  const { ImageId = '' } = await client.send(new CreateImageCommand({ InstanceId, Name: name(), ...input }))
  made.push(ImageId)
  return ImageId
}

/** An AMI of its own that is available. */
async function created(input: Partial<CreateImageCommandInput> = {}): Promise<string> {
  const ImageId = await create(off, input)
  await waitUntilImageAvailable(waiting, { ImageIds: [ImageId] })
  return ImageId
}

const list = async (input: DescribeImagesCommandInput = {}, as = client): Promise<Image[]> =>
  (await as.send(new DescribeImagesCommand(input))).Images ?? []

const idsOf = (images: readonly Image[]) => images.flatMap(({ ImageId }) => ImageId ?? [])

async function described(ImageId: string, as = client): Promise<Image> {
  const [image] = await list({ ImageIds: [ImageId] }, as)
  return image ?? {}
}

async function stateOf(InstanceId: string): Promise<string | undefined> {
  const { Reservations } = await client.send(new DescribeInstancesCommand({ InstanceIds: [InstanceId] }))
  return Reservations?.[0]?.Instances?.[0]?.State?.Name
}

const failing = (code: string): unknown => expect.objectContaining({ name: code })

/** Names of the OpenNebula images that have to do with an AMI. */
async function imagesOf(ImageId: string): Promise<string[]> {
  const text = JSON.stringify(await sandbox('GET', 'snapshot'))
  return [...new Set(text.match(new RegExp(`"${ImageId}(-pending)?"`, 'g')))]
}

/** Whether an instance is off for an image to be made of it, as is noted on its VM. */
async function isRebooting(InstanceId: string): Promise<boolean> {
  // The attributes of a VM's user template stand together, and hold no nested object
  const text = JSON.stringify(await sandbox('GET', 'snapshot'))
  const [attributes = ''] = new RegExp(`[{][^{}]*"EC2_ID":\\["${InstanceId}:[^{}]*[}]`).exec(text) ?? []
  expect(attributes).not.toBe('')
  return attributes.includes('"EC2_GOAL":["reboot"]')
}

/** The methods that are called while some work is done, for its requests or by the account's alarm. */
const everything = async (work: () => Promise<unknown>) => (await asked(work)).map(({ methods }) => methods)

describe('CreateImage', () => {
  it('makes an image of a stopped instance', async () => {
    const Name = name()
    let ImageId = ''
    const requests = await upstream(async () => {
      ImageId = await create(off, {
        Name,
        Description: 'what "it" is \\',
        TagSpecifications: [
          { ResourceType: 'image', Tags: [{ Key: 'Näme', Value: '🐧' }] },
          { ResourceType: 'snapshot', Tags: [{ Key: 'x', Value: 'y' }] },
        ],
      })
    })
    expect(requests.length).toBeLessThanOrEqual(3)
    expect(ImageId).toMatch(/^ami-[1-9a-f][0-9a-f]{16}$/)
    const pending = await described(ImageId)
    expect(pending).toMatchObject({ ImageId, Name, State: 'pending', Description: 'what "it" is \\', Public: false })
    await waitUntilImageAvailable(waiting, { ImageIds: [ImageId] })
    const available = await described(ImageId)
    expect(available).toMatchObject({
      ImageId,
      Name,
      State: 'available',
      Description: 'what "it" is \\',
      OwnerId: '000000000002',
      RootDeviceType: 'ebs',
      RootDeviceName: '/dev/sda',
      Architecture: 'x86_64',
      VirtualizationType: 'hvm',
      SourceInstanceId: off,
      SourceImageId: base,
      Tags: [{ Key: 'Näme', Value: '🐧' }],
      BlockDeviceMappings: [{ DeviceName: '/dev/sda', Ebs: { VolumeSize: 1, DeleteOnTermination: true } }],
    })
    expect(available.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId).toMatch(/^snap-/)
    expect(Date.parse(available.CreationDate ?? '')).toBeGreaterThan(Date.now() - 60_000)
    expect(await imagesOf(ImageId)).toEqual([`"${ImageId}"`])
    expect(await stateOf(off)).toBe('stopped')
  })

  it('restarts a running instance for it, which is running to EC2 all the while', async () => {
    const id = await instance()
    const ImageId = await create(id)
    expect(await isRebooting(id)).toBe(true)
    const seen = new Set<string | undefined>()
    const methods = await everything(() =>
      until('the image', async () => {
        seen.add(await stateOf(id))
        return (await described(ImageId)).State === 'available'
      }),
    )
    await until('the restart', async () => {
      seen.add(await stateOf(id))
      return !(await isRebooting(id))
    })
    expect(methods.flat()).toContain('one.vm.disksaveas')
    expect([...seen]).toEqual(['running'])
    expect(await stateOf(id)).toBe('running')
  })

  it('leaves a running instance alone with NoReboot', async () => {
    const id = await instance()
    let ImageId = ''
    const methods = await everything(async () => {
      ImageId = await create(id, { NoReboot: true })
      await waitUntilImageAvailable(waiting, { ImageIds: [ImageId] })
    })
    expect(methods.flat()).toContain('one.vm.disksaveas')
    expect(methods.flat()).not.toContain('one.vm.action')
    expect(await stateOf(id)).toBe('running')
  })

  it('keeps what is changed while the image is pending', async () => {
    await sandbox('POST', 'clock', { delays: { saveas: 500 } })
    const ImageId = await create(off)
    await client.send(new CreateTagsCommand({ Resources: [ImageId], Tags: [{ Key: 'late', Value: '1' }] }))
    await client.send(new ModifyImageAttributeCommand({ ImageId, LaunchPermission: { Add: [{ Group: 'all' }] } }))
    await waitUntilImageAvailable(waiting, { ImageIds: [ImageId] })
    await sandbox('POST', 'clock', { delays: { saveas: 20 } })
    expect(await described(ImageId)).toMatchObject({ Public: true, Tags: [{ Key: 'late', Value: '1' }] })
  })

  it('makes several of one instance, one after the other', async () => {
    const id = await instance()
    const ids = await Promise.all([create(id), create(id, { NoReboot: true }), create(id)])
    expect(new Set(ids).size).toBe(3)
    await waitUntilImageAvailable({ ...waiting, maxWaitTime: 30 }, { ImageIds: ids })
    await until('the restart', async () => !(await isRebooting(id)))
    expect(await stateOf(id)).toBe('running')
    for (const ImageId of ids) expect(await imagesOf(ImageId)).toEqual([`"${ImageId}"`])
  })

  it('leaves no trace of an image that was deregistered before it was made', async () => {
    await sandbox('POST', 'faults', {
      method: 'one.vm.disksaveas',
      times: 2,
      kind: 'error',
      code: 8192,
      message: 'Busy',
    })
    const ImageId = await create(off)
    await client.send(new DeregisterImageCommand({ ImageId }))
    await expect(described(ImageId)).rejects.toThrow(failing('InvalidAMIID.NotFound'))
    await until('the end of it', async () => (await imagesOf(ImageId)).length === 0)
    await sandbox('DELETE', 'faults')
  })

  it('fails where OpenNebula has no room for it, and gives the instance back', async () => {
    const id = await instance()
    const fault = { method: 'one.vm.disksaveas', times: 1, kind: 'error', code: 512, message: 'limit of quota' }
    await sandbox('POST', 'faults', fault)
    const Name = name()
    const ImageId = await create(id, { Name })
    await until('the failure', async () => (await described(ImageId)).State === 'failed')
    expect((await described(ImageId)).StateReason?.Code).toBe('Server.InternalError')
    await until('the restart', async () => !(await isRebooting(id)))
    expect(await stateOf(id)).toBe('running')
    expect(await create(off, { Name })).not.toBe(ImageId)
  })

  it('gives the instance back though connections break on the way', async () => {
    const id = await instance()
    const broken = { kind: 'drop', when: 'after', times: 1 }
    await sandbox('POST', 'faults', [
      { ...broken, method: 'one.vm.disksaveas' },
      { ...broken, method: 'one.vm.action' },
      { ...broken, method: 'one.image.persistent' },
    ])
    const ImageId = await create(id)
    await until('the image', async () => (await described(ImageId)).State === 'available')
    await until('the restart', async () => !(await isRebooting(id)))
    expect(await sandbox('GET', 'faults')).toEqual([])
    expect(await stateOf(id)).toBe('running')
    expect(await imagesOf(ImageId)).toEqual([`"${ImageId}"`])
  })

  it('makes nothing, and leaves the instance alone, where its request comes to no end', async () => {
    const id = await instance()
    const Name = name()
    const broken = { method: 'one.image.allocate', kind: 'error', code: 512, message: 'limit of quota', times: 1 }
    await sandbox('POST', 'faults', broken)
    await expect(create(id, { Name })).rejects.toThrow(failing('UnauthorizedOperation'))
    await until('the end of it', async () => !(await isRebooting(id)))
    expect(await stateOf(id)).toBe('running')
    expect(await list({ Filters: [{ Name: 'name', Values: [Name] }] })).toEqual([])
  })

  it('leaves an instance stopped that somebody stops meanwhile', async () => {
    const id = await instance()
    const ImageId = await create(id)
    await client.send(new StopInstancesCommand({ InstanceIds: [id] }))
    await waitUntilInstanceStopped(waiting, { InstanceIds: [id] })
    await waitUntilImageAvailable(waiting, { ImageIds: [ImageId] })
    await until('the end of it', async () => (await imagesOf(ImageId)).length === 1)
    expect(await isRebooting(id)).toBe(false)
    expect(await stateOf(id)).toBe('stopped')
  })

  it('fails where the instance is terminated before', async () => {
    const id = await instance()
    const busy = { method: 'one.vm.disksaveas', kind: 'error', code: 8192, message: 'VM has to be RUNNING' }
    await sandbox('POST', 'faults', busy)
    const ImageId = await create(id)
    await client.send(new TerminateInstancesCommand({ InstanceIds: [id] }))
    await until('the failure', async () => (await described(ImageId)).State === 'failed')
    await sandbox('DELETE', 'faults')
    expect(await imagesOf(ImageId)).not.toContain(`"${ImageId}"`)
  })

  it('starts instances again, as large as is wished', async () => {
    const ImageId = await created({
      BlockDeviceMappings: [
        { DeviceName: '/dev/sda', Ebs: { VolumeSize: 3, VolumeType: 'gp3' } },
        { DeviceName: '/dev/sdb', NoDevice: '' },
      ],
    })
    expect((await described(ImageId)).BlockDeviceMappings).toMatchObject([
      { DeviceName: '/dev/sda', Ebs: { VolumeSize: 3, VolumeType: 'gp3' } },
    ])
    const { Instances } = await client.send(new RunInstancesCommand({ ImageId, MinCount: 1, MaxCount: 1 }))
    const InstanceIds = [Instances?.[0]?.InstanceId ?? '']
    instances.push(...InstanceIds)
    await waitUntilInstanceRunning(waiting, { InstanceIds })
    expect(Instances?.[0]?.ImageId).toBe(ImageId)
  })

  it('gives a name once', async () => {
    const Name = name()
    const results = await Promise.allSettled([create(off, { Name }), create(off, { Name }), create(off, { Name })])
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ name: 'InvalidAMIName.Duplicate' })
    }
  })

  it.each<[string, Record<string, string>, string]>([
    ['a name that is too short', { Name: 'ab' }, 'InvalidAMIName.Malformed'],
    ['a name that is too long', { Name: 'x'.repeat(129) }, 'InvalidAMIName.Malformed'],
    ['a name with other characters', { Name: 'a&b;c' }, 'InvalidAMIName.Malformed'],
    ['an empty name', { Name: '' }, 'InvalidAMIName.Malformed'],
    ['an instance that there is not', { InstanceId: 'i-0123456789abcdef0' }, 'InvalidInstanceID.NotFound'],
    ['an id that is none', { InstanceId: 'ami-1' }, 'InvalidInstanceID.Malformed'],
    [
      'another disk of no size',
      { 'BlockDeviceMapping.1.DeviceName': '/dev/sdf', 'BlockDeviceMapping.1.Ebs.VolumeType': 'gp3' },
      'MissingParameter',
    ],
    [
      'an encrypted disk',
      { 'BlockDeviceMapping.1.DeviceName': '/dev/sda', 'BlockDeviceMapping.1.Ebs.Encrypted': 'true' },
      'UnsupportedOperation',
    ],
    ['tags for something else', { 'TagSpecification.1.ResourceType': 'volume' }, 'InvalidParameterValue'],
  ])('refuses %s', async (_, input, code) => {
    const answer = await call('CreateImage', { InstanceId: off, Name: name(), ...input })
    expect([answer.status, answer.code]).toEqual([400, code])
  })

  it('refuses an instance that is going, and says with DryRun what would be', async () => {
    const id = await instance()
    const dry = await call('CreateImage', { InstanceId: id, Name: name(), DryRun: 'true' })
    expect([dry.status, dry.code]).toEqual([412, 'DryRunOperation'])
    await client.send(new TerminateInstancesCommand({ InstanceIds: [id] }))
    await expect(create(id)).rejects.toThrow(failing('IncorrectInstanceState'))
  })
})

describe('CopyImage', () => {
  it('copies an image, once a client token', async () => {
    const Name = name()
    const Source = await created({ TagSpecifications: [{ ResourceType: 'image', Tags: [{ Key: 'a', Value: '1' }] }] })
    const request = {
      SourceImageId: Source,
      SourceRegion: 'opennebula',
      Name,
      Description: 'a copy',
      CopyImageTags: true,
      ClientToken: crypto.randomUUID(),
      TagSpecifications: [{ ResourceType: 'image' as const, Tags: [{ Key: 'b', Value: '2' }] }],
    }
    let ImageId = ''
    const requests = await upstream(async () => {
      const answer = await client.send(new CopyImageCommand(request))
      ImageId = answer.ImageId ?? ''
    })
    made.push(ImageId)
    expect(requests.length).toBeLessThanOrEqual(3)
    expect((await client.send(new CopyImageCommand(request))).ImageId).toBe(ImageId)
    await waitUntilImageAvailable(waiting, { ImageIds: [ImageId] })
    expect(await described(ImageId)).toMatchObject({
      ImageId,
      Name,
      Description: 'a copy',
      Public: false,
      SourceImageId: Source,
      SourceImageRegion: 'opennebula',
      Tags: [
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: '2' },
      ],
    })
    expect((await described(Source)).ImageId).toBe(Source)
    expect((await list()).filter(image => image.ImageId === Source)).toHaveLength(1)
  })

  it('copies what another made public, and nothing else of another’s', async () => {
    const ImageId = await created()
    const copy = () =>
      rival.send(new CopyImageCommand({ SourceImageId: ImageId, SourceRegion: 'opennebula', Name: name() }))
    await expect(copy()).rejects.toThrow(failing('InvalidAMIID.NotFound'))
    await client.send(new ModifyImageAttributeCommand({ ImageId, LaunchPermission: { Add: [{ Group: 'all' }] } }))
    const { ImageId: own = '' } = await copy()
    expect(own).not.toBe(ImageId)
    expect(await described(own, rival)).toMatchObject({ ImageId: own, OwnerId: RIVAL, Public: false })
    await rival.send(new DeregisterImageCommand({ ImageId: own }))
  })

  it.each<[string, Record<string, string>, string]>([
    ['another region', { SourceRegion: 'elsewhere-1' }, 'InvalidParameterValue'],
    ['an image that there is not', { SourceImageId: 'ami-0123456789abcdef0' }, 'InvalidAMIID.NotFound'],
    ['an id that is none', { SourceImageId: 'i-1' }, 'InvalidAMIID.Malformed'],
    ['a malformed name', { Name: '??' }, 'InvalidAMIName.Malformed'],
    ['encryption', { Encrypted: 'true' }, 'UnsupportedOperation'],
    ['an outpost', { DestinationOutpostArn: 'arn:x' }, 'UnsupportedOperation'],
  ])('refuses %s', async (_, input, code) => {
    const request = { SourceImageId: base, SourceRegion: 'opennebula', Name: name(), ...input }
    const answer = await call('CopyImage', request)
    expect([answer.status, answer.code]).toEqual([400, code])
  })

  it('refuses a name that is taken, and an image that is pending', async () => {
    const Name = name()
    await created({ Name })
    const taken = await call('CopyImage', { SourceImageId: base, SourceRegion: 'opennebula', Name })
    expect([taken.status, taken.code]).toEqual([400, 'InvalidAMIName.Duplicate'])
    const SourceImageId = await create(off)
    const pending = await call('CopyImage', { SourceImageId, SourceRegion: 'opennebula', Name: name() })
    expect([pending.status, pending.code]).toEqual([400, 'InvalidAMIID.Unavailable'])
    await waitUntilImageAvailable(waiting, { ImageIds: [SourceImageId] })
  })
})

describe('RegisterImage', () => {
  it('makes an image of a snapshot', async () => {
    const source = await created()
    const SnapshotId = (await described(source)).BlockDeviceMappings?.[0]?.Ebs?.SnapshotId ?? ''
    const Name = name()
    let ImageId = ''
    const requests = await upstream(async () => {
      const answer = await client.send(
        new RegisterImageCommand({
          Name,
          Description: 'from a snapshot',
          Architecture: 'arm64',
          RootDeviceName: '/dev/xvda',
          EnaSupport: true,
          SriovNetSupport: 'simple',
          BlockDeviceMappings: [
            { DeviceName: '/dev/xvda', Ebs: { SnapshotId, VolumeSize: 4, VolumeType: 'gp2' } },
            { DeviceName: '/dev/sdb', VirtualName: 'ephemeral0' },
          ],
          TagSpecifications: [{ ResourceType: 'image', Tags: [{ Key: 'a', Value: 'b' }] }],
        }),
      )
      ImageId = answer.ImageId ?? ''
    })
    made.push(ImageId)
    expect(requests.length).toBeLessThanOrEqual(3)
    await waitUntilImageAvailable(waiting, { ImageIds: [ImageId] })
    expect(await described(ImageId)).toMatchObject({
      ImageId,
      Name,
      Description: 'from a snapshot',
      Architecture: 'arm64',
      RootDeviceName: '/dev/xvda',
      EnaSupport: true,
      SriovNetSupport: 'simple',
      BlockDeviceMappings: [
        { DeviceName: '/dev/xvda', Ebs: { SnapshotId, VolumeSize: 4, VolumeType: 'gp2' } },
        { DeviceName: '/dev/sdb', VirtualName: 'ephemeral0' },
      ],
      Tags: [{ Key: 'a', Value: 'b' }],
    })
    const { Instances } = await client.send(new RunInstancesCommand({ ImageId, MinCount: 1, MaxCount: 1 }))
    const InstanceIds = [Instances?.[0]?.InstanceId ?? '']
    instances.push(...InstanceIds)
    await waitUntilInstanceRunning(waiting, { InstanceIds })
  })

  const mapping = (index: number, DeviceName: string, members: Record<string, string>) =>
    Object.fromEntries(
      Object.entries({ DeviceName, ...members }).map(([key, value]) => [`BlockDeviceMapping.${index}.${key}`, value]),
    )
  const UNKNOWN = { 'Ebs.SnapshotId': 'snap-0123456789abcdef0' }

  it.each<[string, Record<string, string>, string]>([
    ['nothing', {}, 'MissingParameter'],
    ['a snapshot that there is not', mapping(1, '/dev/sda', UNKNOWN), 'InvalidSnapshot.NotFound'],
    ['an id that is none', mapping(1, '/dev/sda', { 'Ebs.SnapshotId': 'vol-1' }), 'InvalidSnapshotID.Malformed'],
    [
      'no snapshot for the root',
      { RootDeviceName: '/dev/sda', ...mapping(1, '/dev/sdb', UNKNOWN) },
      'InvalidBlockDeviceMapping',
    ],
    ['no name', { Name: '', ...mapping(1, '/dev/sda', UNKNOWN) }, 'MissingParameter'],
    ['a malformed name', { Name: 'a?', ImageLocation: '1' }, 'InvalidAMIName.Malformed'],
    ['an image that there is not', { ImageLocation: 'ami-0123456789abcdef0' }, 'InvalidAMIID.NotFound'],
  ])('refuses %s', async (_, input, code) => {
    const answer = await call('RegisterImage', { Name: name(), ...input })
    expect([answer.status, answer.code]).toEqual([400, code])
  })
})

describe('the attributes of images', () => {
  const attribute = (ImageId: string, Attribute: string, as = client) =>
    as.send(new DescribeImageAttributeCommand({ ImageId, Attribute: Attribute as ImageAttributeName }))
  const modify = (ImageId: string, input: Partial<ModifyImageAttributeCommandInput>, as = client) =>
    as.send(new ModifyImageAttributeCommand({ ImageId, ...input }))
  const permissions = async (ImageId: string) => (await attribute(ImageId, 'launchPermission')).LaunchPermissions

  let shared: Promise<string> | undefined
  /** One for the tests that leave it as it is. */
  const anyImage = () => {
    shared ??= created({ Description: 'something' })
    return shared
  }

  it('are all there, with their empty forms', async () => {
    const ImageId = await anyImage()
    const { BlockDeviceMappings } = await described(ImageId)
    const forms: Record<ImageAttributeName, ImageAttribute> = {
      blockDeviceMapping: { BlockDeviceMappings },
      bootMode: { BootMode: {} },
      deregistrationProtection: { DeregistrationProtection: { Value: 'disabled' } },
      description: { Description: { Value: 'something' } },
      imdsSupport: { ImdsSupport: {} },
      kernel: { KernelId: {} },
      lastLaunchedTime: { LastLaunchedTime: {} },
      launchPermission: { LaunchPermissions: [] },
      productCodes: { ProductCodes: [] },
      ramdisk: { RamdiskId: {} },
      sriovNetSupport: { SriovNetSupport: {} },
      tpmSupport: { TpmSupport: {} },
      uefiData: { UefiData: {} },
    }
    for (const [each, form] of Object.entries(forms)) {
      const { $metadata: _, ...answer } = await attribute(ImageId, each)
      expect(answer).toEqual({ ImageId, ...form })
    }
  })

  it('give an image to everybody, and take it back', async () => {
    const ImageId = await created()
    await expect(described(ImageId, rival)).rejects.toThrow(failing('InvalidAMIID.NotFound'))
    const requests = await upstream(() => modify(ImageId, { LaunchPermission: { Add: [{ Group: 'all' }] } }))
    expect(requests.length).toBeLessThanOrEqual(3)
    expect(await permissions(ImageId)).toEqual([{ Group: 'all' }])
    expect(await described(ImageId, rival)).toMatchObject({ Public: true })
    expect(idsOf(await list({ ExecutableUsers: ['all'] }, rival))).toContain(ImageId)
    await client.send(new ResetImageAttributeCommand({ ImageId, Attribute: 'launchPermission' }))
    expect(await permissions(ImageId)).toEqual([])
    expect((await described(ImageId)).Public).toBe(false)
    await expect(described(ImageId, rival)).rejects.toThrow(failing('InvalidAMIID.NotFound'))
  })

  it('are listed where they are given to the owner, who needs none, and open the image to nobody', async () => {
    const ImageId = await created()
    const { OwnerId = '' } = await described(ImageId)
    await modify(ImageId, { LaunchPermission: { Add: [{ UserId: OwnerId }] } })
    expect(await permissions(ImageId)).toEqual([{ UserId: OwnerId }])
    await expect(described(ImageId, rival)).rejects.toThrow(failing('InvalidAMIID.NotFound'))
    await modify(ImageId, { LaunchPermission: { Remove: [{ UserId: OwnerId }] } })
    expect(await permissions(ImageId)).toEqual([])
  })

  it('are changed by clients that write the name of the attribute in their own way', async () => {
    const ImageId = await created()
    await call('ModifyImageAttribute', { ImageId, Attribute: 'Description ', 'Description.Value': 'by Ansible' })
    expect((await described(ImageId)).Description).toBe('by Ansible')
  })

  it('give an image to an account of the group, and to no other', async () => {
    const ImageId = await created()
    const launch = () => rival.send(new RunInstancesCommand({ ImageId, MinCount: 1, MaxCount: 1 }))
    await modify(ImageId, { LaunchPermission: { Add: [{ UserId: '000000000099' }] } })
    await expect(described(ImageId, rival)).rejects.toThrow(failing('InvalidAMIID.NotFound'))
    await expect(launch()).rejects.toThrow(failing('InvalidAMIID.NotFound'))
    await modify(ImageId, { LaunchPermission: { Add: [{ UserId: RIVAL }] } })
    expect(await permissions(ImageId)).toEqual([{ UserId: '000000000099' }, { UserId: RIVAL }])
    expect(await described(ImageId, rival)).toMatchObject({ ImageId, Public: false, OwnerId: '000000000002' })
    expect(idsOf(await list({ ExecutableUsers: ['self'] }, rival))).toContain(ImageId)
    expect(idsOf(await list({ ExecutableUsers: [RIVAL] }))).toContain(ImageId)
    expect(idsOf(await list({ ExecutableUsers: ['all'] }, rival))).not.toContain(ImageId)
    const { Instances } = await launch()
    await rival.send(new TerminateInstancesCommand({ InstanceIds: [Instances?.[0]?.InstanceId ?? ''] }))
    await modify(ImageId, {
      LaunchPermission: { Remove: [{ UserId: RIVAL }, { UserId: '000000000099' }] },
    })
    expect(await permissions(ImageId)).toEqual([])
    await expect(described(ImageId, rival)).rejects.toThrow(failing('InvalidAMIID.NotFound'))
  })

  it('take the old form', async () => {
    const ImageId = await created()
    const old = (input: Record<string, string>) => call('ModifyImageAttribute', { ImageId, ...input })
    await old({ Attribute: 'launchPermission', OperationType: 'add', 'UserGroup.1': 'all', 'UserId.1': RIVAL })
    expect(await permissions(ImageId)).toEqual([{ Group: 'all' }, { UserId: RIVAL }])
    await old({ Attribute: 'launchPermission', OperationType: 'remove', 'UserGroup.1': 'all', 'UserId.1': RIVAL })
    expect(await permissions(ImageId)).toEqual([])
    await old({ Attribute: 'description', Value: 'old "form"' })
    expect((await attribute(ImageId, 'description')).Description?.Value).toBe('old "form"')
    await modify(ImageId, { Description: { Value: 'new\n☃' } })
    expect((await described(ImageId)).Description).toBe('new\n☃')
  })

  it('are for the owner alone', async () => {
    const ImageId = await created()
    await modify(ImageId, { LaunchPermission: { Add: [{ Group: 'all' }] } })
    const denied = failing('AuthFailure')
    await expect(attribute(ImageId, 'launchPermission', rival)).rejects.toThrow(denied)
    await expect(modify(ImageId, { Description: { Value: 'mine' } }, rival)).rejects.toThrow(denied)
    const reset = new ResetImageAttributeCommand({ ImageId, Attribute: 'launchPermission' })
    await expect(rival.send(reset)).rejects.toThrow(denied)
    await expect(rival.send(new DeregisterImageCommand({ ImageId }))).rejects.toThrow(denied)
    expect(await permissions(ImageId)).toEqual([{ Group: 'all' }])
  })

  it.each<[string, string, Record<string, string>, string]>([
    ['DescribeImageAttribute', 'an attribute that there is not', { Attribute: 'colour' }, 'InvalidRequest'],
    [
      'DescribeImageAttribute',
      'an image that there is not',
      { Attribute: 'kernel', ImageId: 'ami-0123456789abcdef0' },
      'InvalidAMIID.NotFound',
    ],
    ['ResetImageAttribute', 'an attribute that there is not', { Attribute: 'colour' }, 'InvalidRequest'],
    ['ResetImageAttribute', 'an attribute that cannot be reset', { Attribute: 'description' }, 'InvalidRequest'],
    ['ModifyImageAttribute', 'nothing', {}, 'InvalidParameterCombination'],
    [
      'ModifyImageAttribute',
      'an attribute without a value',
      { Attribute: 'description' },
      'InvalidParameterCombination',
    ],
    ['ModifyImageAttribute', 'a value of nothing', { Value: 'x' }, 'InvalidParameterCombination'],
    [
      'ModifyImageAttribute',
      'two attributes',
      { 'Description.Value': 'x', 'LaunchPermission.Add.1.Group': 'all' },
      'InvalidParameterCombination',
    ],
    [
      'ModifyImageAttribute',
      'two attributes, one in the old form',
      { Attribute: 'description', Value: 'x', OperationType: 'add', 'UserId.1': RIVAL },
      'InvalidParameterCombination',
    ],
    [
      'ModifyImageAttribute',
      'a value that is none of its attribute',
      { Attribute: 'launchPermission', 'Description.Value': 'x' },
      'InvalidParameterCombination',
    ],
    [
      'ModifyImageAttribute',
      'a description in both forms',
      { Attribute: 'description', Value: 'x', 'Description.Value': 'y' },
      'InvalidParameterCombination',
    ],
    [
      'ModifyImageAttribute',
      'permissions in both forms',
      { OperationType: 'add', 'UserId.1': RIVAL, 'LaunchPermission.Remove.1.UserId': RIVAL },
      'InvalidParameterCombination',
    ],
    ['ModifyImageAttribute', 'accounts without an operation', { 'UserId.1': RIVAL }, 'MissingParameter'],
    [
      'ModifyImageAttribute',
      'an attribute that there is not',
      { Attribute: 'colour', Value: 'x' },
      'InvalidParameterValue',
    ],
    [
      'ModifyImageAttribute',
      'an operation that there is not',
      { Attribute: 'launchPermission', OperationType: 'swap', 'UserId.1': RIVAL },
      'InvalidParameterValue',
    ],
    [
      'ModifyImageAttribute',
      'permissions without anybody',
      { Attribute: 'launchPermission', OperationType: 'add' },
      'MissingParameter',
    ],
    [
      'ModifyImageAttribute',
      'a group that there is not',
      { 'LaunchPermission.Add.1.Group': 'some' },
      'InvalidAMIAttributeItemValue',
    ],
    [
      'ModifyImageAttribute',
      'an account that is none',
      { 'LaunchPermission.Add.1.UserId': '12' },
      'InvalidAMIAttributeItemValue',
    ],
    [
      'ModifyImageAttribute',
      'an organization',
      { 'LaunchPermission.Add.1.OrganizationArn': 'arn:x' },
      'UnsupportedOperation',
    ],
    ['ModifyImageAttribute', 'a product code', { 'ProductCode.1': 'x' }, 'UnsupportedOperation'],
    [
      'ModifyImageAttribute',
      'two at once',
      { 'Description.Value': 'x', 'LaunchPermission.Add.1.Group': 'all' },
      'InvalidParameterCombination',
    ],
  ])('%s refuses %s', async (action, _, input, code) => {
    const answer = await call(action, { ImageId: await anyImage(), ...input })
    expect([answer.status, answer.code]).toEqual([400, code])
  })
})

describe('DescribeImages', () => {
  let mine = ''
  let copy = ''
  let details: Image = {}
  beforeAll(async () => {
    mine = await created({
      Name: 'described image',
      Description: 'for filters',
      TagSpecifications: [{ ResourceType: 'image', Tags: [{ Key: 'kind', Value: 'filtered' }] }],
    })
    const answer = await client.send(
      new CopyImageCommand({ SourceImageId: mine, SourceRegion: 'opennebula', Name: 'described copy' }),
    )
    copy = answer.ImageId ?? ''
    made.push(copy)
    await waitUntilImageAvailable(waiting, { ImageIds: [copy] })
    details = await described(mine)
  })

  it('has one’s own and what is public, in one upstream request', async () => {
    let images: Image[] = []
    const requests = await upstream(async () => {
      images = await list()
    })
    expect(requests).toHaveLength(1)
    expect(idsOf(images)).toEqual(expect.arrayContaining([mine, copy]))
    expect(idsOf(await list({}, rival))).not.toContain(mine)
  })

  it('has what is public of an owner', async () => {
    expect(idsOf(await list({ Owners: ['self'] }))).toContain(mine)
    expect(idsOf(await list({ Owners: ['000000000002'] }))).toContain(mine)
    expect(await list({ Owners: ['amazon'] })).toEqual([])
    expect(await list({ Owners: [RIVAL], ImageIds: [mine] })).toEqual([])
    expect(idsOf(await list({ Owners: ['amazon', 'self'], IncludeDeprecated: true, IncludeDisabled: true }))).toContain(
      mine,
    )
  })

  it('sorts by the time they were made', () => {
    expect(details.CreationDate).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  })

  it('comes in pages', async () => {
    const found: string[] = []
    let NextToken: string | undefined
    do {
      const page: DescribeImagesCommandOutput = await client.send(
        new DescribeImagesCommand({ Owners: ['self'], MaxResults: 2, NextToken }),
      )
      expect(page.Images?.length).toBeLessThanOrEqual(2)
      found.push(...idsOf(page.Images ?? []))
      NextToken = page.NextToken
    } while (NextToken !== undefined)
    expect(found).toEqual(idsOf(await list({ Owners: ['self'] })))
    expect(new Set(found).size).toBe(found.length)
  })

  const text = (value: unknown) => String(value)
  const ebs = () => details.BlockDeviceMappings?.[0]?.Ebs

  /** By filter, what matches the image of this test; undefined where nothing here can match. */
  const filters: [string, (() => string) | undefined][] = [
    ['architecture', () => 'x86_64'],
    ['block-device-mapping.delete-on-termination', () => 'true'],
    ['block-device-mapping.device-name', () => '/dev/sda'],
    ['block-device-mapping.encrypted', () => 'false'],
    ['block-device-mapping.snapshot-id', () => text(ebs()?.SnapshotId)],
    ['block-device-mapping.volume-size', () => text(ebs()?.VolumeSize)],
    ['block-device-mapping.volume-type', () => 'standard'],
    ['boot-mode', undefined],
    ['creation-date', () => `${details.CreationDate?.slice(0, 10)}*`],
    ['description', () => 'for ?ilters'],
    ['ena-support', () => 'false'],
    ['free-tier-eligible', () => 'false'],
    ['hypervisor', () => 'xen'],
    ['image-allowed', () => 'true'],
    ['image-id', () => mine],
    ['image-type', () => 'machine'],
    ['image-watermark.source-image-creation-time', undefined],
    ['image-watermark.source-image-id', undefined],
    ['image-watermark.source-image-region', undefined],
    ['image-watermark.watermark-creation-time', undefined],
    ['image-watermark.watermark-key', undefined],
    ['instance-type-specification.supported-instance-type', undefined],
    ['instance-type-specification.unsupported-instance-type', undefined],
    ['is-public', () => 'false'],
    ['kernel-id', undefined],
    ['manifest-location', () => '*/described image'],
    ['name', () => 'described im*'],
    ['owner-alias', undefined],
    ['owner-id', () => '000000000002'],
    ['platform', undefined],
    ['product-code', undefined],
    ['product-code.type', undefined],
    ['public-ssm-parameter-name', undefined],
    ['ramdisk-id', undefined],
    ['root-device-name', () => '/dev/sda'],
    ['root-device-type', () => 'ebs'],
    ['scan-result.critical-fix-available-since', undefined],
    ['scan-result.finding-scan-date', undefined],
    ['scan-result.high-fix-available-since', undefined],
    ['scan-result.highest-finding-severity-label', undefined],
    ['scan-result.informational-fix-available-since', undefined],
    ['scan-result.low-fix-available-since', undefined],
    ['scan-result.medium-fix-available-since', undefined],
    ['source-image-id', () => base],
    ['source-image-region', () => 'opennebula'],
    ['source-instance-id', () => off],
    ['sriov-net-support', undefined],
    ['state', () => 'available'],
    ['state-reason-code', undefined],
    ['state-reason-message', undefined],
    ['tag-key', () => 'kind'],
    ['tag:kind', () => 'filter*'],
    ['virtualization-type', () => 'hvm'],
  ]

  it.each(filters)('filters by %s', async (Name, value) => {
    const matching = (Value: string) => list({ ImageIds: [mine], Filters: [{ Name, Values: [Value] }] })
    expect(idsOf(await matching(value?.() ?? '*'))).toEqual(value ? [mine] : [])
    expect(await matching('nothing of it')).toEqual([])
  })

  it('filters by the source of a copy', async () => {
    expect(idsOf(await list({ Filters: [{ Name: 'source-image-id', Values: [mine] }] }))).toEqual([copy])
  })

  it.each<[string, Record<string, string>, string]>([
    ['a filter that there is not', { 'Filter.1.Name': 'colour', 'Filter.1.Value.1': 'x' }, 'InvalidParameterValue'],
    ['an image that there is not', { 'ImageId.1': 'ami-0123456789abcdef0' }, 'InvalidAMIID.NotFound'],
    ['an id that is none', { 'ImageId.1': 'i-1' }, 'InvalidAMIID.Malformed'],
    ['no pages', { MaxResults: '0' }, 'InvalidParameterValue'],
    ['pages of named ones', { MaxResults: '5', 'ImageId.1': 'ami-1' }, 'InvalidParameterCombination'],
  ])('refuses %s', async (_, input, code) => {
    const answer = await call('DescribeImages', input)
    expect([answer.status, answer.code]).toEqual([400, code])
  })
})
