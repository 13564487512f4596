// The scheduled sweep: staged images that nobody follows up any more are deleted, and bytes that no bucket knows.
import { bucketOf } from '../account/bucket/client.ts'
import { below, regionName } from '../config/regions.ts'
import { causeOf } from '../ec2/core/cause.ts'
import { LONGEST_DOWNLOAD } from '../ec2/disk-images/import-task.ts'
import { log } from '../lib/log.ts'
import { limits } from '../limits.ts'
import { accountOfPiece, PIECES_PREFIX, parseStagingKey, STAGING_PREFIX } from '../staging/key.ts'
import { areaBelow, type SweptArea, sweepStaging } from '../staging/sweep.ts'
import { environmentsIn } from './regions.ts'
import { type Env, servicesOf } from './services.ts'

/** In KV: where the last sweep stopped, if it did not come to the end. */
const POSITION = 'sweep'

const MINUTE = 60_000

/** To read where to begin, and to write where to go on. */
const OPERATIONS_OF_POSITION = 2

/**
 * Looks at everything staged, and at the pieces of all buckets, as far as one invocation may go, and deletes what is of no
 * more use. What is wanted is the business of its account's object, which was told before the first byte was stored; the
 * sweep takes what is not known there.
 */
export async function sweep(env: Env): Promise<void> {
  const after = (await env.INDEX.get(POSITION).catch(() => null)) ?? undefined
  const result = await sweepStaging(env.STAGING, {
    areas: environmentsIn(env).flatMap(areasOf),
    now: () => Date.now(),
    after,
    maxOperations: limits.sweepSubrequests.most - OPERATIONS_OF_POSITION,
  })
  await (result.after === undefined
    ? after !== undefined && env.INDEX.delete(POSITION)
    : env.INDEX.put(POSITION, result.after))
  log('sweep', result)
}

/** What of R2 is a region's, in terms of the whole. One that is not configured well keeps what it has, and the others are swept. */
function areasOf(env: Env): SweptArea[] {
  const prefix = env.beside ? below(regionName(env)) : ''
  try {
    return [pieces(env), uploads(env)].map(area => areaBelow(prefix, area))
  } catch (error) {
    log('sweep', { region: regionName(env), cause: causeOf(error) }, true)
    return []
  }
}

const pieces = ({ ACCOUNT }: Env): SweptArea => ({
  prefix: PIECES_PREFIX,
  accountOf: accountOfPiece,
  unknown: (account, keys) =>
    saidBy(account, bucketOf(ACCOUNT.getByName(account), account)('unknown', { pieces: keys })),
  keepFor: limits.strayPiece.most * MINUTE,
})

function uploads(env: Env): SweptArea {
  const { importWithin } = servicesOf(env).config
  return {
    prefix: STAGING_PREFIX,
    accountOf: key => parseStagingKey(key)?.account,
    async unknown(account, keys) {
      const staged = await saidBy(account, env.ACCOUNT.getByName(account).staged())
      return staged && keys.filter(key => !staged.includes(key))
    },
    keepFor: importWithin,
    keepAtMost: importWithin + LONGEST_DOWNLOAD,
  }
}

/** An account that does not answer keeps what it has, and the sweep goes on. */
async function saidBy<T>(account: string, answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    log('sweep', { account, cause: causeOf(error) }, true)
    return undefined
  }
}
