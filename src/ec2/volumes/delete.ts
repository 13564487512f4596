// DeleteVolume: at once, or when nothing copies the volume any more.
import type { DeleteVolumeRequest } from '@aws-sdk/client-ec2'
import type { ChangeContext } from '../core/context.ts'
import { deleteImage } from '../disk-images/deletion.ts'
import { findVolume } from './find.ts'
import { volumeInUse, volumeLock } from './resource.ts'
import { volumeState } from './view.ts'

/**
 * A volume that is being copied goes when the copy is there; it is `deleting` from now on.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVolume.html
 */
export async function deleteVolume({ VolumeId = '' }: DeleteVolumeRequest, context: ChangeContext): Promise<undefined> {
  await context.hold([volumeLock(VolumeId)], async () => {
    const view = await findVolume(VolumeId, context)
    const { image } = view
    const state = volumeState(view)
    if (!image || state === 'in-use') throw volumeInUse(view.id, view.attachment?.instance.id)
    context.commit()
    if (state !== 'deleting') await deleteImage(image, context)
  })
}
