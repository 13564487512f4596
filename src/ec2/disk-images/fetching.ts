// Disks that OpenNebula fetches and makes images of: from an address, or out of R2, where their bytes stay until it has them.
import { invalid } from '../../protocol/complaints.ts'
import type { Ec2Error } from '../../protocol/errors.ts'
import type { Written } from '../core/attribute-names.ts'
import type { BucketObject, ChangeContext, StagedObject } from '../core/context.ts'
import { mayTakeEffect } from '../core/failures.ts'
import type { Resource } from '../core/resource.ts'
import { allocateImage } from '../core/writes.ts'
import {
  DISK_FORMATS,
  type DiskFormat,
  type DiskHeader,
  diskSize,
  HEADER_BYTES,
  isConverted,
  readHeader,
} from './disk-format.ts'
import { begunImport, discardStaged, type ImportedObject, type ImportTask, importLock } from './import-task.ts'
import type { Location } from './location.ts'
import { importFailure, makeImage } from './making.ts'
import type { Room } from './room.ts'
import { checkWebAddress, type WebAddress } from './web-address.ts'

/** An image that is to be made of a disk. */
export interface FetchedImage {
  /** Its EC2 id, which is its name in OpenNebula: a repeat makes no second one. */
  readonly id: string
  readonly resource: Resource
  readonly attributes: Written<'image'> & { readonly TYPE: 'OS' | 'DATABLOCK' }
  /** What the caller says of the disk. */
  readonly format?: DiskFormat | undefined
}

/** Where a request has the place of a disk. */
export interface Named {
  readonly parameter: string
  /** What is said of an object that the caller has not. @param status that S3 would answer */
  readonly inaccessible: (object: { readonly bucket: string; readonly key: string }, status: 403 | 404) => Ec2Error
}

/** A disk that is there, and may be fetched. */
export type FoundDisk =
  | { readonly object: BucketObject; readonly address?: undefined }
  | { readonly address: WebAddress; readonly object?: undefined }

/** Where a disk is that a request names. @throws Ec2Error as `checkWebAddress`, and what `inaccessible` says */
export async function findDisk(
  location: Location,
  { parameter, inaccessible }: Named,
  { staging, settings }: ChangeContext,
): Promise<FoundDisk> {
  if (location.url !== undefined) return { address: await checkWebAddress(parameter, location.url, settings) }
  const { bucket, key } = location
  if (bucket !== staging.bucket) throw inaccessible(location, isBucketOfOurs(bucket) ? 403 : 404)
  const object = await staging.object(key)
  if (object === undefined) throw inaccessible(location, 404)
  return { object }
}

/** Buckets of other accounts are there or not: callers are told the same of both. */
const isBucketOfOurs = (bucket: string) => /^images_\d{12}$/.test(bucket)

/**
 * Has OpenNebula fetch a disk and make an image of it, when quotas and free space allow it.
 * @throws Ec2Error InvalidParameterValue for a disk that OpenNebula cannot fetch, or is not as the caller says; those of
 *   `Room.check` and `readHeader`
 */
export async function fetchDisk(
  disk: FoundDisk,
  image: FetchedImage,
  named: Named & { readonly room: Room },
  context: ChangeContext,
): Promise<void> {
  const { room } = named
  if (disk.object) return fetchObject(disk.object, image, named, context)
  const { href, bytes = 0 } = disk.address
  if (image.format !== undefined) checkFormat(image.format, room)
  room.check(diskSize({ format: 'RAW' }, bytes))
  await makeOf(href, image, context).catch((error: unknown) => {
    throw importFailure(error, image.resource)
  })
}

async function fetchObject(
  { key, bytes, etag, once }: BucketObject,
  image: FetchedImage,
  { room, inaccessible }: Named & { readonly room: Room },
  context: ChangeContext,
): Promise<void> {
  const { staging } = context
  if (bytes === 0) throw isEmpty(key)
  room.check(diskSize({ format: 'RAW' }, bytes))
  context.commit()
  await context.hold([importLock(image.id)], async () => {
    const held = await staging.hold(key, image.id)
    if (held === undefined) throw inaccessible({ bucket: staging.bucket, key }, 404)
    try {
      // What is held nobody can exchange any more
      checkHeader(await headerOf(held, context), held, image, room)
    } catch (error) {
      await staging.delete(held.key)
      throw error
    }
    await fetchStaged(held, image, context, { key, etag, once })
  })
}

/** What is staged under a key, or held by it, by its first bytes. @throws Ec2Error as `readHeader` */
export const headerOf = async (
  { key }: StagedObject,
  { staging }: Pick<ChangeContext, 'staging'>,
): Promise<DiskHeader> => readHeader(await staging.beginning(key, HEADER_BYTES))

/**
 * That a disk is what the caller says, that the cloud can make use of it, and that there is room for it.
 * @throws Ec2Error InvalidParameterValue, UnsupportedOperation, and as `Room.check`
 */
export function checkHeader(
  header: DiskHeader,
  { bytes }: Pick<StagedObject, 'bytes'>,
  { format }: Pick<FetchedImage, 'format'>,
  room: Room,
): void {
  if (format !== undefined && format !== header.format)
    throw invalid('Format', format, `The disk image is in the format ${header.format}.`)
  checkFormat(header.format, room)
  room.check(diskSize(header, bytes))
}

function checkFormat(format: DiskFormat, room: Room): void {
  if (!isConverted(format) || room.converts) return
  const asTheyAre = DISK_FORMATS.filter(each => !isConverted(each))
  throw invalid('Format', format, `Disks are imported as they are on this cloud: ${asTheyAre.join(' or ')}.`)
}

const isEmpty = (key: string) => invalid('S3Key', key, 'The object is empty.')

/**
 * Has OpenNebula fetch what is staged, or held. It goes when OpenNebula has it, at once when OpenNebula certainly does not
 * want it, and otherwise as soon as it shows that it was not wanted.
 */
export async function fetchStaged(
  { key, bytes, link }: StagedObject,
  image: FetchedImage,
  context: ChangeContext,
  object?: ImportedObject,
): Promise<void> {
  const { settings, now } = context
  const until = now() + LATE_WITHIN
  const task: ImportTask = { kind: 'import', id: image.id, key, bytes, until, ...(object && { object }) }
  await context.tasks.begin([task])
  try {
    const number = await makeOf(link, image, context)
    await context.tasks.begin([begunImport(task, number, now(), settings.importWithin)])
  } catch (error) {
    if (!mayTakeEffect(error)) await discardStaged(task, context)
    throw importFailure(error, image.resource)
  }
}

/** For so long an image may still come about after the call for it broke off; milliseconds. */
const LATE_WITHIN = 10 * 60 * 1000

/** @returns the number of the image @throws as `makeImages` */
async function makeOf(path: string, { id, attributes }: FetchedImage, context: ChangeContext): Promise<number> {
  const { mint, account, settings } = context
  const data = { NAME: id, PATH: path, EC2_ID: mint.attribute(id, account.user.id), ...attributes }
  const made = await makeImage(id, allocateImage(data, settings.datastore), context)
  const number = made.get(id)
  if (number === undefined) throw new TypeError(`${id} was made under no name`)
  return number
}
