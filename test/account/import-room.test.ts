// Quotas, free space and formats: looked at before OpenNebula is told to fetch anything, and before an upload is taken.
import type { ImportSnapshotResult } from '@aws-sdk/client-ec2'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Stage, setStage } from './stage.ts'

const MIB = 2 ** 20
const GIB = 2 ** 30
const Url = 'https://images.example.org/disk.img'

/** What the host of the images says of the disk's size. */
let bytes: number

beforeEach(() => {
  bytes = 100 * MIB
  vi.spyOn(globalThis, 'fetch').mockImplementation(() =>
    Promise.resolve(new Response('x', { headers: { 'content-length': String(bytes) } })),
  )
})
afterEach(() => vi.restoreAllMocks())

type Limits = Readonly<Record<string, number>>

/** A stage whose user may have so much in the datastore, and has one image of 40 MiB. */
function limited(limits: Limits): Stage {
  const stage = setStage({}, { images: [{ name: 'own', owner: 'helen', size: 40 }] })
  const helen = stage.sandbox.world.users.get(2)
  if (helen) helen.quotas = { DATASTORE: { '1': limits } }
  return stage
}

function datastore({ sandbox }: Stage) {
  const found = sandbox.world.datastores.get(1)
  if (!found) throw new Error('there is no datastore')
  return found
}

/** Each way in that makes an image of 100 MiB, and the code that it has for a limit of the account. */
const ways: readonly (readonly [action: string, input: object, limit: string])[] = [
  ['ImportImage', { DiskContainers: [{ Url }] }, 'ResourceLimitExceeded'],
  ['ImportSnapshot', { DiskContainer: { Url } }, 'SnapshotLimitExceeded'],
  ['RegisterImage', { ImageLocation: Url, Name: 'fetched' }, 'ResourceLimitExceeded'],
  ['StageImage', { ImageId: 'ami-10000000000000001', Name: 'sent', Bytes: 100 * MIB }, 'ResourceLimitExceeded'],
]

describe.each(ways)('%s', (action, input, code) => {
  const answer = async (stage: Stage) => (await stage.perform(action, input)).error?.code

  /** What is said before OpenNebula is told to make an image: that would say something else. */
  const early = async (stage: Stage) => {
    stage.sandbox.faults.add({ method: 'one.image.allocate', kind: 'error', code: 2048, message: 'too late' })
    const code = await answer(stage)
    expect(await stage.unfinished()).toEqual([])
    return code
  }

  it.each<[string, Limits, boolean]>([
    ['bytes', { SIZE: 140 }, true],
    ['bytes', { SIZE: 139 }, false],
    ['images', { IMAGES: 2 }, true],
    ['images', { IMAGES: 1 }, false],
    ['neither', { SIZE: -2, IMAGES: -1 }, true],
  ])('looks at the quota of %s: %o', async (_, limits, fits) => {
    if (fits) expect(await answer(limited(limits))).toBeUndefined()
    else expect(await early(limited(limits))).toBe(code)
  })

  it('looks at what the datastore has left', async () => {
    const stage = setStage()
    datastore(stage).freeMb = 100
    expect(await answer(stage)).toBeUndefined()
    const full = setStage()
    datastore(full).freeMb = 99
    expect(await early(full)).toBe('InsufficientVolumeCapacity')
    // What the operator lets it have counts in place of what there is
    const bounded = setStage()
    datastore(bounded).template['LIMIT_MB'] = [String(datastore(bounded).usedMb + 99)]
    expect(await early(bounded)).toBe('InsufficientVolumeCapacity')
  })

  it('takes no more than three requests upstream', async () => {
    const stage = setStage()
    await stage.succeed(action, input)
    expect(stage.most.upstream).toBeLessThanOrEqual(3)
  })
})

describe('a disk of another format', () => {
  const code = async (stage: Stage, Format: string) => {
    const { error } = await stage.perform('ImportSnapshot', { DiskContainer: { Url, Format } })
    return error?.code
  }

  it('is imported where the datastore converts it', async () => {
    const converting = setStage()
    datastore(converting).template['DRIVER'] = ['qcow2']
    const keeping = setStage()
    Object.assign(datastore(keeping).template, { DRIVER: ['qcow2'], CONVERT: ['no'] })
    const ceph = setStage()
    datastore(ceph).dsMad = 'ceph'
    for (const format of ['VMDK', 'VHD', 'VHDX', 'VDI']) {
      expect([await code(converting, format), await code(ceph, format)]).toEqual([undefined, undefined])
      for (const stage of [setStage(), keeping]) expect(await code(stage, format)).toBe('InvalidParameterValue')
    }
    expect(await code(setStage(), 'QCOW2')).toBeUndefined()
    expect(await code(converting, 'OVA')).toBe('InvalidParameterValue')
  })

  it('is told as the caller said, or as OpenNebula found it', async () => {
    const stage = setStage()
    const { SnapshotTaskDetail } = await stage.succeed<ImportSnapshotResult>('ImportSnapshot', {
      DiskContainer: { Url, Format: 'qcow2' },
    })
    expect(SnapshotTaskDetail).toMatchObject({ Format: 'QCOW2', Status: 'active', Url })
    expect(SnapshotTaskDetail?.Progress).toBeUndefined()
  })
})

it('is not asked of an upload that does not say how large it is', async () => {
  const stage = setStage()
  datastore(stage).freeMb = 1
  expect(await stage.succeed('StageImage', { ImageId: 'ami-10000000000000002', Name: 'unknown' })).toMatchObject({
    bytes: expect.any(Number) as number,
  })
  expect(
    (await stage.perform('StageImage', { ImageId: 'ami-10000000000000003', Name: 'large', Bytes: GIB })).error,
  ).toMatchObject({
    code: 'InsufficientVolumeCapacity',
  })
})
