// What is staged is written down before its first byte and looked after until its last is gone, whatever breaks off.
import { env } from 'cloudflare:workers'
import type { RegisterImageResult } from '@aws-sdk/client-ec2'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Place } from '../../src/ec2/images/stage.ts'
import type { Env } from '../../src/edge/services.ts'
import { limits } from '../../src/limits.ts'
import { aDisk, type Stage, setStage } from './stage.ts'

const { STAGING } = env as Env
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const GIB = 2 ** 30
const READY = 1

const staged = async () => (await STAGING.list({ prefix: 'staging/' })).objects.map(({ key }) => key)

beforeEach(async () => {
  for (const key of await staged()) await STAGING.delete(key)
  // OpenNebula's downloads: the Worker's links are for others to test
  vi.spyOn(globalThis, 'fetch').mockImplementation(() => Promise.resolve(aDisk()))
})
afterEach(() => vi.restoreAllMocks())

let ids = 0
const upload = (Name: string, Bytes?: number) => ({ ImageId: `ami-1${String(++ids).padStart(16, '0')}`, Name, Bytes })
type Upload = ReturnType<typeof upload>

/** The Worker's part: a place, and the bytes in it. */
async function sent(stage: Stage, image: Upload): Promise<void> {
  await stage.succeed<Place>('StageImage', image)
  await STAGING.put(`staging/${stage.account.id}/${image.ImageId}`, 'x'.repeat(1024))
}

const imagesOf = (stage: Stage, { ImageId }: Upload) =>
  stage.sandbox.world.images.all().filter(({ name }) => name === ImageId)

describe('a place', () => {
  it('is given to so many uploads at a time, and to none of a name that another has', async () => {
    const stage = setStage()
    const uploads = Array.from({ length: limits.uploadsAtOnce.most }, (_, at) => upload(`name ${at}`, GIB))
    const places = await Promise.all(uploads.map(each => stage.succeed<Place>('StageImage', each)))
    expect(places[0]).toEqual({ bytes: GIB, within: expect.any(Number) as number })
    const refused = await stage.perform('StageImage', upload('name 0', GIB))
    expect(refused.error).toMatchObject({ code: 'InvalidAMIName.Duplicate', status: 400 })
    const fifth = await stage.perform('StageImage', upload('another', GIB))
    expect(fifth.error).toMatchObject({ code: 'ResourceLimitExceeded', status: 400 })
    await stage.succeed('UnstageImage', { ImageId: uploads[0]?.ImageId })
    await stage.succeed('StageImage', upload('name 0', GIB))
  })

  it('is no larger than what the account has left, whether its size is announced or not', async () => {
    const stage = setStage()
    await stage.succeed('StageImage', upload('first', 60 * GIB))
    const second = await stage.perform('StageImage', upload('second', 41 * GIB))
    expect(second.error).toMatchObject({ code: 'ResourceLimitExceeded' })
    expect(second.error?.message).toContain('40960 MiB are left')
    expect(await stage.succeed<Place>('StageImage', upload('third'))).toMatchObject({ bytes: 40 * GIB })
    expect((await stage.perform('StageImage', upload('fourth', 1))).error).toMatchObject({
      code: 'ResourceLimitExceeded',
    })
    expect((await stage.perform('StageImage', upload('fifth', 99 * GIB))).error).toMatchObject({
      code: 'InvalidParameterValue',
    })
  })

  it('is free again after a time when the Worker that took it has died, and what it left is deleted', async () => {
    const stage = setStage()
    await sent(stage, upload('lost', GIB))
    await stage.pass(HOUR)
    expect(await staged()).toHaveLength(1)
    await stage.pass(HOUR)
    expect(await staged()).toEqual([])
    expect(await stage.unfinished()).toEqual([])
    await stage.succeed('StageImage', upload('lost', GIB))
  })
})

describe('an import', () => {
  it('keeps what is staged until OpenNebula has it', async () => {
    const stage = setStage()
    const image = upload('kept', 2000)
    await sent(stage, image)
    await stage.succeed<RegisterImageResult>('UploadImage', image)
    // The ledger counts what is there
    expect(await stage.unfinished()).toEqual([`task:import:${image.ImageId}`])
    await stage.pass(10 * MINUTE)
    expect(imagesOf(stage, image)).toHaveLength(1)
    expect(await staged()).toEqual([])
    expect(await stage.unfinished()).toEqual([])
  })

  it('that is refused leaves nothing', async () => {
    const stage = setStage()
    const image = upload('refused', 2000)
    await sent(stage, image)
    stage.sandbox.faults.add({ method: 'one.image.allocate', kind: 'error', code: 512, message: 'limit of quota' })
    expect((await stage.perform('UploadImage', image)).error?.status).toBeLessThan(500)
    expect(await staged()).toEqual([])
    expect(await stage.unfinished()).toEqual([])
  })

  it('of a name that was taken meanwhile is refused, and leaves nothing', async () => {
    const stage = setStage()
    const image = upload('meanwhile', 2000)
    await sent(stage, image)
    const other = upload('other', 2000)
    await sent(stage, other)
    await stage.succeed('RegisterImage', { ImageLocation: other.ImageId, Name: 'meanwhile' })
    expect((await stage.perform('UploadImage', image)).error).toMatchObject({ code: 'InvalidAMIName.Duplicate' })
    await stage.pass(HOUR)
    expect(await staged()).toEqual([])
  })

  it('that cannot begin because OpenNebula is down is a 503, and leaves nothing in the end', async () => {
    const stage = setStage()
    const images = Array.from({ length: limits.uploadsAtOnce.most }, (_, at) => upload(`outage ${at}`, 2000))
    for (const image of images) await sent(stage, image)
    stage.sandbox.faults.add({ method: '*', kind: 'drop', when: 'before' })
    for (const image of images) expect((await stage.perform('UploadImage', image)).error).toMatchObject({ status: 503 })
    await stage.pass(2 * HOUR)
    // While nobody can say whether OpenNebula wants them they stay
    expect(await staged()).toHaveLength(images.length)
    stage.sandbox.faults.clear()
    await stage.pass(HOUR)
    expect(await staged()).toEqual([])
    expect(await stage.unfinished()).toEqual([])
  })

  it('that begins after all is looked after until it is done', async () => {
    const stage = setStage()
    const image = upload('late', 2000)
    await sent(stage, image)
    stage.delay('one.image.allocate')
    expect((await stage.perform('UploadImage', image)).error).toMatchObject({ status: 503 })
    await stage.workOff()
    expect(imagesOf(stage, image)).toHaveLength(1)
    await stage.pass(2 * HOUR)
    expect(await staged()).toEqual([])
    expect(await stage.unfinished()).toEqual([])
  })

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])(
    'that is killed at step %i ends with an AMI or with nothing',
    async at => {
      const stage = setStage()
      const image = upload('killed', 2000)
      await sent(stage, image)
      stage.killAt(at)
      await stage.perform('UploadImage', image).catch(() => undefined)
      stage.disarm()
      await stage.pass(HOUR)
      // The sandbox's download was part of what was killed
      for (const made of imagesOf(stage, image)) made.state = READY
      await stage.pass(2 * HOUR)
      expect(await staged()).toEqual([])
      expect(await stage.unfinished()).toEqual([])
      expect(imagesOf(stage, image).length).toBeLessThanOrEqual(1)
    },
  )
})
