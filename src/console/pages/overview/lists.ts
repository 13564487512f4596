// The lists that the overview counts: those of the pages, where the pages have them.
import type { Address, Volume } from '@aws-sdk/client-ec2'
import { listing } from '../../resource/listing.ts'
import { own } from '../images/lists.ts'
import { instances as instancesPage } from '../instances/page.tsx'
import { keyPairs as keyPairsPage } from '../key-pairs/page.tsx'

export const { list: instances } = instancesPage
export const { list: keyPairs } = keyPairsPage
export const images = own

export const volumes = listing('DescribeVolumes', {
  byIds: VolumeIds => ({ VolumeIds: [...VolumeIds] }),
  items: ({ Volumes }) => Volumes,
  idOf: ({ VolumeId = '' }: Volume) => VolumeId,
})

export const addresses = listing('DescribeAddresses', {
  byIds: AllocationIds => ({ AllocationIds: [...AllocationIds] }),
  items: ({ Addresses }) => Addresses,
  idOf: ({ AllocationId = '' }: Address) => AllocationId,
})
