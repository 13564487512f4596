// The scheduled sweep: staged images that nobody follows up any more are deleted.
import { causeOf } from '../ec2/core/cause.ts'
import { LONGEST_DOWNLOAD } from '../ec2/disk-images/import-task.ts'
import { log } from '../lib/log.ts'
import { limits } from '../limits.ts'
import { sweepStaging } from '../staging/sweep.ts'
import { type Env, servicesOf } from './services.ts'

/** In KV: where the last sweep stopped, if it did not come to the end. */
const POSITION = 'sweep'

/** To read where to begin, and to write where to go on. */
const OPERATIONS_OF_POSITION = 2

/**
 * Looks at everything staged, as far as one invocation may go, and deletes what is of no more use. Whether OpenNebula
 * has an image is the business of its account's object, which was told before the first byte was staged; the sweep
 * takes what is not known there.
 */
export async function sweep(env: Env): Promise<void> {
  const { importWithin } = servicesOf(env).config
  const after = (await env.INDEX.get(POSITION).catch(() => null)) ?? undefined
  const result = await sweepStaging(env.STAGING, {
    wanted: account => wantedBy(account, env),
    now: () => Date.now(),
    keepFor: importWithin,
    keepAtMost: importWithin + LONGEST_DOWNLOAD,
    after,
    maxOperations: limits.sweepSubrequests.most - OPERATIONS_OF_POSITION,
  })
  await (result.after === undefined
    ? after !== undefined && env.INDEX.delete(POSITION)
    : env.INDEX.put(POSITION, result.after))
  log('sweep', result)
}

/** An account that does not answer keeps what it has, and the sweep goes on. */
async function wantedBy(account: string, env: Env): Promise<readonly string[] | undefined> {
  try {
    return await env.ACCOUNT.getByName(account).staged()
  } catch (error) {
    log('sweep', { account, cause: causeOf(error) }, true)
    return undefined
  }
}
