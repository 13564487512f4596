// The account's part of the staging area, as its actions use it.
import type { Call } from '../ec2/core/call.ts'
import type { Staging } from '../ec2/core/context.ts'
import { unavailable } from '../ec2/core/failures.ts'
import { noDownloads } from '../ec2/images/resource.ts'
import { stagingKey } from '../staging/key.ts'
import { signLink } from '../staging/link.ts'
import { bucketName } from '../staging/object.ts'
import { originForDownloads } from '../staging/own-address.ts'
import type { Services } from './services.ts'

/** @param call whose account it is, and by what address the Worker was reached */
export function stagingOf(
  { account, endpoint }: Call,
  bucket: R2Bucket,
  { config, linkKeys }: Pick<Services, 'config' | 'linkKeys'>,
): Staging {
  const keyOf = (id: string) => stagingKey({ account: account.id, imageId: id })
  return {
    keyOf,
    async find(id) {
      const object = await stagedAt(keyOf(id), bucket)
      if (object === null) return undefined
      const origin = originForDownloads(endpoint, config)
      if (origin === undefined) throw noDownloads()
      const { key, size: bytes } = object
      const options = { linkKeys: await linkKeys(), now: () => Date.now(), lifetime: config.importWithin }
      return { key, bytes, link: await signLink(origin, key, options) }
    },
    // What the bucket has nothing of is not found
    bucket: bucketName(account.id),
    object: () => Promise.resolve(undefined),
    beginning: async (key, length) => {
      const found = await bucket.get(key, { range: { offset: 0, length } })
      return found === null ? new Uint8Array() : new Uint8Array(await found.arrayBuffer())
    },
    hold: () => Promise.resolve(undefined),
    delete: key =>
      bucket.delete(key).then(
        () => true,
        () => false,
      ),
  }
}

async function stagedAt(key: string, bucket: R2Bucket): Promise<R2Object | null> {
  try {
    return await bucket.head(key)
  } catch {
    throw unavailable()
  }
}
