// DeleteObjects: many keys in one document, each with an outcome of its own.
import { limits } from '../../limits.ts'
import { withoutQuotes } from '../../s3/conditions.ts'
import { type Element, expectOnly, malformed, textOf } from '../../s3/document.ts'
import { S3Error, type ToldS3Error } from '../../s3/errors.ts'
import { checkKey, checkVersion } from '../../s3/target.ts'
import type { Elements } from '../../s3/xml.ts'
import { type BucketCall, documented } from './call.ts'
import { documentOf } from './documents.ts'
import { checkAllowed } from './permissions.ts'

/** What the document has of one object. */
interface Named {
  readonly key: string
  readonly ifMatch: string | undefined
}

/** How it went with one of them. */
interface Outcome {
  readonly key: string
  readonly error?: Pick<ToldS3Error, 'code' | 'message'> | undefined
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
export async function deleteObjects(call: BucketCall): Promise<Response> {
  const root = await documentOf(call, 'Delete')
  expectOnly(root, 'Object', 'Quiet')
  const elements = root.children.filter(({ name }) => name === 'Object')
  if (elements.length === 0 || elements.length > limits.deletedKeys.most) throw malformed()
  const read = elements.map(each => readObject(each, call))
  const removed = await call.ask('remove', { objects: read.flatMap(({ object }) => object ?? []) })
  const refused = read.flatMap(({ refused }) => refused ?? [])
  const isQuiet = textOf(root, 'Quiet')?.trim() === 'true'
  const outcomes = [...removed, ...refused].flatMap(outcome => element(outcome, isQuiet))
  return documented('DeleteResult', outcomes)
}

/** An object to be deleted, or why it is none. */
interface Read {
  readonly object?: Named
  readonly refused?: Outcome
}

/** @throws S3Error MalformedXML, NotImplemented */
function readObject(element: Element, { bucket, caller }: BucketCall): Read {
  expectOnly(element, 'Key', 'VersionId', 'ETag', 'LastModifiedTime', 'Size')
  const key = textOf(element, 'Key')
  if (key === undefined || key === '') throw malformed()
  const other = ['LastModifiedTime', 'Size'].find(name => textOf(element, name) !== undefined)
  if (other !== undefined) {
    throw new S3Error('NotImplemented', `A condition you provided is not implemented: ${other}.`)
  }
  try {
    checkKey(key)
    checkVersion(textOf(element, 'VersionId'))
    checkAllowed('DeleteObject', { bucket, key }, caller)
  } catch (error) {
    if (error instanceof S3Error) return { refused: { key, error } }
    throw error
  }
  const etag = textOf(element, 'ETag')
  return { object: { key, ifMatch: etag === undefined ? undefined : withoutQuotes(etag) } }
}

function element({ key, error }: Outcome, isQuiet: boolean): Elements {
  if (!error) return isQuiet ? [] : [['Deleted', [['Key', key]]]]
  const content = [
    ['Key', key],
    ['Code', error.code],
    ['Message', error.message],
  ] as const
  return [['Error', content]]
}
