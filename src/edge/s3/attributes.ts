// GetObjectAttributes: what is known of an object, as a document.
import { limits } from '../../limits.ts'
import { invalidArgument, readNumber, readPageSize } from '../../s3/listing.ts'
import type { Content, Elements } from '../../s3/xml.ts'
import type { StoredObject } from '../../staging/object.ts'
import { checksumElements } from './answers.ts'
import { documented, type ObjectCall } from './call.ts'

type Attribute = (found: StoredObject, call: ObjectCall) => Content

const attributes: Readonly<Record<string, Attribute>> = {
  ETag: ({ etag }) => etag,
  Checksum: ({ checksum }) => (checksum ? checksumElements(checksum) : undefined),
  ObjectParts: partsOf,
  StorageClass: () => 'STANDARD',
  ObjectSize: ({ size }) => size,
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html */
export async function getObjectAttributes(call: ObjectCall): Promise<Response> {
  const wanted = (call.headers.get('x-amz-object-attributes') ?? '').split(',').map(each => each.trim())
  const unknown = wanted.find(name => !Object.hasOwn(attributes, name))
  if (unknown !== undefined) {
    throw invalidArgument('x-amz-object-attributes', unknown, 'Invalid attribute name specified.')
  }
  const found = await call.ask('open', { key: call.key })
  const content = Object.entries(attributes)
    .filter(([name]) => wanted.includes(name))
    .map(([name, read]) => [name, read(found, call)] as const)
  return documented('GetObjectAttributesResponse', content, { 'last-modified': new Date(found.modified).toUTCString() })
}

/** A page of the parts that an object was made of; nothing where it came in one. */
function partsOf({ parts, pieces }: StoredObject, { headers }: ObjectCall): Elements | undefined {
  if (parts === undefined) return undefined
  const most = readPageSize(headers.get('x-amz-max-parts'), 'x-amz-max-parts')
  const after = readNumber(headers.get('x-amz-part-number-marker'), 'x-amz-part-number-marker') ?? 0
  const page = pieces.slice(after, after + Math.min(most, limits.listedKeys.most))
  return [
    ['PartsCount', parts],
    ['PartNumberMarker', after],
    ['NextPartNumberMarker', after + page.length],
    ['MaxParts', most],
    ['IsTruncated', after + page.length < parts],
    ...page.map(
      ({ size, checksum }, index) =>
        [
          'Part',
          [
            ['PartNumber', after + index + 1],
            ['Size', size],
            ...(checksum ? [[`Checksum${checksum.algorithm}`, checksum.value] as const] : []),
          ],
        ] as const,
    ),
  ]
}
