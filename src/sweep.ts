// The scheduled sweep: staged images that OpenNebula has, or that nobody came back for, are deleted.
import type { Env } from './config.ts'
import { accountId } from './ec2/context.ts'
import { isBeingMade, sealedImageId } from './ec2/image.ts'
import { log } from './log.ts'
import type { Image } from './opennebula/documents.ts'
import { OneError } from './opennebula/errors.ts'
import { newMeter } from './opennebula/transport.ts'
import { type Fate, type StagedObject, sweepStaging } from './staging/sweep.ts'
import { wire } from './wiring.ts'

/** Looks at everything staged, and deletes what is of no more use. */
export async function sweep(env: Env): Promise<void> {
  const { config } = wire(env)
  const result = await sweepStaging(env.STAGING, {
    fates: objects => fates(objects, env),
    now: () => Date.now(),
    keepFor: config.importWithin,
  })
  log('sweep', result)
}

/** Asks OpenNebula, as each image's owner, how far the imports are. */
async function fates(objects: readonly StagedObject[], env: Env): Promise<Map<string, Fate>> {
  const { client, mint } = wire(env)
  const owners = new Set(objects.flatMap(({ metadata: { owner } }) => owner ?? []))
  const known = new Map<string, Fate>()
  for (const owner of owners) {
    try {
      for await (const image of client(owner, newMeter()).images()) {
        const id = mint.seenBy(image.UID).idOf('image', sealedImageId(image))
        known.set(`${accountId(image.UID)}/${id}`, fateOf(image))
      }
    } catch (error) {
      // A user whom OpenNebula has no more: nobody asks for what they left, and its age decides
      if (!(error instanceof OneError)) throw error
    }
  }
  return new Map(objects.map(({ key, account, imageId }) => [key, known.get(`${account}/${imageId}`) ?? 'unknown']))
}

/** While an image is locked OpenNebula still reads; one that failed will never. */
const fateOf = (image: Image): Fate => (isBeingMade(image) ? 'pending' : 'imported')
