// DescribeInstanceStatus: with the SDK and its waiters, over HTTP.
import {
  DescribeInstanceStatusCommand,
  type DescribeInstanceStatusCommandInput,
  DescribeInstancesCommand,
  type InstanceStatus,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  StopInstancesCommand,
  TerminateInstancesCommand,
  waitUntilInstanceRunning,
  waitUntilInstanceStatusOk,
  waitUntilInstanceStopped,
  waitUntilInstanceTerminated,
  waitUntilSystemStatusOk,
} from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anImage, call, ec2, sandbox, upstream, WAITING } from './cloud.ts'

const client = ec2()
const waiting = { client, ...WAITING }
let running: string[] = []
let stopped = ''

async function run(count: number, input: Partial<RunInstancesCommandInput> = {}): Promise<string[]> {
  const ImageId = await anImage()
  const { Instances } = await client.send(
    new RunInstancesCommand({ ImageId, MinCount: count, MaxCount: count, ...input }),
  )
  return (Instances ?? []).flatMap(({ InstanceId }) => InstanceId ?? [])
}

beforeAll(async () => {
  const all = await run(6, { Placement: { AvailabilityZone: 'one-b' } })
  await waitUntilInstanceRunning(waiting, { InstanceIds: all })
  stopped = all.pop() ?? ''
  running = all
  await client.send(new StopInstancesCommand({ InstanceIds: [stopped] }))
  await waitUntilInstanceStopped(waiting, { InstanceIds: [stopped] })
})

afterAll(async () => {
  await client.send(new TerminateInstancesCommand({ InstanceIds: [...running, stopped] }))
})

const statuses = async (input: DescribeInstanceStatusCommandInput = {}): Promise<InstanceStatus[]> => {
  const { InstanceStatuses = [] } = await client.send(new DescribeInstanceStatusCommand(input))
  return InstanceStatuses
}

const idsOf = (list: readonly InstanceStatus[]) => list.flatMap(({ InstanceId }) => InstanceId ?? [])

/** OpenNebula's number of a VM is in the id of its root disk. */
async function numberOf(InstanceId: string): Promise<number> {
  const { Reservations } = await client.send(new DescribeInstancesCommand({ InstanceIds: [InstanceId] }))
  const id = Reservations?.[0]?.Instances?.[0]?.BlockDeviceMappings?.[0]?.Ebs?.VolumeId ?? ''
  expect(id).toMatch(/^vol-0[0-9a-f]{16}$/)
  return Number.parseInt(id.slice(5, 13), 16)
}

const passed = { Status: 'ok', Details: [{ Name: 'reachability', Status: 'passed' }] }

describe('DescribeInstanceStatus', () => {
  it('has the running ones alone, in one upstream request', async () => {
    let list: InstanceStatus[] = []
    const requests = await upstream(async () => {
      list = await statuses()
    })
    expect(requests).toHaveLength(1)
    expect(idsOf(list)).toEqual(expect.arrayContaining(running))
    expect(idsOf(list)).not.toContain(stopped)
    expect(list.find(({ InstanceId }) => InstanceId === running[0])).toEqual({
      InstanceId: running[0],
      AvailabilityZone: 'one-b',
      AvailabilityZoneId: 'opennebula-az2',
      InstanceState: { Code: 16, Name: 'running' },
      InstanceStatus: passed,
      SystemStatus: passed,
      AttachedEbsStatus: passed,
      Events: [],
    })
  })

  it('has all of them where that is asked for', async () => {
    const list = await statuses({ IncludeAllInstances: true })
    expect(idsOf(list)).toEqual(expect.arrayContaining([...running, stopped]))
    expect(list.find(({ InstanceId }) => InstanceId === stopped)).toMatchObject({
      InstanceState: { Code: 80, Name: 'stopped' },
      InstanceStatus: { Status: 'not-applicable' },
      SystemStatus: { Status: 'not-applicable' },
    })
  })

  it('has those that are named, and of these the running ones', async () => {
    const InstanceIds = [...running.slice(0, 2), stopped]
    expect(idsOf(await statuses({ InstanceIds }))).toEqual(running.slice(0, 2))
    expect(idsOf(await statuses({ InstanceIds, IncludeAllInstances: true }))).toEqual(InstanceIds)
  })

  it('satisfies the waiters', async () => {
    const InstanceIds = await run(2)
    await waitUntilInstanceStatusOk(waiting, { InstanceIds })
    await waitUntilSystemStatusOk(waiting, { InstanceIds })
    await client.send(new TerminateInstancesCommand({ InstanceIds }))
    await waitUntilInstanceTerminated(waiting, { InstanceIds })
    const list = await statuses({ InstanceIds, IncludeAllInstances: true })
    expect(list.map(({ InstanceState }) => InstanceState?.Name)).toEqual(['terminated', 'terminated'])
  })

  it('is impaired where the host is silent or a step failed, and the instance is still there', async () => {
    const InstanceIds = await run(1)
    await waitUntilInstanceRunning(waiting, { InstanceIds })
    const id = await numberOf(InstanceIds[0] ?? '')
    const states: [number, string][] = [
      [16, 'running'],
      [36, 'pending'],
    ]
    for (const [lcm, Name] of states) {
      await sandbox('POST', 'vms', { id, state: 3, lcm })
      const failed = { Status: 'impaired', Details: [{ Name: 'reachability', Status: 'failed' }] }
      expect(await statuses({ InstanceIds, IncludeAllInstances: true })).toMatchObject([
        { InstanceState: { Name }, InstanceStatus: failed, SystemStatus: failed },
      ])
    }
    await sandbox('POST', 'vms', { id, state: 3, lcm: 15 })
    const initializing = { Status: 'initializing', Details: [{ Name: 'reachability', Status: 'initializing' }] }
    expect(await statuses({ InstanceIds, IncludeAllInstances: true })).toMatchObject([
      { InstanceState: { Name: 'pending' }, InstanceStatus: initializing },
    ])
    await sandbox('POST', 'vms', { id, state: 3, lcm: 3 })
    await client.send(new TerminateInstancesCommand({ InstanceIds }))
  })

  it('comes in pages', async () => {
    const found: string[] = []
    let NextToken: string | undefined
    do {
      const page = await client.send(
        new DescribeInstanceStatusCommand({ IncludeAllInstances: true, MaxResults: 5, NextToken }),
      )
      expect(page.InstanceStatuses?.length).toBeLessThanOrEqual(5)
      found.push(...idsOf(page.InstanceStatuses ?? []))
      NextToken = page.NextToken
    } while (NextToken !== undefined)
    // Others come and go meanwhile; those that stay are there once
    const staying = [...running, stopped]
    expect(found.filter(id => staying.includes(id)).toSorted()).toEqual(staying.toSorted())
  })

  /** By filter, a value that the running ones of this file match; undefined where nothing here can match. */
  const filters: [string, string | undefined][] = [
    ['application-status.status', undefined],
    ['attached-ebs-status.status', 'ok'],
    ['availability-zone', 'one-b'],
    ['availability-zone-id', 'opennebula-az2'],
    ['event.code', undefined],
    ['event.description', undefined],
    ['event.instance-event-id', undefined],
    ['event.not-after', undefined],
    ['event.not-before', undefined],
    ['event.not-before-deadline', undefined],
    ['instance-state-code', '16'],
    ['instance-state-name', 'run*'],
    ['instance-status.reachability', 'passed'],
    ['instance-status.status', 'ok'],
    ['operator.managed', 'false'],
    ['operator.principal', undefined],
    ['system-status.reachability', 'passed'],
    ['system-status.status', 'ok'],
  ]

  it.each(filters)('filters by %s', async (Name, value) => {
    const matched = await statuses({ IncludeAllInstances: true, Filters: [{ Name, Values: [value ?? '*'] }] })
    if (value === undefined) expect(matched).toEqual([])
    else expect(idsOf(matched)).toEqual(expect.arrayContaining(running))
    expect(await statuses({ IncludeAllInstances: true, Filters: [{ Name, Values: ['nothing of it'] }] })).toEqual([])
  })

  it('tells stopped ones apart by their state', async () => {
    const Filters = [{ Name: 'instance-state-name', Values: ['stopped'] }]
    expect(await statuses({ Filters, InstanceIds: [...running, stopped] })).toEqual([])
    const all = await statuses({ Filters, InstanceIds: [...running, stopped], IncludeAllInstances: true })
    expect(idsOf(all)).toEqual([stopped])
  })

  it.each<[string, Record<string, string>, string]>([
    ['a filter that there is not', { 'Filter.1.Name': 'colour', 'Filter.1.Value.1': 'x' }, 'InvalidParameterValue'],
    ['an instance that there is not', { 'InstanceId.1': 'i-0123456789abcdef0' }, 'InvalidInstanceID.NotFound'],
    ['an id that is none', { 'InstanceId.1': 'ami-1' }, 'InvalidInstanceID.Malformed'],
    ['pages that are too small', { MaxResults: '4' }, 'InvalidParameterValue'],
    ['pages of named ones', { MaxResults: '5', 'InstanceId.1': 'i-1' }, 'InvalidParameterCombination'],
    ['a token that is none', { MaxResults: '5', NextToken: 'abc' }, 'InvalidPaginationToken'],
  ])('refuses %s', async (_, input, code) => {
    const answer = await call('DescribeInstanceStatus', input)
    expect([answer.status, answer.code]).toEqual([400, code])
  })
})
