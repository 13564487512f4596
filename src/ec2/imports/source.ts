// Where a disk is imported from: an object of the account's bucket, or an address that OpenNebula fetches itself.
import type { SnapshotDiskContainer } from '@aws-sdk/client-ec2'
import { excerpt } from '../../lib/excerpt.ts'
import { invalid, missing, needsOneOf, notTogether } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext } from '../core/context.ts'
import { oneOf, valid } from '../core/fields.ts'
import { DISK_FORMATS } from '../disk-images/disk-format.ts'
import { type FetchedImage, fetchDisk, findDisk, type Named } from '../disk-images/fetching.ts'
import type { Imported } from '../disk-images/imported.ts'
import { type Location, locationOf } from '../disk-images/location.ts'
import { isMade } from '../disk-images/making.ts'
import { readRoom } from '../disk-images/room.ts'

/** A disk that is to be imported. */
export interface Source {
  /** What is kept of it. */
  readonly imported: Imported
  readonly location: Location
  /** The parameter that names it in the request. */
  readonly parameter: string
}

const format = oneOf(...DISK_FORMATS)

/**
 * What a request says of the disk.
 * @param parameter that the container has in the request
 * @throws Ec2Error MissingParameter, InvalidParameterCombination, InvalidParameterValue
 */
export function sourceOf(
  parameter: string,
  { Url: url, UserBucket, Format, Description: diskDescription }: SnapshotDiskContainer = {},
  description: string | undefined,
  { settings }: ChangeContext,
): Source {
  const parameters = { url: `${parameter}.Url`, bucket: `${parameter}.UserBucket` }
  const known = valid(format, Format?.toUpperCase())
  if (Format && known === undefined)
    throw invalid(`${parameter}.Format`, Format, `The cloud reads ${DISK_FORMATS.join(', ')}.`)
  const said = { format: known, description, diskDescription }
  if (UserBucket === undefined) {
    if (!url) throw needsOneOf(parameters.url, parameters.bucket)
    const location = locationOf(parameters.url, url, settings)
    if (!location) throw invalid(parameters.url, url, 'It is neither s3://bucket/key nor an http(s) address.')
    return { imported: { url, ...said }, location, parameter: parameters.url }
  }
  if (url) throw notTogether(parameters.url, parameters.bucket)
  const { S3Bucket: bucket, S3Key: key } = UserBucket
  if (!bucket) throw missing(`${parameters.bucket}.S3Bucket`)
  if (!key) throw missing(`${parameters.bucket}.S3Key`)
  return { imported: { bucket, key, ...said }, location: { bucket, key }, parameter: parameters.bucket }
}

/**
 * Has OpenNebula fetch the disk, unless an earlier run of the request had it begin.
 * @throws Ec2Error as `findDisk` and `fetchDisk`
 */
export async function importDisk(
  { location, parameter, imported }: Source,
  image: Omit<FetchedImage, 'format'>,
  context: ChangeContext,
): Promise<void> {
  if (context.resumed && (await isMade(image.id, context))) return
  const named: Named = { parameter, inaccessible }
  const disk = await findDisk(location, named, context)
  const room = await readRoom(image.resource, context)
  await fetchDisk(disk, { ...image, format: imported.format }, { ...named, room }, context)
}

/** In AWS's words, which do not tell another's object from none. */
const inaccessible: Named['inaccessible'] = ({ bucket, key }) =>
  new Ec2Error('InvalidParameter', `User does not have access to the S3 object (${excerpt(`${bucket}/${key}`, 200)}).`)
