// What commands of several resources take.
import type { RequestOperand, RequestOption } from '../command.ts'

export const INSTANCE: RequestOperand = {
  name: 'INSTANCE-ID',
  about: 'Instance, as econe-describe-instances shows it',
  fills: 'InstanceId',
}

export const IMAGE: RequestOperand = {
  name: 'IMAGE-ID',
  about: 'Image, as econe-describe-images shows it',
  fills: 'ImageId',
}

export const VOLUME: RequestOperand = {
  name: 'VOLUME-ID',
  about: 'Volume, as econe-describe-volumes shows it',
  fills: 'VolumeId',
}

export const VPC: RequestOperand = {
  name: 'VPC-ID',
  about: 'VPC, as econe-describe-vpcs shows it',
  fills: 'VpcId',
}

export const SUBNET: RequestOperand = {
  name: 'SUBNET-ID',
  about: 'Subnet, as econe-describe-subnets shows it',
  fills: 'SubnetId',
}

export const VPC_OPTION: RequestOption = {
  name: 'vpc',
  value: 'VPC-ID',
  about: 'VPC to make it in (default: the default one)',
  fills: 'VpcId',
}

export const GROUPS_OPTION: RequestOption = {
  name: 'group',
  short: 'g',
  value: 'GROUP-ID',
  about: 'Security groups, as econe-describe-groups shows them; may be repeated',
  many: true,
  fills: 'SecurityGroupId',
}

export const DESCRIPTION: RequestOption = {
  name: 'description',
  short: 'd',
  value: 'TEXT',
  about: 'Description',
  fills: 'Description',
}

/** Optional operands that narrow what a describe command lists. */
export const only = (operand: RequestOperand): RequestOperand => ({
  ...operand,
  about: `${operand.about} (default: all)`,
  optional: true,
  many: true,
})

export const base64 = (data: string | Uint8Array): string => Buffer.from(data).toString('base64')
