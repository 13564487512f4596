// A copy of an object: another name for the same bytes.
import { readConditions, readWriteConditions } from '../../s3/conditions.ts'
import { S3Error } from '../../s3/errors.ts'
import { keptHeaders } from '../../s3/kept-headers.ts'
import { invalidArgument } from '../../s3/listing.ts'
import { readCopySource } from '../../s3/target.ts'
import { checksumElements, ENCRYPTED, quoted } from './answers.ts'
import { checkBucket } from './buckets.ts'
import { documented, type ObjectCall } from './call.ts'
import { checkAllowed } from './permissions.ts'

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
export async function copyObject(call: ObjectCall): Promise<Response> {
  const { key, headers, own, caller, ask } = call
  const source = readCopySource(headers.get('x-amz-copy-source') ?? '')
  checkBucket(source.bucket, own)
  checkAllowed('GetObject', source, caller)
  const replaces = replacesMetadata(headers)
  if (source.key === key && !replaces) throw ontoItself()
  await checkAlgorithm(call, source.key)
  const { etag, modified, checksum } = await ask('copy', {
    from: source.key,
    to: key,
    ...(replaces && { headers: keptHeaders(headers) }),
    conditions: readWriteConditions(headers),
    sourceConditions: readConditions(headers, 'x-amz-copy-source-'),
  })
  const content = [['LastModified', new Date(modified)], ['ETag', quoted(etag)], ...checksumElements(checksum)] as const
  return documented('CopyObjectResult', content, ENCRYPTED)
}

/** @throws S3Error InvalidArgument */
function replacesMetadata(headers: ObjectCall['headers']): boolean {
  const directive = headers.get('x-amz-metadata-directive') ?? 'COPY'
  if (directive === 'COPY' || directive === 'REPLACE') return directive === 'REPLACE'
  throw invalidArgument('x-amz-metadata-directive', directive, 'Unknown metadata directive.')
}

/** Bytes are not read to be copied: a copy has the checksum that its source has. @throws S3Error NotImplemented */
async function checkAlgorithm({ headers, ask }: ObjectCall, source: string): Promise<void> {
  const wanted = headers.get('x-amz-checksum-algorithm')?.toUpperCase()
  if (wanted === undefined) return
  const { checksum } = await ask('head', { key: source })
  if (checksum?.algorithm === wanted) return
  throw new S3Error(
    'NotImplemented',
    `A header you provided implies functionality that is not implemented: x-amz-checksum-algorithm: a copy has the ` +
      `checksum of its source, which is ${checksum?.algorithm ?? 'none'}.`,
    { elements: { Header: 'x-amz-checksum-algorithm' } },
  )
}

const ontoItself = () =>
  new S3Error(
    'InvalidRequest',
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's " +
      'metadata, storage class, website redirect location or encryption attributes.',
  )
