// That answers which are not by AWS's schema are found out.
import { describe, expect, it } from 'vitest'
import { ec2, iam } from '../../src/ec2/model/services.ts'
import { problemsIn } from './schema.ts'

const operation = (service: typeof ec2, name: string) => {
  const found = service.operation(name)
  if (!found) throw new Error(`there is no ${name}`)
  return found
}

const REGIONS = operation(ec2, 'DescribeRegions')
const NAMESPACE = 'http://ec2.amazonaws.com/doc/2016-11-15/'

const regions = (content: string, { root = 'DescribeRegionsResponse', namespace = NAMESPACE } = {}) =>
  `<?xml version="1.0"?><${root} xmlns="${namespace}"><requestId>x</requestId>${content}</${root}>`
const item = (content: string) => regions(`<regionInfo><item>${content}</item></regionInfo>`)

describe('an answer', () => {
  it.each<[string, string[]]>([
    [item('<regionName>a</regionName>'), []],
    [item('<regionName>a</regionName><colour>red</colour>'), ['DescribeRegionsResult.Regions.colour is unknown']],
    [
      item('<regionName>a</regionName><regionName>b</regionName>'),
      ['DescribeRegionsResult.Regions.regionName is there twice'],
    ],
    [item('<regionName><a/></regionName>'), ['DescribeRegionsResult.Regions.RegionName has elements']],
    [item(''), ['DescribeRegionsResult.Regions.RegionName is missing']],
    [regions('<regionInfo><member/></regionInfo>'), ['DescribeRegionsResult.Regions has member among its items']],
    [regions('', { root: 'Response' }), ['the root is Response, not DescribeRegionsResponse']],
    [regions('', { namespace: 'urn:x' }), ['the namespace is urn:x']],
    [regions('').replace(/<requestId>.*<\/requestId>/, ''), ['requestId is missing']],
  ])('%s', (text, problems) => {
    expect(problemsIn(text, REGIONS, { Region: ['RegionName'] })).toEqual(problems)
  })

  it('has values in the forms of their types', () => {
    const text = (time: string, flag: string) =>
      `<DescribeVolumesResponse xmlns="${NAMESPACE}"><requestId/><volumeSet><item><size>1</size><createTime>${time}</createTime><encrypted>${flag}</encrypted></item></volumeSet></DescribeVolumesResponse>`
    const volumes = operation(ec2, 'DescribeVolumes')
    expect(problemsIn(text('2026-01-01T00:00:00.000Z', 'true'), volumes)).toEqual([])
    expect(problemsIn(text('yesterday', 'yes'), volumes)).toEqual([
      "DescribeVolumesResult.Volumes.CreateTime is 'yesterday'",
      "DescribeVolumesResult.Volumes.Encrypted is 'yes'",
    ])
  })

  it('of IAM is wrapped', () => {
    const text = (inside: string) =>
      `<ListRolesResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">${inside}</ListRolesResponse>`
    const roles = operation(iam, 'ListRoles')
    expect(problemsIn(text('<ListRolesResult><Roles/></ListRolesResult><ResponseMetadata/>'), roles)).toEqual([])
    expect(problemsIn(text('<ResponseMetadata/>'), roles)).toEqual(['ListRolesResult is missing'])
  })
})
