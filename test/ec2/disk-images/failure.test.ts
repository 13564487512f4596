// OpenNebula's reason for a failed image, and what of it nobody else may read.
import { describe, expect, it } from 'vitest'
import { failureOf } from '../../../src/ec2/disk-images/failure.ts'
import { image } from './fixtures.ts'

const said = (reason: string) => failureOf(image({ ERROR: `Mon Nov 23 07:42:57 2026 : ${reason}` }))

describe('the reason of a failed image', () => {
  it.each([
    [
      'Error copying image in the datastore: Error downloading https://ec2.example.com/_image/c2VjcmV0',
      'Error copying image in the datastore: Error downloading (address)',
    ],
    [
      'Error copying image in the datastore: Not allowed to copy image from /etc/passwd, check RESTRICTED_DIRS in your datastore',
      'Error copying image in the datastore: Not allowed to copy image from (path), check RESTRICTED_DIRS in your datastore',
    ],
    ['Error dumping http://a.example/b to kvm-1.internal:/var/tmp/ab12', 'Error dumping (address) to (path)'],
    ['Failed to connect to 10.0.0.5:80', 'Failed to connect to (address)'],
    ['Error converting\n/var/lib/one/datastores/1/ab', 'Error converting (path)'],
    ['It is at 1-http://a.example/b', 'It is at (address)'],
  ])('%s', (reason, shown) => expect(said(reason)).toBe(shown))

  it('is short, and absent where there is none', () => {
    expect(said('x'.repeat(1000))).toHaveLength(256)
    expect(failureOf(image())).toBeUndefined()
  })

  it.each(['a.', 'a', '/', '://', '::', ' '])(
    'is found soon, however much of %j the owner has written there',
    piece => {
      expect(said(piece.repeat(2 ** 20))?.length ?? 0).toBeLessThan(257)
    },
  )
})
