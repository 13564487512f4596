import { describe, expect, it } from 'vitest'
import { isS3 } from '../../../src/edge/s3/door.ts'

const BUCKET = '/images_000000000002'
const scope = (service: string) => `AKIA/20260101/us-east-1/${service}/aws4_request`
const header = (service: string) => `AWS4-HMAC-SHA256 Credential=${scope(service)}, SignedHeaders=host, Signature=0`
const query = (service: string) => `X-Amz-Credential=${encodeURIComponent(scope(service))}`

describe('a request is S3’s', () => {
  const asked = (path: string, authorization?: string) =>
    isS3(new Request(`https://ec2.example.com${path}`, authorization ? { headers: { authorization } } : {}))

  it.each<[string, string?]>([
    ['/', header('s3')],
    ['/anything', header('s3')],
    [`/?${query('s3')}`],
    [BUCKET],
    [`${BUCKET}/`],
    [`${BUCKET}/a/b?uploads`],
    [`${BUCKET}/a`, 'AWS AKIA:c2ln'],
    ['/', 'AWS AKIA:c2ln'],
    ['/another', 'AWS AKIA:c2ln'],
    [`${BUCKET}/a?AWSAccessKeyId=AKIA&Expires=1&Signature=x`],
  ])('by %s %s', (path, authorization) => {
    expect(asked(path, authorization)).toBe(true)
  })

  it.each<[string, string?]>([
    ['/'],
    ['/', header('ec2')],
    ['/', header('sts')],
    [`/?${query('ec2')}`],
    ['/?AWSAccessKeyId=AKIA&Action=DescribeRegions'],
    [BUCKET, header('ec2')],
    [`${BUCKET}?${query('ec2')}`],
    ['/images_2/a'],
    [`${BUCKET}0/a`],
    ['/x/images_000000000002'],
  ])('not by %s %s', (path, authorization) => {
    expect(asked(path, authorization)).toBe(false)
  })
})
