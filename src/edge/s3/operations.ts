// The operations of the S3 door: how a request asks for each, and the function that answers it.
import { getObjectAttributes } from './attributes.ts'
import { createBucket, deleteBucket, headBucket, listBuckets, locate } from './buckets.ts'
import type { BucketCall, ObjectCall, ServiceCall } from './call.ts'
import { copyObject } from './copy.ts'
import { deleteObjects } from './deletions.ts'
import { beginParts, finishParts } from './direct.ts'
import { listObjects, listObjectsV2, listObjectVersions } from './lists.ts'
import { deleteObject, getObject, headObject, putObject } from './objects.ts'
import { listParts, uploadPart, uploadPartCopy } from './parts.ts'
import { answerBucketSetting, answerObjectSetting, bucketSettings, objectSettings, type Setting } from './settings.ts'
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  listMultipartUploads,
} from './uploads.ts'

/** By what a request is known to ask for an operation. */
interface Form {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  /** Parameters that it has. */
  readonly with?: readonly string[]
  /** A header that it has. */
  readonly header?: string
  /** Parameters that are honoured besides. */
  readonly takes?: readonly string[]
}

/** An operation: what it is about, and the function that answers it. */
export type Operation = Form &
  (
    | { readonly on: 'service'; readonly answer: (call: ServiceCall) => Promise<Response> }
    | {
        readonly on: 'bucket'
        /** Whether the bucket may be another than the account's own: the function sees to that. */
        readonly any?: true
        readonly answer: (call: BucketCall) => Promise<Response>
      }
    | { readonly on: 'object'; readonly answer: (call: ObjectCall) => Promise<Response> }
  )

const LIST = ['prefix', 'delimiter', 'encoding-type']
const LISTS_BUCKETS = ['prefix', 'bucket-region', 'max-buckets', 'continuation-token']
const READS = [
  ...['partNumber', 'versionId', 'response-cache-control', 'response-content-disposition'],
  ...['response-content-encoding', 'response-content-language', 'response-content-type', 'response-expires'],
]
const VERSION = ['versionId']

/** Those with more demands on the request stand before those with fewer. */
const served: Readonly<Record<string, Operation>> = {
  ListBuckets: { on: 'service', method: 'GET', takes: LISTS_BUCKETS, answer: listBuckets },

  GetBucketLocation: { on: 'bucket', method: 'GET', with: ['location'], answer: locate },
  ListMultipartUploads: {
    ...{ on: 'bucket', method: 'GET', with: ['uploads'] },
    takes: [...LIST, 'key-marker', 'upload-id-marker', 'max-uploads'],
    answer: listMultipartUploads,
  },
  ListObjectVersions: {
    ...{ on: 'bucket', method: 'GET', with: ['versions'] },
    takes: [...LIST, 'key-marker', 'version-id-marker', 'max-keys'],
    answer: listObjectVersions,
  },
  ListObjectsV2: {
    ...{ on: 'bucket', method: 'GET', with: ['list-type'] },
    takes: [...LIST, 'max-keys', 'start-after', 'continuation-token', 'fetch-owner'],
    answer: listObjectsV2,
  },
  DeleteObjects: { on: 'bucket', method: 'POST', with: ['delete'], answer: deleteObjects },
  CreateBucket: { on: 'bucket', method: 'PUT', any: true, answer: createBucket },
  HeadBucket: { on: 'bucket', method: 'HEAD', answer: headBucket },
  DeleteBucket: { on: 'bucket', method: 'DELETE', answer: deleteBucket },

  BeginParts: { on: 'object', method: 'POST', with: ['begin-parts', 'uploadId'], answer: beginParts },
  FinishParts: { on: 'object', method: 'POST', with: ['finish-parts', 'uploadId'], answer: finishParts },
  CreateMultipartUpload: { on: 'object', method: 'POST', with: ['uploads'], answer: createMultipartUpload },
  CompleteMultipartUpload: { on: 'object', method: 'POST', with: ['uploadId'], answer: completeMultipartUpload },
  AbortMultipartUpload: { on: 'object', method: 'DELETE', with: ['uploadId'], answer: abortMultipartUpload },
  ListParts: {
    ...{ on: 'object', method: 'GET', with: ['uploadId'] },
    takes: ['part-number-marker', 'max-parts', 'encoding-type'],
    answer: listParts,
  },
  UploadPartCopy: {
    ...{ on: 'object', method: 'PUT', with: ['partNumber', 'uploadId'], header: 'x-amz-copy-source' },
    answer: uploadPartCopy,
  },
  UploadPart: { on: 'object', method: 'PUT', with: ['partNumber', 'uploadId'], answer: uploadPart },
  GetObjectAttributes: {
    on: 'object',
    method: 'GET',
    with: ['attributes'],
    takes: VERSION,
    answer: getObjectAttributes,
  },
  CopyObject: { on: 'object', method: 'PUT', header: 'x-amz-copy-source', answer: copyObject },
  PutObject: { on: 'object', method: 'PUT', answer: putObject },
  GetObject: { on: 'object', method: 'GET', takes: READS, answer: getObject },
  HeadObject: { on: 'object', method: 'HEAD', takes: READS, answer: headObject },
  DeleteObject: { on: 'object', method: 'DELETE', takes: VERSION, answer: deleteObject },
}

/** Of a collection of configurations one is asked for by its id. */
const COLLECTIONS = ['analytics', 'intelligent-tiering', 'inventory', 'metrics']

function bucketSetting([name, [subresource, setting]]: [string, readonly [string, Setting]]): [string, Operation] {
  const isOne = COLLECTIONS.includes(subresource) && name.startsWith('Get')
  const form = {
    method: 'GET',
    with: isOne ? [subresource, 'id'] : [subresource],
    takes: ['continuation-token'],
  } as const
  return [name, { on: 'bucket', ...form, answer: call => answerBucketSetting(setting, call) }]
}

function objectSetting([name, [subresource, setting]]: [string, readonly [string, Setting]]): [string, Operation] {
  const form = { method: 'GET', with: [subresource], takes: VERSION } as const
  return [name, { on: 'object', ...form, answer: call => answerObjectSetting(setting, call) }]
}

/** All of them, by AWS's name; those of parts that go to R2 itself are econe's own. */
export const operations: Readonly<Record<string, Operation>> = {
  ...Object.fromEntries(Object.entries(bucketSettings).map(bucketSetting)),
  ...Object.fromEntries(Object.entries(objectSettings).map(objectSetting)),
  ...served,
  // The last, for every other request for a bucket is one of the above
  ListObjects: { on: 'bucket', method: 'GET', takes: [...LIST, 'max-keys', 'marker'], answer: listObjects },
}
