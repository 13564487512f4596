// A request of each operation of the S3 door, in the order of the life of a bucket: for whoever counts what they cost.
import { bucketName } from '../../../src/staging/object.ts'

/** One request. In its target and body `$name` stands for what an earlier one kept under that name. */
export interface ObjectStep {
  readonly operation: string
  /** What is special about it. */
  readonly what?: string
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  /** Path and query. */
  readonly target: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** By name, the element of the answer, or the header, that has what later ones need. */
  readonly keep?: Readonly<Record<string, string>>
}

const BUCKET = `/${bucketName('000000000002')}`
const body = 'x'.repeat(1024)
const PARTS =
  '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>$etag</ETag></Part></CompleteMultipartUpload>'
const DELETIONS = '<Delete><Object><Key>b</Key></Object><Object><Key>c</Key></Object></Delete>'
const upload = 'uploadId=$upload'

export const objectSteps: readonly ObjectStep[] = [
  { operation: 'ListBuckets', method: 'GET', target: '/' },
  { operation: 'CreateBucket', method: 'PUT', target: BUCKET },
  { operation: 'HeadBucket', method: 'HEAD', target: BUCKET },
  { operation: 'GetBucketLocation', method: 'GET', target: `${BUCKET}?location` },
  { operation: 'GetBucketVersioning', what: 'as any setting', method: 'GET', target: `${BUCKET}?versioning` },
  { operation: 'PutObject', what: 'the first', method: 'PUT', target: `${BUCKET}/a`, body },
  { operation: 'PutObject', method: 'PUT', target: `${BUCKET}/b`, body },
  { operation: 'PutObject', what: 'in place of one', method: 'PUT', target: `${BUCKET}/b`, body },
  { operation: 'HeadObject', method: 'HEAD', target: `${BUCKET}/a` },
  { operation: 'GetObject', method: 'GET', target: `${BUCKET}/a` },
  {
    ...{ operation: 'GetObjectAttributes', method: 'GET', target: `${BUCKET}/a?attributes` },
    headers: { 'x-amz-object-attributes': 'ObjectSize' },
  },
  {
    ...{ operation: 'CopyObject', method: 'PUT', target: `${BUCKET}/c` },
    headers: { 'x-amz-copy-source': `${BUCKET}/a` },
  },
  { operation: 'ListObjectsV2', method: 'GET', target: `${BUCKET}?list-type=2` },
  { operation: 'ListObjects', method: 'GET', target: BUCKET },
  { operation: 'ListObjectVersions', method: 'GET', target: `${BUCKET}?versions` },
  {
    ...{ operation: 'CreateMultipartUpload', method: 'POST', target: `${BUCKET}/d?uploads` },
    keep: { upload: 'UploadId' },
  },
  {
    ...{ operation: 'UploadPart', method: 'PUT', target: `${BUCKET}/d?partNumber=1&${upload}`, body },
    keep: { etag: 'etag' },
  },
  { operation: 'ListParts', method: 'GET', target: `${BUCKET}/d?${upload}` },
  { operation: 'ListMultipartUploads', method: 'GET', target: `${BUCKET}?uploads` },
  { operation: 'CompleteMultipartUpload', method: 'POST', target: `${BUCKET}/d?${upload}`, body: PARTS },
  { operation: 'CreateMultipartUpload', method: 'POST', target: `${BUCKET}/e?uploads`, keep: { upload: 'UploadId' } },
  { operation: 'AbortMultipartUpload', method: 'DELETE', target: `${BUCKET}/e?${upload}` },
  { operation: 'DeleteObject', method: 'DELETE', target: `${BUCKET}/a` },
  { operation: 'DeleteObjects', what: 'two of them', method: 'POST', target: `${BUCKET}?delete`, body: DELETIONS },
]
