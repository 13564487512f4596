// CreateVpc: a VPC is a document of the account. What is in it are networks, groups and tables of its own.
import type { CreateVpcRequest, CreateVpcResult } from '@aws-sdk/client-ec2'
import { blockText } from '../../lib/cidr.ts'
import { blockNamed } from '../core/blocks.ts'
import type { ChangeContext } from '../core/context.ts'
import { tagsFor } from '../core/tags.ts'
import { ownVpcs } from './find.ts'
import { VPC } from './resource.ts'
import { toVpc, viewVpc } from './view.ts'

/**
 * VPCs may have the same addresses: nothing leads from one to another.
 * @throws Ec2Error InvalidVpc.Range, VpcLimitExceeded
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html
 */
export async function createVpc(
  { CidrBlock = '', TagSpecifications }: CreateVpcRequest,
  context: ChangeContext,
): Promise<CreateVpcResult> {
  const block = blockText(blockNamed(CidrBlock, 'InvalidVpc.Range'))
  const tags = tagsFor(VPC.type, TagSpecifications)
  const vpc = await ownVpcs.create({}, id => ({ id, tags, fields: { block } }), context)
  return { Vpc: toVpc(viewVpc(vpc), context) }
}
