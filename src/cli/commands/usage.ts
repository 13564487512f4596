// The command of what the account used.
import type { Command } from '../command.ts'
import { tellUsage } from '../usage/command.ts'

export const usageCommands: readonly Command[] = [
  {
    name: 'econe-usage',
    purpose: 'Tell what the account used in a month',
    details:
      'Hours of instances by their types and of elastic addresses; GiB for a month (GB-Mo) of volumes, snapshots, images and what is ' +
      'in the bucket. Of this month it is what was used until now. Months begin and end at midnight UTC.',
    operands: [],
    options: [
      {
        name: 'month',
        short: 'm',
        value: 'MONTH',
        about: 'Of this month, such as 2026-11; of the current one otherwise',
      },
      { name: 'csv', short: 'c', about: 'As comma-separated values, in full precision' },
    ],
    example: `$ econe-usage --month 2026-11 -H
UsageType                  Quantity     Unit
------------------------------------------------------------------------------
BoxUsage:m1.small          700.250      Hrs
EBS:VolumeUsage            41.333       GB-Mo`,
    run: tellUsage,
  },
]
