// DeleteVpc: of a VPC that the account made, when nothing is in it any more.
import type { DeleteVpcRequest } from '@aws-sdk/client-ec2'
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import { parseId } from '../core/ids.ts'
import { readTogether } from '../core/multicall.ts'
import { ASSOCIATIONS_LOCK } from '../vpc-associations/resource.ts'
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
  await context.hold([vpcLock(id), ASSOCIATIONS_LOCK], () =>
    ownVpcs.deleteBeside(
      readContents,
      (found, vpcs) => {
        if (found.some(({ content, objects }) => content.vpcsOf(objects, context).includes(id))) {
          throw new Ec2Error('DependencyViolation', `The vpc '${id}' has dependencies and cannot be deleted.`)
        }
        const besides = found.flatMap(({ content, objects }) => content.goingWith?.(objects, id, context) ?? [])
        return { members: ownVpcs.named([id])(vpcs), besides }
      },
      context,
    ),
  )
}

/** What of each kind of content there is. */
async function readContents(context: Context) {
  const question = Object.fromEntries(contents.map((content, index) => [index, content.calls(context)]))
  const found = await readTogether(context.one, question)
  return contents.map((content, index) => ({ content, objects: found[index] ?? [] }))
}
