// What a request calls the place of a disk.
import { describe, expect, it } from 'vitest'
import { locationOf, objectAt } from '../../../src/ec2/disk-images/location.ts'
import { context } from './fixtures.ts'

const settings = { ...context.settings, ownHosts: ['ec2.example.com'], publicUrl: 'https://images.example.com:8443' }
const read = (text: string) => locationOf('Url', text, settings)

describe('a place', () => {
  it.each([
    ['s3://images_000000000002/disk.img', 'disk.img'],
    ['S3://images_000000000002/a//b/../c d+%41.img', 'a//b/../c d+%41.img'],
    ['https://ec2.example.com/images_000000000002/disk.img', 'disk.img'],
    ['http://ec2.example.com/images_000000000002/disk.img', 'disk.img'],
    ['https://ec2.example.com:443/images_000000000002/a%20b+c/%2e%2e/%C3%A9.img', 'a b+c/../é.img'],
    ['https://ec2.example.com/images_000000000002/a//b/../c.img', 'a//b/../c.img'],
    ['https://images.example.com:8443/images_000000000002/disk.img', 'disk.img'],
  ])('%s is the object %s', (text, key) => expect(read(text)).toEqual({ bucket: 'images_000000000002', key }))

  it.each([
    'https://mirror.example.org/images_000000000002/disk.img',
    'https://images.example.com/a/b',
    'http://ec2.example.com:81/a/b',
  ])('%s is an address', url => expect(read(url)).toEqual({ url }))

  it.each([
    ...['https://ec2.example.com/images_000000000002/disk.img?X-Amz-Signature=0', 'https://ec2.example.com/a/b#c'],
    ...['https://ec2.example.com/images_000000000002/', 'https://ec2.example.com/', 'https://ec2.example.com/a/%ff'],
    ...[
      's3://bucket',
      's3://',
      's3:///key',
      'file:///etc/passwd',
      'rbd://pool/image',
      'ssh://host:/path',
      'javascript:1',
    ],
  ])('%s is none', text => expect(() => read(text)).toThrow('Url'))

  it.each(['ami-15', '15', 'bucket/key', '/etc/passwd'])('%s has no scheme', text => expect(read(text)).toBeUndefined())

  it.each([
    ['images_000000000002/disk.img', { bucket: 'images_000000000002', key: 'disk.img' }],
    ['bucket//etc/passwd', { bucket: 'bucket', key: '/etc/passwd' }],
    ['/etc/passwd', undefined],
    ['//etc/passwd', undefined],
    ['bucket/', undefined],
    ['bucket', undefined],
  ])('in a bucket, %s is %o', (text, place) => expect(objectAt(text)).toEqual(place))
})
