// The commands of VPCs.
import type { Command } from '../command.ts'
import { only, VPC } from './common.ts'

export const vpcCommands: readonly Command[] = [
  {
    name: 'econe-create-vpc',
    action: 'CreateVpc',
    purpose: 'Create a VPC',
    operands: [{ name: 'CIDR', about: 'Its block of addresses, such as 10.1.0.0/16', fills: 'CidrBlock' }],
    options: [],
    output: { lines: ['Success: VpcId {vpc/vpcId}'] },
    example: '$ econe-create-vpc 10.1.0.0/16\nSuccess: VpcId vpc-1b2c3d4e5f6a7b8c9',
  },
  {
    name: 'econe-delete-vpc',
    action: 'DeleteVpc',
    purpose: 'Delete a VPC in which there is nothing any more',
    operands: [VPC],
    options: [],
    output: { lines: ['Success: Deleting {VpcId}'] },
    example: '$ econe-delete-vpc vpc-1b2c3d4e5f6a7b8c9\nSuccess: Deleting vpc-1b2c3d4e5f6a7b8c9',
  },
  {
    name: 'econe-describe-vpcs',
    action: 'DescribeVpcs',
    purpose: 'List VPCs',
    operands: [only(VPC)],
    options: [],
    output: {
      rows: 'vpcSet/item',
      columns: [
        { head: 'VpcId', width: 21, of: 'vpcId' },
        { head: 'CidrBlock', width: 18, of: 'cidrBlock' },
        { head: 'State', width: 10, of: 'state' },
        { head: 'Default', width: 7, of: 'isDefault' },
      ],
    },
    example: `$ econe-describe-vpcs -H
VpcId                 CidrBlock          State      Default
------------------------------------------------------------------------------
vpc-00000002          10.0.0.0/24        available  true`,
  },
]
