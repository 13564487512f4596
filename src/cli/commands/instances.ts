// The commands of instances.
import type { Column, Command, LineOutput, RequestOperand, RequestOption, TableOutput } from '../command.ts'
import { UsageError } from '../errors.ts'
import { contentOf } from '../files.ts'
import type { Ec2Parameters } from '../query.ts'
import { base64, GROUPS_OPTION, IMAGE, INSTANCE, only } from './common.ts'

const INSTANCES: RequestOperand = {
  ...INSTANCE,
  about: 'Instances, as econe-describe-instances shows them',
  many: true,
}

const OWNER: Column = { head: 'Owner', width: 11, of: '../../ownerId', owner: true }

const stateBefore = (doing: string): LineOutput => ({
  each: 'instancesSet/item',
  lines: [`Success: ${doing} {instanceId} in {previousState/name} state`],
})

function instanceCount([count = '']: readonly string[]): Ec2Parameters {
  const [, least, most] = /^(\d+)(?:-(\d+))?$/.exec(count) ?? []
  if (least === undefined) throw new UsageError(`the instance count '${count}' is neither a number nor min-max`)
  return { MinCount: least, MaxCount: most ?? least }
}

/** How many instances to run. */
export const INSTANCE_COUNT: RequestOption = {
  name: 'instance-count',
  short: 'n',
  value: 'MIN[-MAX]',
  about: 'How many: as many as fit up to MAX, or none at all where MIN do not fit',
  initial: '1',
  fills: instanceCount,
}

/** The instances that were launched. */
export const LAUNCHED: TableOutput = {
  rows: 'instancesSet/item',
  columns: [
    OWNER,
    { head: 'ImageId', width: 22, of: 'imageId' },
    { head: 'InstanceId', width: 10, of: 'instanceId' },
    { head: 'InstanceType', width: 12, of: 'instanceType' },
  ],
}

export const instanceCommands: readonly Command[] = [
  {
    name: 'econe-run-instances',
    action: 'RunInstances',
    purpose: 'Run instances of an image',
    operands: [IMAGE],
    options: [
      {
        name: 'type',
        short: 't',
        value: 'TYPE',
        about: 'Instance type, as econe-describe-instance-types shows it',
        initial: 'm1.small',
        fills: 'InstanceType',
      },
      {
        name: 'keypair',
        short: 'k',
        value: 'NAME',
        about: 'Key pair that opens the instances, as econe-describe-keypairs shows it',
        fills: 'KeyName',
      },
      GROUPS_OPTION,
      {
        name: 'subnet',
        short: 's',
        value: 'SUBNET-ID',
        about: 'Subnet, as econe-describe-subnets shows it',
        fills: 'SubnetId',
      },
      INSTANCE_COUNT,
      {
        name: 'user-data',
        short: 'd',
        value: 'DATA',
        about: 'User data for cloud-init, as it is (it is sent in base64)',
        fills: ([data = '']) => ({ UserData: base64(data) }),
      },
      {
        name: 'user-data-file',
        short: 'f',
        value: 'FILE',
        about: 'User data from a file',
        fills: ([path = '']) => ({ UserData: base64(contentOf(path)) }),
      },
    ],
    output: LAUNCHED,
    example: `$ econe-run-instances -H -k helen-key -n 1 ami-00000001
Owner       ImageId                InstanceId InstanceType
------------------------------------------------------------------------------
helen       ami-00000001           i-00000015 m1.small`,
  },
  {
    name: 'econe-describe-instances',
    action: 'DescribeInstances',
    purpose: 'List instances',
    details: 'IP is the public address of an instance, or its private one where it has no other.',
    operands: [only(INSTANCES)],
    options: [],
    output: {
      rows: 'reservationSet/item/instancesSet/item',
      rule: 108,
      columns: [
        OWNER,
        { head: 'Id', width: 5, of: 'instanceId' },
        { head: 'ImageId', width: 12, of: 'imageId' },
        { head: 'State', width: 13, of: 'instanceState/name' },
        { head: 'IP', width: 15, of: 'ipAddress|privateIpAddress' },
        { head: 'Type', width: 8, of: 'instanceType' },
      ],
    },
    example: `$ econe-describe-instances -H
Owner       Id         ImageId      State         IP              Type
------------------------------------------------------------------------------------------------------------
helen       i-00000015 ami-00000001 running       147.96.80.33    m1.small`,
  },
  {
    name: 'econe-start-instances',
    action: 'StartInstances',
    purpose: 'Start stopped instances',
    details: 'Their disks and addresses are those they had.',
    operands: [INSTANCES],
    options: [],
    output: stateBefore('Starting'),
    example: '$ econe-start-instances i-00000015\nSuccess: Starting i-00000015 in stopped state',
  },
  {
    name: 'econe-stop-instances',
    action: 'StopInstances',
    purpose: 'Stop running instances, keeping their disks',
    operands: [INSTANCES],
    options: [],
    output: stateBefore('Stopping'),
    example: `$ econe-stop-instances i-00000015,i-00000016
Success: Stopping i-00000015 in running state
Success: Stopping i-00000016 in running state`,
  },
  {
    name: 'econe-reboot-instances',
    action: 'RebootInstances',
    purpose: 'Reboot running instances',
    operands: [INSTANCES],
    options: [],
    output: { lines: ['Success: Rebooting'] },
    example: '$ econe-reboot-instances i-00000015\nSuccess: Rebooting',
  },
  {
    name: 'econe-terminate-instances',
    action: 'TerminateInstances',
    purpose: 'Terminate instances: they and their disks are gone for good',
    details: 'Volumes that were attached by hand stay.',
    operands: [INSTANCES],
    options: [],
    output: stateBefore('Terminating'),
    example: '$ econe-terminate-instances i-00000015\nSuccess: Terminating i-00000015 in running state',
  },
]
