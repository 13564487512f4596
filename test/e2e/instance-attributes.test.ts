// The attributes of instances, their switches, and what is asked of their consoles: with the SDK, over HTTP.
import {
  CreateTagsCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  GetConsoleOutputCommand,
  GetPasswordDataCommand,
  type Instance,
  type InstanceAttribute,
  type InstanceAttributeName,
  ModifyInstanceAttributeCommand,
  type ModifyInstanceAttributeCommandInput,
  ModifyInstanceCapacityReservationAttributesCommand,
  ModifyInstanceMaintenanceOptionsCommand,
  ModifyInstanceMetadataOptionsCommand,
  MonitorInstancesCommand,
  ResetInstanceAttributeCommand,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
  UnmonitorInstancesCommand,
  waitUntilInstanceRunning,
  waitUntilInstanceStopped,
} from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anImage, call, control, ec2, sandbox, until, upstream, WAITING } from './cloud.ts'
import { DEFAULT_GROUP } from './default-group.ts'

const client = ec2()
const waiting = { client, ...WAITING }
const made: string[] = []
const NOBODY = 'i-0123456789abcdef0'
let ImageId = ''

beforeAll(async () => {
  ImageId = await anImage()
})

afterAll(async () => {
  for (const InstanceId of made) {
    await modify(InstanceId, { DisableApiTermination: { Value: false } }).catch(() => undefined)
    await client.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }))
  }
})

/** A running instance, or a stopped one. */
async function instance(
  state: 'running' | 'stopped' = 'running',
  input: Partial<RunInstancesCommandInput> = {},
): Promise<string> {
  const { Instances } = await client.send(new RunInstancesCommand({ ImageId, MinCount: 1, MaxCount: 1, ...input }))
  const InstanceIds = [Instances?.[0]?.InstanceId ?? '']
  made.push(...InstanceIds)
  await waitUntilInstanceRunning(waiting, { InstanceIds })
  if (state === 'stopped') await stop(InstanceIds)
  return InstanceIds[0] ?? ''
}

async function stop(InstanceIds: string[]): Promise<void> {
  await client.send(new StopInstancesCommand({ InstanceIds }))
  await waitUntilInstanceStopped(waiting, { InstanceIds })
}

const attribute = (InstanceId: string, Attribute: string) =>
  client.send(new DescribeInstanceAttributeCommand({ InstanceId, Attribute: Attribute as InstanceAttributeName }))

const modify = (InstanceId: string, input: Partial<ModifyInstanceAttributeCommandInput>) =>
  client.send(new ModifyInstanceAttributeCommand({ InstanceId, ...input }))

async function described(InstanceId: string): Promise<Instance> {
  const { Reservations } = await client.send(new DescribeInstancesCommand({ InstanceIds: [InstanceId] }))
  return Reservations?.[0]?.Instances?.[0] ?? {}
}

/** A second interface, by OpenNebula's own ways: this endpoint does not attach any. */
async function attachInterface(vm: number): Promise<void> {
  const parameters = [`<string>helen:helen</string>`, `<i4>${vm}</i4>`, '<string>NIC=[NETWORK_ID="0"]</string>']
  const params = parameters.map(value => `<param><value>${value}</value></param>`).join('')
  const body = `<methodCall><methodName>one.vm.attachnic</methodName><params>${params}</params></methodCall>`
  const answer = await fetch(new URL('/RPC2', control), {
    method: 'POST',
    headers: { 'content-type': 'text/xml' },
    body,
  })
  expect(await answer.text()).toContain('<boolean>1</boolean>')
}

const failing = (name: string): unknown => expect.objectContaining({ name })

describe('DescribeInstanceAttribute', () => {
  it('has every attribute of a plain instance, and their empty forms', async () => {
    const id = await instance()
    const { SecurityGroups, BlockDeviceMappings, RootDeviceName } = await described(id)
    const forms: Record<InstanceAttributeName, InstanceAttribute> = {
      blockDeviceMapping: { BlockDeviceMappings },
      disableApiStop: { DisableApiStop: { Value: false } },
      disableApiTermination: { DisableApiTermination: { Value: false } },
      ebsOptimized: { EbsOptimized: { Value: false } },
      enaSupport: { EnaSupport: { Value: false } },
      enclaveOptions: { EnclaveOptions: { Enabled: false } },
      groupSet: { Groups: SecurityGroups },
      instanceInitiatedShutdownBehavior: { InstanceInitiatedShutdownBehavior: { Value: 'stop' } },
      instanceType: { InstanceType: { Value: 'm1.small' } },
      kernel: { KernelId: {} },
      productCodes: { ProductCodes: [] },
      ramdisk: { RamdiskId: {} },
      rootDeviceName: { RootDeviceName: { Value: RootDeviceName } },
      sourceDestCheck: { SourceDestCheck: { Value: true } },
      sriovNetSupport: { SriovNetSupport: {} },
      userData: { UserData: {} },
    }
    expect(SecurityGroups?.length).toBeGreaterThan(0)
    for (const [name, form] of Object.entries(forms)) {
      const { $metadata: _, ...answer } = await attribute(id, name)
      expect(answer).toEqual({ InstanceId: id, ...form })
    }
    const raw = await call('DescribeInstanceAttribute', { InstanceId: id, Attribute: 'userData' })
    expect(raw.text).toContain('<userData></userData>')
  })

  it('costs one upstream request', async () => {
    const id = await instance()
    expect(await upstream(() => attribute(id, 'disableApiStop'))).toHaveLength(1)
  })

  it('answers user data in base64, as it was sent', async () => {
    const UserData = Buffer.from('#!/bin/sh\necho "$1" é\n').toString('base64')
    const id = await instance('running', { UserData })
    expect((await attribute(id, 'userData')).UserData?.Value).toBe(UserData)
  })

  it.each([
    ['an attribute that there is not', { Attribute: 'colour' }, 'InvalidParameterValue'],
    ['an instance that there is not', { Attribute: 'kernel', InstanceId: NOBODY }, 'InvalidInstanceID.NotFound'],
    ['an id that is none', { Attribute: 'kernel', InstanceId: 'vol-1' }, 'InvalidInstanceID.Malformed'],
    ['no attribute', {}, 'MissingParameter'],
  ])('refuses %s', async (_, input, code) => {
    const answer = await call('DescribeInstanceAttribute', { InstanceId: await anyInstance(), ...input } as never)
    expect([answer.status, answer.code]).toEqual([400, code])
  })
})

let shared: Promise<string> | undefined
/** One for the tests that change nothing of it. */
const anyInstance = () => {
  shared ??= instance()
  return shared
}

describe('ModifyInstanceAttribute', () => {
  it('protects from termination and from stopping', async () => {
    const id = await instance()
    const InstanceIds = [id]
    await modify(id, { DisableApiTermination: { Value: true } })
    await modify(id, { DisableApiStop: { Value: true } })
    expect((await attribute(id, 'disableApiTermination')).DisableApiTermination?.Value).toBe(true)
    expect((await attribute(id, 'disableApiStop')).DisableApiStop?.Value).toBe(true)
    await expect(client.send(new TerminateInstancesCommand({ InstanceIds }))).rejects.toThrow(
      failing('OperationNotPermitted'),
    )
    for (const Force of [false, true]) {
      await expect(client.send(new StopInstancesCommand({ InstanceIds, Force }))).rejects.toThrow(
        failing('OperationNotPermitted'),
      )
    }
    expect((await described(id)).State?.Name).toBe('running')
    await modify(id, { DisableApiTermination: { Value: false } })
    await modify(id, { DisableApiStop: { Value: false } })
    await stop([id])
  })

  it('honours the protection that a launch asks for', async () => {
    const id = await instance('running', { DisableApiStop: true, EbsOptimized: true })
    expect((await attribute(id, 'disableApiStop')).DisableApiStop?.Value).toBe(true)
    expect((await described(id)).EbsOptimized).toBe(true)
  })

  it('changes the type of a stopped instance: its size, and what it is called', async () => {
    const id = await instance('stopped')
    const requests = await upstream(() => modify(id, { InstanceType: { Value: 'm1.large' } }))
    expect(requests.length).toBeLessThanOrEqual(3)
    expect(await described(id)).toMatchObject({ InstanceType: 'm1.large', CpuOptions: { CoreCount: 2 } })
    await client.send(new StartInstancesCommand({ InstanceIds: [id] }))
    await waitUntilInstanceRunning(waiting, { InstanceIds: [id] })
    expect((await described(id)).InstanceType).toBe('m1.large')
  })

  it('leaves the type as it was where OpenNebula refuses the size', async () => {
    const id = await instance('stopped')
    const message = 'Not enough capacity on the host'
    await sandbox('POST', 'faults', { method: 'one.vm.resize', times: 1, kind: 'error', code: 2048, message })
    await expect(modify(id, { InstanceType: { Value: 'm1.large' } })).rejects.toThrow(failing('IncorrectInstanceState'))
    expect((await described(id)).InstanceType).toBe('m1.small')
  })

  it('changes the user data of a stopped instance, and nothing else of its context', async () => {
    const before = Buffer.from('before').toString('base64')
    const id = await instance('stopped', { UserData: before })
    const text = '#cloud-config\nruncmd: ["echo $HOME \\\\"]\n'
    await modify(id, { UserData: { Value: Buffer.from(text) } })
    expect((await attribute(id, 'userData')).UserData?.Value).toBe(Buffer.from(text).toString('base64'))
    expect(JSON.stringify(await sandbox('GET', 'snapshot'))).toContain(`"EC2_INSTANCE_ID":"${id}"`)
    await modify(id, { UserData: { Value: new Uint8Array() } })
    expect((await attribute(id, 'userData')).UserData).toEqual({})
  })

  it('takes the old form, of an attribute and a value', async () => {
    const id = await instance('stopped')
    const old = (Attribute: string, Value: string) =>
      call('ModifyInstanceAttribute', { InstanceId: id, Attribute, Value })
    const values: [InstanceAttributeName, string, InstanceAttribute][] = [
      ['instanceType', 'm1.large', { InstanceType: { Value: 'm1.large' } }],
      ['disableApiTermination', 'true', { DisableApiTermination: { Value: true } }],
      ['disableApiStop', 'true', { DisableApiStop: { Value: true } }],
      ['instanceInitiatedShutdownBehavior', 'terminate', { InstanceInitiatedShutdownBehavior: { Value: 'terminate' } }],
      ['sourceDestCheck', 'false', { SourceDestCheck: { Value: false } }],
      ['ebsOptimized', 'true', { EbsOptimized: { Value: true } }],
      ['enaSupport', 'true', { EnaSupport: { Value: true } }],
      ['sriovNetSupport', 'simple', { SriovNetSupport: { Value: 'simple' } }],
      ['userData', 'aGVs\nbG8=', { UserData: { Value: 'aGVsbG8=' } }],
    ]
    for (const [name, value, form] of values) {
      const answer = await old(name, value)
      expect([name, answer.code, answer.text.includes('<return>true</return>')]).toEqual([name, undefined, true])
      const { $metadata: _, ...now } = await attribute(id, name)
      expect(now).toEqual({ InstanceId: id, ...form })
    }
    expect(await described(id)).toMatchObject({
      EbsOptimized: true,
      EnaSupport: true,
      SriovNetSupport: 'simple',
      SourceDestCheck: false,
      NetworkInterfaces: [{ SourceDestCheck: false }],
    })
  })

  it('loses nothing when many attributes are changed at once', async () => {
    const id = await instance()
    await Promise.all([
      modify(id, { DisableApiTermination: { Value: true } }),
      modify(id, { DisableApiStop: { Value: true } }),
      modify(id, { SourceDestCheck: { Value: false } }),
      modify(id, { InstanceInitiatedShutdownBehavior: { Value: 'terminate' } }),
      client.send(new MonitorInstancesCommand({ InstanceIds: [id] })),
      client.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'a', Value: 'b' }] })),
    ])
    expect((await attribute(id, 'disableApiTermination')).DisableApiTermination?.Value).toBe(true)
    expect((await attribute(id, 'disableApiStop')).DisableApiStop?.Value).toBe(true)
    expect(await described(id)).toMatchObject({
      SourceDestCheck: false,
      Monitoring: { State: 'enabled' },
      Tags: [{ Key: 'a', Value: 'b' }],
    })
  })

  it('says what becomes of a volume when its instance ends', async () => {
    const id = await instance('running', {
      BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs: { VolumeSize: 1, DeleteOnTermination: true } }],
    })
    const mapped = async () => (await described(id)).BlockDeviceMappings?.find(each => each.DeviceName === '/dev/sdf')
    const mapping = (DeviceName: string, DeleteOnTermination: boolean) => ({
      BlockDeviceMappings: [{ DeviceName, Ebs: { DeleteOnTermination } }],
    })
    await modify(id, mapping('/dev/sdf', false))
    expect((await mapped())?.Ebs?.DeleteOnTermination).toBe(false)
    await modify(id, { Attribute: 'blockDeviceMapping', ...mapping('/dev/sdf', true) })
    expect((await mapped())?.Ebs?.DeleteOnTermination).toBe(true)
    const { RootDeviceName = '' } = await described(id)
    await modify(id, mapping(RootDeviceName, true))
    await expect(modify(id, mapping(RootDeviceName, false))).rejects.toThrow(failing('UnsupportedOperation'))
    const without = { BlockDeviceMappings: [{ DeviceName: '/dev/sdf', NoDevice: '' }] }
    await expect(modify(id, without)).rejects.toThrow(failing('UnsupportedOperation'))
    await expect(modify(id, mapping('/dev/sdz', true))).rejects.toThrow(failing('InvalidInstanceAttributeValue'))
  })

  it('refuses groups that there are not, and changes those of the interface', async () => {
    const id = await instance()
    await expect(modify(id, { Groups: ['sg-99999999'] })).rejects.toThrow(failing('InvalidGroup.NotFound'))
    await expect(modify(id, { Groups: ['default'] })).rejects.toThrow(failing('InvalidGroupId.Malformed'))
    const requests = await upstream(() => modify(id, { Groups: [DEFAULT_GROUP] }))
    expect(requests.length).toBeLessThanOrEqual(3)
    expect((await attribute(id, 'groupSet')).Groups).toEqual([{ GroupId: DEFAULT_GROUP, GroupName: 'default' }])
  })

  it('asks which interface is meant where there are several', async () => {
    const id = await instance()
    const { NetworkInterfaces } = await described(id)
    const eni = NetworkInterfaces?.[0]?.NetworkInterfaceId ?? ''
    await attachInterface(Number.parseInt(eni.slice('eni-0'.length, 'eni-0'.length + 8), 16))
    await until('the interface', async () => (await described(id)).NetworkInterfaces?.length === 2)
    const ambiguous = failing('InvalidInstanceID')
    await expect(modify(id, { Groups: [DEFAULT_GROUP] })).rejects.toThrow(ambiguous)
    await expect(modify(id, { SourceDestCheck: { Value: false } })).rejects.toThrow(ambiguous)
    await expect(attribute(id, 'groupSet')).rejects.toThrow(ambiguous)
    await expect(attribute(id, 'sourceDestCheck')).rejects.toThrow(ambiguous)
  })

  it.each(['TRUE', 'True', '1'])('takes %s for true in either form', async text => {
    const InstanceId = await instance()
    await call('ModifyInstanceAttribute', { InstanceId, 'DisableApiStop.Value': text })
    await call('ModifyInstanceAttribute', { InstanceId, Attribute: 'disableApiTermination', Value: text })
    expect((await attribute(InstanceId, 'disableApiStop')).DisableApiStop?.Value).toBe(true)
    expect((await attribute(InstanceId, 'disableApiTermination')).DisableApiTermination?.Value).toBe(true)
    await call('ModifyInstanceAttribute', { InstanceId, Attribute: 'disableApiTermination', Value: 'False' })
    expect((await attribute(InstanceId, 'disableApiTermination')).DisableApiTermination?.Value).toBe(false)
  })

  it('takes no enclave for what is the case anyway', async () => {
    const InstanceId = await anyInstance()
    expect((await call('ModifyInstanceAttribute', { InstanceId, 'EnclaveOptions.Enabled': 'false' })).status).toBe(200)
  })

  it.each<[string, Record<string, string>, string]>([
    ['nothing', {}, 'InvalidParameterCombination'],
    ['an attribute without a value', { Attribute: 'sourceDestCheck' }, 'InvalidParameterCombination'],
    ['a value of nothing', { Value: 'true' }, 'MissingParameter'],
    [
      'two attributes, one of them in the old form',
      { Attribute: 'disableApiStop', Value: 'true', 'SourceDestCheck.Value': 'true' },
      'InvalidParameterCombination',
    ],
    [
      'a parameter that is not the one of its attribute',
      { Attribute: 'disableApiStop', 'SourceDestCheck.Value': 'true' },
      'InvalidParameterCombination',
    ],
    [
      'two values of one attribute',
      { Attribute: 'disableApiStop', Value: 'true', 'DisableApiStop.Value': 'false' },
      'InvalidParameterCombination',
    ],
    ['a list as a value', { Attribute: 'groupSet', Value: 'sg-00000000' }, 'InvalidParameterValue'],
    [
      'two attributes at once',
      { 'DisableApiStop.Value': 'true', 'SourceDestCheck.Value': 'true' },
      'InvalidParameterCombination',
    ],
    ['an attribute that there is not', { Attribute: 'colour', Value: 'red' }, 'InvalidParameterValue'],
    ['an attribute that cannot be changed', { Attribute: 'rootDeviceName', Value: 'sdb' }, 'InvalidParameterValue'],
    ['a switch that is neither', { Attribute: 'disableApiStop', Value: 'perhaps' }, 'InvalidParameterValue'],
    ['a behaviour that there is not', { 'InstanceInitiatedShutdownBehavior.Value': 'x' }, 'InvalidParameterValue'],
    ['a kernel', { 'Kernel.Value': 'aki-1' }, 'UnsupportedOperation'],
    ['a RAM disk', { 'Ramdisk.Value': 'ari-1' }, 'UnsupportedOperation'],
    ['an enclave', { 'EnclaveOptions.Enabled': 'true' }, 'UnsupportedOperation'],
    ['a type, while it runs', { 'InstanceType.Value': 'm1.large' }, 'IncorrectInstanceState'],
    ['user data, while it runs', { 'UserData.Value': 'aGVsbG8=' }, 'IncorrectInstanceState'],
    ['ENA, while it runs', { 'EnaSupport.Value': 'true' }, 'IncorrectInstanceState'],
    ['EBS optimization, while it runs', { 'EbsOptimized.Value': 'true' }, 'IncorrectInstanceState'],
    [
      'an instance that there is not',
      { InstanceId: NOBODY, 'DisableApiStop.Value': 'true' },
      'InvalidInstanceID.NotFound',
    ],
  ])('refuses %s', async (_, input, code) => {
    const answer = await call('ModifyInstanceAttribute', { InstanceId: await anyInstance(), ...input })
    expect([answer.status, answer.code]).toEqual([400, code])
  })

  it('refuses a type that there is not, and too much user data', async () => {
    const id = await instance('stopped')
    await expect(modify(id, { InstanceType: { Value: 'x9.huge' } })).rejects.toThrow(
      failing('InvalidInstanceAttributeValue'),
    )
    await expect(modify(id, { UserData: { Value: new Uint8Array(17 * 1024) } })).rejects.toThrow(
      failing('InvalidParameterValue'),
    )
    const old = await call('ModifyInstanceAttribute', { InstanceId: id, Attribute: 'userData', Value: '%%%' })
    expect(old.code).toBe('InvalidUserData.Malformed')
  })

  it('says what would be with DryRun, and does nothing', async () => {
    const id = await instance()
    const dry = await call('ModifyInstanceAttribute', {
      InstanceId: id,
      'DisableApiStop.Value': 'true',
      DryRun: 'true',
    })
    expect([dry.status, dry.code]).toEqual([412, 'DryRunOperation'])
    expect((await attribute(id, 'disableApiStop')).DisableApiStop?.Value).toBe(false)
  })
})

describe('ResetInstanceAttribute', () => {
  it('resets what can be reset', async () => {
    const id = await instance()
    await modify(id, { SourceDestCheck: { Value: false } })
    await client.send(new ResetInstanceAttributeCommand({ InstanceId: id, Attribute: 'sourceDestCheck' }))
    expect((await attribute(id, 'sourceDestCheck')).SourceDestCheck?.Value).toBe(true)
    await client.send(new ResetInstanceAttributeCommand({ InstanceId: id, Attribute: 'kernel' }))
    await client.send(new ResetInstanceAttributeCommand({ InstanceId: id, Attribute: 'ramdisk' }))
  })

  it.each(['instanceType', 'userData', 'colour'])('refuses %s', async Attribute => {
    const answer = await call('ResetInstanceAttribute', { InstanceId: await anyInstance(), Attribute })
    expect([answer.status, answer.code]).toEqual([400, 'InvalidParameterValue'])
  })
})

describe('MonitorInstances and UnmonitorInstances', () => {
  it('switch what DescribeInstances says, of several at once', async () => {
    const InstanceIds = [await instance(), await instance()]
    const requests = await upstream(async () => {
      const { InstanceMonitorings } = await client.send(new MonitorInstancesCommand({ InstanceIds }))
      expect(InstanceMonitorings).toEqual(
        InstanceIds.map(InstanceId => ({ InstanceId, Monitoring: { State: 'enabled' } })),
      )
    })
    expect(requests.length).toBeLessThanOrEqual(2)
    for (const id of InstanceIds) expect((await described(id)).Monitoring?.State).toBe('enabled')
    const { InstanceMonitorings } = await client.send(new UnmonitorInstancesCommand({ InstanceIds }))
    expect(InstanceMonitorings?.map(({ Monitoring }) => Monitoring?.State)).toEqual(['disabled', 'disabled'])
    for (const id of InstanceIds) expect((await described(id)).Monitoring?.State).toBe('disabled')
    await expect(client.send(new MonitorInstancesCommand({ InstanceIds: [NOBODY] }))).rejects.toThrow(
      failing('InvalidInstanceID.NotFound'),
    )
  })
})

describe('ModifyInstanceMetadataOptions', () => {
  it('keeps the options of a service that is not there, and shows them', async () => {
    const id = await instance('running', { MetadataOptions: { HttpTokens: 'required' } })
    expect((await described(id)).MetadataOptions).toMatchObject({ HttpTokens: 'required', HttpPutResponseHopLimit: 1 })
    const { InstanceId, InstanceMetadataOptions } = await client.send(
      new ModifyInstanceMetadataOptionsCommand({
        InstanceId: id,
        HttpEndpoint: 'enabled',
        HttpPutResponseHopLimit: 2,
        InstanceMetadataTags: 'enabled',
      }),
    )
    expect(InstanceId).toBe(id)
    const expected = {
      State: 'applied',
      HttpTokens: 'required',
      HttpPutResponseHopLimit: 2,
      HttpEndpoint: 'enabled',
      HttpProtocolIpv6: 'disabled',
      InstanceMetadataTags: 'enabled',
    }
    expect(InstanceMetadataOptions).toEqual(expected)
    expect((await described(id)).MetadataOptions).toEqual(expected)
  })

  it.each<[string, Record<string, string>, string]>([
    ['no option', {}, 'InvalidParameterCombination'],
    ['tokens that there are not', { HttpTokens: 'some' }, 'InvalidParameterValue'],
    ['a switch that is neither', { HttpEndpoint: 'on' }, 'InvalidParameterValue'],
    ['no hops', { HttpPutResponseHopLimit: '0' }, 'InvalidParameterValue'],
    ['too many hops', { HttpPutResponseHopLimit: '65' }, 'InvalidParameterValue'],
  ])('refuses %s', async (_, input, code) => {
    const answer = await call('ModifyInstanceMetadataOptions', { InstanceId: await anyInstance(), ...input })
    expect([answer.status, answer.code]).toEqual([400, code])
  })
})

describe('ModifyInstanceMaintenanceOptions', () => {
  it.each(['disabled', 'default'] as const)('keeps %s and shows it', async AutoRecovery => {
    const InstanceId = await anyInstance()
    const answer = await client.send(new ModifyInstanceMaintenanceOptionsCommand({ InstanceId, AutoRecovery }))
    expect(answer).toMatchObject({ InstanceId, AutoRecovery })
    expect((await described(InstanceId)).MaintenanceOptions).toEqual({ AutoRecovery })
  })

  it.each<[string, Record<string, string>, string]>([
    ['no option', {}, 'InvalidParameterCombination'],
    ['a recovery that there is not', { AutoRecovery: 'on' }, 'InvalidParameterValue'],
    ['what is to be done when hosts are restarted', { RebootMigration: 'default' }, 'UnsupportedOperation'],
  ])('refuses %s', async (_, input, code) => {
    const answer = await call('ModifyInstanceMaintenanceOptions', { InstanceId: await anyInstance(), ...input })
    expect([answer.status, answer.code]).toEqual([400, code])
  })
})

describe('ModifyInstanceCapacityReservationAttributes', () => {
  const preference = (word: string) => ({ 'CapacityReservationSpecification.CapacityReservationPreference': word })

  it.each(['none', 'open'] as const)('keeps %s and shows it', async CapacityReservationPreference => {
    const InstanceId = await anyInstance()
    const CapacityReservationSpecification = { CapacityReservationPreference }
    const { Return } = await client.send(
      new ModifyInstanceCapacityReservationAttributesCommand({ InstanceId, CapacityReservationSpecification }),
    )
    expect(Return).toBe(true)
    const shown = await described(InstanceId)
    expect(shown.CapacityReservationSpecification).toEqual(CapacityReservationSpecification)
  })

  it.each<[string, Record<string, string>, string]>([
    ['no preference', {}, 'MissingParameter'],
    ['a preference that there is not', preference('some'), 'UnsupportedOperation'],
    ['reservations only', preference('capacity-reservations-only'), 'UnsupportedOperation'],
    [
      'a reservation',
      { 'CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationId': 'cr-1' },
      'UnsupportedOperation',
    ],
  ])('refuses %s', async (_, input, code) => {
    const parameters = { InstanceId: await anyInstance(), ...input }
    const answer = await call('ModifyInstanceCapacityReservationAttributes', parameters)
    expect([answer.status, answer.code]).toEqual([400, code])
  })
})

describe('GetConsoleOutput and GetPasswordData', () => {
  it('make nothing up', async () => {
    const InstanceId = await anyInstance()
    const console = await client.send(new GetConsoleOutputCommand({ InstanceId }))
    expect(console).toMatchObject({ InstanceId, Output: '' })
    expect(Math.abs(Date.now() - (console.Timestamp?.getTime() ?? 0))).toBeLessThan(60_000)
    const password = await client.send(new GetPasswordDataCommand({ InstanceId }))
    expect(password).toMatchObject({ InstanceId, PasswordData: '' })
    expect(password.Timestamp).toBeInstanceOf(Date)
  })

  it('take the id in a list, as boto 2 sends it', async () => {
    const InstanceId = await anyInstance()
    const answer = await call('GetConsoleOutput', { 'InstanceId.1': InstanceId })
    expect(answer.text).toContain(`<instanceId>${InstanceId}</instanceId>`)
  })

  it('know no instance that there is not', async () => {
    for (const Command of ['GetConsoleOutput', 'GetPasswordData']) {
      expect((await call(Command, { InstanceId: NOBODY })).code).toBe('InvalidInstanceID.NotFound')
    }
  })
})
