// Network interfaces and their attachments as resources: their ids, their locks, and what is said of them.
import { excerpt } from '../../lib/excerpt.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import { codesOf, phrase, type Resource } from '../core/resource.ts'

export const NETWORK_INTERFACE = {
  kind: 'networkInterface',
  prefix: 'eni',
  type: 'network-interface',
  ...codesOf('InvalidNetworkInterfaceID'),
  missing: phrase('networkInterface ID', 'networkInterface IDs'),
  limitExceeded: 'NetworkInterfaceLimitExceeded',
} as const satisfies Resource

export const ATTACHMENT = {
  kind: 'networkInterfaceAttachment',
  prefix: 'eni-attach',
  ...codesOf('InvalidAttachmentID'),
  missing: phrase('interface attachment', 'interface attachments'),
} as const satisfies Resource

/** EC2 has no device of a higher index. */
export const MOST_INDEX = 31

/** What changes where interfaces are waits for what did before. */
export const INTERFACES_LOCK = 'interfaces'

/** @returns InvalidNetworkInterface.InUse */
export const interfaceInUse = (id: string): Ec2Error =>
  new Ec2Error('InvalidNetworkInterface.InUse', `Interface: [${excerpt(id)}] in use.`)
