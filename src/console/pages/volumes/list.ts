// How volumes are listed, for their own page and for those whose operations make one.
import type { Volume, VolumeAttachment } from '@aws-sdk/client-ec2'
import { listing } from '../../resource/listing.ts'

export const volumeId = (volume: { readonly VolumeId?: string | undefined } | undefined): string =>
  volume?.VolumeId ?? ''

/** A volume is in one instance at most. */
export const attachmentOf = ({ Attachments = [] }: Volume): VolumeAttachment | undefined => Attachments[0]

export const volumeList = listing('DescribeVolumes', {
  byIds: VolumeIds => ({ VolumeIds: [...VolumeIds] }),
  items: ({ Volumes }) => Volumes,
  idOf: volumeId,
})
