import { describe, expect, it } from 'vitest'
import { operations } from '../../../src/edge/s3/operations.ts'
import { route } from '../../../src/edge/s3/route.ts'
import { S3Error } from '../../../src/s3/errors.ts'
import { headerRules } from '../../../src/s3/headers.ts'
import { type ModelOperation, model } from './model.ts'

const PATHS: Readonly<Record<string, string>> = {
  service: '/',
  bucket: '/images_000000000002',
  object: '/images_000000000002/a/b',
}

const ask = (method: string, path: string, headers: Record<string, string> = {}) =>
  route(new Request(`https://s3.example.com${path}`, { method, headers }))

/** What is asked for, or the code that it is refused with. */
function outcome(method: string, path: string, headers?: Record<string, string>): string {
  try {
    return ask(method, path, headers).name
  } catch (error) {
    if (error instanceof S3Error) return error.code
    throw error
  }
}

/** Parameters and headers that the URI of an operation does not have, and that yet tell it from others. */
const BESIDES: Readonly<Record<string, { query?: string; headers?: Record<string, string> }>> = {
  AbortMultipartUpload: { query: 'uploadId=u' },
  CompleteMultipartUpload: { query: 'uploadId=u' },
  CopyObject: { headers: { 'x-amz-copy-source': 'b/k' } },
  GetBucketAnalyticsConfiguration: { query: 'id=1' },
  GetBucketIntelligentTieringConfiguration: { query: 'id=1' },
  GetBucketInventoryConfiguration: { query: 'id=1' },
  GetBucketMetricsConfiguration: { query: 'id=1' },
  ListObjectsV2: { query: 'list-type=2' },
  ListParts: { query: 'uploadId=u' },
  UploadPart: { query: 'uploadId=u&partNumber=1' },
  UploadPartCopy: { query: 'uploadId=u&partNumber=1', headers: { 'x-amz-copy-source': 'b/k' } },
}

/** Of other kinds of buckets, or of a host of their own. */
const ELSEWHERE = ['CreateSession', 'ListDirectoryBuckets', 'WriteGetObjectResponse']

const asked = ({ name, method, on, query }: ModelOperation): string => {
  const { query: more = '', headers } = BESIDES[name] ?? {}
  const text = [query.toString(), more, `x-id=${name}`].filter(Boolean).join('&')
  return outcome(method, `${PATHS[on]}?${text}`, headers)
}

describe('the operations of S3', () => {
  const operationsOfS3 = model.filter(({ name }) => !ELSEWHERE.includes(name))

  it.each(operationsOfS3.map(each => [each.name, each] as const))(
    '%s is served or refused as a whole',
    (name, each) => {
      expect(asked(each)).toBe(name in operations ? name : 'NotImplemented')
    },
  )

  it('are all that are served, but for parts that go to R2 itself', () => {
    const names = new Set(operationsOfS3.map(({ name }) => name))
    expect(Object.keys(operations).filter(name => !names.has(name))).toEqual(['BeginParts', 'FinishParts'])
  })

  const served = model.filter(({ name }) => name in operations)

  it.each(served.map(each => [each.name, each] as const))('%s: every header of its own is known', (_, { headers }) => {
    const own = headers.filter(name => name.startsWith('x-amz-') && name !== 'x-amz-meta-')
    expect(own.filter(name => !(name in headerRules))).toEqual([])
  })

  it.each(served.map(each => [each.name, each] as const))('%s: every parameter is honoured', (name, { parameters }) => {
    const { with: needed = [], takes = [] } = operations[name] ?? {}
    expect(parameters.filter(each => ![...needed, ...takes].includes(each))).toEqual([])
  })
})

describe('the route of a request', () => {
  it.each([
    ['GET', '/', 'ListBuckets'],
    ['GET', '/b', 'ListObjects'],
    ['GET', '/b/', 'ListObjects'],
    ['GET', '/b/?prefix=a&whatever', 'ListObjects'],
    ['GET', '/b?list-type=2', 'ListObjectsV2'],
    ['GET', '/b?analytics', 'ListBucketAnalyticsConfigurations'],
    ['GET', '/b/k?partNumber=2', 'GetObject'],
    ['GET', '/b/k?tagging&versionId=null', 'GetObjectTagging'],
    ['PUT', '/b/k?partNumber=2', 'PutObject'],
    ['PUT', '/b/k?tagging', 'NotImplemented'],
    ['GET', '/b/k?torrent', 'NotImplemented'],
    ['POST', '/b', 'NotImplemented'],
    ['PUT', '/', 'MethodNotAllowed'],
    ['PATCH', '/b/k', 'MethodNotAllowed'],
    ['GET', '/b/%ff', 'InvalidURI'],
  ])('%s %s: %s', (method, path, expected) => {
    expect(outcome(method, path)).toBe(expected)
  })

  it.each([
    ['/b/a//b', 'a//b'],
    ['/b//a', '/a'],
    ['/b/a/', 'a/'],
    ['/b/a%2Fb%20c+d', 'a/b c+d'],
    ['/b/%E2%82%AC', '€'],
  ])('%s names the key %s', (path, key) => {
    expect(ask('GET', path).target).toEqual({ bucket: 'b', key })
  })

  it('takes the first of a parameter that comes twice', () => {
    expect(ask('GET', '/b?prefix=1&prefix=2').parameters.get('prefix')).toBe('1')
  })
})
