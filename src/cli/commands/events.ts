// The command of the account's trail.
import type { Command } from '../command.ts'
import { tellEvents } from '../events/command.ts'

export const eventCommands: readonly Command[] = [
  {
    name: 'econe-events',
    purpose: 'Tell who changed what in the account, and what was refused',
    details:
      'The newest first: time, user, access key, action, resources, and outcome. The outcome is ok, an error code, or unknown ' +
      'where nobody saw the change end. Events are kept for 90 days.',
    operands: [],
    options: [
      { name: 'user', short: 'u', value: 'USER', about: 'Of this user only' },
      { name: 'key', short: 'k', value: 'ID', about: 'By this access key only' },
      { name: 'action', short: 'a', value: 'ACTION', about: 'Of this action only, such as RunInstances' },
      { name: 'resource', short: 'r', value: 'ID', about: 'About this resource only: an id, or a name' },
      { name: 'since', short: 's', value: 'TIME', about: 'From this time on: a date, or so long ago (2h, 7d)' },
      { name: 'until', value: 'TIME', about: 'Up to this time, likewise' },
      { name: 'most', short: 'n', value: 'N', about: 'How many at most', initial: '100' },
      { name: 'json', short: 'j', about: "CloudTrail's records instead of a table, one a line" },
    ],
    example: `$ econe-events --action TerminateInstances --since 7d
2026-11-26T10:14:03Z helen      AKIA4GWJ2ZB5QX7NMC3D TerminateInstances   i-0f3b2a49c1d85e67a    ok`,
    run: tellEvents,
  },
]
