// The commands of subnets.
import type { Command, RequestOption } from '../command.ts'
import { only, SUBNET, VPC } from './common.ts'

const ZONE: RequestOption = {
  name: 'zone',
  short: 'z',
  value: 'ZONE',
  about: 'Availability zone (default: the first)',
  fills: 'AvailabilityZone',
}

export const subnetCommands: readonly Command[] = [
  {
    name: 'econe-create-subnet',
    action: 'CreateSubnet',
    purpose: 'Create a subnet in a VPC',
    operands: [VPC, { name: 'CIDR', about: 'Its block of addresses, such as 10.1.1.0/24', fills: 'CidrBlock' }],
    options: [ZONE],
    output: { lines: ['Success: SubnetId {subnet/subnetId}'] },
    example: `$ econe-create-subnet vpc-1b2c3d4e5f6a7b8c9 10.1.1.0/24
Success: SubnetId subnet-1b2c3d4e5f6a7b8c9`,
  },
  {
    name: 'econe-delete-subnet',
    action: 'DeleteSubnet',
    purpose: 'Delete a subnet in which there is nothing any more',
    operands: [SUBNET],
    options: [],
    output: { lines: ['Success: Deleting {SubnetId}'] },
    example: '$ econe-delete-subnet subnet-1b2c3d4e5f6a7b8c9\nSuccess: Deleting subnet-1b2c3d4e5f6a7b8c9',
  },
  {
    name: 'econe-describe-subnets',
    action: 'DescribeSubnets',
    purpose: 'List subnets',
    operands: [only(SUBNET)],
    options: [],
    output: {
      rows: 'subnetSet/item',
      columns: [
        { head: 'SubnetId', width: 15, of: 'subnetId' },
        { head: 'VpcId', width: 12, of: 'vpcId' },
        { head: 'CidrBlock', width: 18, of: 'cidrBlock' },
        { head: 'Free', width: 5, of: 'availableIpAddressCount' },
        { head: 'State', width: 9, of: 'state' },
        { head: 'Zone', width: 12, of: 'availabilityZone' },
      ],
    },
    example: `$ econe-describe-subnets -H
SubnetId        VpcId        CidrBlock          Free  State     Zone
------------------------------------------------------------------------------
subnet-00000000 vpc-00000002 10.0.0.0/24        90    available opennebulaa`,
  },
]
