// What the policy of a key says of requests to the S3 door: which of S3's actions each operation is, and on what.
//
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
import { firstRefusal } from '../../account/permissions/authorize.ts'
import { refusalOf, sentenceOf } from '../../auth/policy/decide.ts'
import type { Caller } from '../../ec2/core/call.ts'
import { callerArn } from '../../ec2/core/identity.ts'
import { objectArn } from '../../ec2/core/permissions.ts'
import { S3Error } from '../../s3/errors.ts'
import type { Parameters } from '../../s3/listing.ts'
import type { Target } from '../../s3/target.ts'

/** Operations whose actions are called otherwise. What else there is has the name of its action. */
const ACTIONS: Readonly<Record<string, string>> = {
  BeginParts: 'PutObject',
  CompleteMultipartUpload: 'PutObject',
  CopyObject: 'PutObject',
  CreateMultipartUpload: 'PutObject',
  FinishParts: 'PutObject',
  GetBucketAccelerateConfiguration: 'GetAccelerateConfiguration',
  GetBucketAnalyticsConfiguration: 'GetAnalyticsConfiguration',
  GetBucketEncryption: 'GetEncryptionConfiguration',
  GetBucketIntelligentTieringConfiguration: 'GetIntelligentTieringConfiguration',
  GetBucketInventoryConfiguration: 'GetInventoryConfiguration',
  GetBucketLifecycleConfiguration: 'GetLifecycleConfiguration',
  GetBucketMetricsConfiguration: 'GetMetricsConfiguration',
  GetBucketNotificationConfiguration: 'GetBucketNotification',
  GetBucketReplication: 'GetReplicationConfiguration',
  GetObjectLockConfiguration: 'GetBucketObjectLockConfiguration',
  GetPublicAccessBlock: 'GetBucketPublicAccessBlock',
  HeadBucket: 'ListBucket',
  HeadObject: 'GetObject',
  ListBucketAnalyticsConfigurations: 'GetAnalyticsConfiguration',
  ListBucketIntelligentTieringConfigurations: 'GetIntelligentTieringConfiguration',
  ListBucketInventoryConfigurations: 'GetInventoryConfiguration',
  ListBucketMetricsConfigurations: 'GetMetricsConfiguration',
  ListBuckets: 'ListAllMyBuckets',
  ListMultipartUploads: 'ListBucketMultipartUploads',
  ListObjectVersions: 'ListBucketVersions',
  ListObjects: 'ListBucket',
  ListObjectsV2: 'ListBucket',
  ListParts: 'ListMultipartUploadParts',
  UploadPart: 'PutObject',
  UploadPartCopy: 'PutObject',
}

/** Those that S3 asks about besides. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  GetObjectAttributes: ['GetObject'],
}

/** Operations that are decided for each of the keys in their document. */
export const BY_KEY: readonly string[] = ['DeleteObjects']

/** What an operation is to policies, all of which has to be allowed: `s3:GetObject`. */
export const s3Actions = (operation: string): readonly string[] =>
  [ACTIONS[operation] ?? operation, ...(ALSO[operation] ?? [])].map(name => `s3:${name}`)

const arnOf = ({ bucket, key }: Target): string => (bucket === undefined ? '*' : objectArn(bucket, key))

/** Parameters that conditions may ask about. */
const KEYS = ['prefix', 'delimiter', 'max-keys']

/**
 * Asks the policies of a key, if it has any.
 *
 * @param operation  AWS's name of it
 * @param parameters of the request, where conditions may ask about them
 * @throws S3Error AccessDenied
 */
export function checkAllowed(
  operation: string,
  target: Target,
  { account, signer, grant }: Caller,
  parameters: Parameters = new Map(),
): void {
  if (!grant) return
  const known = Object.fromEntries(KEYS.map(name => [`s3:${name}`, parameters.get(name)] as const))
  const targets = [{ arn: arnOf(target), known }]
  for (const action of s3Actions(operation)) {
    const refusal = firstRefusal(grant, policy => refusalOf(policy, action, targets, grant.said))
    if (refusal) throw new S3Error('AccessDenied', sentenceOf(refusal, callerArn(account, signer)))
  }
}
