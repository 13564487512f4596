// What is said of instances beside what they are: credits, topology, reports, placement, and what a guest keeps to itself.
import {
  DescribeInstanceCreditSpecificationsCommand,
  DescribeInstancesCommand,
  DescribeInstanceTopologyCommand,
  EnableVolumeIOCommand,
  GetInstanceUefiDataCommand,
  ModifyInstanceCreditSpecificationCommand,
  ModifyInstancePlacementCommand,
  ReportInstanceStatusCommand,
  RunInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
  waitUntilInstanceRunning,
  waitUntilInstanceStopped,
} from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anImage, call, ec2, WAITING } from './cloud.ts'

const client = ec2()
const waiting = { client, ...WAITING }
const GONE = 'i-0123456789abcdef0'

let InstanceId: string

beforeAll(async () => {
  const ImageId = await anImage()
  const { Instances } = await client.send(
    new RunInstancesCommand({ ImageId, MinCount: 1, MaxCount: 1, CreditSpecification: { CpuCredits: 'unlimited' } }),
  )
  InstanceId = Instances?.[0]?.InstanceId ?? ''
  await waitUntilInstanceRunning(waiting, { InstanceIds: [InstanceId] })
})

afterAll(() => client.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] })))

const code = async (action: string, parameters: Record<string, string>, user?: string) =>
  (await call(action, parameters, user)).code

describe('the credits of CPUs', () => {
  const credits = async () => {
    const { InstanceCreditSpecifications } = await client.send(
      new DescribeInstanceCreditSpecificationsCommand({ InstanceIds: [InstanceId] }),
    )
    return InstanceCreditSpecifications
  }

  it('are what the launch said, and are changed', async () => {
    expect(await credits()).toEqual([{ InstanceId, CpuCredits: 'unlimited' }])
    const answer = await client.send(
      new ModifyInstanceCreditSpecificationCommand({
        InstanceCreditSpecifications: [
          { InstanceId, CpuCredits: 'standard' },
          { InstanceId: GONE, CpuCredits: 'standard' },
          { InstanceId: 'x', CpuCredits: 'standard' },
        ],
      }),
    )
    expect(answer).toMatchObject({
      SuccessfulInstanceCreditSpecifications: [{ InstanceId }],
      UnsuccessfulInstanceCreditSpecifications: [
        {
          InstanceId: GONE,
          Error: { Code: 'InvalidInstanceID.NotFound', Message: expect.stringContaining(GONE) as string },
        },
        {
          InstanceId: 'x',
          Error: { Code: 'InvalidInstanceID.Malformed', Message: expect.stringContaining('"x"') as string },
        },
      ],
    })
    expect(await credits()).toEqual([{ InstanceId, CpuCredits: 'standard' }])
  })

  it('are of two kinds, and of instances of the account', async () => {
    const of = (id: string, CpuCredits: string) => ({
      'InstanceCreditSpecification.1.InstanceId': id,
      'InstanceCreditSpecification.1.CpuCredits': CpuCredits,
    })
    expect(await code('ModifyInstanceCreditSpecification', of(InstanceId, 'many'))).toBe('InvalidParameterValue')
    expect(await code('ModifyInstanceCreditSpecification', {})).toBe('MissingParameter')
    const { text } = await call('ModifyInstanceCreditSpecification', of(InstanceId, 'unlimited'), 'rival')
    expect(text).toContain('<code>InvalidInstanceID.NotFound</code>')
    expect(await credits()).toEqual([{ InstanceId, CpuCredits: 'standard' }])
  })
})

describe('the topology', () => {
  it('has the zone of an instance, and no nodes', async () => {
    const { Instances } = await client.send(new DescribeInstanceTopologyCommand({ InstanceIds: [InstanceId] }))
    expect(Instances).toEqual([
      {
        ...{ InstanceId, InstanceType: 'm1.small', NetworkNodes: [] },
        ...{ AvailabilityZone: 'one-a', ZoneId: 'opennebula-az1' },
      },
    ])
  })

  it('has nothing of placement groups that no instance is in', async () => {
    const { Instances } = await client.send(new DescribeInstanceTopologyCommand({ GroupNames: ['racks'] }))
    expect(Instances).toEqual([])
  })
})

describe('a report', () => {
  it('changes nothing', async () => {
    const command = new ReportInstanceStatusCommand({
      ...{ Instances: [InstanceId], Status: 'impaired', ReasonCodes: ['unresponsive', 'other'] },
      ...{ StartTime: new Date(1), EndTime: new Date(2), Description: 'it is slow' },
    })
    await client.send(command)
    const { text } = await call('DescribeInstanceStatus', { 'InstanceId.1': InstanceId })
    expect(text).toContain('<status>ok</status>')
  })

  it.each([
    [{ Status: 'fine' }, 'InvalidParameterValue'],
    [{ 'ReasonCode.1': 'boredom' }, 'InvalidParameterValue'],
    [{ StartTime: '2026-01-02T00:00:00Z', EndTime: '2026-01-01T00:00:00Z' }, 'InvalidParameterValue'],
    [{ 'InstanceId.1': GONE }, 'InvalidInstanceID.NotFound'],
  ])('with %j is %s', async (parameters: Record<string, string>, expected) => {
    const good = { 'InstanceId.1': InstanceId, Status: 'ok', 'ReasonCode.1': 'other' }
    expect(await code('ReportInstanceStatus', { ...good, ...parameters })).toBe(expected)
  })
})

describe('what a guest keeps to itself', () => {
  it('is refused by GetConsoleScreenshot', async () => {
    const { code: refusal, message } = await call('GetConsoleScreenshot', { InstanceId })
    expect([refusal, message]).toEqual(['UnsupportedOperation', expect.stringContaining(InstanceId)])
  })

  it('is nothing to GetInstanceUefiData, for it boots without', async () => {
    const { InstanceId: id, UefiData } = await client.send(new GetInstanceUefiDataCommand({ InstanceId }))
    expect([id, UefiData]).toEqual([InstanceId, ''])
  })

  it.each(['GetConsoleScreenshot', 'GetInstanceUefiData'])('is told by %s to nobody else', async action => {
    expect(await code(action, { InstanceId: GONE })).toBe('InvalidInstanceID.NotFound')
    expect(await code(action, { InstanceId }, 'rival')).toBe('InvalidInstanceID.NotFound')
  })

  it('is no input or output that was stopped', async () => {
    const { Reservations } = await client.send(new DescribeInstancesCommand({ InstanceIds: [InstanceId] }))
    const VolumeId = Reservations?.[0]?.Instances?.[0]?.BlockDeviceMappings?.[0]?.Ebs?.VolumeId
    await client.send(new EnableVolumeIOCommand({ VolumeId }))
    expect(await code('EnableVolumeIO', { VolumeId: 'vol-0123456789abcdef0' })).toBe('InvalidVolume.NotFound')
  })
})

describe('the placement', () => {
  it('is changed to what it is, of an instance that is stopped', async () => {
    expect(await code('ModifyInstancePlacement', { InstanceId, Tenancy: 'default' })).toBe('IncorrectInstanceState')
    await client.send(new StopInstancesCommand({ InstanceIds: [InstanceId] }))
    await waitUntilInstanceStopped(waiting, { InstanceIds: [InstanceId] })
    const { Return } = await client.send(
      new ModifyInstancePlacementCommand({ InstanceId, Tenancy: 'default', Affinity: 'default' }),
    )
    expect(Return).toBe(true)
  })

  it.each([
    [{}, 'InvalidParameterCombination'],
    [{ Tenancy: 'dedicated' }, 'UnsupportedOperation'],
    [{ Affinity: 'host' }, 'UnsupportedOperation'],
    [{ HostId: 'h-1' }, 'UnsupportedOperation'],
    [{ InstanceId: GONE, Affinity: 'default' }, 'InvalidInstanceID.NotFound'],
  ])('with %j is %s', async (parameters: Record<string, string>, expected) => {
    expect(await code('ModifyInstancePlacement', { InstanceId, ...parameters })).toBe(expected)
  })
})
