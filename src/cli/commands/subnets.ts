// The commands of subnets.
import type { Command } from '../command.ts'
import { only, SUBNET } from './common.ts'

export const subnetCommands: readonly Command[] = [
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
