// Where instance types are offered: with the SDK, over HTTP.
import { DescribeInstanceTypeOfferingsCommand, type LocationType } from '@aws-sdk/client-ec2'
import { describe, expect, it } from 'vitest'
import { call, ec2 } from './cloud.ts'

const client = ec2()

const offered = async (LocationType?: LocationType, filters: Readonly<Record<string, string>> = {}) => {
  const Filters = Object.entries(filters).map(([Name, value]) => ({ Name, Values: [value] }))
  const { InstanceTypeOfferings = [] } = await client.send(
    new DescribeInstanceTypeOfferingsCommand({ LocationType, Filters }),
  )
  return InstanceTypeOfferings.map(({ InstanceType, Location }) => `${InstanceType} in ${Location}`)
}

describe('DescribeInstanceTypeOfferings', () => {
  it.each<[LocationType | undefined, string[]]>([
    [undefined, ['opennebula']],
    ['region', ['opennebula']],
    ['availability-zone', ['one-a', 'one-b']],
    ['availability-zone-id', ['opennebula-az1', 'opennebula-az2']],
    ['outpost', []],
  ])('has every type in every %s', async (locationType, locations) => {
    const expected = ['m1.large', 'm1.small'].flatMap(type => locations.map(location => `${type} in ${location}`))
    expect(await offered(locationType)).toEqual(expected)
  })

  it('finds by type and by location', async () => {
    const expected = ['m1.small in one-b']
    expect(await offered('availability-zone', { 'instance-type': 'm1.small', location: 'one-b' })).toEqual(expected)
    expect(await offered('region', { 'instance-type': 'm5.metal' })).toEqual([])
  })

  it('refuses a kind of location that there is not', async () => {
    const answer = await call('DescribeInstanceTypeOfferings', { LocationType: 'planet' })
    expect([answer.status, answer.code]).toEqual([400, 'InvalidParameterValue'])
    const other = await call('DescribeInstanceTypeOfferings', { 'Filter.1.Name': 'colour', 'Filter.1.Value.1': 'red' })
    expect(other.code).toBe('InvalidParameterValue')
  })

  it('gives pages', async () => {
    const input = { LocationType: 'availability-zone' as const, MaxResults: 5 }
    const { InstanceTypeOfferings, NextToken } = await client.send(new DescribeInstanceTypeOfferingsCommand(input))
    expect(InstanceTypeOfferings).toHaveLength(4)
    expect(NextToken).toBeUndefined()
  })
})
