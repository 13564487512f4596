// Links to R2 itself: where they lead.
import { expect, it } from 'vitest'
import { linkToPut } from '../../src/staging/direct.ts'

const access = {
  ...{ endpoint: 'https://account.r2.cloudflarestorage.com', bucket: 'econe-staging' },
  ...{ accessKeyId: 'an id', secretAccessKey: 'a secret' },
}
const piece = { key: 'objects/000000000002/0123', size: 5, md5: 'XUFAKrxLKna5cZ2REBfFkg==' }

it.each([
  ['', undefined],
  ['regions/south/', 'regions/south/'],
])('lead below %s', async (below, prefix) => {
  const { url } = await linkToPut({ ...access, ...(prefix !== undefined && { prefix }) }, piece, 60)
  expect(new URL(url).pathname).toBe(`/econe-staging/${below}${piece.key}`)
})
