// GetConsoleOutput, GetConsoleScreenshot, GetPasswordData and GetInstanceUefiData: what a guest shows and keeps. OpenNebula
// knows nothing of it, and nothing is made up.
import type {
  GetConsoleOutputRequest,
  GetConsoleOutputResult,
  GetConsoleScreenshotRequest,
  GetInstanceUefiDataRequest,
  GetInstanceUefiDataResult,
  GetPasswordDataRequest,
  GetPasswordDataResult,
} from '@aws-sdk/client-ec2'
import { impossible } from '../../protocol/complaints.ts'
import type { Context } from '../core/context.ts'
import { findInstance } from './find.ts'

/**
 * Base64 of nothing: OpenNebula has no call that reads a guest's console.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetConsoleOutput.html
 */
export async function getConsoleOutput(
  { InstanceId = '' }: GetConsoleOutputRequest,
  context: Context,
): Promise<GetConsoleOutputResult> {
  const { id } = await findInstance(InstanceId, context)
  return { InstanceId: id, Timestamp: new Date(context.now()), Output: '' }
}

/**
 * No password, as AWS has it for every guest but Windows: a waiter for one waits until its time is over.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetPasswordData.html
 */
export async function getPasswordData(
  { InstanceId = '' }: GetPasswordDataRequest,
  context: Context,
): Promise<GetPasswordDataResult> {
  const { id } = await findInstance(InstanceId, context)
  return { InstanceId: id, Timestamp: new Date(context.now()), PasswordData: '' }
}

/**
 * No picture of a console, which would be no JPEG if it were empty.
 * @throws Ec2Error UnsupportedOperation for an instance that there is
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetConsoleScreenshot.html
 */
export async function getConsoleScreenshot(
  { InstanceId = '' }: GetConsoleScreenshotRequest,
  context: Context,
): Promise<never> {
  const { id } = await findInstance(InstanceId, context)
  throw impossible(`There is no screenshot of the instance '${id}': this cloud shows consoles to its own tools alone.`)
}

/**
 * Nothing, as AWS answers of an instance without UEFI data: instances boot by their BIOS, as DescribeInstanceTypes says.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetInstanceUefiData.html
 */
export async function getInstanceUefiData(
  { InstanceId = '' }: GetInstanceUefiDataRequest,
  context: Context,
): Promise<GetInstanceUefiDataResult> {
  const { id } = await findInstance(InstanceId, context)
  return { InstanceId: id, UefiData: '' }
}
