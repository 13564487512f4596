// Cost Explorer over HTTP: what an account used, grouped and filtered, and what is refused.
import {
  CreateVolumeCommand,
  DeleteVolumeCommand,
  DescribeInstancesCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import { describe, expect, it } from 'vitest'
import { dateOf, dayOf, monthNamed, monthOf } from '../../src/lib/days.ts'
import { anImage, ec2, until, upstream } from './cloud.ts'
import { askJson } from './json.ts'

interface Metrics {
  readonly UsageQuantity: { readonly Amount: string; readonly Unit: string }
}

interface Answer {
  readonly GroupDefinitions?: unknown
  readonly ResultsByTime: readonly {
    readonly TimePeriod: { readonly Start: string; readonly End: string }
    readonly Total: Partial<Metrics>
    readonly Groups: readonly { readonly Keys: readonly string[]; readonly Metrics: Metrics }[]
    readonly Estimated: boolean
  }[]
  readonly DimensionValueAttributes: unknown
}

// A test that runs over midnight of the last day is about the month that it began in
const today = dayOf(Date.now() / 1000)
const { first, next } = monthNamed(monthOf(today)) ?? { first: 0, next: 0 }
const month = {
  TimePeriod: { Start: dateOf(first), End: dateOf(next) },
  ...{ Granularity: 'MONTHLY', Metrics: ['UsageQuantity'] },
}
const byType = { GroupBy: [{ Type: 'DIMENSION', Key: 'USAGE_TYPE' }] }

const ask = (input: object) => askJson('ce', 'GetCostAndUsage', input)
const used = async (input: object) => (await ask({ ...month, ...input })).body as Answer

const amounts = async (input: object = {}) => {
  const { ResultsByTime } = await used({ ...byType, ...input })
  const groups = ResultsByTime.flatMap(({ Groups }) => Groups)
  return new Map(groups.map(({ Keys, Metrics }) => [Keys.join(' '), Number(Metrics.UsageQuantity.Amount)]))
}

const valuesOf = async (Dimension: string, input: object = {}) => {
  const { TimePeriod } = month
  return (await askJson('ce', 'GetDimensionValues', { TimePeriod, Dimension, ...input })).body as Values
}

interface Values {
  readonly DimensionValues: readonly { readonly Value: string; readonly Attributes: object }[]
  readonly ReturnSize: number
  readonly TotalSize: number
}

const only = (Key: string, ...Values: string[]) => ({ Dimensions: { Key, Values } })

describe('what an account used', () => {
  it('grows while it is there, and is no less when it is gone', async () => {
    const client = ec2()
    const before = await amounts()
    const { Instances: [{ InstanceId = '' } = {}] = [] } = await client.send(
      new RunInstancesCommand({ InstanceType: 'm1.large', ImageId: await anImage(), MinCount: 1, MaxCount: 1 }),
    )
    const { VolumeId } = await client.send(new CreateVolumeCommand({ Size: 1, AvailabilityZone: 'one-a' }))
    const grown = (name: string) => async () => ((await amounts()).get(name) ?? 0) > (before.get(name) ?? 0)
    await until('an hour of an instance', grown('BoxUsage:m1.large'))
    await until('a volume', grown('EBS:VolumeUsage'))
    await client.send(new DeleteVolumeCommand({ VolumeId }))
    await client.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }))
    await until('the end of the instance', async () => {
      const { Reservations = [] } = await client.send(new DescribeInstancesCommand({ InstanceIds: [InstanceId] }))
      return Reservations[0]?.Instances?.[0]?.State?.Name === 'terminated'
    })
    const after = await amounts()
    for (const name of ['BoxUsage:m1.large', 'EBS:VolumeUsage']) {
      expect(after.get(name) ?? 0, name).toBeGreaterThan(before.get(name) ?? 0)
    }
  })

  it('is one request to OpenNebula', async () => {
    expect(await upstream(() => used({}))).toEqual([
      ['system.multicall', 'one.vmpool.accounting', 'one.imagepool.info', 'one.vnpool.info'],
    ])
  })

  it('is told day by day, the days that are to come as nothing', async () => {
    const { ResultsByTime } = await used({ ...byType, Granularity: 'DAILY' })
    expect(ResultsByTime).toHaveLength(next - first)
    expect(ResultsByTime.map(({ TimePeriod }) => TimePeriod.Start)).toEqual(
      Array.from({ length: next - first }, (_, index) => dateOf(first + index)),
    )
    const days = ResultsByTime.filter(({ Groups }) => Groups.length > 0).map(({ TimePeriod }) => TimePeriod.Start)
    expect(days.filter(day => day < dateOf(today) || day > dateOf(today + 1))).toEqual([])
    expect(ResultsByTime.map(({ Estimated }) => Estimated).indexOf(true)).toBeGreaterThanOrEqual(today - first)
  })

  it('is told in all where nothing is grouped, without a unit where there are several', async () => {
    await amounts()
    const { ResultsByTime, ...others } = await used({})
    expect(others).toEqual({ DimensionValueAttributes: [] })
    expect(ResultsByTime).toEqual([
      {
        TimePeriod: month.TimePeriod,
        Total: { UsageQuantity: { Amount: expect.stringMatching(/^\d+(\.\d{1,10})?$/) as string, Unit: 'N/A' } },
        ...{ Groups: [], Estimated: true },
      },
    ])
    const hours = await used({ Filter: only('USAGE_TYPE', 'BoxUsage:m1.large') })
    expect(hours.ResultsByTime[0]?.Total.UsageQuantity?.Unit).toBe('Hrs')
  })

  it('is grouped by two dimensions', async () => {
    const GroupBy = [
      { Type: 'DIMENSION', Key: 'LINKED_ACCOUNT' },
      { Type: 'DIMENSION', Key: 'INSTANCE_TYPE' },
    ]
    const { GroupDefinitions, DimensionValueAttributes } = await used({ GroupBy })
    expect(GroupDefinitions).toEqual(GroupBy)
    expect(DimensionValueAttributes).toEqual([{ Value: '000000000002', Attributes: { description: 'helen' } }])
    expect([...(await amounts({ GroupBy })).keys()]).toContain('000000000002 m1.large')
  })

  it('is filtered by dimensions, joined in any way', async () => {
    const names = async (Filter: object) => [...(await amounts({ Filter })).keys()]
    const all = [...(await amounts()).keys()]
    const storage = all.filter(name => !name.startsWith('BoxUsage') && !name.startsWith('TimedStorage'))
    expect(all).toEqual(expect.arrayContaining(['BoxUsage:m1.large', 'EBS:VolumeUsage']))
    expect(await names(only('SERVICE', 'EC2 - Other'))).toEqual(storage)
    expect(await names(only('INSTANCE_TYPE', 'm1.large'))).toEqual(['BoxUsage:m1.large'])
    expect(await names({ Not: only('USAGE_TYPE', 'EBS:VolumeUsage') })).toEqual(
      all.filter(name => name !== 'EBS:VolumeUsage'),
    )
    const both = [only('REGION', 'opennebula'), only('USAGE_TYPE', 'EBS:VolumeUsage', 'none')]
    expect(await names({ And: both })).toEqual(['EBS:VolumeUsage'])
    expect(await names({ Or: both })).toEqual(all)
    expect(await names(only('LINKED_ACCOUNT', '000000000003'))).toEqual([])
  })
})

describe('the values of a dimension', () => {
  it('are those that there was usage of, with the unit of types and the name of accounts', async () => {
    const types = await amounts()
    const { DimensionValues, ReturnSize, TotalSize } = await valuesOf('USAGE_TYPE')
    expect(DimensionValues.map(({ Value }) => Value)).toEqual([...types.keys()].toSorted())
    expect([ReturnSize, TotalSize]).toEqual([types.size, types.size])
    expect(DimensionValues).toContainEqual({ Value: 'BoxUsage:m1.large', Attributes: { unit: 'Hrs' } })
    expect(DimensionValues).toContainEqual({ Value: 'EBS:VolumeUsage', Attributes: { unit: 'GB-Mo' } })
    expect((await valuesOf('LINKED_ACCOUNT')).DimensionValues).toEqual([
      { Value: '000000000002', Attributes: { description: 'helen' } },
    ])
    expect((await valuesOf('REGION')).DimensionValues).toEqual([{ Value: 'opennebula', Attributes: {} }])
  })

  it('are searched, filtered, sorted by how much was used, and cut', async () => {
    const names = async (...asked: Parameters<typeof valuesOf>) =>
      (await valuesOf(...asked)).DimensionValues.map(({ Value }) => Value)
    expect(await names('USAGE_TYPE', { SearchString: 'VOLUMEusage' })).toEqual(['EBS:VolumeUsage'])
    expect(await names('INSTANCE_TYPE', { Filter: only('USAGE_TYPE', 'BoxUsage:m1.large') })).toEqual(['m1.large'])
    const sorted = { SortBy: [{ Key: 'UsageQuantity', SortOrder: 'DESCENDING' }] }
    const [most, ...others] = await names('SERVICE', sorted)
    expect(others.length).toBeGreaterThan(0)
    expect(await valuesOf('SERVICE', { ...sorted, MaxResults: 1 })).toMatchObject({
      DimensionValues: [{ Value: most }],
      ...{ ReturnSize: 1, TotalSize: others.length + 1 },
    })
    expect(await valuesOf('USAGE_TYPE', { SearchString: 'no such' })).toEqual({
      ...{ DimensionValues: [], ReturnSize: 0, TotalSize: 0 },
    })
  })

  it.each<[string, object]>([
    ['no dimension', { Dimension: undefined }],
    ['an unknown one', { Dimension: 'TENANCY' }],
    ['no time', { TimePeriod: undefined }],
    ['what is too long ago', { TimePeriod: { Start: '2001-01-01', End: '2001-02-01' } }],
    ['reservations', { Context: 'RESERVATIONS' }],
    ['an order by costs', { SortBy: [{ Key: 'BlendedCost' }] }],
    ['an order that is none', { SortBy: [{ Key: 'UsageQuantity', SortOrder: 'UP' }] }],
    ['two orders', { SortBy: [{ Key: 'UsageQuantity' }, { Key: 'UsageQuantity' }] }],
    ['a search with an order', { SortBy: [{ Key: 'UsageQuantity' }], SearchString: 'a' }],
    ['too much', { SortBy: [{ Key: 'UsageQuantity' }], MaxResults: 1001 }],
    ['what there is no member for', { Granularity: 'DAILY' }],
    ['a billing view', { BillingViewArn: 'arn:aws:billing::000000000002:billingview/primary' }],
  ])('are refused to whoever asks for %s', async (_, input) => {
    const question = { TimePeriod: month.TimePeriod, Dimension: 'SERVICE', ...input }
    expect(await askJson('ce', 'GetDimensionValues', question)).toMatchObject({
      ...{ status: 400, type: 'ValidationException' },
    })
  })
})

const nested = (depth: number): object => (depth === 0 ? only('REGION', 'opennebula') : { Not: nested(depth - 1) })

it.each<[string, object]>([
  ['a month that is none', { TimePeriod: { Start: '2026-13-01', End: '2027-01-01' } }],
  ['a day that is none', { TimePeriod: { Start: '2026-02-30', End: '2026-03-01' } }],
  ['no time', { TimePeriod: undefined }],
  ['a span that ends before it begins', { TimePeriod: { Start: dateOf(today), End: dateOf(today) } }],
  ['what is too long ago', { TimePeriod: { Start: '2001-01-01', End: '2001-02-01' } }],
  ['what is to come', { TimePeriod: { Start: dateOf(first), End: dateOf(next + 32) } }],
  ['hours', { Granularity: 'HOURLY' }],
  ['nothing', { Metrics: [] }],
  ['costs', { Metrics: ['UsageQuantity', 'UnblendedCost'] }],
  ['tags', { GroupBy: [{ Type: 'TAG', Key: 'Name' }] }],
  ['an unknown dimension', { GroupBy: [{ Type: 'DIMENSION', Key: 'TENANCY' }] }],
  ['three groupings', { GroupBy: ['REGION', 'SERVICE', 'USAGE_TYPE'].map(Key => ({ Type: 'DIMENSION', Key })) }],
  ['a filter of tags', { Filter: { Tags: { Key: 'Name', Values: ['a'] } } }],
  ['an empty filter', { Filter: {} }],
  ['a filter of two expressions', { Filter: { Not: only('REGION', 'a'), ...only('REGION', 'a') } }],
  ['an And of one', { Filter: { And: [only('REGION', 'a')] } }],
  ['a filter without values', { Filter: only('REGION') }],
  [
    'a filter that matches otherwise',
    { Filter: { Dimensions: { Key: 'REGION', Values: ['a'], MatchOptions: ['CONTAINS'] } } },
  ],
  ['conditions without end', { Filter: { Or: Array.from({ length: 60 }, () => only('REGION', 'a')) } }],
  ['conditions deep in one another', { Filter: nested(1000) }],
  ['a billing view', { BillingViewArn: 'arn:aws:billing::000000000002:billingview/primary' }],
])('refuses whoever asks for %s', async (_, input) => {
  expect(await ask({ ...month, ...input })).toMatchObject({ status: 400, type: 'ValidationException' })
})

it('refuses a token that it gave nobody, and what it has not', async () => {
  expect(await ask({ ...month, NextPageToken: 'a' })).toMatchObject({ type: 'InvalidNextTokenException' })
  expect(
    await askJson('ce', 'GetDimensionValues', {
      ...{ TimePeriod: month.TimePeriod, Dimension: 'SERVICE', NextPageToken: 'a' },
    }),
  ).toMatchObject({ type: 'InvalidNextTokenException' })
  expect(await askJson('ce', 'GetCostForecast', {})).toMatchObject({ type: 'UnsupportedOperationException' })
})
