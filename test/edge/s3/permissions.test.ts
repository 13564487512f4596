// The S3 door and policies: each operation has an action of S3's, and is let through for its bucket and key alone.
import { describe, expect, it } from 'vitest'
import { operations } from '../../../src/edge/s3/operations.ts'
import { BY_KEY, checkAllowed, s3Actions } from '../../../src/edge/s3/permissions.ts'
import type { Target } from '../../../src/s3/target.ts'

const account = { id: '000000000002', user: { id: 2, name: 'helen' } }
const signer = { accessKeyId: 'AKIA' }
const bucket = 'images_000000000002'

const by = (...statements: readonly object[]) => ({
  account,
  signer,
  administrators: [],
  grant: {
    accessKeyId: 'AKIA',
    policies: [{ of: 'identity-based' as const, text: JSON.stringify({ Statement: statements }) }],
    said: { 'aws:username': 'helen' },
  },
})
const allow = (Action: string | readonly string[], Resource: string, Condition?: object) =>
  by({ Effect: 'Allow', Action, Resource, ...(Condition && { Condition }) })

const targetOf = (on: 'service' | 'bucket' | 'object'): Target => ({
  ...(on !== 'service' && { bucket }),
  ...(on === 'object' && { key: 'a/disk.img' }),
})

it.each(Object.entries(operations).filter(([name]) => !BY_KEY.includes(name)))('%s is asked about', (name, { on }) => {
  const target = targetOf(on)
  const asked = s3Actions(name)
  for (const one of asked) {
    const other = by({ Effect: 'Allow', NotAction: one, Resource: '*' })
    expect(() => checkAllowed(name, target, other)).toThrow(
      expect.objectContaining({ code: 'AccessDenied', status: 403 }) as Error,
    )
  }
  expect(() => checkAllowed(name, target, allow(asked, '*'))).not.toThrow()
  expect(() => checkAllowed(name, target, { account, signer, administrators: [] })).not.toThrow()
})

it('asks for what AWS asks about reading as well, where an operation reads besides', () => {
  expect(s3Actions('GetObjectAttributes')).toEqual(['s3:GetObjectAttributes', 's3:GetObject'])
})

describe('a key that may read some objects', () => {
  const reader = allow('s3:GetObject', `arn:aws:s3:::${bucket}/a/*`)

  it('reads these, and is told of others in the words of AWS', () => {
    expect(() => checkAllowed('GetObject', { bucket, key: 'a/disk.img' }, reader)).not.toThrow()
    expect(() => checkAllowed('HeadObject', { bucket, key: 'a/disk.img' }, reader)).not.toThrow()
    expect(() => checkAllowed('GetObject', { bucket, key: 'b' }, reader)).toThrow(
      `User: arn:aws:iam::000000000002:user/helen is not authorized to perform: s3:GetObject on resource: ` +
        `arn:aws:s3:::${bucket}/b because no identity-based policy allows the s3:GetObject action`,
    )
    expect(() => checkAllowed('PutObject', { bucket, key: 'a/disk.img' }, reader)).toThrow()
  })

  it('lists by prefix where that is allowed', () => {
    const lister = allow('s3:ListBucket', `arn:aws:s3:::${bucket}`, { StringLike: { 's3:prefix': ['a/*'] } })
    const list = (entries: readonly (readonly [string, string])[]) => () =>
      checkAllowed('ListObjectsV2', { bucket }, lister, new Map(entries))
    expect(list([['prefix', 'a/b']])).not.toThrow()
    expect(list([['prefix', 'b']])).toThrow()
    expect(list([])).toThrow()
  })
})
