// The list of all econe-* commands. Help, parsing, requests and output follow from the rows; nothing else knows a command by
// its name.
import type { Command } from './command.ts'
import { addressCommands } from './commands/addresses.ts'
import { eventCommands } from './commands/events.ts'
import { imageCommands } from './commands/images.ts'
import { instanceTypeCommands } from './commands/instance-types.ts'
import { instanceCommands } from './commands/instances.ts'
import { keyPairCommands } from './commands/key-pairs.ts'
import { launchTemplateCommands } from './commands/launch-templates.ts'
import { networkInterfaceCommands } from './commands/network-interfaces.ts'
import { regionCommands } from './commands/regions.ts'
import { securityGroupCommands } from './commands/security-groups.ts'
import { snapshotCommands } from './commands/snapshots.ts'
import { subnetCommands } from './commands/subnets.ts'
import { tagCommands } from './commands/tags.ts'
import { usageCommands } from './commands/usage.ts'
import { volumeCommands } from './commands/volumes.ts'
import { vpcCommands } from './commands/vpcs.ts'

export const COMMANDS: readonly Command[] = [
  ...imageCommands,
  ...instanceCommands,
  ...instanceTypeCommands,
  ...launchTemplateCommands,
  ...addressCommands,
  ...volumeCommands,
  ...snapshotCommands,
  ...keyPairCommands,
  ...securityGroupCommands,
  ...vpcCommands,
  ...subnetCommands,
  ...networkInterfaceCommands,
  ...tagCommands,
  ...regionCommands,
  ...eventCommands,
  ...usageCommands,
]
