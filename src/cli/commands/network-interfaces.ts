// The commands of network interfaces.
import type { Command, RequestOperand } from '../command.ts'
import { DESCRIPTION, GROUPS_OPTION, only, SUBNET } from './common.ts'

const INTERFACE: RequestOperand = {
  name: 'INTERFACE-ID',
  about: 'Network interface, as econe-describe-interfaces shows it',
  fills: 'NetworkInterfaceId',
}

export const networkInterfaceCommands: readonly Command[] = [
  {
    name: 'econe-create-interface',
    action: 'CreateNetworkInterface',
    purpose: 'Create a network interface in a subnet',
    details: 'Its address stays its own, whatever instance it is attached to.',
    operands: [SUBNET],
    options: [
      {
        name: 'address',
        short: 'a',
        value: 'ADDRESS',
        about: 'Private address (default: a free one)',
        fills: 'PrivateIpAddress',
      },
      { ...GROUPS_OPTION, about: 'Security groups (default: the default one); may be repeated' },
      DESCRIPTION,
    ],
    output: {
      lines: [
        'interfaceId: {networkInterface/networkInterfaceId}',
        'privateIpAddress: {networkInterface/privateIpAddress}',
        'macAddress: {networkInterface/macAddress}',
      ],
    },
    example: `$ econe-create-interface subnet-00000000 -a 10.0.0.40
interfaceId: eni-1b2c3d4e5f6a7b8c9
privateIpAddress: 10.0.0.40
macAddress: 02:00:0a:00:00:28`,
  },
  {
    name: 'econe-attach-interface',
    action: 'AttachNetworkInterface',
    purpose: 'Attach a network interface to an instance',
    operands: [INTERFACE],
    options: [
      {
        name: 'instance',
        short: 'i',
        value: 'INSTANCE-ID',
        about: 'Instance the interface belongs in',
        required: true,
        fills: 'InstanceId',
      },
      {
        name: 'device-index',
        short: 'd',
        value: 'NUMBER',
        about: 'Number of the interface in the instance',
        required: true,
        fills: 'DeviceIndex',
      },
    ],
    output: { lines: ['attachmentId: {attachmentId}'] },
    example: `$ econe-attach-interface eni-1b2c3d4e5f6a7b8c9 -i i-00000015 -d 1
attachmentId: eni-attach-1b2c3d4e5f6a7b8c9`,
  },
  {
    name: 'econe-detach-interface',
    action: 'DetachNetworkInterface',
    purpose: 'Detach a network interface from its instance',
    operands: [
      {
        name: 'ATTACHMENT-ID',
        about: 'Attachment, as econe-describe-interfaces shows it',
        fills: 'AttachmentId',
      },
    ],
    options: [],
    output: { lines: ['Success: Detaching {AttachmentId}'] },
    example: `$ econe-detach-interface eni-attach-1b2c3d4e5f6a7b8c9
Success: Detaching eni-attach-1b2c3d4e5f6a7b8c9`,
  },
  {
    name: 'econe-delete-interface',
    action: 'DeleteNetworkInterface',
    purpose: 'Delete a network interface that is not attached',
    operands: [INTERFACE],
    options: [],
    output: { lines: ['Success: Deleting {NetworkInterfaceId}'] },
    example: '$ econe-delete-interface eni-1b2c3d4e5f6a7b8c9\nSuccess: Deleting eni-1b2c3d4e5f6a7b8c9',
  },
  {
    name: 'econe-describe-interfaces',
    action: 'DescribeNetworkInterfaces',
    purpose: 'List network interfaces',
    operands: [only(INTERFACE)],
    options: [],
    output: {
      rows: 'networkInterfaceSet/item',
      columns: [
        { head: 'InterfaceId', width: 21, of: 'networkInterfaceId' },
        { head: 'SubnetId', width: 15, of: 'subnetId' },
        { head: 'PrivateIp', width: 15, of: 'privateIpAddress' },
        { head: 'Status', width: 9, of: 'status' },
        { head: 'InstanceId', width: 10, of: 'attachment/instanceId' },
        { head: 'AttachmentId', width: 28, of: 'attachment/attachmentId' },
      ],
    },
    example: `$ econe-describe-interfaces -H
InterfaceId           SubnetId        PrivateIp       Status    InstanceId AttachmentId
---------------------------------------------------------------------------------------------------------
eni-1b2c3d4e5f6a7b8c9 subnet-00000000 10.0.0.40       in-use    i-00000015 eni-attach-1b2c3d4e5f6a7b8c9`,
  },
]
