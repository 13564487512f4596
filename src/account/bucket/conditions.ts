// What writes make depend on what there is, looked at in the transaction that makes them count.
import {
  judgeRead,
  preconditionFailed,
  type ReadConditions,
  type Validators,
  type WriteConditions,
} from '../../s3/conditions.ts'
import { noSuchKey } from './complaints.ts'

/**
 * That a key may be written to.
 * @param current the object that has it
 * @throws S3Error PreconditionFailed, NoSuchKey
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export function checkWrite(
  key: string,
  current: Pick<Validators, 'etag'> | undefined,
  { ifMatch, ifNoneMatch }: WriteConditions = {},
): void {
  if (ifNoneMatch !== undefined && current) throw preconditionFailed('If-None-Match')
  if (ifMatch === undefined) return
  if (!current) throw noSuchKey(key)
  if (ifMatch !== '*' && ifMatch !== current.etag) throw preconditionFailed('If-Match')
}

/**
 * That an object may be copied: what a reader would be told is unchanged may not.
 * @throws S3Error PreconditionFailed
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
 */
export function checkSource(source: Validators, conditions: ReadConditions = {}): void {
  if (judgeRead(conditions, source) === 'changed') return
  throw preconditionFailed(conditions.ifNoneMatch ? 'If-None-Match' : 'If-Modified-Since')
}
