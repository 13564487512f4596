// DeleteVpc: of a VPC that the account made, when nothing is in it any more.
import type { DeleteVpcRequest } from '@aws-sdk/client-ec2'
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import { parseId } from '../core/ids.ts'
import { readTogether } from '../core/multicall.ts'
import { contents } from './contents.ts'
import { ownVpcs } from './find.ts'
import { checkOwnVpc, VPC, vpcLock } from './resource.ts'

/**
 * @throws Ec2Error DependencyViolation; OperationNotPermitted for the default VPC
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpc.html
 */
export async function deleteVpc({ VpcId: id = '' }: DeleteVpcRequest, context: ChangeContext): Promise<undefined> {
  parseId(VPC, id)
  checkOwnVpc(id, context)
  await context.hold([vpcLock(id)], async () => {
    if (await hasContent(id, context)) {
      throw new Ec2Error('DependencyViolation', `The vpc '${id}' has dependencies and cannot be deleted.`)
    }
    await ownVpcs.delete(ownVpcs.named([id]), context)
  })
}

async function hasContent(id: string, context: Context): Promise<boolean> {
  const question = Object.fromEntries(contents.map((content, index) => [index, content.calls(context)]))
  const found = await readTogether(context.one, question)
  return contents.some((content, index) => content.vpcsOf(found[index] ?? [], context).includes(id))
}
