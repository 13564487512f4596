// The lists of images: the account's own, what others share with it, what is for everybody, and what marketplaces have.
import type { Image } from '@aws-sdk/client-ec2'
import type { Input } from '../../api/model.ts'
import { listing } from '../../resource/listing.ts'
import { account } from '../../session/session.ts'

const imagesOf = (input: Input<'DescribeImages'>) =>
  listing('DescribeImages', {
    input,
    byIds: ImageIds => ({ ImageIds: [...ImageIds] }),
    items: ({ Images }) => Images,
    idOf: ({ ImageId = '' }: Image) => ImageId,
  })

export const own = imagesOf({ Owners: ['self'] })
export const shared = imagesOf({ ExecutableUsers: ['self'] })
export const open = imagesOf({ ExecutableUsers: ['all'] })
export const marketplace = imagesOf({ Owners: ['aws-marketplace'] })

export const isOwn = ({ OwnerId }: Image): boolean => OwnerId === account()

/** Of a marketplace: nothing is launched from it before it is copied. */
export const isForSale = ({ ImageOwnerAlias }: Image): boolean => ImageOwnerAlias === 'aws-marketplace'

export const isAvailable = (image: Image | undefined): boolean => image?.State === 'available'

export const nameOf = ({ Name, ImageId = '' }: Image): string => Name || ImageId

/** The snapshots that an image is made of. */
export const snapshotsOf = ({ BlockDeviceMappings = [] }: Image): string[] =>
  BlockDeviceMappings.flatMap(({ Ebs }) => Ebs?.SnapshotId ?? [])

/** What the disks of an instance have, in GiB. */
export const sizeOf = ({ BlockDeviceMappings = [] }: Image): number =>
  BlockDeviceMappings.reduce((sum, { Ebs }) => sum + (Ebs?.VolumeSize ?? 0), 0)
