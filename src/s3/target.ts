// What a request is about: the bucket and the key of its path, and the rules that a key has to keep wherever it comes.
import { toBytes } from '../lib/bytes.ts'
import { excerpt } from '../lib/excerpt.ts'
import { limits } from '../limits.ts'
import { S3Error } from './errors.ts'

/** By path style: nothing, a bucket, or an object of a bucket. */
export interface Target {
  readonly bucket?: string
  readonly key?: string
}

/**
 * The bucket and the key that a path names. The key is not checked: see {@link checkKey}.
 * @param path as it was sent, percent-encoded; it begins with `/`
 * @throws S3Error InvalidURI
 */
export function readTarget(path: string): Target {
  const slash = path.indexOf('/', 1)
  const bucket = decode(slash < 0 ? path.slice(1) : path.slice(1, slash))
  const key = slash < 0 ? '' : decode(path.slice(slash + 1))
  if (bucket === '' && key === '') return {}
  return key === '' ? { bucket } : { bucket, key }
}

/**
 * Refuses a key that no object can have.
 * @throws S3Error KeyTooLongError; InvalidArgument where the way to the service would lose what it is
 */
export function checkKey(key: string): void {
  const { length } = toBytes(key)
  if (length > limits.objectKey.most) {
    throw new S3Error('KeyTooLongError', 'Your key is too long', {
      elements: { Size: String(length), MaxSizeAllowed: String(limits.objectKey.most) },
    })
  }
  const segment = key.split('/').find(each => each === '.' || each === '..')
  if (segment === undefined) return
  throw new S3Error(
    'InvalidArgument',
    `The key ${excerpt(key)} has "${segment}" between slashes, which is resolved on the way here: no object can have it.`,
    { elements: { ArgumentName: 'key', ArgumentValue: key } },
  )
}

/**
 * The bucket and key that `x-amz-copy-source` names: `bucket/key`, percent-encoded, with a slash before it or not.
 * @throws S3Error InvalidArgument, InvalidURI, and as {@link checkKey}
 */
export function readCopySource(header: string): { bucket: string; key: string } {
  const mark = header.indexOf('?')
  const source = mark < 0 ? header : header.slice(0, mark)
  const { bucket, key } = readTarget(source.startsWith('/') ? source : `/${source}`)
  if (bucket === undefined || key === undefined) {
    throw new S3Error('InvalidArgument', `Copy Source must mention the source bucket and key: ${excerpt(header)}`)
  }
  if (mark >= 0) checkVersion(new URLSearchParams(header.slice(mark)).get('versionId') ?? undefined)
  checkKey(key)
  return { bucket, key }
}

/** Objects have no versions: the one there is may be named. @throws S3Error InvalidArgument */
export function checkVersion(version: string | undefined): void {
  if (version === undefined || version === '' || version === 'null') return
  throw new S3Error('InvalidArgument', `Invalid version id specified: ${excerpt(version)}`, {
    elements: { ArgumentName: 'versionId', ArgumentValue: version },
  })
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new S3Error('InvalidURI', "Couldn't parse the specified URI.")
  }
}
