// Lists in pages, of which the thing that a page ended with is gone when the next one is asked for.
import type { DescribeTagsResult, DescribeVolumesResult } from '@aws-sdk/client-ec2'
import { describe, expect, it } from 'vitest'
import { IMAGE, setStage } from './stage.ts'

const MINUTE = 60 * 1000
const BlockDeviceMappings = ['b', 'c', 'd', 'e', 'f'].map(letter => ({
  DeviceName: `/dev/sd${letter}`,
  Ebs: { VolumeSize: 1, DeleteOnTermination: false },
}))

/** Three instances of six volumes each, free volumes, and tags on all of them. */
async function furnished() {
  const stage = setStage()
  const Tags = ['x', 'y', 'z'].map(Key => ({ Key, Value: Key }))
  const TagSpecifications = ['instance', 'volume'].map(ResourceType => ({ ResourceType, Tags }))
  const run = { ImageId: IMAGE, MinCount: 3, MaxCount: 3, BlockDeviceMappings, TagSpecifications }
  await stage.succeed('RunInstances', run)
  for (let count = 0; count < 3; count++) {
    const TagSpecifications = [{ ResourceType: 'volume', Tags }]
    await stage.succeed('CreateVolume', { Size: 1, AvailabilityZone: 'opennebulaa', TagSpecifications })
  }
  await stage.pass(MINUTE)
  return stage
}

describe('a list in pages', { timeout: 120_000 }, () => {
  it('of volumes is whole, and reads on where it ended', async () => {
    const stage = await furnished()
    const all = await stage.read<DescribeVolumesResult>('DescribeVolumes', {})
    const seen: (string | undefined)[] = []
    let NextToken: string | undefined
    do {
      const page: DescribeVolumesResult = await stage.read('DescribeVolumes', { MaxResults: 5, NextToken })
      seen.push(...(page.Volumes ?? []).map(({ VolumeId }) => VolumeId))
      NextToken = page.NextToken
    } while (NextToken)
    expect(seen).toEqual(all.Volumes?.map(({ VolumeId }) => VolumeId))
    expect(new Set(seen).size).toBe(21)
  })

  it('of volumes loses none when one that was shown is detached', async () => {
    const stage = await furnished()
    const all = await stage.read<DescribeVolumesResult>('DescribeVolumes', {})
    const first = await stage.read<DescribeVolumesResult>('DescribeVolumes', { MaxResults: 5 })
    const [, marker = ''] = (first.Volumes ?? []).map(({ VolumeId }) => VolumeId).reverse()
    await stage.succeed('DetachVolume', { VolumeId: marker })
    await stage.pass(MINUTE)
    const { NextToken } = first
    const rest = await stage.read<DescribeVolumesResult>('DescribeVolumes', { MaxResults: 1000, NextToken })
    const seen = [...(first.Volumes ?? []), ...(rest.Volumes ?? [])].map(({ VolumeId }) => VolumeId)
    expect(new Set(seen)).toEqual(new Set(all.Volumes?.map(({ VolumeId }) => VolumeId)))
  })

  it('of tags goes on behind where the last one was, wherever a page ends', async () => {
    const stage = await furnished()
    const all = await stage.read<DescribeTagsResult>('DescribeTags', {})
    const name = ({ ResourceId = '', Key = '' }) => `${ResourceId} ${Key}`
    const names = (all.Tags ?? []).map(name)
    expect(names.length).toBeGreaterThan(60)
    for (let MaxResults = 5; MaxResults < names.length; MaxResults += 6) {
      const { Tags = [], NextToken } = await stage.read<DescribeTagsResult>('DescribeTags', { MaxResults })
      expect(Tags.map(name)).toEqual(names.slice(0, MaxResults))
      const marker = Tags.at(-1)
      await stage.succeed('DeleteTags', { Resources: [marker?.ResourceId], Tags: [{ Key: marker?.Key }] })
      const rest = await stage.read<DescribeTagsResult>('DescribeTags', { MaxResults: 1000, NextToken })
      expect(rest.Tags?.map(name), String(MaxResults)).toEqual(names.slice(MaxResults))
      await stage.succeed('CreateTags', { Resources: [marker?.ResourceId], Tags: [{ Key: marker?.Key, Value: '' }] })
    }
  })
})
