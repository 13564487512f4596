// The one bucket of an account: it is there, and stays.
import { S3Error } from '../../s3/errors.ts'
import { type BucketCall, bare, documented, ownerOf, type ServiceCall } from './call.ts'

/** Nobody makes it, and so it was always there. */
const CREATED = new Date(0)

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html */
export async function listBuckets(call: ServiceCall): Promise<Response> {
  const { own, region, parameters } = call
  const prefix = parameters.get('prefix') ?? ''
  const isMeant = own.startsWith(prefix) && [region, undefined, ''].includes(parameters.get('bucket-region'))
  return documented('ListAllMyBucketsResult', [
    ['Owner', ownerOf(call)],
    ['Buckets', isMeant ? [['Bucket', bucketOf(call)]] : []],
    ['Prefix', prefix === '' ? undefined : prefix],
  ])
}

const bucketOf = ({ own, region }: ServiceCall) =>
  [
    ['Name', own],
    ['CreationDate', CREATED],
    ['BucketRegion', region],
  ] as const

/**
 * Succeeds for one's own, which is there, and as often as asked: some clients do so before every upload.
 * @throws S3Error BucketAlreadyExists for one that could be another account's, AccessDenied for any other
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
 */
export async function createBucket({ bucket, own }: BucketCall): Promise<Response> {
  if (bucket === own) return bare(200, { location: `/${own}` })
  if (isBucketName(bucket)) {
    throw new S3Error(
      'BucketAlreadyExists',
      'The requested bucket name is not available. The bucket namespace is shared by all users of the system. ' +
        'Please select a different name and try again.',
      { elements: { BucketName: bucket } },
    )
  }
  throw new S3Error('AccessDenied', `An account has one bucket, and no others can be made: yours is ${own}.`)
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html */
export async function headBucket({ region }: BucketCall): Promise<Response> {
  return bare(200, { 'x-amz-bucket-region': region, 'x-amz-access-point-alias': 'false' })
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html */
export async function deleteBucket({ own }: BucketCall): Promise<Response> {
  throw new S3Error('AccessDenied', `The bucket ${own} belongs to its account and stays. Delete what is in it.`)
}

/**
 * Refuses a bucket that is not the caller's: whether there is another of that name is not told.
 * @throws S3Error AccessDenied, NoSuchBucket
 */
export function checkBucket(bucket: string, own: string): void {
  if (bucket === own) return
  if (isBucketName(bucket)) throw new S3Error('AccessDenied', 'Access Denied')
  throw new S3Error('NoSuchBucket', 'The specified bucket does not exist', { elements: { BucketName: bucket } })
}

/** Whether some account's bucket has the name, or could have it. */
export const isBucketName = (name: string): boolean => /^images_\d{12}$/.test(name)

/**
 * The region that the signature names: whatever it is called here, clients sign for the one that they are told.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
 */
export async function locate({ region }: BucketCall): Promise<Response> {
  return documented('LocationConstraint', region === 'us-east-1' ? '' : region)
}
