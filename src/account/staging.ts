// What waits to be imported, as the account's actions use it: uploads in the staging area, and objects of its bucket.
import type { Call } from '../ec2/core/call.ts'
import type { Staging } from '../ec2/core/context.ts'
import { unavailable } from '../ec2/core/failures.ts'
import { objectArn } from '../ec2/core/permissions.ts'
import { noDownloads } from '../ec2/images/resource.ts'
import { heldKey, parseHeldKey, stagingKey } from '../staging/key.ts'
import { signLink } from '../staging/link.ts'
import { bucketName, isForOnce, type Piece } from '../staging/object.ts'
import { originForDownloads } from '../staging/own-address.ts'
import type { Bucket } from './bucket/bucket.ts'
import { authorizeReading } from './permissions/authorize.ts'
import type { Services } from './services.ts'

/** Where the bytes are, and what is known of the account's objects. */
export interface Stores {
  readonly r2: R2Bucket
  readonly bucket: Bucket
}

/** @param call whose account it is, and by what address the Worker was reached */
export function stagingOf(
  call: Call,
  stores: Stores,
  { config, linkKeys, refusals }: Pick<Services, 'config' | 'linkKeys' | 'refusals'>,
): Staging {
  const { account, endpoint } = call
  const keyOf = (id: string) => stagingKey({ account: account.id, imageId: id })
  const linkTo = async (key: string) => {
    const origin = originForDownloads(endpoint, config)
    if (origin === undefined) throw noDownloads()
    const { importWithin: lifetime, path } = config
    const options = { linkKeys: await linkKeys(), now: () => Date.now(), lifetime, path }
    return { key, link: await signLink(origin, key, options) }
  }
  return {
    keyOf,
    async find(id) {
      const object = await stagedAt(keyOf(id), stores.r2)
      return object === null ? undefined : { ...(await linkTo(object.key)), bytes: object.size }
    },
    async object(key) {
      await authorizeReading(objectArn(bucketName(account.id), key), call, refusals)
      const found = attempt(() => stores.bucket.find(key))
      return found && { key, bytes: found.size, etag: found.etag, headers: found.headers, once: isForOnce(found) }
    },
    async hold(key, id) {
      const held = await linkTo(heldKey({ account: account.id, imageId: id }))
      const found = attempt(() => stores.bucket.hold(key, id))
      return found && { ...held, bytes: found.size }
    },
    bucket: bucketName(account.id),
    async beginning(key, length) {
      const id = parseHeldKey(key)?.imageId
      const pieces = id === undefined ? [{ key, size: length }] : (attempt(() => stores.bucket.held(id))?.pieces ?? [])
      return readBeginning(stores.r2, pieces, length)
    },
    delete: key =>
      unstage([key], stores).then(
        () => true,
        () => false,
      ),
  }
}

/** Deletes staged objects, and ends holds. */
export async function unstage(keys: readonly string[], { r2, bucket }: Stores): Promise<void> {
  const held = new Map(keys.map(key => [key, parseHeldKey(key)?.imageId]))
  const staged = keys.filter(key => held.get(key) === undefined)
  bucket.release([...held.values()].filter(id => id !== undefined))
  if (staged.length > 0) await r2.delete(staged)
}

/** @throws Ec2Error Unavailable where the storage fails */
function attempt<T>(work: () => T): T {
  try {
    return work()
  } catch (cause) {
    throw unavailable(cause)
  }
}

/** Of several pieces as many as it takes: each but the last of an object may be as small as it likes. @throws Ec2Error Unavailable */
async function readBeginning(r2: R2Bucket, pieces: readonly Piece[], length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  let at = 0
  for (const { key, size } of pieces) {
    if (at === length) break
    const range = { offset: 0, length: Math.min(size, length - at) }
    const found = await r2.get(key, { range }).catch(() => null)
    if (found === null) throw unavailable()
    const part = new Uint8Array(await found.arrayBuffer())
    bytes.set(part, at)
    at += part.length
  }
  return bytes.subarray(0, at)
}

async function stagedAt(key: string, r2: R2Bucket): Promise<R2Object | null> {
  try {
    return await r2.head(key)
  } catch {
    throw unavailable()
  }
}
