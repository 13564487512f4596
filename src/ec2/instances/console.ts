// GetConsoleOutput and GetPasswordData: OpenNebula keeps neither, and nothing is made up.
import type {
  GetConsoleOutputRequest,
  GetConsoleOutputResult,
  GetPasswordDataRequest,
  GetPasswordDataResult,
} from '@aws-sdk/client-ec2'
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
