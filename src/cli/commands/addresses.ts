// The commands of elastic addresses.
import type { Command, RequestOperand } from '../command.ts'
import { INSTANCE, only } from './common.ts'

const ADDRESS: RequestOperand = {
  name: 'PUBLIC-IP',
  about: 'Elastic address, as econe-describe-addresses shows it',
  fills: 'PublicIp',
}

export const addressCommands: readonly Command[] = [
  {
    name: 'econe-allocate-address',
    action: 'AllocateAddress',
    purpose: 'Allocate an elastic address',
    operands: [],
    options: [],
    output: { lines: ['{publicIp}'] },
    example: '$ econe-allocate-address\n147.96.80.40',
  },
  {
    name: 'econe-associate-address',
    action: 'AssociateAddress',
    purpose: 'Associate an elastic address with an instance',
    operands: [ADDRESS, INSTANCE],
    options: [],
    output: { lines: ['Success: Associating {PublicIp} with {InstanceId}'] },
    example: '$ econe-associate-address 147.96.80.40 i-00000015\nSuccess: Associating 147.96.80.40 with i-00000015',
  },
  {
    name: 'econe-disassociate-address',
    action: 'DisassociateAddress',
    purpose: 'Disassociate an elastic address from its instance',
    details: 'The address stays yours.',
    operands: [ADDRESS],
    options: [],
    output: { lines: ['Success: Disassociating {PublicIp}'] },
    example: '$ econe-disassociate-address 147.96.80.40\nSuccess: Disassociating 147.96.80.40',
  },
  {
    name: 'econe-release-address',
    action: 'ReleaseAddress',
    purpose: 'Release an elastic address: it is yours no longer',
    operands: [ADDRESS],
    options: [],
    output: { lines: ['publicIP: {PublicIp}'] },
    example: '$ econe-release-address 147.96.80.40\npublicIP: 147.96.80.40',
  },
  {
    name: 'econe-describe-addresses',
    action: 'DescribeAddresses',
    purpose: 'List elastic addresses',
    operands: [only(ADDRESS)],
    options: [],
    output: {
      rows: 'addressesSet/item',
      columns: [
        { head: 'PublicIp', width: 15, of: 'publicIp' },
        { head: 'InstanceId', width: 25, of: 'instanceId' },
      ],
    },
    example: `$ econe-describe-addresses -H
PublicIp        InstanceId
------------------------------------------------------------------------------
147.96.80.40    i-00000015`,
  },
]
