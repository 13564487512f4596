// The commands of instance types.
import type { Command } from '../command.ts'
import { only } from './common.ts'

export const instanceTypeCommands: readonly Command[] = [
  {
    name: 'econe-describe-instance-types',
    action: 'DescribeInstanceTypes',
    purpose: 'List the instance types of the cloud',
    operands: [only({ name: 'TYPE', about: 'Instance types', fills: 'InstanceType' })],
    options: [],
    output: {
      rows: 'instanceTypeSet/item',
      columns: [
        { head: 'Type', width: 15, of: 'instanceType' },
        { head: 'CPUs', width: 6, of: 'vCpuInfo/defaultVCpus' },
        { head: 'MiB', width: 8, of: 'memoryInfo/sizeInMiB' },
      ],
    },
    example: `$ econe-describe-instance-types -H
Type            CPUs   MiB
------------------------------------------------------------------------------
m1.small        1      1024`,
  },
]
