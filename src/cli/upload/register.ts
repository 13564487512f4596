// What follows an upload: an image is made of it, under a name that is free, and awaited where the user wants to.
import { setTimeout as pause } from 'node:timers/promises'
import type { Answer } from '../answer.ts'
import { Failure, UsageError } from '../errors.ts'
import { type Ec2Parameters, query, queryPages, type Session } from '../query.ts'

/** Milliseconds between two looks at an image that is being imported. */
const PACE = 2000

/** What the image is to be. */
export interface NewImage {
  readonly name: string
  readonly description: string | undefined
  readonly architecture: string | undefined
  /** `KEY=VALUE` each. */
  readonly tags: readonly string[]
}

/** @throws {Failure} where an image of the account has the name: to be asked before anything is sent */
export async function checkNameIsFree(session: Session, name: string): Promise<void> {
  const pages = await queryPages(session, 'DescribeImages', {
    Owner: ['self'],
    Filter: [{ Name: 'name', Value: [name] }],
  })
  const other = pages.flatMap(page => page.all('imagesSet/item'))[0]
  if (!other) return
  throw new Failure(
    `an image of yours has the name ${name} already, ${other.text('imageId')}: give this one another with --name`,
  )
}

/** @returns the id of the image */
export async function register(session: Session, location: string, image: NewImage): Promise<string> {
  const tags = tagsOf(image.tags)
  const answer = await query(session, 'RegisterImage', {
    ImageLocation: location,
    Name: image.name,
    ...(image.description !== undefined && { Description: image.description }),
    ...(image.architecture !== undefined && { Architecture: image.architecture }),
    ...(tags.length > 0 && { TagSpecification: [{ ResourceType: 'image', Tag: tags }] }),
  })
  return answer.text('imageId')
}

/** `KEY=VALUE`, or `KEY` for an empty value. @throws {UsageError} */
export function tagsOf(texts: readonly string[]): Ec2Parameters[] {
  return texts.map(text => {
    const [, Key = '', Value = ''] = /^([^=]*)=?(.*)$/s.exec(text) ?? []
    if (!Key) throw new UsageError(`the tag '${text}' has no key: write KEY=VALUE`)
    return { Key, Value }
  })
}

/** Until OpenNebula has the image. @throws {Failure} where it will not have it */
export async function untilAvailable(session: Session, imageId: string): Promise<void> {
  for (;;) {
    const image = await described(session, imageId)
    const state = image?.text('imageState')
    if (state === 'available') return
    if (state !== 'pending') {
      const reason = image?.text('stateReason/message')
      throw new Failure(`${imageId} could not be imported${reason ? `: ${reason}` : ` (${state ?? 'it is gone'})`}`)
    }
    await pause(PACE, undefined, { signal: session.signal })
  }
}

async function described(session: Session, imageId: string): Promise<Answer | undefined> {
  const answer = await query(session, 'DescribeImages', { ImageId: [imageId] })
  return answer.all('imagesSet/item')[0]
}
