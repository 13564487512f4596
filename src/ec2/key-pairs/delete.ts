// DeleteKeyPair: by name or id.
import type { DeleteKeyPairRequest, DeleteKeyPairResult } from '@aws-sdk/client-ec2'
import { needsOneOf } from '../../protocol/complaints.ts'
import type { ChangeContext } from '../core/context.ts'
import { keyPairs } from './find.ts'

/**
 * Deleting what is not there succeeds, as AWS has it.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteKeyPair.html
 */
export async function deleteKeyPair(
  { KeyName, KeyPairId }: DeleteKeyPairRequest,
  context: ChangeContext,
): Promise<DeleteKeyPairResult> {
  if (!KeyName && !KeyPairId) throw needsOneOf('KeyName', 'KeyPairId')
  const [deleted] = await keyPairs.delete(
    pairs => pairs.filter(({ name, id }) => name === KeyName || id === KeyPairId).slice(0, 1),
    context,
  )
  return { Return: true, ...(deleted && { KeyPairId: deleted.id }) }
}
