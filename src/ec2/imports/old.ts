// The VM import of before ImportImage: clients cut disks into parts and wrote a manifest of them, which a converter of AWS's read.
import type { CancelConversionRequest } from '@aws-sdk/client-ec2'
import { impossible, missing } from '../../protocol/complaints.ts'
import { noSuchTask } from './resource.ts'

/** @throws Ec2Error UnsupportedOperation @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImportVolume.html */
export const importVolume = (): Promise<never> =>
  Promise.reject(
    impossible(
      'Volumes are not imported by manifests: import the disk by ImportSnapshot, and make a volume of the snapshot.',
    ),
  )

/** @throws Ec2Error UnsupportedOperation @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImportInstance.html */
export const importInstance = (): Promise<never> =>
  Promise.reject(
    impossible(
      'Instances are not imported by manifests: import the disk by ImportImage, and run an instance of the image.',
    ),
  )

/**
 * There is none to cancel.
 * @throws Ec2Error InvalidConversionTaskId
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CancelConversionTask.html
 */
export async function cancelConversionTask({ ConversionTaskId: task }: CancelConversionRequest): Promise<never> {
  if (!task) throw missing('ConversionTaskId')
  throw noSuchTask(task)
}
