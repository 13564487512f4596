// The bucket of an account, what clients ask of it, and the form of answers and errors.
import { DescribeRegionsCommand } from '@aws-sdk/client-ec2'
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  GetBucketAclCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLocationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  GetObjectTaggingCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { ec2, endpoint, raw } from '../cloud.ts'
import { accountOf, aKey, bucketOf, refusal, s3, send } from './support.ts'

const client = s3()
const Bucket = bucketOf()

describe('the bucket of an account', () => {
  it('is its only one', async () => {
    const { Buckets, Owner } = await client.send(new ListBucketsCommand())
    expect(Buckets?.map(({ Name }) => Name)).toEqual([Bucket])
    expect(Owner).toEqual({ ID: accountOf(), DisplayName: 'helen' })
    expect(await client.send(new HeadBucketCommand({ Bucket }))).toMatchObject({ BucketRegion: 'us-east-1' })
    expect(
      (await client.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint || undefined,
    ).toBeUndefined()
  })

  it('may be made as often as one likes, and no other', async () => {
    const outcome = (name: string) => refusal(client.send(new CreateBucketCommand({ Bucket: name })))
    expect([await outcome(Bucket), await outcome(Bucket)]).toEqual(['none', 'none'])
    expect(await outcome(bucketOf('rival'))).toBe('BucketAlreadyExists 409')
    expect(await outcome('images_999999999999')).toBe('BucketAlreadyExists 409')
    expect(await outcome('mine')).toBe('AccessDenied 403')
  })

  it('stays', async () => {
    expect(await refusal(client.send(new DeleteBucketCommand({ Bucket })))).toBe('AccessDenied 403')
  })

  it('has settings that nobody can change', async () => {
    const owner = { ID: accountOf(), DisplayName: 'helen' }
    const acl = await client.send(new GetBucketAclCommand({ Bucket }))
    expect(acl).toMatchObject({ Owner: owner, Grants: [{ Grantee: { ...owner, Type: 'CanonicalUser' } }] })
    expect((await client.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBeUndefined()
    expect(await client.send(new GetBucketEncryptionCommand({ Bucket }))).toMatchObject({
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false }],
      },
    })
    expect(await client.send(new GetBucketOwnershipControlsCommand({ Bucket }))).toMatchObject({
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    })
    expect(await client.send(new GetPublicAccessBlockCommand({ Bucket }))).toMatchObject({
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
    })
    const versioning = { Bucket, VersioningConfiguration: { Status: 'Enabled' as const } }
    expect(await refusal(client.send(new PutBucketVersioningCommand(versioning)))).toBe('NotImplemented 501')
  })

  it('says of what it has not that there is none', async () => {
    const outcomes = await Promise.all([
      refusal(client.send(new GetBucketPolicyCommand({ Bucket }))),
      refusal(client.send(new GetBucketTaggingCommand({ Bucket }))),
      refusal(client.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))),
      refusal(client.send(new GetObjectLockConfigurationCommand({ Bucket }))),
    ])
    expect(outcomes).toEqual([
      'NoSuchBucketPolicy 404',
      'NoSuchTagSet 404',
      'NoSuchLifecycleConfiguration 404',
      'ObjectLockConfigurationNotFoundError 404',
    ])
  })

  it('has objects without tags', async () => {
    const object = { Bucket, Key: aKey() }
    expect(await refusal(client.send(new GetObjectTaggingCommand(object)))).toBe('NoSuchKey 404')
    await client.send(new PutObjectCommand(object))
    expect((await client.send(new GetObjectTaggingCommand(object))).TagSet).toEqual([])
    const tagging = { ...object, Tagging: { TagSet: [{ Key: 'a', Value: 'b' }] } }
    expect(await refusal(client.send(new PutObjectTaggingCommand(tagging)))).toBe('NotImplemented 501')
  })
})

describe('an answer', () => {
  it('is named, and an error says what is wrong in S3’s form', async () => {
    const { status, headers, text } = await raw(await send(`/${Bucket}/not%20there`))
    const id = headers.get('x-amz-request-id') ?? ''
    expect(id).toMatch(/^[\w-]{36}$/)
    expect([status, headers.get('content-type'), headers.get('x-amz-id-2')]).toEqual([404, 'application/xml', id])
    expect(text).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\n<Error><Code>NoSuchKey<\/Code><Message>/)
    expect(text).toContain(
      `<Resource>/${Bucket}/not%20there</Resource><RequestId>${id}</RequestId><HostId>${id}</HostId>`,
    )
  })

  it('to HEAD has no body', async () => {
    const { status, headers, text } = await raw(await send(`/${Bucket}/not%20there`, { method: 'HEAD' }))
    expect([status, text, headers.get('x-amz-request-id')]).toEqual([404, '', expect.any(String)])
  })

  it.each([
    ['PATCH', '/k', {}, 'MethodNotAllowed', 405],
    ['PUT', '/k', { 'x-amz-acl': 'public-read' }, 'AccessControlListNotSupported', 400],
    ['PUT', '/k', { 'x-amz-server-side-encryption': 'aws:kms' }, 'NotImplemented', 501],
    ['PUT', '/k', { 'x-amz-storage-class': 'GLACIER' }, 'InvalidStorageClass', 400],
    ['PUT', '/k', { 'x-amz-tagging': 'a=b' }, 'NotImplemented', 501],
    ['PUT', '/k?acl', {}, 'NotImplemented', 501],
    ['GET', '/k?versionId=x', {}, 'InvalidArgument', 400],
    ['GET', '?max-keys=x', {}, 'InvalidArgument', 400],
    ['POST', '?delete', {}, 'MissingRequestBodyError', 400],
  ])('%s %s %o is refused', async (method, path, headers, code, status) => {
    const answer = await raw(await send(`/${Bucket}${path}`, { method, headers: { ...headers } }))
    expect([answer.code, answer.status]).toEqual([code, status])
  })

  it.each(['<Delete/>', '<Delete><Object/></Delete>', '<!DOCTYPE x><Delete/>', '<Other/>'])(
    'to the document "%s" is that it is none',
    async body => {
      const answer = await raw(await send(`/${Bucket}?delete`, { method: 'POST', body }))
      expect([answer.code, answer.status]).toEqual(['MalformedXML', 400])
    },
  )
})

describe('S3 and EC2', () => {
  it('are told apart by the signature', async () => {
    expect((await ec2().send(new DescribeRegionsCommand())).Regions).toHaveLength(1)
    const answer = await raw(await send('/?Action=DescribeRegions&Version=2016-11-15'))
    expect(answer.text).toContain('<ListAllMyBucketsResult')
  })

  it('are told apart by the path where nothing is signed', async () => {
    expect((await raw(await fetch(`${endpoint}/${Bucket}`))).code).toBe('AccessDenied')
    expect((await raw(await fetch(`${endpoint}/other`))).code).toBe('MissingAuthenticationToken')
  })
})
