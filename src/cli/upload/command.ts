// econe-upload: by the S3 door where the endpoint has one, else in one form as econe's own client did.
import { basename } from 'node:path'
import { nameOfFile } from '../../upload/plan.ts'
import type { Arguments } from '../arguments.ts'
import { Failure, UsageError } from '../errors.ts'
import type { Session } from '../query.ts'
import { findBucket, type Target } from './door.ts'
import { uploadForm } from './form.ts'
import { checkNameIsFree, type NewImage, register, tagsOf, untilAvailable } from './register.ts'
import { ImageFile } from './source.ts'
import { giveUp, patienceOf, targetOf, tellFormat, uploadToBucket } from './upload.ts'

/** Options that need the S3 door. */
const DOOR_ONLY = [
  'register',
  'no-register',
  'name',
  'description',
  'tag',
  'architecture',
  'wait',
  'keep',
  'restart',
  'abort',
]

/** How often the first request is tried again: nothing is shown yet, and the address may be a wrong one. */
const FIRST_RETRIES = 3

/** Options that are about the image that is made. */
const OF_IMAGE = ['register', 'name', 'description', 'tag', 'architecture', 'wait', 'keep']

/**
 * Uploads a file and makes an image of it.
 *
 * @returns the lines to print
 * @throws {Failure} in words for whoever called it
 */
export async function upload(session: Session, given: Arguments): Promise<string[]> {
  const path = given.the('IMAGE-PATH')
  checkOptions(given)
  const parallel = number(given, 'parallel', 1, 32)
  const retries = number(given, 'retries', 0, 1000)
  if (given.has('multipart')) return byForm(session, path)
  const file = await ImageFile.open(path)
  try {
    const bucket = await findBucket(session, patienceOf(session, Math.min(retries, FIRST_RETRIES)))
    if (bucket === undefined) return await byForm(session, path, given)
    const target = targetOf(session, bucket, file, retries)
    if (given.has('abort')) return abandoned(path, await giveUp(target))
    const image = given.has('no-register') ? undefined : imageOf(given, file)
    if (image) await checkNameIsFree(session, image.name)
    tellFormat(session, file, await file.format(session.signal))
    const isPassing = image !== undefined && !given.has('keep')
    await uploadToBucket(target, file, { parallel, retries, restart: given.has('restart'), isPassing })
    return image ? await registered(target, image, given.has('wait')) : stored(target, file)
  } finally {
    await file.close()
  }
}

/** @throws {UsageError} for what contradicts itself */
function checkOptions(given: Arguments): void {
  const clash = (one: string, others: readonly string[]) => {
    const other = given.has(one) ? others.find(name => name !== one && given.has(name)) : undefined
    if (other !== undefined) throw new UsageError(`--${one} and --${other} exclude each other`)
  }
  clash('no-register', OF_IMAGE)
  clash('multipart', DOOR_ONLY)
  clash('abort', [...OF_IMAGE, 'no-register', 'restart'])
  tagsOf(given.all('tag'))
}

function number(given: Arguments, name: string, least: number, most: number): number {
  const text = given.the(name)
  const value = Number(text)
  if (/^\d{1,6}$/.test(text) && value >= least && value <= most) return value
  throw new UsageError(`--${name} has to be a number from ${least} to ${most}, but is '${text}'`)
}

const imageOf = (given: Arguments, { name }: ImageFile): NewImage => ({
  name: given.last('name') ?? nameOfFile(name),
  description: given.last('description'),
  architecture: given.last('architecture'),
  tags: given.all('tag'),
})

/** The old way. @throws {UsageError} for what it cannot do */
async function byForm(session: Session, path: string, given?: Arguments): Promise<string[]> {
  const beyond = DOOR_ONLY.find(name => given?.has(name))
  if (beyond !== undefined) {
    throw new Failure(`${session.endpoint.url.origin}/ has no S3 door, which --${beyond} needs: nothing was sent`)
  }
  const answer = await uploadForm(session, path)
  return [`Success: ImageId ${answer.text('imageId')}`]
}

const abandoned = (path: string, uploads: number): string[] => [
  uploads > 0 ? `Success: Giving up the upload of ${path}` : `Success: No upload of ${path} is unfinished`,
]

async function registered(target: Target, image: NewImage, wait: boolean): Promise<string[]> {
  const { session, location } = target
  const imageId = await register(session, location, image)
  if (wait) await untilAvailable(session, imageId)
  return [`Success: ImageId ${imageId}`]
}

const stored = ({ location }: Target, { path, name }: ImageFile): string[] => [
  `Success: ImageLocation ${location}`,
  `Register ${basename(path)} with: econe-register -n '${nameOfFile(name).replaceAll("'", '-')}' ${location}`,
]
