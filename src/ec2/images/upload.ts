// econe's UploadImage, when all of the file is staged.
import type { RegisterImageResult } from '@aws-sdk/client-ec2'
import type { ChangeContext } from '../core/context.ts'
import { isFinal } from '../core/failures.ts'
import { importStaged } from './import.ts'
import { checkNameIsFree } from './names.ts'
import { registered, registration } from './new-image.ts'
import { IMAGE_NAMES_LOCK } from './resource.ts'
import { unstageImage } from './stage.ts'

/**
 * An image that the facade stages itself: econe's UploadImage. The bytes are staged under the id already.
 *
 * The name was free when the upload began. One that was taken since by other ways is refused, and the upload deleted.
 */
export async function uploadImage(
  { ImageId, Name }: { readonly ImageId: string; readonly Name: string },
  context: ChangeContext,
): Promise<RegisterImageResult> {
  return context.hold([IMAGE_NAMES_LOCK], async () => {
    try {
      const described = async (look: ChangeContext) => {
        await checkNameIsFree(Name, look)
        return registered(registration({ Name }), [])
      }
      return await importStaged(ImageId, described, context)
    } catch (error) {
      if (isFinal(error)) await unstageImage({ ImageId }, context)
      throw error
    }
  })
}
