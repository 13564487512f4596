// The lists of a bucket's objects, in the three forms that S3 has of them.
import type { Listed, ListedObject } from '../../account/bucket/calls.ts'
import { type ListParameters, readListParameters, readToken, writeToken } from '../../s3/listing.ts'
import { checkVersion } from '../../s3/target.ts'
import type { Elements } from '../../s3/xml.ts'
import { quoted } from './answers.ts'
import { type BucketCall, documented, ownerOf } from './call.ts'

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export async function listObjectsV2(call: BucketCall): Promise<Response> {
  const list = readListParameters(call.parameters, 'max-keys')
  const token = call.parameters.get('continuation-token')
  const startAfter = call.parameters.get('start-after')
  const page = await read(call, list, token === undefined ? startAfter : readToken(token))
  const owner: Elements = call.parameters.get('fetch-owner') === 'true' ? [['Owner', ownerOf(call)]] : []
  return documented('ListBucketResult', [
    ...headOf(call, list, page),
    ['StartAfter', startAfter === undefined ? undefined : list.encode(startAfter)],
    ['ContinuationToken', token],
    ['NextContinuationToken', page.next === undefined ? undefined : writeToken(page.next)],
    ['KeyCount', page.items.length + page.prefixes.length],
    ...page.items.map(item => ['Contents', [...contentOf(item, list), ...owner]] as const),
    ...prefixesOf(page, list),
  ])
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html */
export async function listObjects(call: BucketCall): Promise<Response> {
  const list = readListParameters(call.parameters, 'max-keys')
  const marker = call.parameters.get('marker') ?? ''
  const page = await read(call, list, marker)
  // Without a delimiter clients go on behind the last key
  const hasMarker = page.next !== undefined && list.delimiter !== ''
  return documented('ListBucketResult', [
    ...headOf(call, list, page),
    ['Marker', list.encode(marker)],
    ['NextMarker', hasMarker ? list.encode(page.next) : undefined],
    ...page.items.map(item => ['Contents', [...contentOf(item, list), ['Owner', ownerOf(call)]]] as const),
    ...prefixesOf(page, list),
  ])
}

/**
 * Objects have one version each, as in every bucket where versioning was never switched on.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
 */
export async function listObjectVersions(call: BucketCall): Promise<Response> {
  const list = readListParameters(call.parameters, 'max-keys')
  const marker = call.parameters.get('key-marker') ?? ''
  checkVersion(call.parameters.get('version-id-marker'))
  const page = await read(call, list, marker)
  return documented('ListVersionsResult', [
    ...headOf(call, list, page),
    ['KeyMarker', list.encode(marker)],
    ['VersionIdMarker', ''],
    ...next(page.next === undefined ? undefined : list.encode(page.next)),
    ...page.items.map(item => ['Version', [...contentOf(item, list), ...ONLY, ['Owner', ownerOf(call)]]] as const),
    ...prefixesOf(page, list),
  ])
}

const next = (key: string | undefined): Elements => [
  ['NextKeyMarker', key],
  ['NextVersionIdMarker', key === undefined ? undefined : VERSION],
]

const VERSION = 'null'

const ONLY: Elements = [
  ['VersionId', VERSION],
  ['IsLatest', true],
]

type Page = Listed<ListedObject, string>

const read = ({ ask }: BucketCall, { prefix, delimiter, most }: ListParameters, after: string | undefined) =>
  ask('list', { prefix, delimiter, most, after })

const headOf = ({ bucket }: BucketCall, { prefix, delimiter, most, encode, encoding }: ListParameters, page: Page) =>
  [
    ['Name', bucket],
    ['Prefix', encode(prefix)],
    ['Delimiter', delimiter === '' ? undefined : encode(delimiter)],
    ['MaxKeys', most],
    ['EncodingType', encoding],
    ['IsTruncated', page.next !== undefined],
  ] as const

const contentOf = ({ key, modified, etag, size, checksum }: ListedObject, { encode }: ListParameters) =>
  [
    ['Key', encode(key)],
    ['LastModified', new Date(modified)],
    ['ETag', quoted(etag)],
    ['ChecksumAlgorithm', checksum?.algorithm],
    ['ChecksumType', checksum?.type],
    ['Size', size],
    ['StorageClass', 'STANDARD'],
  ] as const

/** The common prefixes of a list, as elements. */
export const prefixesOf = (
  { prefixes }: { readonly prefixes: readonly string[] },
  { encode }: ListParameters,
): Elements => prefixes.map(prefix => ['CommonPrefixes', [['Prefix', encode(prefix)]]])
