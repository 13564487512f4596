import { describe, expect, it } from 'vitest'
import { checkHeaders } from '../../src/s3/headers.ts'
import { headerValue, keptHeaders } from '../../src/s3/kept-headers.ts'
import { readListParameters, readToken, writeToken } from '../../src/s3/listing.ts'
import { checkKey, readCopySource } from '../../src/s3/target.ts'

const code = (expected: string): unknown => expect.objectContaining({ code: expected })

describe('headers of a request', () => {
  const check = (name: string, value: string, operation = 'PutObject') =>
    checkHeaders(new Map([[name, value]]), operation)

  it.each([
    ['x-amz-acl', 'private'],
    ['x-amz-acl', 'bucket-owner-full-control'],
    ['x-amz-server-side-encryption', 'AES256'],
    ['x-amz-storage-class', 'STANDARD'],
    ['x-amz-meta-anything', 'at all'],
    ['x-amz-request-payer', 'requester'],
    ['content-type', 'text/plain'],
  ])('%s: %s is taken', (name, value) => {
    expect(() => check(name, value)).not.toThrow()
  })

  it.each([
    ['x-amz-acl', 'public-read', 'AccessControlListNotSupported'],
    ['x-amz-grant-read', 'id=1', 'AccessControlListNotSupported'],
    ['x-amz-storage-class', 'GLACIER', 'InvalidStorageClass'],
    ['x-amz-server-side-encryption', 'aws:kms', 'NotImplemented'],
    ['x-amz-server-side-encryption-customer-algorithm', 'AES256', 'NotImplemented'],
    ['x-amz-tagging', 'a=b', 'NotImplemented'],
    ['x-amz-website-redirect-location', '/x', 'NotImplemented'],
    ['x-amz-object-lock-mode', 'GOVERNANCE', 'NotImplemented'],
    ['x-amz-copy-source-if-match', 'x', 'NotImplemented'],
    ['x-amz-nobody-knows', 'x', 'NotImplemented'],
  ])('%s: %s is refused by name', (name, value, expected) => {
    expect(() => check(name, value)).toThrow(code(expected))
    expect(() => check(name, value)).toThrow(name)
  })

  it('never repeats the key of SSE-C', () => {
    const name = 'x-amz-server-side-encryption-customer-key'
    expect(() => check(name, 'c2VjcmV0')).toThrow(/customer-key\.$/)
  })
})

describe('headers of an object', () => {
  const keep = (headers: Record<string, string>) => keptHeaders(new Map(Object.entries(headers)))

  it('are those that S3 keeps, and metadata', () => {
    const kept = { 'content-type': 'text/plain', 'cache-control': 'no-cache', 'x-amz-meta-a': 'b' }
    expect(keep({ ...kept, 'x-amz-acl': 'private', 'user-agent': 'x', 'content-length': '1' })).toEqual(kept)
    expect(keep({})).toEqual({ 'content-type': 'binary/octet-stream' })
  })

  it('do not say how the body came', () => {
    expect(keep({ 'content-encoding': 'aws-chunked' })['content-encoding']).toBeUndefined()
    expect(keep({ 'content-encoding': 'gzip,aws-chunked' })['content-encoding']).toBe('gzip')
    expect(keep({ 'content-encoding': 'aws-chunked, gzip' })['content-encoding']).toBe('gzip')
  })

  it('are bounded', () => {
    expect(keep({ 'x-amz-meta-a': 'é'.repeat(1023) })['x-amz-meta-a']).toHaveLength(1023)
    expect(() => keep({ 'x-amz-meta-a': 'é'.repeat(1024) })).toThrow(code('MetadataTooLarge'))
    expect(() => keep({ 'cache-control': 'x'.repeat(5000) })).toThrow(code('MetadataTooLarge'))
  })

  it('can be sent', () => {
    expect(headerValue('plain')).toBe('plain')
    expect(headerValue('é')).toBe('=?UTF-8?B?w6k=?=')
    expect(headerValue('a\r\nb: c')).toBe('=?UTF-8?B?YQ0KYjogYw==?=')
  })
})

describe('keys', () => {
  it.each(['a', 'a//b', '/a', 'a/', '...', 'a/..b', '.a/b', 'é'.repeat(512)])('%s is one', key => {
    expect(() => checkKey(key)).not.toThrow()
  })

  it.each(['.', '..', 'a/../b', './a', 'a/.'])('%s is none', key => {
    expect(() => checkKey(key)).toThrow(code('InvalidArgument'))
  })

  it('are bounded', () => {
    expect(() => checkKey('é'.repeat(513))).toThrow(code('KeyTooLongError'))
  })

  it.each([
    ['/b/k', 'k'],
    ['b/a%20b%2B+c/d', 'a b++c/d'],
    ['b/k?versionId=null', 'k'],
  ])('%s is the source of a copy', (header, key) => {
    expect(readCopySource(header)).toEqual({ bucket: 'b', key })
  })

  it.each(['', 'b', '/b/', 'b/../k', 'b/k?versionId=1'])('"%s" is none', header => {
    expect(() => readCopySource(header)).toThrow(code('InvalidArgument'))
  })
})

describe('parameters of a list', () => {
  const read = (parameters: Record<string, string>) =>
    readListParameters(new Map(Object.entries(parameters)), 'max-keys')

  it('have defaults', () => {
    expect(read({})).toMatchObject({ prefix: '', delimiter: '', most: 1000, encoding: undefined })
    expect(read({ 'max-keys': '5000' }).most).toBe(1000)
    expect(read({ 'max-keys': '0' }).most).toBe(0)
  })

  it('may ask for keys that are encoded', () => {
    expect(read({ 'encoding-type': 'url' }).encode('a b/ü\u0001+')).toBe('a%20b/%C3%BC%01%2B')
    expect(read({}).encode('a b')).toBe('a b')
  })

  it.each([{ 'max-keys': '-1' }, { 'max-keys': 'x' }, { 'max-keys': '2147483648' }, { 'encoding-type': 'xml' }])(
    'refuse %o',
    parameters => {
      expect(() => read(parameters)).toThrow(code('InvalidArgument'))
    },
  )

  it('have tokens for places', () => {
    expect(readToken(writeToken('a/ü\u0001'))).toBe('a/ü\u0001')
    for (const token of ['', 'x', '!', 'bnVsbA']) expect(() => readToken(token)).toThrow(code('InvalidArgument'))
  })
})
