// Uploads past the Worker: whether R2 takes the key that the Worker signs links with, for the bucket that it reads.
import { AwsClient } from 'aws4fetch'
import { networkFailure } from '../../cli/errors.ts'
import type { R2Access } from '../../config/r2-access.ts'
import type { Operator } from '../worker.ts'
import { type Finding, ok, wrong } from './finding.ts'

const ABOUT = 'uploads direct to R2'

/** Lists, which a token for objects may do, and reads no names. Nothing is found where no access is set. */
export async function* checkDirect(
  access: R2Access | undefined,
  { configuration, local }: Pick<Operator, 'configuration' | 'local'>,
): AsyncGenerator<Finding> {
  if (!access) return
  const { endpoint, bucket, accessKeyId, secretAccessKey } = access
  const bound = configuration.r2_buckets.find(({ binding }) => binding === 'STAGING')?.bucket_name
  if (!local && bound !== undefined && bound !== bucket) {
    yield wrong(`${ABOUT}: R2_BUCKET is ${bucket}, but STAGING is ${bound}`, 'set R2_BUCKET to the bucket of STAGING')
  }
  const url = new URL(`${endpoint}/${bucket}?list-type=2&max-keys=1`)
  try {
    const client = new AwsClient({ accessKeyId, secretAccessKey, service: 's3', region: 'auto', retries: 0 })
    const response = await client.fetch(url, { signal: AbortSignal.timeout(20_000), redirect: 'manual' })
    await response.body?.cancel()
    yield findingOf(response.status, access)
  } catch (error) {
    yield wrong(`${ABOUT}: ${networkFailure(url, error).message}`, 'is R2_ENDPOINT that of your Cloudflare account?')
  }
}

function findingOf(status: number, { endpoint, bucket }: R2Access): Finding {
  if (status === 200) return ok(`${ABOUT}: ${endpoint} takes the key for the bucket ${bucket}`)
  if (status === 404) return wrong(`${ABOUT}: ${endpoint} has no bucket ${bucket}`, 'correct R2_ENDPOINT and R2_BUCKET')
  return wrong(
    `${ABOUT}: ${endpoint} refuses the key for the bucket ${bucket} (HTTP ${status})`,
    'make an R2 API token that may read and write objects in this bucket, and give its R2_ACCESS_KEY_ID and R2_SECRET_ACCESS_KEY',
  )
}
